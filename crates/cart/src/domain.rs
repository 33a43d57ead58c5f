//! What may become of a cart's lines. Pure: offers and stock come in.

use crate::error::Error;
use contracts::cart::{Cart, CartLine};
use contracts::catalog::Offer;
use contracts::making::{self, Answers, Settled, with_surcharge};
use contracts::promotions::{CODES_MAX, code};
use kernel::limits::{CART_LINES_MAX, LINE_QUANTITY_MAX};
use kernel::{CartLineId, Money, Timestamp};

/// What is wanted of the catalogue: an offer, and how its buyer wants it made.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub offer: Offer,
    pub settled: Settled,
    /// Units of it that are left for everybody.
    pub available: i64,
}

impl Wanted {
    /// Holds the answers against what the product asks.
    pub fn new(offer: Offer, answers: &Answers, available: i64) -> Result<Self, Error> {
        let settled = making::settle(offer.making.as_deref(), answers).map_err(Error::Misfits)?;
        Ok(Self {
            offer,
            settled,
            available,
        })
    }

    /// What each costs where the cart holds `units` of the SKU.
    fn price(&self, units: u32) -> Result<Money, Error> {
        let price = self.offer.unit_price(units);
        with_surcharge(price, self.settled.surcharge).map_err(|_| Error::QuantityTooLarge)
    }

    fn is(&self, line: &CartLine) -> bool {
        line.sku == self.offer.sku && line.answers == self.settled.answers
    }
}

/// Adds `quantity` of what is wanted to what the cart already has of it.
pub fn add(cart: &mut Cart, wanted: &Wanted, quantity: u32, now: Timestamp) -> Result<(), Error> {
    let held = cart
        .lines
        .iter()
        .find(|line| wanted.is(line))
        .map_or(0, |l| l.quantity);
    set(cart, wanted, held.saturating_add(quantity), now)
}

/// Sets how many of what is wanted the cart has; zero removes it. Lines of one SKU count against its stock together.
pub fn set(cart: &mut Cart, wanted: &Wanted, quantity: u32, now: Timestamp) -> Result<(), Error> {
    let offer = &wanted.offer;
    if quantity == 0 {
        let line = cart.lines.iter().find(|line| wanted.is(line)).map(CartLine::id);
        return line.map_or(Ok(()), |line| remove(cart, line, now));
    }
    if !offer.for_sale {
        return Err(Error::NotForSale(offer.sku));
    }
    if quantity > LINE_QUANTITY_MAX {
        return Err(Error::QuantityTooLarge);
    }
    let others = cart.lines.iter().filter(|l| l.sku == offer.sku && !wanted.is(l));
    let others: u32 = others.map(|l| l.quantity).fold(0, u32::saturating_add);
    let available = wanted.available - i64::from(others);
    if i64::from(quantity) > available {
        return Err(Error::OutOfStock {
            sku: offer.sku,
            requested: quantity,
            available: available.max(0),
        });
    }
    if cart.lines.is_empty() {
        cart.currency = offer.price.currency;
    }
    if cart.currency != offer.price.currency {
        return Err(Error::CurrencyMismatch {
            cart: cart.currency,
            offer: offer.price.currency,
        });
    }
    let units = quantity.saturating_add(others);
    let price = wanted.price(units)?;
    let full = cart.lines.len() >= CART_LINES_MAX;
    match cart.lines.iter_mut().find(|line| wanted.is(line)) {
        Some(line) => {
            line.quantity = quantity;
            line.price_seen = price;
        }
        None if full => return Err(Error::TooManyLines),
        None => cart.lines.push(CartLine {
            sku: offer.sku,
            tenant: offer.tenant,
            quantity,
            price_seen: price,
            line: (!wanted.settled.answers.is_empty()).then(|| CartLineId::new(now)),
            answers: wanted.settled.answers.clone(),
        }),
    }
    // Units that are made otherwise count together: their price may be another with these.
    let siblings = cart
        .lines
        .iter_mut()
        .filter(|l| l.sku == offer.sku && !wanted.is(l));
    for line in siblings {
        if let Some(price) = price_now(offer, &line.answers, units) {
            line.price_seen = price;
        }
    }
    touch(cart, now);
    Ok(())
}

/// Takes a line out. Asked twice, done once.
pub fn remove(cart: &mut Cart, line: CartLineId, now: Timestamp) -> Result<(), Error> {
    let before = cart.lines.len();
    cart.lines.retain(|l| l.id() != line);
    if cart.lines.len() < before {
        touch(cart, now);
    }
    Ok(())
}

/// Puts a coupon in. Asked twice, done once.
pub fn add_code(cart: &mut Cart, text: &str, now: Timestamp) -> Result<(), Error> {
    let code = code(text).ok_or_else(|| Error::BadCode(text.to_owned()))?;
    if cart.codes.contains(&code) {
        return Ok(());
    }
    if cart.codes.len() >= CODES_MAX {
        return Err(Error::TooManyCodes);
    }
    cart.codes.push(code);
    touch(cart, now);
    Ok(())
}

/// Takes a coupon out. Asked twice, done once.
pub fn remove_code(cart: &mut Cart, text: &str, now: Timestamp) {
    let wanted = code(text);
    let before = cart.codes.len();
    cart.codes.retain(|code| Some(code) != wanted.as_ref());
    if cart.codes.len() < before {
        touch(cart, now);
    }
}

/// What each costs now where the cart holds `units` of the SKU, as it is to be made; none where the product asks something
/// else by now.
#[must_use]
pub fn price_now(offer: &Offer, answers: &Answers, units: u32) -> Option<Money> {
    let settled = making::settle(offer.making.as_deref(), answers).ok()?;
    with_surcharge(offer.unit_price(units), settled.surcharge).ok()
}

/// Takes the current prices as seen. Lines that are no longer offered stay, and stay unorderable.
pub fn accept_prices(cart: &mut Cart, offers: &[Offer], now: Timestamp) {
    let units: Vec<u32> = cart.lines.iter().map(|line| cart.units_of(line.sku)).collect();
    for (line, units) in cart.lines.iter_mut().zip(units) {
        if let Some(offer) = offers.iter().find(|o| o.sku == line.sku)
            && let Some(price) = price_now(offer, &line.answers, units)
        {
            line.price_seen = price;
        }
    }
    touch(cart, now);
}

/// A guest's lines join the user's own. Where both hold a SKU, made alike, the larger quantity stands: the same person wanted
/// it on two devices, not twice as many. So do coupons, as far as there is room. Gives what does not fit (another currency, too many lines).
pub fn merge(cart: &mut Cart, guest: &Cart, now: Timestamp) -> Vec<CartLine> {
    if cart.lines.is_empty() {
        cart.currency = guest.currency;
    }
    if cart.currency != guest.currency {
        return guest.lines.clone();
    }
    let (mut changed, mut left_behind) = (false, Vec::new());
    for theirs in &guest.lines {
        let full = cart.lines.len() >= CART_LINES_MAX;
        match cart.lines.iter_mut().find(|l| is_same(l, theirs)) {
            Some(line) if line.quantity >= theirs.quantity => continue,
            Some(line) => line.quantity = theirs.quantity,
            None if full => {
                left_behind.push(theirs.clone());
                continue;
            }
            None => cart.lines.push(theirs.clone()),
        }
        changed = true;
    }
    for code in &guest.codes {
        if cart.codes.len() < CODES_MAX && !cart.codes.contains(code) {
            cart.codes.push(code.clone());
            changed = true;
        }
    }
    if changed {
        touch(cart, now);
    }
    left_behind
}

/// Leaves a guest's cart with the lines that did not fit into their own.
pub fn leave(cart: &mut Cart, left_behind: &[CartLine], now: Timestamp) {
    let before = cart.lines.len();
    cart.lines
        .retain(|line| left_behind.iter().any(|l| is_same(l, line)));
    if cart.lines.len() < before {
        touch(cart, now);
    }
}

fn is_same(one: &CartLine, other: &CartLine) -> bool {
    (one.sku, &one.answers) == (other.sku, &other.answers)
}

fn touch(cart: &mut Cart, now: Timestamp) {
    cart.version += 1;
    cart.updated_at = now;
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::making::{Allows, Answer, Making, MakingField, MakingInput};
    use kernel::{CartId, Currency, Money, ProductId, SkuId, TenantId};

    fn now() -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000, 0).expect("in range")
    }

    fn cart() -> Cart {
        Cart {
            id: CartId::new(now()),
            version: 0,
            currency: Currency::EUR,
            lines: vec![],
            codes: vec![],
            ordered: false,
            updated_at: now(),
        }
    }

    fn offer(price: i64) -> Offer {
        Offer {
            sku: SkuId::new(now()),
            product: ProductId::new(now()),
            tenant: TenantId::new(now()),
            code: "B-1".into(),
            title: "Bowl".into(),
            slug: "bowl".into(),
            options: vec![],
            price: Money::new(price, Currency::EUR),
            breaks: vec![],
            weight_g: 400,
            category: None,
            tax_category: contracts::taxes::standard(),
            image: None,
            making: None,
            digital: None,
            for_sale: true,
        }
    }

    fn wanted(offer: &Offer, available: i64) -> Wanted {
        Wanted::new(offer.clone(), &Answers::new(), available).expect("plain goods")
    }

    /// A cutting board that wants a name engraved.
    fn board() -> Offer {
        let name = MakingField {
            key: "name".into(),
            label: "Name".into(),
            required: true,
            input: MakingInput::Text {
                max_chars: 12,
                allows: Allows::Letters,
                surcharge: 500,
            },
        };
        Offer {
            making: Some(Box::new(Making {
                fields: vec![name],
                ..Making::default()
            })),
            ..offer(2_000)
        }
    }

    fn engraved(board: &Offer, name: &str, available: i64) -> Wanted {
        let answers = Answers::from([("name".to_owned(), Answer::Said(name.to_owned()))]);
        Wanted::new(board.clone(), &answers, available).expect("a name")
    }

    #[test]
    fn the_same_goods_made_otherwise_are_another_line_at_the_price_with_surcharges() {
        let (mut cart, board) = (cart(), board());
        add(&mut cart, &engraved(&board, "Ana", 9), 1, now()).expect("fits");
        add(&mut cart, &engraved(&board, "Eva", 9), 1, now()).expect("fits");
        add(&mut cart, &engraved(&board, " Ana ", 9), 2, now()).expect("fits");
        let lines: Vec<_> = cart
            .lines
            .iter()
            .map(|l| (l.quantity, l.price_seen.amount))
            .collect();
        assert_eq!(lines, [(3, 2_500), (1, 2_500)]);
        assert_ne!(cart.lines[0].id(), cart.lines[1].id());
        let first = cart.lines[0].id();
        remove(&mut cart, first, now()).expect("taken out");
        assert_eq!(cart.lines[0].answers["name"], Answer::Said("Eva".to_owned()));
    }

    #[test]
    fn lines_that_are_made_otherwise_share_the_stock() {
        let (mut cart, board) = (cart(), board());
        add(&mut cart, &engraved(&board, "Ana", 1), 1, now()).expect("the last one");
        let refused = add(&mut cart, &engraved(&board, "Eva", 1), 1, now()).expect_err("it is taken");
        let none_left = Error::OutOfStock {
            sku: board.sku,
            requested: 1,
            available: 0,
        };
        assert_eq!(refused.to_string(), none_left.to_string());
        assert_eq!(cart.lines.len(), 1);
    }

    #[test]
    fn more_units_are_cheaper_each_however_they_are_made() {
        let step = |from_quantity, price| contracts::catalog::QuantityBreak {
            from_quantity,
            price: Money::new(price, Currency::EUR),
        };
        let (mut cart, mut board) = (cart(), board());
        board.breaks = vec![step(3, 1_800), step(6, 1_500)];
        let seen = |cart: &Cart| -> Vec<i64> { cart.lines.iter().map(|l| l.price_seen.amount).collect() };
        add(&mut cart, &engraved(&board, "Ana", 99), 2, now()).expect("fits");
        assert_eq!(seen(&cart), [2_500]);
        add(&mut cart, &engraved(&board, "Eva", 99), 1, now()).expect("fits");
        assert_eq!(seen(&cart), [2_300, 2_300]);
        set(&mut cart, &engraved(&board, "Eva", 99), 4, now()).expect("fits");
        assert_eq!(seen(&cart), [2_000, 2_000]);
        // Below the quantity they cost what they did, which the buyer sees before they agree.
        let eva = cart.lines[1].id();
        remove(&mut cart, eva, now()).expect("taken out");
        assert_eq!(seen(&cart), [2_000]);
        accept_prices(&mut cart, std::slice::from_ref(&board), now());
        assert_eq!(seen(&cart), [2_500]);
    }

    #[test]
    fn what_must_be_answered_is_asked_for() {
        let refused = Wanted::new(board(), &Answers::new(), 9).expect_err("no name");
        assert!(matches!(refused, Error::Misfits(misfits) if misfits[0].key == "name"));
    }

    #[test]
    fn signing_in_brings_together_what_is_made_alike() {
        let (mut mine, mut guests, board) = (cart(), cart(), board());
        add(&mut mine, &engraved(&board, "Ana", 9), 1, now()).expect("fits");
        add(&mut guests, &engraved(&board, "Ana", 9), 2, now()).expect("fits");
        add(&mut guests, &engraved(&board, "Eva", 9), 1, now()).expect("fits");
        assert_eq!(merge(&mut mine, &guests, now()), []);
        assert_eq!(mine.lines.iter().map(|l| l.quantity).collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn adding_twice_adds_up_and_counts_against_stock_together() {
        let (mut cart, bowl) = (cart(), offer(1_000));
        add(&mut cart, &wanted(&bowl, 3), 2, now()).expect("two of three");
        let refused = add(&mut cart, &wanted(&bowl, 3), 2, now()).expect_err("four of three");
        assert!(matches!(
            refused,
            Error::OutOfStock {
                requested: 4,
                available: 3,
                ..
            }
        ));
        assert_eq!((cart.lines[0].quantity, cart.version), (2, 1));
    }

    #[test]
    fn one_cart_has_one_currency_until_it_is_empty() {
        let (mut cart, bowl) = (cart(), offer(1_000));
        let yen = Offer {
            price: Money::new(900, Currency::JPY),
            ..offer(0)
        };
        add(&mut cart, &wanted(&bowl, 9), 1, now()).expect("fits");
        assert!(matches!(
            add(&mut cart, &wanted(&yen, 9), 1, now()),
            Err(Error::CurrencyMismatch { .. })
        ));
        set(&mut cart, &wanted(&bowl, 9), 0, now()).expect("removed");
        add(&mut cart, &wanted(&yen, 9), 1, now()).expect("now it fits");
        assert_eq!(cart.currency, Currency::JPY);
    }

    #[test]
    fn what_is_not_for_sale_can_be_removed_but_not_kept() {
        let (mut cart, mut bowl) = (cart(), offer(1_000));
        add(&mut cart, &wanted(&bowl, 9), 1, now()).expect("fits");
        bowl.for_sale = false;
        assert!(matches!(
            set(&mut cart, &wanted(&bowl, 9), 2, now()),
            Err(Error::NotForSale(_))
        ));
        set(&mut cart, &wanted(&bowl, 0), 0, now()).expect("removed");
        assert!(cart.lines.is_empty());
    }

    #[test]
    fn signing_in_keeps_the_larger_quantity() {
        let (mut mine, mut guests, bowl, mug) = (cart(), cart(), offer(1_000), offer(700));
        add(&mut mine, &wanted(&bowl, 9), 1, now()).expect("fits");
        add(&mut guests, &wanted(&bowl, 9), 3, now()).expect("fits");
        add(&mut guests, &wanted(&mug, 9), 1, now()).expect("fits");
        assert_eq!(merge(&mut mine, &guests, now()), []);
        let lines: Vec<_> = mine.lines.iter().map(|l| (l.sku, l.quantity)).collect();
        assert_eq!(lines, vec![(bowl.sku, 3), (mug.sku, 1)]);
        let version = mine.version;
        assert_eq!(merge(&mut mine, &guests, now()), []);
        assert_eq!(mine.version, version, "done twice, done once");
    }

    #[test]
    fn what_does_not_fit_is_left_behind() {
        let (mut mine, mut guests) = (cart(), cart());
        for _ in 0..CART_LINES_MAX - 1 {
            add(&mut mine, &wanted(&offer(1), 9), 1, now()).expect("fits");
        }
        let (bowl, mug) = (offer(1_000), offer(700));
        add(&mut guests, &wanted(&bowl, 9), 1, now()).expect("fits");
        add(&mut guests, &wanted(&mug, 9), 1, now()).expect("fits");
        let left_behind = merge(&mut mine, &guests, now());
        assert_eq!(left_behind.iter().map(|l| l.sku).collect::<Vec<_>>(), [mug.sku]);
        leave(&mut guests, &left_behind, now());
        assert_eq!(guests.lines, left_behind);
        let mut yen = cart();
        yen.currency = Currency::JPY;
        yen.lines = vec![guests.lines[0].clone()];
        assert_eq!(merge(&mut mine, &yen, now()), yen.lines);
    }

    #[test]
    fn coupons_are_put_in_once_as_many_as_there_is_room_for() {
        let mut cart = cart();
        add_code(&mut cart, " spring-10", now()).expect("a code");
        add_code(&mut cart, "SPRING-10", now()).expect("asked twice, done once");
        assert_eq!(
            (cart.codes.as_slice(), cart.version),
            (["SPRING-10".to_owned()].as_slice(), 1)
        );
        assert!(matches!(
            add_code(&mut cart, "no code", now()),
            Err(Error::BadCode(_))
        ));
        for n in 1..CODES_MAX {
            add_code(&mut cart, &format!("MORE-{n}"), now()).expect("there is room");
        }
        assert!(matches!(
            add_code(&mut cart, "ONE-MORE", now()),
            Err(Error::TooManyCodes)
        ));
        remove_code(&mut cart, "spring-10", now());
        remove_code(&mut cart, "spring-10", now());
        assert_eq!(
            (cart.codes.len(), cart.version),
            (CODES_MAX - 1, 1 + CODES_MAX as i64)
        );
    }

    #[test]
    fn a_guests_coupons_join_the_buyers() {
        let (mut mine, mut theirs) = (cart(), cart());
        add_code(&mut mine, "MINE", now()).expect("a code");
        add_code(&mut theirs, "MINE", now()).expect("a code");
        add_code(&mut theirs, "THEIRS", now()).expect("a code");
        merge(&mut mine, &theirs, now());
        assert_eq!(mine.codes, ["MINE", "THEIRS"]);
        assert_eq!(mine.version, 2);
    }

    #[test]
    fn taking_out_what_is_not_there_changes_nothing() {
        let mut cart = cart();
        remove(&mut cart, CartLineId(offer(1).sku.0), now()).expect("asked twice, done once");
        assert_eq!(cart.version, 0);
    }
}
