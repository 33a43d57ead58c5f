//! Which of several sellers' offers of one item is put first.

use contracts::catalog::{OfferStanding, WinningRule};
use std::cmp::Ordering;

/// What it costs at the door, where that is known.
fn at_the_door(offer: &OfferStanding) -> Option<i64> {
    let delivery = offer.delivery.filter(|d| d.currency == offer.price.currency)?;
    offer.price.amount.checked_add(delivery.amount)
}

/// Puts offers in the order of the rule, the winner first.
///
/// Whatever the rule, what is in stock comes first, and offers in the currency of the oldest come before others: amounts in
/// two currencies are not compared. Among equals the oldest wins, and then the least id, so that there is always one order.
pub fn rank(rule: WinningRule, offers: &mut [OfferStanding]) {
    let oldest = offers.iter().min_by_key(|o| (o.since, o.product));
    let Some(currency) = oldest.map(|o| o.price.currency) else {
        return;
    };
    let is_foreign = |o: &OfferStanding| o.price.currency != currency;
    offers.sort_by(|a, b| {
        let by_rule = || match rule {
            WinningRule::LandedPrice => landed(a, b).then(a.price.amount.cmp(&b.price.amount)),
            WinningRule::ItemPrice => a.price.amount.cmp(&b.price.amount),
            WinningRule::Oldest => Ordering::Equal,
        };
        b.in_stock
            .cmp(&a.in_stock)
            .then(is_foreign(a).cmp(&is_foreign(b)))
            .then_with(by_rule)
            .then(a.since.cmp(&b.since))
            .then(a.product.cmp(&b.product))
    });
}

/// What is known to come at a price comes before what is not.
fn landed(a: &OfferStanding, b: &OfferStanding) -> Ordering {
    match (at_the_door(a), at_the_door(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Currency, Money, ProductId, TenantId, Timestamp};
    use std::time::Duration;

    /// Offers in the order given, a second apart: price, delivery, in stock.
    fn ranked(rule: WinningRule, given: &[(i64, Option<i64>, bool)]) -> Vec<usize> {
        let eur = |amount| Money::new(amount, Currency::EUR);
        let at = |i: usize| Timestamp::UNIX_EPOCH + Duration::from_secs(i as u64);
        let mut offers: Vec<OfferStanding> = given
            .iter()
            .enumerate()
            .map(|(i, (price, delivery, in_stock))| OfferStanding {
                product: ProductId::new(at(i)),
                tenant: TenantId::new(at(i)),
                in_stock: *in_stock,
                price: eur(*price),
                delivery: delivery.map(eur),
                since: at(i),
            })
            .collect();
        rank(rule, &mut offers);
        offers
            .iter()
            .map(|o| o.since.signed_duration_since(Timestamp::UNIX_EPOCH).num_seconds() as usize)
            .collect()
    }

    #[test]
    fn what_is_in_stock_and_cheapest_at_the_door_wins() {
        let offers = [
            (1000, Some(500), true),
            (1200, Some(200), true),
            (900, Some(0), false),
            (1300, None, true),
            (1200, Some(200), true),
        ];
        assert_eq!(ranked(WinningRule::LandedPrice, &offers), [1, 4, 0, 3, 2]);
        assert_eq!(ranked(WinningRule::ItemPrice, &offers), [0, 1, 4, 3, 2]);
        assert_eq!(ranked(WinningRule::Oldest, &offers), [0, 1, 3, 4, 2]);
    }

    #[test]
    fn amounts_in_two_currencies_are_not_compared() {
        let at = |s| Timestamp::UNIX_EPOCH + Duration::from_secs(s);
        let offer = |s, price| OfferStanding {
            product: ProductId::new(at(s)),
            tenant: TenantId::new(at(s)),
            in_stock: true,
            price,
            delivery: None,
            since: at(s),
        };
        let mut offers = [
            offer(2, Money::new(100, Currency::USD)),
            offer(1, Money::new(2000, Currency::EUR)),
            offer(3, Money::new(1900, Currency::EUR)),
        ];
        rank(WinningRule::LandedPrice, &mut offers);
        assert_eq!(offers.map(|o| o.since), [3, 1, 2].map(at));
    }
}
