//! What somebody has shown an interest in lately, small enough to go along with a query.

use kernel::{Currency, Money};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Categories, and shops, that a taste names at most.
pub const LIKINGS_MAX: usize = 5;
/// Things looked at below which there is no telling what somebody likes.
const INTERESTS_MIN: usize = 3;
/// Percent.
const WHOLE: u32 = 100;
/// How far beyond the prices of what was looked at a price is still one of that kind, in percent of it.
const BAND_LOW: i64 = 70;
const BAND_HIGH: i64 = 140;

/// What lifts some answers a little among those that are about as good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taste {
    /// Paths; what lies below counts as well.
    pub categories: Vec<Liking>,
    /// Shop slugs.
    pub sellers: Vec<Liking>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceBand>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Liking {
    pub value: String,
    /// Of all that was looked at; those of one kind come to 100 at most.
    pub percent: u8,
}

/// Minor units, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBand {
    pub min: i64,
    pub max: i64,
    pub currency: Currency,
}

/// Something that was looked at, kept or bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interest {
    /// The narrowest category's path.
    pub category: Option<String>,
    /// The shop's slug.
    pub seller: String,
    pub price: Money,
    /// How much it tells: a purchase more than a look.
    pub weight: u32,
}

impl Taste {
    /// None where too little is known.
    #[must_use]
    pub fn of(interests: &[Interest]) -> Option<Self> {
        if interests.len() < INTERESTS_MIN {
            return None;
        }
        let categories = interests
            .iter()
            .filter_map(|one| Some((one.category.as_deref()?, one.weight)));
        let sellers = interests.iter().map(|one| (one.seller.as_str(), one.weight));
        let whole = interests.iter().map(|one| one.weight).sum();
        Some(Self {
            categories: likings(categories, whole),
            sellers: likings(sellers, whole),
            price: band(interests),
        })
    }

    /// As many values and as much weight as a taste has.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let sound = |likings: &[Liking]| {
            let percent: u32 = likings.iter().map(|one| u32::from(one.percent)).sum();
            likings.len() <= LIKINGS_MAX && percent <= WHOLE
        };
        sound(&self.categories) && sound(&self.sellers)
    }
}

/// The commonest values, each with its share.
#[must_use]
pub fn likings<'a>(values: impl Iterator<Item = (&'a str, u32)>, whole: u32) -> Vec<Liking> {
    let mut sums: BTreeMap<&str, u32> = BTreeMap::new();
    for (value, weight) in values {
        *sums.entry(value).or_default() += weight;
    }
    let mut sums: Vec<(&str, u32)> = sums.into_iter().collect();
    sums.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    sums.truncate(LIKINGS_MAX);
    sums.into_iter()
        .filter_map(|(value, weight)| {
            let percent = u8::try_from((weight * WHOLE).checked_div(whole)?).ok()?;
            (percent > 0).then(|| Liking {
                value: value.to_owned(),
                percent,
            })
        })
        .collect()
}

/// From the lower to the upper quarter of the prices in the commonest currency, and somewhat beyond.
fn band(interests: &[Interest]) -> Option<PriceBand> {
    let mut by_currency: BTreeMap<&str, Vec<Money>> = BTreeMap::new();
    for one in interests {
        by_currency
            .entry(one.price.currency.code())
            .or_default()
            .push(one.price);
    }
    let mut prices = by_currency.into_values().max_by_key(Vec::len)?;
    if prices.len() < INTERESTS_MIN {
        return None;
    }
    prices.sort_by_key(|price| price.amount);
    let (low, high) = (
        prices[prices.len() / 4],
        prices[prices.len() - 1 - prices.len() / 4],
    );
    Some(PriceBand {
        min: low.amount.saturating_mul(BAND_LOW) / i64::from(WHOLE),
        max: high.amount.saturating_mul(BAND_HIGH) / i64::from(WHOLE),
        currency: low.currency,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interest(category: &str, seller: &str, price: i64, weight: u32) -> Interest {
        Interest {
            category: Some(category.to_owned()),
            seller: seller.to_owned(),
            price: Money::new(price, Currency::EUR),
            weight,
        }
    }

    #[test]
    fn shares_are_of_all_that_was_looked_at() {
        let taste = Taste::of(&[
            interest("ceramics/bowls", "clay", 1_000, 2),
            interest("ceramics/bowls", "clay", 2_000, 1),
            interest("wood", "oak", 3_000, 1),
        ])
        .expect("a taste");
        let told: Vec<(&str, u8)> = taste
            .categories
            .iter()
            .map(|one| (one.value.as_str(), one.percent))
            .collect();
        assert_eq!(told, [("ceramics/bowls", 75), ("wood", 25)]);
        assert_eq!(taste.sellers[0].value, "clay");
        let price = taste.price.expect("a band");
        assert_eq!((price.min, price.max), (700, 4_200));
        assert!(taste.is_sound());
    }

    #[test]
    fn little_tells_nothing_and_much_is_cut() {
        let look = interest("wood", "oak", 3_000, 1);
        assert_eq!(Taste::of(&[look.clone(), look]), None);
        let many: Vec<Interest> = (0..50)
            .map(|n| interest(&format!("c{n:02}"), &format!("s{n:02}"), 1_000, 1))
            .collect();
        let taste = Taste::of(&many).expect("a taste");
        assert_eq!(
            (taste.categories.len(), taste.sellers.len()),
            (LIKINGS_MAX, LIKINGS_MAX)
        );
        assert!(taste.is_sound());
    }

    #[test]
    fn prices_of_currencies_are_not_mixed() {
        let mut interests = vec![interest("wood", "oak", 1_000, 1); 3];
        interests.push(Interest {
            price: Money::new(100_000, Currency::JPY),
            ..interests[0].clone()
        });
        let band = Taste::of(&interests)
            .and_then(|taste| taste.price)
            .expect("a band");
        assert_eq!((band.currency, band.max), (Currency::EUR, 1_400));
        interests.truncate(2);
        interests.push(Interest {
            price: Money::new(100_000, Currency::JPY),
            ..interests[0].clone()
        });
        assert_eq!(Taste::of(&interests).and_then(|taste| taste.price), None);
    }
}
