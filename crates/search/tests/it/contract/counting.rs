//! Totals and facets against a count of each product by itself.

use super::{Kind, Stand, ask};
use crate::corpus::words;
use crate::world::listing;
use contracts::catalog::{AttributeValue, Listing};
use contracts::search::{AttributeRange, Facet, SearchQuery};
use kernel::Currency;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};

const COLOURS: [&str; 4] = ["red", "blue", "sea green", "black (matt)"];

/// A product with what it is counted by.
struct Counted {
    listing: Listing,
    stock: i64,
    pairs: BTreeSet<(String, String)>,
    millilitres: Option<f64>,
}

fn counted(n: u32, rng: &mut SmallRng) -> Counted {
    let mut listing = listing(n, ["Bowl of clay", "Jug of clay"][n as usize % 2]);
    let mut attributes = BTreeMap::new();
    let colours: Vec<String> = COLOURS
        .iter()
        .filter(|_| rng.random_bool(0.4))
        .map(|&c| c.to_owned())
        .collect();
    if !colours.is_empty() {
        attributes.insert("Colour".to_owned(), AttributeValue::Many(colours));
    }
    let millilitres = rng
        .random_bool(0.8)
        .then(|| f64::from(rng.random_range(1..40) * 50));
    if let Some(millilitres) = millilitres {
        // The same in two units.
        let said = if n.is_multiple_of(3) {
            format!("{} l", millilitres / 1_000.0)
        } else {
            format!("{millilitres} ml")
        };
        attributes.insert("Capacity".to_owned(), AttributeValue::Text(said));
    }
    attributes.insert(
        "Kiln (no. & type)".to_owned(),
        AttributeValue::Text(format!("K{}", n % 5)),
    );
    // A key that hardly any other has.
    attributes.insert(format!("spec {}", n % 97), AttributeValue::Bool(true));
    let pairs = attributes
        .iter()
        .flat_map(|(key, value)| {
            contracts::search::facet_values(value)
                .into_iter()
                .map(|v| (key.clone(), v))
        })
        .collect();
    listing.attributes = attributes;
    listing.variants[0].price.amount = rng.random_range(100..10_000);
    Counted {
        listing,
        stock: i64::from(rng.random_bool(0.7)),
        pairs,
        millilitres,
    }
}

/// By facet, whether a product passes its filter.
fn verdicts(query: &SearchQuery, one: &Counted) -> BTreeMap<String, bool> {
    let mut verdicts = BTreeMap::new();
    let price = one.listing.variants[0].price.amount;
    let fits =
        query.price_min.is_none_or(|min| price >= min) && query.price_max.is_none_or(|max| price <= max);
    verdicts.insert("price".to_owned(), fits);
    verdicts.insert("availability".to_owned(), !query.in_stock || one.stock > 0);
    for (key, values) in &query.attributes {
        let has = values
            .iter()
            .any(|value| one.pairs.contains(&(key.clone(), value.clone())));
        verdicts.insert(format!("attr.{key}"), has);
    }
    if let Some(range) = query.ranges.get("Capacity") {
        let within = one.millilitres.is_some_and(|ml| {
            let litres = ml / 1_000.0;
            range.min.is_none_or(|min| litres >= min - 1e-9)
                && range.max.is_none_or(|max| litres <= max + 1e-9)
        });
        let named = verdicts.get("attr.Capacity").copied().unwrap_or(false);
        verdicts.insert("attr.Capacity".to_owned(), named || within);
    }
    verdicts
}

fn chosen(rng: &mut SmallRng) -> SearchQuery {
    let mut query = SearchQuery {
        facets: true,
        limit: 2,
        currency: Some(Currency::EUR),
        ..words(["", "clay", "bowl"][rng.random_range(0..3)])
    };
    if rng.random_bool(0.5) {
        let colours = COLOURS
            .iter()
            .filter(|_| rng.random_bool(0.4))
            .map(|&c| c.to_owned());
        let colours: Vec<String> = colours.collect();
        if !colours.is_empty() {
            query.attributes.insert("Colour".to_owned(), colours);
        }
    }
    if rng.random_bool(0.3) {
        query.attributes.insert(
            "Kiln (no. & type)".to_owned(),
            vec!["K1".to_owned(), "K2".to_owned()],
        );
    }
    if rng.random_bool(0.5) {
        let min = f64::from(rng.random_range(0..20)) * 0.05;
        let range = AttributeRange {
            min: Some(min),
            max: rng.random_bool(0.6).then_some(min + 0.7),
            unit: "l".to_owned(),
        };
        query.ranges.insert("Capacity".to_owned(), range);
    }
    query.price_min = rng.random_bool(0.4).then(|| rng.random_range(0..5_000));
    query.price_max = rng.random_bool(0.4).then(|| rng.random_range(5_000..10_000));
    query.in_stock = rng.random_bool(0.3);
    query
}

pub async fn totals_and_facets_are_what_is_counted_one_by_one(kind: Kind) {
    let mut rng = SmallRng::seed_from_u64(90);
    let products: Vec<Counted> = (0..90).map(|n| counted(n, &mut rng)).collect();
    let stand = Stand::new(kind).await;
    products
        .iter()
        .for_each(|one| stand.world.keep(one.listing.clone(), one.stock));
    let running = stand.run();
    running.holds(90).await;
    let (mut some, mut parted) = (0, 0);
    for _ in 0..60 {
        let query = chosen(&mut rng);
        let page = ask(&running, &query).await;
        let said: Vec<(&Counted, BTreeMap<String, bool>)> = products
            .iter()
            .filter(|one| query.q != "bowl" || one.listing.title.starts_with("Bowl"))
            .map(|one| (one, verdicts(&query, one)))
            .collect();
        let passing = said
            .iter()
            .filter(|(_, verdicts)| verdicts.values().all(|&ok| ok))
            .count();
        assert_eq!(page.total, passing as u64, "{query:?}");
        some += usize::from(passing > 0);
        for facet in &page.facets {
            let of_facet: Vec<&Counted> = said
                .iter()
                .filter(|(_, verdicts)| verdicts.iter().all(|(name, &ok)| ok || *name == facet.key))
                .map(|(one, _)| *one)
                .collect();
            check(facet, &of_facet, &query);
            parted += usize::from(!facet.buckets.is_empty() && query.ranges.is_empty());
        }
    }
    assert!(
        some > 30 && parted > 10,
        "{some} found something, {parted} had parts"
    );
    running.stop().await;
}

fn check(facet: &Facet, counted: &[&Counted], query: &SearchQuery) {
    match facet.key.strip_prefix("attr.") {
        Some(key) => {
            for value in &facet.values {
                let pair = (key.to_owned(), value.value.clone());
                let count = counted.iter().filter(|one| one.pairs.contains(&pair)).count();
                assert_eq!(value.count, count as u64, "{pair:?} of {query:?}");
            }
            for bucket in &facet.buckets {
                assert_eq!(key, "Capacity");
                let litres = if facet.unit.as_deref() == Some("l") {
                    1_000.0
                } else {
                    1.0
                };
                let within = |ml: f64| ml >= bucket.min * litres - 1e-6 && ml <= bucket.max * litres + 1e-6;
                let count = counted
                    .iter()
                    .filter(|one| one.millilitres.is_some_and(within))
                    .count();
                assert_eq!(bucket.count, count as u64, "{bucket:?} of {query:?}");
            }
        }
        None if facet.key == "availability" => {
            let count = counted.iter().filter(|one| one.stock > 0).count();
            assert_eq!(facet.values[0].count, count as u64, "{query:?}");
        }
        None if facet.key == "price" => {
            let prices = counted
                .iter()
                .map(|one| one.listing.variants[0].price.amount as f64);
            let ends = prices.clone().reduce(f64::min).zip(prices.reduce(f64::max));
            assert_eq!(facet.range, ends, "{query:?}");
        }
        None => {
            let sum: u64 = facet.values.iter().map(|value| value.count).sum();
            assert_eq!(sum, counted.len() as u64, "{} of {query:?}", facet.key);
        }
    }
}
