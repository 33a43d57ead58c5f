//! Plain BM25 (Robertson and Walker 1994), as every search library has it: words in lower case, stemmed as English, any of
//! them enough; the title counts three times.

use crate::set::Product;
use std::collections::HashMap;
use tantivy::tokenizer::{
    Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, TextAnalyzer, TokenStream,
};

const K1: f64 = 1.2;
const B: f64 = 0.75;
const TITLE: usize = 3;
const WORD_BYTES_MAX: usize = 40;

pub struct Baseline<'a> {
    products: &'a [Product],
    /// By word: product and how often it has the word.
    postings: HashMap<String, Vec<(usize, f64)>>,
    lengths: Vec<f64>,
    mean_length: f64,
}

impl<'a> Baseline<'a> {
    #[must_use]
    pub fn new(products: &'a [Product]) -> Self {
        let mut analyzer = analyzer();
        let mut postings: HashMap<String, Vec<(usize, f64)>> = HashMap::new();
        let mut lengths = Vec::with_capacity(products.len());
        for (number, product) in products.iter().enumerate() {
            let mut counts: HashMap<String, usize> = HashMap::new();
            for word in words(&mut analyzer, &product.title) {
                *counts.entry(word).or_default() += TITLE;
            }
            let others = [&product.description, &product.brand];
            let attributes = product.attributes.iter().map(|(_, value)| value);
            for text in others.into_iter().chain(&product.categories).chain(attributes) {
                for word in words(&mut analyzer, text) {
                    *counts.entry(word).or_default() += 1;
                }
            }
            lengths.push(counts.values().sum::<usize>() as f64);
            for (word, count) in counts {
                postings.entry(word).or_default().push((number, count as f64));
            }
        }
        let mean_length = lengths.iter().sum::<f64>() / lengths.len().max(1) as f64;
        Self {
            products,
            postings,
            lengths,
            mean_length,
        }
    }

    /// The best `count` products, best first.
    #[must_use]
    pub fn answers(&self, query: &str, count: usize) -> Vec<&'a str> {
        let mut scores: HashMap<usize, f64> = HashMap::new();
        for word in words(&mut analyzer(), query) {
            let Some(postings) = self.postings.get(&word) else {
                continue;
            };
            let (having, all) = (postings.len() as f64, self.products.len() as f64);
            let idf = (1.0 + (all - having + 0.5) / (having + 0.5)).ln();
            for &(number, frequency) in postings {
                let dilution = K1 * (1.0 - B + B * self.lengths[number] / self.mean_length);
                *scores.entry(number).or_default() += idf * frequency * (K1 + 1.0) / (frequency + dilution);
            }
        }
        let mut ranked: Vec<(usize, f64)> = scores.into_iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let best = ranked.into_iter().take(count);
        best.map(|(number, _)| self.products[number].id.as_str())
            .collect()
    }
}

fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(WORD_BYTES_MAX))
        .filter(LowerCaser)
        .filter(Stemmer::new(Language::English))
        .build()
}

fn words(analyzer: &mut TextAnalyzer, text: &str) -> Vec<String> {
    let mut words = Vec::new();
    analyzer
        .token_stream(text)
        .process(&mut |token| words.push(token.text.clone()));
    words
}
