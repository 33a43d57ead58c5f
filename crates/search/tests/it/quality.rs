//! Judged queries over real products: does the default ranking hold?

#![allow(clippy::print_stdout, reason = "figures are told")]

use crate::corpus::{index, search, titled, words};
use evaluate::mistyped;
use search::engine::Engine;
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::PathBuf;

/// A good deal above plain BM25, stemmed, title x3, over the same products and judgments, which reaches 0.7805.
const FLOOR: f64 = 0.82;
/// Of that figure so much is left when each query has a slip in one of its words.
const OF_CLEAN_MIN: f64 = 0.9;
/// Slips are of these seeds, and the mean over them is held: one slip a query is a small sample.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=3;
const RANKS: usize = 10;

/// The judged products in an index, and by query what each of them is worth.
struct Judged {
    engine: Engine,
    queries: BTreeMap<String, HashMap<String, f64>>,
}

fn data(file: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/crowdflower_dev")
        .join(file);
    std::fs::read(path).ok()
}

impl Judged {
    /// `None` where they are not on this machine.
    fn read() -> Option<Self> {
        let (Some(products), Some(judgments)) = (data("products.csv.gz"), data("qrels_dev_131q.csv")) else {
            println!("skipped: the judged products are not on this machine");
            return None;
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
        let mut queries: BTreeMap<String, HashMap<String, f64>> = BTreeMap::new();
        for row in csv::Reader::from_reader(&judgments[..]).records() {
            let row = row.expect("a row");
            let relevance: f64 = row[2].parse().expect("1 to 4");
            queries
                .entry(row[0].to_owned())
                .or_default()
                .insert(row[1].to_owned(), (relevance - 1.0) / 3.0);
        }
        assert_eq!(queries.len(), 131);
        Some(Self {
            engine: index(&documents),
            queries,
        })
    }

    /// The mean NDCG@10 when each query is asked as `typed` makes of it.
    fn ndcg(&self, typed: impl Fn(&str) -> String) -> f64 {
        let figure = |(query, gains): (&String, &HashMap<String, f64>)| self.of_one(&typed(query), gains);
        self.queries.iter().map(figure).sum::<f64>() / self.queries.len() as f64
    }

    fn of_one(&self, asked: &str, gains: &HashMap<String, f64>) -> f64 {
        let mut query = words(asked);
        query.limit = 10;
        let page = search(&self.engine, &query);
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
        ndcg
    }
}

#[test]
fn the_default_ranking_is_better_than_bm25() {
    let Some(judged) = Judged::read() else { return };
    let ndcg = judged.ndcg(str::to_owned);
    println!(
        "NDCG@10 over {} queries: {ndcg:.4} (floor {FLOOR})",
        judged.queries.len()
    );
    assert!(ndcg >= FLOOR, "NDCG@10 {ndcg:.4} is below {FLOOR}");
}

#[test]
fn a_slip_in_a_word_of_each_query_costs_little() {
    let Some(judged) = Judged::read() else { return };
    let clean = judged.ndcg(str::to_owned);
    let slips: Vec<f64> = SEEDS
        .map(|seed| {
            let slipped = judged
                .queries
                .keys()
                .filter(|query| mistyped(query, seed) != **query);
            assert_eq!(slipped.count(), judged.queries.len(), "every query has its slip");
            judged.ndcg(|query| mistyped(query, seed))
        })
        .collect();
    let mean = slips.iter().sum::<f64>() / slips.len() as f64;
    println!(
        "NDCG@10 with slips: {mean:.4} ({slips:.4?}), {:.3} of {clean:.4}",
        mean / clean
    );
    assert!(
        mean >= OF_CLEAN_MIN * clean,
        "NDCG@10 with slips, {mean:.4}, is below {OF_CLEAN_MIN} of {clean:.4}"
    );
}

fn discounted(gains: impl Iterator<Item = f64>) -> f64 {
    gains
        .take(RANKS)
        .enumerate()
        .map(|(rank, gain)| gain / (rank as f64 + 2.0).log2())
        .sum()
}
