//! Times the engine over generated products: `cargo run --release -p search --example engine_bench -- 200000`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for people at a terminal"
)]

use contracts::search::{SearchHit, SearchQuery};
use kernel::{Currency, Money, ProductId, TenantId, Timestamp};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use search::engine::{Document, Engine, Labelled};
use std::time::{Duration, Instant};

const THINGS: [&str; 16] = [
    "bowl", "lamp", "vase", "plate", "cup", "scarf", "basket", "stool", "ring", "candle", "blanket",
    "mirror", "teapot", "rug", "board", "box",
];
const MANNERS: [&str; 16] = [
    "blue", "red", "large", "small", "handmade", "glazed", "woven", "carved", "oak", "clay", "wool",
    "silver", "linen", "glass", "rustic", "modern",
];

fn main() {
    let count: u64 = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(200_000);
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::create(folder.path()).unwrap();
    let mut rng = SmallRng::seed_from_u64(1);

    let started = Instant::now();
    let mut writer = engine.writer().unwrap();
    for n in 0..count {
        writer.put(&document(n, &mut rng)).unwrap();
        if n % 50_000 == 49_999 {
            writer.commit("").unwrap();
        }
    }
    writer.commit("").unwrap();
    writer.close().unwrap();
    println!("{count} products indexed in {:.1?}", started.elapsed());
    let started = Instant::now();
    engine.refresh().unwrap();
    println!("opened in {:.1?}", started.elapsed());

    for (name, facets, filtered) in [
        ("plain", false, false),
        ("filtered", false, true),
        ("facets", true, false),
        ("facets, filtered", true, true),
    ] {
        for words in 1..=3 {
            let mut times: Vec<(Duration, u64)> = (0..200)
                .map(|_| time(&engine, &query(words, facets, filtered, &mut rng)))
                .collect();
            times.sort_unstable();
            let at = |share: f64| times[(times.len() as f64 * share) as usize].0;
            let mut totals: Vec<u64> = times.iter().map(|t| t.1).collect();
            totals.sort_unstable();
            println!(
                "{name:<18} {words} word(s): p10 {:>9.2?}  p50 {:>9.2?}  p99 {:>9.2?}  matches p50 {}",
                at(0.1),
                at(0.5),
                at(0.99),
                totals[totals.len() / 2]
            );
        }
    }
    let (took, total) = time(&engine, &query(0, true, false, &mut rng));
    println!("all, with facets: {took:.2?} for {total}");
}

fn time(engine: &Engine, query: &SearchQuery) -> (Duration, u64) {
    let started = Instant::now();
    let page = engine.search(query, started + Duration::from_secs(10)).unwrap();
    (started.elapsed(), page.total)
}

fn pick<'a>(list: &[&'a str], rng: &mut SmallRng) -> &'a str {
    list[rng.random_range(0..list.len())]
}

fn query(words: usize, facets: bool, filtered: bool, rng: &mut SmallRng) -> SearchQuery {
    let mut q: Vec<&str> = (1..words).map(|_| pick(&MANNERS, rng)).collect();
    if words > 0 {
        q.push(pick(&THINGS, rng));
    }
    let mut query = SearchQuery {
        q: q.join(" "),
        facets,
        ..SearchQuery::default()
    };
    if filtered {
        query.in_stock = true;
        query.attributes.insert(
            "colour".to_owned(),
            vec!["value 1".to_owned(), "value 2".to_owned()],
        );
    }
    query
}

fn document(n: u64, rng: &mut SmallRng) -> Document {
    let thing = pick(&THINGS, rng);
    let title = format!("{} {} {thing} {n}", pick(&MANNERS, rng), pick(&MANNERS, rng));
    let described: Vec<&str> = (0..40)
        .map(|_| {
            if rng.random_range(0..8) == 0 {
                pick(&THINGS, rng)
            } else {
                pick(&MANNERS, rng)
            }
        })
        .collect();
    let shop = rng.random_range(0..300);
    let seller = labelled(&format!("shop-{shop}"), &format!("Shop {shop}"));
    let mut attributes = vec![("colour".to_owned(), format!("value {}", rng.random_range(0..12)))];
    for _ in 0..14 {
        let key: u32 = rng.random_range(0..3_000);
        attributes.push((
            format!("key {}", key * key / 3_000),
            format!("value {}", rng.random_range(0..20)),
        ));
    }
    let product = ProductId(uuid::Uuid::from_u128(u128::from(n)));
    let tenant = TenantId(uuid::Uuid::from_u128(shop));
    let price = Money::new(rng.random_range(100..100_000), Currency::EUR);
    Document {
        product,
        tenant,
        brand: format!("Brand {}", rng.random_range(0..200)),
        categories: vec![
            labelled("things", "Things"),
            labelled(&format!("things/{thing}"), thing),
        ],
        category_aliases: Vec::new(),
        tags: vec![pick(&MANNERS, rng).to_owned()],
        description: described.join(" "),
        attributes,
        region: Some(labelled(&format!("ES-{}", shop % 52), "Province")),
        country: labelled("ES", "Spain"),
        price,
        in_stock: rng.random_range(0..10) > 0,
        created_at: Timestamp::from_timestamp(1_790_000_000 + n as i64, 0).unwrap(),
        popularity: rng.random_range(0..100),
        card: SearchHit {
            product,
            tenant,
            slug: format!("product-{n}"),
            title: title.clone(),
            shop_name: seller.label.clone(),
            shop_slug: seller.value.clone(),
            region: None,
            price,
            price_from: false,
            compare_at: None,
            image: None,
            in_stock: true,
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
