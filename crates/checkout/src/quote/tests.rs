//! What goods made to order come to.

use super::*;
use contracts::making::{Allows, Answer, Answers, Choice, Making, MakingField, MakingInput};
use kernel::{CartId, Currency, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

const SHOP: TenantId = TenantId(Uuid::from_u128(1));

fn now() -> Timestamp {
    Timestamp::from_timestamp(1_790_000_000, 0).expect("in range")
}

fn field(key: &str, input: MakingInput) -> MakingField {
    MakingField {
        key: key.to_owned(),
        label: key.to_owned(),
        required: false,
        input,
    }
}

/// Something that asks for a text, a choice and a tick, each at a surcharge of its own.
fn asking(surcharges: [i64; 3]) -> Making {
    let option = Choice {
        value: "Walnut".to_owned(),
        surcharge: surcharges[1],
    };
    let text = MakingInput::Text {
        max_chars: 20,
        allows: Allows::Letters,
        surcharge: surcharges[0],
    };
    Making {
        fields: vec![
            field("name", text),
            field(
                "wood",
                MakingInput::Choice {
                    options: vec![option],
                },
            ),
            field(
                "oiled",
                MakingInput::Checkbox {
                    surcharge: surcharges[2],
                },
            ),
        ],
        ..Making::default()
    }
}

/// The answers to those of the questions that are to be answered.
fn answers(answered: [bool; 3]) -> Answers {
    let given = [
        ("name", Answer::Said("Ana".to_owned())),
        ("wood", Answer::Said("Walnut".to_owned())),
        ("oiled", Answer::Ticked(true)),
    ];
    let given = given
        .into_iter()
        .zip(answered)
        .filter(|(_, is_answered)| *is_answered);
    given.map(|((key, answer), _)| (key.to_owned(), answer)).collect()
}

fn offer(n: u128, price: Money, making: Option<Making>) -> Offer {
    Offer {
        for_sale: true,
        tenant: SHOP,
        making: making.map(Box::new),
        price,
        ..vanished(&line(n, price, 1, Answers::new()))
    }
}

fn line(n: u128, price_seen: Money, quantity: u32, answers: Answers) -> CartLine {
    CartLine {
        sku: SkuId(Uuid::from_u128(n)),
        tenant: SHOP,
        quantity,
        price_seen,
        line: None,
        answers,
    }
}

fn priced(currency: Currency, lines: &[CartLine], offers: Vec<Offer>) -> PricedGroup {
    let cart = Cart {
        id: CartId::new(now()),
        version: 1,
        currency,
        lines: lines.to_vec(),
        codes: Vec::new(),
        ordered: false,
        updated_at: now(),
    };
    let offers = offers.into_iter().map(|offer| (offer.sku, offer)).collect();
    price_group(&cart, SHOP, None, lines.iter(), &offers).expect("in range")
}

/// Currencies of no, two, three and four decimals.
fn currencies() -> impl Strategy<Value = Currency> {
    let known = ["JPY", "EUR", "KWD", "CLF"].map(|code| code.parse::<Currency>().expect("known"));
    let decimals: Vec<u32> = known.iter().map(|currency| currency.decimals()).collect();
    assert_eq!(decimals, [0, 2, 3, 4]);
    prop::sample::select(known.to_vec())
}

proptest! {
    /// A line costs its units times the price of one with all its surcharges, to the minor unit, and lines sum exactly.
    #[test]
    fn lines_cost_their_units_at_the_price_with_surcharges(
        currency in currencies(),
        lines in prop::collection::vec(
            (0..1_000_000_i64, prop::array::uniform3(0..50_000_i64), prop::array::uniform3(any::<bool>()), 1..50_u32), 1..8),
    ) {
        let mut expected = Vec::new();
        let (mut cart, mut offers) = (Vec::new(), Vec::new());
        for (n, (price, surcharges, answered, quantity)) in (1_u128..).zip(lines) {
            let extra: i64 = surcharges.iter().zip(answered).filter(|(_, is)| *is).map(|(extra, _)| extra).sum();
            expected.push((price + extra, (price + extra) * i64::from(quantity), extra));
            cart.push(line(n, Money::new(price, currency), quantity, answers(answered)));
            offers.push(offer(n, Money::new(price, currency), Some(asking(surcharges))));
        }
        let group = priced(currency, &cart, offers);
        let got: Vec<_> = group.lines.iter().map(|line| {
            let surcharge = line.made.as_ref().map_or(0, |made| made.surcharge);
            (line.offer.price.amount, line.list_total.amount, surcharge)
        }).collect();
        prop_assert_eq!(&got, &expected);
        let sum: i64 = expected.iter().map(|(_, total, _)| total).sum();
        prop_assert_eq!(group.list_subtotal, Money::new(sum, currency));
    }
}

#[test]
fn answers_that_the_product_does_not_take_any_more_cannot_be_ordered_at_the_price_that_was_seen() {
    let price = Money::new(2_000, Currency::EUR);
    let seen = Money::new(3_250, Currency::EUR);
    let wanted = line(1, seen, 1, answers([true, true, false]));
    let mut making = asking([0, 1_250, 0]);
    making.fields.remove(1);
    for making in [Some(making), None] {
        let group = priced(
            Currency::EUR,
            std::slice::from_ref(&wanted),
            vec![offer(1, price, making)],
        );
        let line = &group.lines[0];
        assert!(line.is_outdated && !line.offer.for_sale && line.made.is_none());
        assert_eq!((line.offer.price, line.list_total), (seen, seen));
    }
}

#[test]
fn a_line_costs_what_the_cart_has_of_its_sku_makes_it_cost() {
    let eur = |amount| Money::new(amount, Currency::EUR);
    let step = |from_quantity, price| contracts::catalog::QuantityBreak {
        from_quantity,
        price: eur(price),
    };
    let plain = Offer {
        breaks: vec![step(3, 900), step(5, 800)],
        ..offer(1, eur(1_000), None)
    };
    let made = Offer {
        breaks: vec![step(3, 900), step(5, 800)],
        ..offer(2, eur(1_000), Some(asking([0, 250, 0])))
    };
    let lines = [
        line(1, eur(1_000), 4, Answers::new()),
        // Five of one SKU, made in two ways.
        line(2, eur(1_000), 2, answers([true, true, false])),
        line(2, eur(1_000), 3, answers([true, false, true])),
    ];
    let group = priced(Currency::EUR, &lines, vec![plain, made]);
    let got: Vec<_> = group
        .lines
        .iter()
        .map(|line| (line.offer.price.amount, line.list_total.amount))
        .collect();
    assert_eq!(got, [(900, 3_600), (1_050, 2_100), (800, 2_400)]);
}

#[test]
fn units_of_one_sku_are_left_for_its_lines_in_their_order() {
    let sku = SkuId(Uuid::from_u128(1));
    let mut available = HashMap::from([(sku, 3)]);
    let left: Vec<i64> = [2, 2, 1]
        .map(|quantity| left(&mut available, sku, quantity))
        .to_vec();
    assert_eq!(left, [3, 1, 0]);
}
