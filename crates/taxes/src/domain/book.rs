//! Regions, categories and rates, as those who price baskets remember them.

use contracts::taxes::TaxOwner;
use kernel::{TaxRateId, Timestamp};
use std::collections::HashMap;

/// A part of the world with taxes of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Such as `ES` or `ES-CN`.
    pub code: String,
    /// As people call it.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// ISO 3166-2. With no provinces and no postcodes it is all of its country.
    pub provinces: Vec<String>,
    /// What postcodes begin with.
    pub postcodes: Vec<String>,
}

/// A kind of goods that is taxed alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    pub code: String,
    /// Whose rate holds where a region names none for this one. There is no tax where that is none either.
    pub otherwise: Option<String>,
}

/// How much tax a region asks for a category, from one moment until another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    pub id: TaxRateId,
    pub region: String,
    pub category: String,
    /// As printed: `IVA 21 %`.
    pub name: String,
    pub millionths: u32,
    pub from: Timestamp,
    /// The first moment at which it does not hold any more.
    pub until: Option<Timestamp>,
}

/// Who owes the authorities what buyers pay as tax, from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liability {
    pub owner: TaxOwner,
    pub from: Timestamp,
}

/// Where goods go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// ISO 3166-1 alpha-2.
    pub country: &'a str,
    /// ISO 3166-2, if it is known.
    pub region: Option<&'a str>,
    pub postcode: &'a str,
}

/// The tax that something is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed {
    pub region: String,
    /// The category that was asked for, whosever rate it is.
    pub category: String,
    /// As printed.
    pub name: String,
    pub rate_millionths: u32,
}

/// What there is of all of these.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// By country, those with places of their own before those that are all of it.
    regions: HashMap<String, Vec<Region>>,
    categories: HashMap<String, Option<String>>,
    /// By region and category.
    rates: HashMap<String, HashMap<String, Vec<Rate>>>,
    /// The latest first.
    liabilities: Vec<Liability>,
}

impl Book {
    #[must_use]
    pub fn new(
        regions: Vec<Region>,
        categories: Vec<Category>,
        rates: Vec<Rate>,
        mut liabilities: Vec<Liability>,
    ) -> Self {
        let mut book = Self::default();
        for region in regions {
            book.regions
                .entry(region.country.clone())
                .or_default()
                .push(region);
        }
        for category in categories {
            book.categories.insert(category.code, category.otherwise);
        }
        for rate in rates {
            let of_region = book.rates.entry(rate.region.clone()).or_default();
            of_region.entry(rate.category.clone()).or_default().push(rate);
        }
        liabilities.sort_by_key(|liability| std::cmp::Reverse(liability.from));
        book.liabilities = liabilities;
        book
    }

    /// The region that a place lies in: that with the longest beginning of its postcode, or else its province, or else
    /// its country.
    #[must_use]
    pub fn region(&self, place: Place<'_>) -> Option<&Region> {
        let fits = self.regions.get(place.country)?.iter();
        let ranked = fits.filter_map(|region| Some((region.fit(place)?, region)));
        ranked.max_by_key(|(fit, _)| *fit).map(|(_, region)| region)
    }

    #[must_use]
    pub fn has_category(&self, code: &str) -> bool {
        self.categories.contains_key(code)
    }

    /// What is due for goods of a category that go to a place; none where nothing is.
    #[must_use]
    pub fn assess(&self, place: Place<'_>, category: &str, at: Timestamp) -> Option<Assessed> {
        let region = self.region(place)?;
        let rate = self.rate(&region.code, category, at)?;
        Some(Assessed {
            region: region.code.clone(),
            category: category.to_owned(),
            name: rate.name.clone(),
            rate_millionths: rate.millionths,
        })
    }

    /// A region's rate for a category or, where it has none, for the one that stands in for it.
    #[must_use]
    pub fn rate(&self, region: &str, category: &str, at: Timestamp) -> Option<&Rate> {
        let of_region = self.rates.get(region)?;
        let mut wanted = Some(category);
        // One is made after the one that stands in for it, so that there is no way around in a circle.
        for _ in 0..=self.categories.len() {
            let named = of_region.get(wanted?).into_iter().flatten();
            let found = named.into_iter().find(|rate| rate.holds(at));
            if found.is_some() {
                return found;
            }
            wanted = match self.categories.get(wanted?) {
                Some(otherwise) => otherwise.as_deref(),
                // Goods of a category that nobody knows are taxed as goods are.
                None => Some(super::STANDARD),
            };
        }
        None
    }

    /// Who owes what buyers pay as tax.
    #[must_use]
    pub fn owner(&self, at: Timestamp) -> TaxOwner {
        let known = self.liabilities.iter().find(|liability| liability.from <= at);
        known.map_or(TaxOwner::Seller, |liability| liability.owner)
    }
}

impl Region {
    /// How closely it fits a place; none if the place does not lie in it.
    fn fit(&self, place: Place<'_>) -> Option<usize> {
        const PROVINCE: usize = 1;
        let by_postcode = self
            .postcodes
            .iter()
            .filter(|start| place.postcode.starts_with(start.as_str()));
        let by_province = place
            .region
            .is_some_and(|region| self.provinces.iter().any(|own| own == region));
        let is_country = self.provinces.is_empty() && self.postcodes.is_empty();
        by_postcode
            .map(|start| PROVINCE + start.len())
            .max()
            .or(by_province.then_some(PROVINCE))
            .or(is_country.then_some(0))
    }
}

impl Rate {
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000 + second, 0).expect("in range")
    }

    fn region(code: &str, provinces: &[&str], postcodes: &[&str]) -> Region {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        Region {
            code: code.to_owned(),
            name: code.to_owned(),
            country: code[..2].to_owned(),
            provinces: owned(provinces),
            postcodes: owned(postcodes),
        }
    }

    fn category(code: &str, otherwise: Option<&str>) -> Category {
        Category {
            code: code.to_owned(),
            otherwise: otherwise.map(str::to_owned),
        }
    }

    fn rate(region: &str, category: &str, millionths: u32, [from, until]: [Option<i64>; 2]) -> Rate {
        Rate {
            id: TaxRateId(Uuid::nil()),
            region: region.to_owned(),
            category: category.to_owned(),
            name: format!("tax {millionths}"),
            millionths,
            from: at(from.unwrap_or(-1_000)),
            until: until.map(at),
        }
    }

    fn book() -> Book {
        let always = [None, None];
        Book::new(
            vec![
                region("ES", &[], &[]),
                region("ES-CN", &["ES-GC", "ES-TF"], &[]),
                region("ES-CE", &["ES-CE"], &[]),
                region("DE", &[], &[]),
                region("DE-HELGOLAND", &[], &["27498"]),
                region("DE-NORTH", &["DE-SH"], &["27"]),
            ],
            vec![
                category("standard", None),
                category("reduced", Some("standard")),
                category("super_reduced", Some("reduced")),
                category("delivery", Some("standard")),
                category("exempt", None),
                category("books", Some("super_reduced")),
            ],
            vec![
                rate("ES", "standard", 210_000, always),
                rate("ES", "reduced", 100_000, always),
                rate("ES", "super_reduced", 40_000, [None, Some(10)]),
                rate("ES-CN", "standard", 70_000, always),
                rate("DE", "standard", 190_000, [None, Some(10)]),
                rate("DE", "standard", 160_000, [Some(10), Some(20)]),
                rate("DE-NORTH", "standard", 180_000, always),
            ],
            vec![
                Liability {
                    owner: TaxOwner::Marketplace,
                    from: at(10),
                },
                Liability {
                    owner: TaxOwner::Seller,
                    from: at(20),
                },
            ],
        )
    }

    /// Given regions within and beside each other, when goods go to a place, then the closest of them is chosen.
    #[test]
    fn the_closest_region_is_chosen() {
        let table = [
            ("ES", Some("ES-SE"), "41010", Some("ES")),
            ("ES", None, "41010", Some("ES")),
            ("ES", Some("ES-GC"), "35001", Some("ES-CN")),
            ("ES", Some("ES-TF"), "38001", Some("ES-CN")),
            ("ES", Some("ES-CE"), "51001", Some("ES-CE")),
            ("DE", Some("DE-BE"), "10115", Some("DE")),
            ("DE", Some("DE-SH"), "24103", Some("DE-NORTH")),
            ("DE", Some("DE-SH"), "27498", Some("DE-HELGOLAND")),
            ("DE", None, "27472", Some("DE-NORTH")),
            ("DE", None, "", Some("DE")),
            ("PT", None, "1000-001", None),
        ];
        let book = book();
        for (country, region, postcode, expected) in table {
            let place = Place {
                country,
                region,
                postcode,
            };
            let chosen = book.region(place).map(|region| region.code.as_str());
            assert_eq!(chosen, expected, "{place:?}");
        }
    }

    /// Given rates of a region, when goods of a category are sold at a moment, then this is the rate.
    #[test]
    fn a_category_without_a_rate_takes_that_of_the_one_that_stands_in_for_it() {
        let table = [
            ("ES", "standard", 0, Some(210_000)),
            ("ES", "delivery", 0, Some(210_000)),
            ("ES", "books", 0, Some(40_000)),
            ("ES", "books", 10, Some(100_000)),
            ("ES", "exempt", 0, None),
            ("ES", "nobody knows it", 0, Some(210_000)),
            ("ES-CN", "books", 0, Some(70_000)),
            ("ES-CE", "standard", 0, None),
            ("DE", "reduced", 9, Some(190_000)),
            ("DE", "reduced", 10, Some(160_000)),
            ("DE", "reduced", 20, None),
        ];
        let book = book();
        for (region, category, second, expected) in table {
            let rate = book
                .rate(region, category, at(second))
                .map(|rate| rate.millionths);
            assert_eq!(rate, expected, "{category} in {region} after {second} s");
        }
    }

    #[test]
    fn the_seller_owes_the_tax_until_it_is_said_otherwise() {
        let owners = [0, 9, 10, 19, 20].map(|second| book().owner(at(second)));
        use TaxOwner::{Marketplace as M, Seller as S};
        assert_eq!(owners, [S, S, M, M, S]);
    }
}
