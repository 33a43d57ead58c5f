//! What goods are called: as many different ones as are wanted, made around those of a judged set, or of a vocabulary that is
//! used as a real catalogue uses its own.

use super::vocabulary::Vocabulary;
use anyhow::{Context, Result};
use contracts::catalog::{AttributeValue, Listing};
use evaluate::set;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::path::Path;

/// Further attributes of each product, of so many keys in all.
const ATTRIBUTES: usize = 8;
const KEYS: u32 = 3_000;
const VALUES: u32 = 20;
/// One query in so many is mistyped.
const MISTYPED_EVERY: usize = 10;

/// Products and queries that are made where no set is given, about as many as a judged one has.
const OWN_PRODUCTS: usize = 10_000;
const OWN_QUERIES: usize = 130;

/// Titles and descriptions to make others of. Without any, goods stay as they are.
#[derive(Debug, Default)]
pub struct Texts {
    products: Vec<(String, String)>,
    queries: Vec<String>,
}

impl Texts {
    /// Those of the judged set in `folder`.
    pub fn of(folder: &Path) -> Result<Self> {
        let set = set::read(folder)?
            .map_err(|lacking| anyhow::anyhow!("it has {lacking}"))
            .with_context(|| folder.display().to_string())?;
        let products = set.products.into_iter().map(|p| (p.title, p.description));
        Ok(Self {
            products: products.filter(|(title, _)| !title.is_empty()).collect(),
            queries: set.queries.into_iter().map(|query| query.words).collect(),
        })
    }

    /// Made of the bench's own words.
    pub fn own() -> Self {
        let (products, queries) = Vocabulary::new().goods(OWN_PRODUCTS, OWN_QUERIES);
        Self { products, queries }
    }

    /// `listing` under a title and a description of these.
    pub fn tell(&self, index: usize, mut listing: Listing) -> Listing {
        if self.products.is_empty() {
            return listing;
        }
        (listing.title, listing.description_html) = self.text(index);
        let mut rng = SmallRng::seed_from_u64(index as u64);
        for _ in 0..ATTRIBUTES {
            let key: u32 = rng.random_range(0..KEYS);
            // Few keys that most have, and many that few have.
            let key = format!("key {}", u64::from(key) * u64::from(key) / u64::from(KEYS));
            let value = AttributeValue::Text(format!("value {}", rng.random_range(0..VALUES)));
            listing.attributes.insert(key, value);
        }
        listing
    }

    /// Title and description of product number `index`: one product's, with a word of another's and a number of its own.
    pub fn text(&self, index: usize) -> (String, String) {
        let mut rng = SmallRng::seed_from_u64(index as u64);
        let Some((title, description)) = self.products.get(index % self.products.len().max(1)) else {
            return (format!("product {index}"), String::new());
        };
        let mut words: Vec<&str> = title.split_whitespace().collect();
        let (other, _) = &self.products[rng.random_range(0..self.products.len())];
        let others: Vec<&str> = other.split_whitespace().collect();
        if !words.is_empty() && !others.is_empty() {
            let at = rng.random_range(0..words.len());
            words[at] = others[rng.random_range(0..others.len())];
        }
        (format!("{} {index}", words.join(" ")), description.clone())
    }

    /// What is asked for, some of it mistyped.
    pub fn queries(&self) -> Vec<String> {
        let with_slips = self
            .queries
            .iter()
            .enumerate()
            .map(|(n, query)| match n % MISTYPED_EVERY {
                0 => evaluate::mistyped(query, 1),
                _ => query.clone(),
            });
        with_slips.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn goods_without_a_set_are_all_different_and_always_the_same() {
        let (texts, again) = (Texts::own(), Texts::own());
        assert_eq!(texts.queries().len(), OWN_QUERIES);
        assert_eq!(texts.queries(), again.queries());
        let some = || (0..OWN_PRODUCTS * 3).step_by(7);
        let titles: HashSet<String> = some().map(|index| texts.text(index).0).collect();
        assert_eq!(titles.len(), some().count());
        assert!(some().all(|index| texts.text(index) == again.text(index)));
    }
}
