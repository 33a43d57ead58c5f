//! What goods are called: as many different ones as are wanted, made around those of a judged set.

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

/// Words of titles where no set is given.
const OWN: [&str; 12] = [
    "stoneware",
    "bowl",
    "blue",
    "rim",
    "linen",
    "apron",
    "beeswax",
    "candle",
    "wool",
    "blanket",
    "white",
    "basket",
];

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
        if self.products.is_empty() {
            let mut words = || {
                let words = (0..3).map(|_| OWN[rng.random_range(0..OWN.len())]);
                words.collect::<Vec<_>>().join(" ")
            };
            return (format!("{} {index}", words()), words());
        }
        let (title, description) = &self.products[index % self.products.len()];
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
        let own = [
            "stoneware bowl",
            "blue rim",
            "linen apron",
            "beeswax candle",
            "wool blanket white",
            "basket",
        ];
        let queries: Vec<String> = if self.queries.is_empty() {
            own.map(str::to_owned).to_vec()
        } else {
            self.queries.clone()
        };
        let with_slips = queries
            .iter()
            .enumerate()
            .map(|(n, query)| match n % MISTYPED_EVERY {
                0 => evaluate::mistyped(query, 1),
                _ => query.clone(),
            });
        with_slips.collect()
    }
}
