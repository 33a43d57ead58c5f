//! Documents made by hand.

use contracts::search::{SearchHit, SearchPage, SearchQuery};
use kernel::{Currency, Money, ProductId, TenantId, Timestamp};
use search::engine::{Document, Engine, Labelled};
use std::time::{Duration, Instant};
use uuid::Uuid;

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_timestamp(1_790_000_000 + second, 0).expect("in range")
}

pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

/// Product number `n`; later ones are younger.
pub fn product(n: u32) -> Document {
    let product = ProductId(Uuid::from_u128(u128::from(n) + 1));
    let tenant = TenantId(Uuid::from_u128(1));
    Document {
        product,
        tenant,
        title: format!("Product {n}"),
        brand: String::new(),
        categories: Vec::new(),
        category_aliases: Vec::new(),
        language: None,
        also_called: Vec::new(),
        wins: true,
        translations: Vec::new(),
        tags: Vec::new(),
        description: String::new(),
        attributes: Vec::new(),
        seller: labelled("clay-house", "Clay House"),
        region: Some(labelled("ES-M", "Madrid")),
        country: labelled("ES", "Spain"),
        price: eur(1000),
        in_stock: true,
        created_at: at(i64::from(n)),
        popularity: 0,
        rating: 0,
        card: SearchHit {
            product,
            tenant,
            slug: format!("product-{n}"),
            title: format!("Product {n}"),
            shop_name: "Clay House".to_owned(),
            shop_slug: "clay-house".to_owned(),
            region: Some("ES-M".to_owned()),
            price: eur(1000),
            price_from: false,
            compare_at: None,
            lowest_30_days: None,
            image: None,
            in_stock: true,
            distance_km: None,
            rating: None,
            offers: None,
            promoted: false,
            titles: None,
        },
    }
}

pub fn titled(n: u32, title: &str) -> Document {
    let mut document = product(n);
    document.title = title.to_owned();
    document.card.title = title.to_owned();
    document
}

pub fn labelled(value: &str, label: &str) -> Labelled {
    Labelled {
        value: value.to_owned(),
        label: label.to_owned(),
    }
}

pub fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

/// An index in memory with `documents`, a few segments of it.
pub fn index(documents: &[Document]) -> Engine {
    let engine = Engine::in_memory().expect("an index in memory");
    let mut writer = engine.writer().expect("the only writer");
    for part in documents.chunks(documents.len().div_ceil(3).max(1)) {
        for document in part {
            writer.put(document).expect("a document goes in");
        }
        writer.commit("").expect("a commit");
    }
    engine.refresh().expect("a reload");
    engine
}

pub fn words(q: &str) -> SearchQuery {
    SearchQuery {
        q: q.to_owned(),
        ..SearchQuery::default()
    }
}

pub fn search(engine: &Engine, query: &SearchQuery) -> SearchPage {
    engine.search(query, soon()).expect("an answer")
}

pub fn titles(page: &SearchPage) -> Vec<&str> {
    page.hits.iter().map(|hit| hit.title.as_str()).collect()
}
