//! Real products with thousands of attribute keys.

use crate::corpus::{index, labelled, search, titled, words};
use search::engine::Document;
use serde_json::Value;
use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::time::Instant;

const PRODUCTS: usize = 4_000;

#[test]
fn thousands_of_attribute_keys_make_a_small_answer() {
    let Some(documents) = documents(PRODUCTS) else {
        return;
    };
    let keys: HashSet<&str> = documents
        .iter()
        .flat_map(|d| d.attributes.iter().map(|(k, _)| k.as_str()))
        .collect();
    assert!(keys.len() > 2_000, "{} keys", keys.len());

    let started = Instant::now();
    let engine = index(&documents);
    println!(
        "{PRODUCTS} products with {} keys indexed in {:?}",
        keys.len(),
        started.elapsed()
    );
    for q in ["", "notebook", "xerox toner", "hdmi cable", "usb"] {
        let mut query = words(q);
        query.facets = true;
        let started = Instant::now();
        let page = search(&engine, &query);
        let took = started.elapsed();
        let bytes = serde_json::to_vec(&page).expect("JSON").len();
        let shown: Vec<&str> = page.facets.iter().map(|f| f.key.as_str()).collect();
        println!("`{q}`: {} in {took:?}, {bytes} bytes, {shown:?}", page.total);
        assert!(page.total > 0 && bytes < 40_000);
        assert!(shown.iter().any(|key| key.starts_with("attr.")));
        // What a facet promises is what the filter finds.
        let facet = page
            .facets
            .iter()
            .find(|f| f.key.starts_with("attr."))
            .expect("an attribute");
        let value = &facet.values[0];
        let key = facet.key.strip_prefix("attr.").expect("an attribute").to_owned();
        query.attributes.insert(key, vec![value.value.clone()]);
        assert_eq!(
            search(&engine, &query).total,
            value.count,
            "{} {}",
            facet.key,
            value.value
        );
    }
}

/// The first `count` products, if they are on this machine.
pub fn documents(count: usize) -> Option<Vec<Document>> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/icecat/products.jsonl.gz");
    let Ok(file) = std::fs::File::open(path) else {
        eprintln!("skipped: the electronics products are not on this machine");
        return None;
    };
    let rows = BufReader::new(flate2::read::GzDecoder::new(file)).lines();
    let documents = (0u32..).zip(rows.take(count)).map(|(n, row)| {
        let row = serde_json::from_str(&row.expect("a row")).expect("JSON");
        document(n, &row)
    });
    Some(documents.collect())
}

fn document(n: u32, row: &Value) -> Document {
    let text = |key: &str| row[key].as_str().unwrap_or("").to_owned();
    let mut document = titled(n, &text("title"));
    document.brand = text("supplier");
    document.description = text("short_description");
    document.categories = vec![labelled("electronics", "Electronics")];
    let attributes = row.as_object().expect("an object").iter();
    document.attributes = attributes
        .filter_map(|(key, value)| {
            let key = key.strip_prefix("attr_")?.get(2..)?.replace('_', " ");
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some((key, value))
        })
        .collect();
    document
}
