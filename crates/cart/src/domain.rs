//! What may become of a cart's lines. Pure: offers and stock come in.

use crate::error::Error;
use contracts::cart::{Cart, CartLine};
use contracts::catalog::Offer;
use contracts::promotions::{CODES_MAX, code};
use kernel::limits::{CART_LINES_MAX, LINE_QUANTITY_MAX};
use kernel::{SkuId, Timestamp};

/// Adds `quantity` of what `offer` offers to what the cart already has of it.
pub fn add(
    cart: &mut Cart,
    offer: &Offer,
    available: i64,
    quantity: u32,
    now: Timestamp,
) -> Result<(), Error> {
    let held = cart
        .lines
        .iter()
        .find(|l| l.sku == offer.sku)
        .map_or(0, |l| l.quantity);
    let wanted = held.saturating_add(quantity);
    set(cart, offer, available, wanted, now)
}

/// Sets how many of what `offer` offers the cart has; zero removes it.
pub fn set(
    cart: &mut Cart,
    offer: &Offer,
    available: i64,
    quantity: u32,
    now: Timestamp,
) -> Result<(), Error> {
    if quantity == 0 {
        return remove(cart, offer.sku, now);
    }
    if !offer.for_sale {
        return Err(Error::NotForSale(offer.sku));
    }
    if quantity > LINE_QUANTITY_MAX {
        return Err(Error::QuantityTooLarge);
    }
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
    let full = cart.lines.len() >= CART_LINES_MAX;
    match cart.lines.iter_mut().find(|l| l.sku == offer.sku) {
        Some(line) => {
            line.quantity = quantity;
            line.price_seen = offer.price;
        }
        None if full => return Err(Error::TooManyLines),
        None => cart.lines.push(CartLine {
            sku: offer.sku,
            tenant: offer.tenant,
            quantity,
            price_seen: offer.price,
        }),
    }
    touch(cart, now);
    Ok(())
}

/// Takes a line out. Asked twice, done once.
pub fn remove(cart: &mut Cart, sku: SkuId, now: Timestamp) -> Result<(), Error> {
    let before = cart.lines.len();
    cart.lines.retain(|l| l.sku != sku);
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

/// Takes the current prices as seen. Lines that are no longer offered stay, and stay unorderable.
pub fn accept_prices(cart: &mut Cart, offers: &[Offer], now: Timestamp) {
    for line in &mut cart.lines {
        if let Some(offer) = offers.iter().find(|o| o.sku == line.sku) {
            line.price_seen = offer.price;
        }
    }
    touch(cart, now);
}

/// A guest's lines join the user's own. Where both hold a SKU the larger quantity stands: the same person wanted
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
        match cart.lines.iter_mut().find(|l| l.sku == theirs.sku) {
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
        .retain(|line| left_behind.iter().any(|l| l.sku == line.sku));
    if cart.lines.len() < before {
        touch(cart, now);
    }
}

fn touch(cart: &mut Cart, now: Timestamp) {
    cart.version += 1;
    cart.updated_at = now;
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{CartId, Currency, Money, ProductId, TenantId};

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
            weight_g: 400,
            category: None,
            tax_category: contracts::taxes::standard(),
            image: None,
            for_sale: true,
        }
    }

    #[test]
    fn adding_twice_adds_up_and_counts_against_stock_together() {
        let (mut cart, bowl) = (cart(), offer(1_000));
        add(&mut cart, &bowl, 3, 2, now()).expect("two of three");
        let refused = add(&mut cart, &bowl, 3, 2, now()).expect_err("four of three");
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
        add(&mut cart, &bowl, 9, 1, now()).expect("fits");
        assert!(matches!(
            add(&mut cart, &yen, 9, 1, now()),
            Err(Error::CurrencyMismatch { .. })
        ));
        set(&mut cart, &bowl, 9, 0, now()).expect("removed");
        add(&mut cart, &yen, 9, 1, now()).expect("now it fits");
        assert_eq!(cart.currency, Currency::JPY);
    }

    #[test]
    fn what_is_not_for_sale_can_be_removed_but_not_kept() {
        let (mut cart, mut bowl) = (cart(), offer(1_000));
        add(&mut cart, &bowl, 9, 1, now()).expect("fits");
        bowl.for_sale = false;
        assert!(matches!(
            set(&mut cart, &bowl, 9, 2, now()),
            Err(Error::NotForSale(_))
        ));
        set(&mut cart, &bowl, 0, 0, now()).expect("removed");
        assert!(cart.lines.is_empty());
    }

    #[test]
    fn signing_in_keeps_the_larger_quantity() {
        let (mut mine, mut guests, bowl, mug) = (cart(), cart(), offer(1_000), offer(700));
        add(&mut mine, &bowl, 9, 1, now()).expect("fits");
        add(&mut guests, &bowl, 9, 3, now()).expect("fits");
        add(&mut guests, &mug, 9, 1, now()).expect("fits");
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
            add(&mut mine, &offer(1), 9, 1, now()).expect("fits");
        }
        let (bowl, mug) = (offer(1_000), offer(700));
        add(&mut guests, &bowl, 9, 1, now()).expect("fits");
        add(&mut guests, &mug, 9, 1, now()).expect("fits");
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
        remove(&mut cart, offer(1).sku, now()).expect("asked twice, done once");
        assert_eq!(cart.version, 0);
    }
}
