//! The search's engine by itself, among as many products: no database, no HTTP.

use super::{Bench, Setting};
use crate::comparison::{Comparison, Round};
use crate::seed::texts::Texts;
use crate::stats::Latencies;
use anyhow::{Context, Result};
use contracts::search::{SearchHit, SearchQuery};
use kernel::{Currency, Money, ProductId, TenantId, Timestamp};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use search::engine::{Document, Engine, Labelled};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

pub const BENCH: Bench = Bench {
    name: "search-engine",
    about: "the search's engine by itself, among a million products made in memory: building, size, and milliseconds of a search",
    run: |setting| Box::pin(async move { tokio::task::block_in_place(|| run(setting)) }),
};

const TARGET_MS: f64 = 10.0;
const P99: f64 = 0.99;
/// Searches of one turn.
const SEARCHES: usize = 1_000;
/// For one search: far more than it needs.
const TIME_MAX: Duration = Duration::from_secs(10);
/// Products of one commit.
const COMMIT_EVERY: usize = 100_000;
const SHOPS: u128 = 300;
const REGIONS: u128 = 52;
/// Attributes of a product, of so many keys in all, each with so many values.
const ATTRIBUTES: usize = 12;
const KEYS: u32 = 3_000;
const VALUES: u32 = 20;

fn run(setting: &Setting) -> Result<Vec<Comparison>> {
    let texts = match &setting.options.corpus {
        Some(folder) => Texts::of(folder)?,
        None => Texts::own(),
    };
    let folder = setting.scratch.join("index");
    fs::create_dir(&folder)?;
    let began = Instant::now();
    let engine = Engine::create(&folder)?;
    let mut writer = engine.writer()?;
    for index in 0..setting.options.products {
        writer.put(&document(index, &texts))?;
        if index % COMMIT_EVERY == COMMIT_EVERY - 1 {
            writer.commit("")?;
        }
    }
    writer.commit("")?;
    writer.close()?;
    let took = began.elapsed();
    engine.refresh()?;
    setting.tell(format_args!(
        "index: {} products in {:.0} s ({:.0}/s), {:.0} MB on disk; this process holds {:.0} MB",
        engine.documents(),
        took.as_secs_f64(),
        engine.documents() as f64 / took.as_secs_f64(),
        megabytes(size(&folder)?),
        resident_bytes().map_or(0.0, megabytes),
    ));
    let all = ["search-engine", "search-engine.filtered", "search-engine.facets"];
    measure(setting, &engine, &texts.queries(), all)
}

/// Searches of three kinds, one at a time: plain, those in stock of some shops and of an attribute, and with facets.
pub fn measure(
    setting: &Setting,
    engine: &Engine,
    queries: &[String],
    names: [&str; 3],
) -> Result<Vec<Comparison>> {
    let mut comparisons = Vec::new();
    for (name, filtered, facets) in names
        .into_iter()
        .zip([false, true, true])
        .zip([false, false, true])
        .map(|((name, filtered), facets)| (name, filtered, facets))
    {
        let mut rounds = Vec::new();
        turn(engine, queries, filtered, facets)?;
        for number in 1..=setting.options.rounds {
            let latencies = turn(engine, queries, filtered, facets)?;
            let p99 = latencies.percentile_ms(P99);
            setting.tell(format_args!(
                "{name}, round {number}: p50 {:.2} ms, p90 {:.2} ms, p99 {p99:.2} ms",
                latencies.percentile_ms(0.5),
                latencies.percentile_ms(0.9),
            ));
            rounds.push(Round::alone(p99));
        }
        comparisons.push(Comparison::at_most(name, "ms", TARGET_MS, rounds));
    }
    Ok(comparisons)
}

fn turn(engine: &Engine, queries: &[String], filtered: bool, facets: bool) -> Result<Latencies> {
    let mut took_us = Vec::with_capacity(SEARCHES);
    for words in queries.iter().cycle().take(SEARCHES) {
        let query = SearchQuery {
            q: words.clone(),
            in_stock: filtered,
            facets,
            ..SearchQuery::default()
        };
        let began = Instant::now();
        engine.search(&query, began + TIME_MAX)?;
        took_us.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(Latencies::new(took_us))
}

pub fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

pub fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn resident_bytes() -> Option<u64> {
    crate::program::parse_resident(&fs::read_to_string("/proc/self/status").ok()?)
}

fn document(index: usize, texts: &Texts) -> Document {
    let mut rng = SmallRng::seed_from_u64(index as u64);
    let (title, description) = texts.text(index);
    let shop = rng.random_range(0..SHOPS);
    let seller = labelled(&format!("shop-{shop}"), &format!("Shop {shop}"));
    let attributes = (0..ATTRIBUTES).map(|_| {
        let key: u32 = rng.random_range(0..KEYS);
        // Few keys that most have, and many that few have.
        let key = format!("key {}", u64::from(key) * u64::from(key) / u64::from(KEYS));
        (key, format!("value {}", rng.random_range(0..VALUES)))
    });
    let attributes = attributes.collect();
    let product = ProductId(Uuid::from_u128(index as u128 + 1));
    let tenant = TenantId(Uuid::from_u128(shop + 1));
    let price = Money::new(rng.random_range(100..100_000), Currency::EUR);
    let in_stock = rng.random_range(0..10) > 0;
    let kind = rng.random_range(0..60);
    Document {
        product,
        tenant,
        brand: format!("Brand {}", rng.random_range(0..200)),
        categories: vec![
            labelled("things", "Things"),
            labelled(&format!("things/{kind}"), &format!("Kind {kind}")),
        ],
        category_aliases: Vec::new(),
        language: None,
        also_called: Vec::new(),
        wins: true,
        translations: Vec::new(),
        tags: Vec::new(),
        description,
        attributes,
        region: Some(labelled(&format!("ES-{}", shop % REGIONS), "Province")),
        country: labelled("ES", "Spain"),
        price,
        in_stock,
        created_at: Timestamp::from_timestamp(1_790_000_000, index as u32 % 1_000_000_000).expect("in range"),
        popularity: rng.random_range(0..100),
        rating: rng.random_range(0..=500),
        card: SearchHit {
            product,
            tenant,
            slug: format!("product-{index}"),
            title: title.clone(),
            shop_name: seller.label.clone(),
            shop_slug: seller.value.clone(),
            region: None,
            price,
            price_from: false,
            compare_at: None,
            lowest_30_days: None,
            image: None,
            in_stock,
            distance_km: None,
            rating: None,
            offers: None,
            promoted: false,
            titles: None,
        },
        seller,
        title,
    }
}

fn labelled(value: &str, label: &str) -> Labelled {
    Labelled {
        value: value.to_owned(),
        label: label.to_owned(),
    }
}
