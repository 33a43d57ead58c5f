//! Judged queries over real products: does the default ranking hold?

use crate::corpus::{index, search, titled, words};
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::PathBuf;

/// A good deal above plain BM25, stemmed, title x3, over the same products and judgments, which reaches 0.7805.
const FLOOR: f64 = 0.82;
const RANKS: usize = 10;

fn data(file: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/crowdflower_dev")
        .join(file);
    std::fs::read(path).ok()
}

#[test]
fn the_default_ranking_is_better_than_bm25() {
    let (Some(products), Some(judgments)) = (data("products.csv.gz"), data("qrels_dev_131q.csv")) else {
        println!("skipped: the judged products are not on this machine");
        return;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(&products[..])
        .read_to_string(&mut text)
        .expect("gzip");
    let mut documents = Vec::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.expect("a row");
        let mut document = titled(row[0].parse().expect("a number"), &row[1]);
        document.description = row[2].to_owned();
        documents.push(document);
    }
    let engine = index(&documents);

    let mut judged: BTreeMap<String, HashMap<String, f64>> = BTreeMap::new();
    for row in csv::Reader::from_reader(&judgments[..]).records() {
        let row = row.expect("a row");
        let relevance: f64 = row[2].parse().expect("1 to 4");
        judged
            .entry(row[0].to_owned())
            .or_default()
            .insert(row[1].to_owned(), (relevance - 1.0) / 3.0);
    }
    assert_eq!(judged.len(), 131);

    let mut sum = 0.0;
    for (query, gains) in &judged {
        let mut query = words(query);
        query.limit = 10;
        let page = search(&engine, &query);
        let gain = |hit: &contracts::search::SearchHit| {
            let number = hit.slug.strip_prefix("product-").expect("a slug of ours");
            gains.get(number).copied().unwrap_or(0.0)
        };
        let found = discounted(page.hits.iter().map(gain));
        let mut best: Vec<f64> = gains.values().copied().collect();
        best.sort_by(|a, b| b.total_cmp(a));
        let ideal = discounted(best.into_iter());
        let ndcg = if ideal > 0.0 { found / ideal } else { 0.0 };
        if std::env::var("STOA_QUALITY_PER_QUERY").is_ok() {
            println!("{ndcg:.3} {:>6} {}", page.total, query.q);
        }
        sum += ndcg;
    }
    let ndcg = sum / judged.len() as f64;
    println!("NDCG@10 over {} queries: {ndcg:.4} (floor {FLOOR})", judged.len());
    assert!(ndcg >= FLOOR, "NDCG@10 {ndcg:.4} is below {FLOOR}");
}

fn discounted(gains: impl Iterator<Item = f64>) -> f64 {
    gains
        .take(RANKS)
        .enumerate()
        .map(|(rank, gain)| gain / (rank as f64 + 2.0).log2())
        .sum()
}
