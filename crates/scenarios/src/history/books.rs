//! What must come out, worked out from the files alone.

use super::data::{Bought, History, Status, Thing};
use std::collections::BTreeMap;

/// Of the goods, what the marketplace keeps where nobody said otherwise.
const COMMISSION_BASIS_POINTS: i64 = 1_000;

/// How an order and each of its parts ends, as tables spell it.
pub fn ends(order: &Bought) -> (&'static str, &'static str) {
    match order.status {
        Status::Created | Status::Canceled | Status::Unavailable => ("cancelled", "cancelled"),
        Status::Approved | Status::Invoiced => ("confirmed", "confirmed"),
        Status::Processing => ("confirmed", "packed"),
        Status::Shipped => ("confirmed", "shipped"),
        Status::Delivered => ("confirmed", "delivered"),
    }
}

/// Each seller's part: of whom, and what it comes to.
pub fn parts(order: &Bought) -> BTreeMap<&str, i64> {
    let mut parts: BTreeMap<&str, i64> = BTreeMap::new();
    for (thing, units) in &order.lines {
        *parts.entry(&thing.seller).or_default() += (thing.price + thing.freight) * i64::from(*units);
    }
    parts
}

/// What the marketplace keeps of a line, rounded half to even.
fn commission(thing: &Thing, units: u32) -> i64 {
    let of = thing.price * i64::from(units) * COMMISSION_BASIS_POINTS;
    let (whole, rest) = (of / 10_000, of % 10_000);
    match rest.cmp(&5_000) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + whole % 2,
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Expected {
    pub orders: BTreeMap<&'static str, usize>,
    pub parts: BTreeMap<&'static str, usize>,
    /// What each seller has earned, in centavos.
    pub earned: BTreeMap<String, i64>,
}

pub fn expected(history: &History) -> Expected {
    let mut expected = Expected::default();
    for order in &history.orders {
        let (whole, part) = ends(order);
        *expected.orders.entry(whole).or_default() += 1;
        *expected.parts.entry(part).or_default() += parts(order).len();
        if whole != "confirmed" {
            continue;
        }
        for (thing, &units) in &order.lines {
            let total = (thing.price + thing.freight) * i64::from(units);
            *expected.earned.entry(thing.seller.clone()).or_default() += total - commission(thing, units);
        }
    }
    expected.earned.retain(|_, earned| *earned != 0);
    expected
}

#[test]
fn half_a_centavo_goes_to_the_even_one() {
    let thing = |price| Thing {
        seller: String::new(),
        product: String::new(),
        price,
        freight: 0,
    };
    let kept = [5, 15, 25, 14, 16].map(|price| commission(&thing(price), 1));
    assert_eq!(kept, [0, 2, 2, 1, 2]);
}
