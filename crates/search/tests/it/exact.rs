//! Totals and facets over real products with thousands of keys, against a count of each product by itself.

use crate::corpus::{eur, index, labelled, search};
use crate::electronics;
use crate::facets::{check_buckets, values, verdicts};
use contracts::search::{AttributeRange, SearchQuery};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use search::engine::Document;
use search::engine::analysis::{analyzer, folder, terms};
use search::engine::document::{ATTRIBUTE_CHARS_MAX, ATTRIBUTES_MAX, tidy};
use search::engine::quantity::Quantity;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

const PRODUCTS: usize = 19_406;
const COMBINATIONS: usize = 500;
/// Matches below which a query is read more generously, which is another test's matter.
const ENOUGH: usize = 12;
/// Letters of each part of a compound that the engine may read.
const PART_LETTERS_MIN: usize = 3;

/// A product as the count sees it: its words, and its facets as they are spelt.
struct Counted {
    document: Document,
    stems: HashSet<String>,
}

fn counted(documents: &[Document]) -> Vec<Counted> {
    let mut analyzer = analyzer();
    let counted = documents.iter().map(|document| {
        let mut document = document.clone();
        let mut texts = vec![
            document.title.clone(),
            document.brand.clone(),
            document.description.clone(),
            document.seller.label.clone(),
        ];
        texts.extend(document.categories.iter().map(|c| c.label.clone()));
        let said = document
            .attributes
            .iter()
            .filter(|(_, v)| v != "yes" && v != "no");
        texts.extend(said.map(|(_, value)| value.clone()));
        let pairs = document.attributes.iter().map(|(k, v)| (tidy(k), tidy(v)));
        let is_short = |text: &str| !text.is_empty() && text.chars().count() <= ATTRIBUTE_CHARS_MAX;
        let pairs: BTreeSet<_> = pairs.filter(|(k, v)| is_short(k) && is_short(v)).collect();
        document.attributes = pairs.into_iter().take(ATTRIBUTES_MAX).collect();
        Counted {
            stems: texts.iter().flat_map(|text| terms(&mut analyzer, text)).collect(),
            document,
        }
    });
    counted.collect()
}

#[test]
fn what_is_counted_in_the_index_is_what_is_counted_one_by_one() {
    let Some(mut documents) = electronics::documents(PRODUCTS) else {
        return;
    };
    let mut rng = SmallRng::seed_from_u64(19_406);
    // Shops, places, prices and stock, which the products do not say, so that every facet has something to tell apart.
    for document in &mut documents {
        let shop = rng.random_range(0..40);
        document.seller = labelled(&format!("shop-{shop}"), &format!("Shop {shop}"));
        let place = ["ES-M", "ES-B", "ES-GR"][shop % 3];
        document.region = Some(labelled(place, place));
        document.price = eur(rng.random_range(100..50_000));
        document.in_stock = rng.random_range(0..10) > 0;
        let kind =
            ["electronics/computers", "electronics/print", "electronics/cables"][rng.random_range(0..3)];
        document.categories.push(labelled(kind, kind));
    }
    let engine = index(&documents);
    let counted = counted(&documents);
    let words = Words::of(&documents, &counted);
    let (mut asked, mut with_matches, mut with_range) = (0, 0, 0);
    while asked < COMBINATIONS {
        let query = combination(&documents, &words, &mut rng);
        let stems = words.stems(&query.q);
        let said: Vec<&Counted> = counted
            .iter()
            .filter(|one| stems.iter().all(|stem| one.stems.contains(stem)))
            .collect();
        if said.len() < ENOUGH {
            continue;
        }
        asked += 1;
        let page = search(&engine, &query);
        let found = check(&query, &said, &page) > 0;
        with_matches += usize::from(found);
        let is_parted = |facet: &contracts::search::Facet| !facet.buckets.is_empty();
        with_range += usize::from(found && !query.ranges.is_empty() && page.facets.iter().any(is_parted));
    }
    assert!(
        with_matches > COMBINATIONS / 3,
        "only {with_matches} found anything"
    );
    assert!(with_range > COMBINATIONS / 10, "only {with_range} within a range");
}

/// The words of titles that a query may be made of.
struct Words {
    /// As they are written, to the stem.
    stem_of: BTreeMap<String, String>,
    written: BTreeSet<String>,
}

impl Words {
    /// Those that are no compounds of others: which of these are read apart is another test's matter.
    fn of(documents: &[Document], counted: &[Counted]) -> Self {
        let (mut folder, mut analyzer) = (folder(), analyzer());
        let mut having: HashMap<&str, usize> = HashMap::new();
        for one in counted {
            for stem in &one.stems {
                *having.entry(stem).or_default() += 1;
            }
        }
        let labels = |document: &Document| {
            let labels = document.categories.iter().map(|c| c.label.clone());
            let labels = labels.chain([document.title.clone(), document.brand.clone()]);
            labels.collect::<Vec<_>>()
        };
        let written: BTreeSet<String> = documents
            .iter()
            .flat_map(labels)
            .flat_map(|text| terms(&mut folder, &text))
            .collect();
        let is_compound = |word: &str| {
            let cuts = word.char_indices().map(|(at, _)| at).skip(PART_LETTERS_MIN);
            let mut cuts = cuts.filter(|&at| word.len() - at >= PART_LETTERS_MIN);
            cuts.any(|at| written.contains(&word[..at]) && written.contains(&word[at..]))
        };
        let words = written.iter().filter(|word| !is_compound(word));
        let stem_of = words.filter_map(|word| {
            let stem = terms(&mut analyzer, word).pop()?;
            let often = *having.get(stem.as_str())? >= ENOUGH;
            (often && !search::engine::analysis::is_stop_word(word)).then(|| (word.clone(), stem))
        });
        Self {
            stem_of: stem_of.collect(),
            written,
        }
    }

    fn stems(&self, q: &str) -> Vec<String> {
        q.split_whitespace()
            .map(|word| self.stem_of[word].clone())
            .collect()
    }

    fn any(&self, rng: &mut SmallRng) -> &str {
        let at = rng.random_range(0..self.stem_of.len());
        self.stem_of.keys().nth(at).expect("within")
    }
}

/// What someone might ask: up to two words, and filters of which many are true of one product, so that something is found.
fn combination(documents: &[Document], words: &Words, rng: &mut SmallRng) -> SearchQuery {
    let model = &documents[rng.random_range(0..documents.len())];
    let q = match rng.random_range(0..3) {
        0 => String::new(),
        1 => words.any(rng).to_owned(),
        _ => {
            let mut folder = folder();
            let titled = terms(&mut folder, &model.title);
            let known: Vec<String> = titled
                .into_iter()
                .filter(|w| words.stem_of.contains_key(w))
                .collect();
            // Two words that another title writes as one are taken for it as well.
            match known.as_slice() {
                [a, b, ..] if !words.written.contains(&format!("{a}{b}")) && a != b => format!("{a} {b}"),
                [a, ..] => a.clone(),
                [] => String::new(),
            }
        }
    };
    let mut query = SearchQuery {
        q,
        facets: true,
        limit: 1,
        ..SearchQuery::default()
    };
    for _ in 0..rng.random_range(0..3) {
        if model.attributes.is_empty() {
            break;
        }
        let (key, value) = &model.attributes[rng.random_range(0..model.attributes.len())];
        let chosen = query.attributes.entry(tidy(key)).or_default();
        chosen.push(tidy(value));
        let other = &documents[rng.random_range(0..documents.len())];
        let others = other.attributes.iter().filter(|(k, _)| k == key);
        chosen.extend(others.map(|(_, value)| tidy(value)));
        chosen.sort();
        chosen.dedup();
    }
    if rng.random_range(0..2) == 0 {
        query.ranges.extend(range(model, rng));
    }
    if rng.random_range(0..4) == 0 {
        let shops = [
            model.seller.value.clone(),
            format!("shop-{}", rng.random_range(0..40)),
        ];
        query.sellers = BTreeSet::from(shops).into_iter().collect();
    }
    if rng.random_range(0..4) == 0 {
        query.regions = vec![["ES", "ES-M", "ES-B"][rng.random_range(0..3)].to_owned()];
    }
    if rng.random_range(0..3) == 0 {
        query.price_min = Some(rng.random_range(0..30_000));
    }
    if rng.random_range(0..3) == 0 {
        query.price_max = Some(rng.random_range(20_000..50_000));
    }
    if rng.random_range(0..4) == 0 {
        query.category = model.categories.last().map(|category| category.value.clone());
    }
    query.in_stock = rng.random_range(0..4) == 0;
    query
}

/// A range around one of the product's quantities, open at one end now and then.
fn range(model: &Document, rng: &mut SmallRng) -> Option<(String, AttributeRange)> {
    let quantities: Vec<(&String, Quantity)> = model
        .attributes
        .iter()
        .filter_map(|(key, value)| Some((key, Quantity::read(value)?)))
        .collect();
    let (key, quantity) = quantities.get(rng.random_range(0..quantities.len().max(1)))?;
    let number = quantity.unit.of_base(quantity.base);
    let span = number.abs() * rng.random_range(0.0..2.0);
    let range = AttributeRange {
        min: (rng.random_range(0..4) > 0).then_some(number - span),
        max: (rng.random_range(0..4) > 0).then_some(number + span),
        unit: quantity.unit.symbol.to_owned(),
    };
    Some((tidy(key), range))
}

/// Panics where the page and the count differ; how many were found.
fn check(query: &SearchQuery, said: &[&Counted], page: &contracts::search::SearchPage) -> u64 {
    let judged: Vec<(&Document, BTreeMap<String, bool>)> = said
        .iter()
        .map(|one| (&one.document, verdicts(query, &one.document)))
        .collect();
    let passing = judged.iter().filter(|(_, v)| v.values().all(|&ok| ok)).count() as u64;
    assert_eq!(page.total, passing, "{query:?}");
    for facet in &page.facets {
        let of_facet = judged
            .iter()
            .filter(|(_, v)| v.iter().all(|(name, &ok)| ok || *name == facet.key));
        if facet.key == "price" {
            let prices = of_facet.map(|(document, _)| document.price.amount as f64);
            let range = prices.fold(None, |range, price| {
                let (min, max) = range.unwrap_or((price, price));
                Some((f64::min(min, price), f64::max(max, price)))
            });
            assert_eq!(facet.range, range, "{query:?}");
            continue;
        }
        check_buckets(facet, &of_facet.clone().map(|(document, _)| *document));
        let mut counts: HashMap<String, u64> = HashMap::new();
        for (document, _) in of_facet {
            for value in values(&facet.key, document) {
                *counts.entry(value).or_default() += 1;
            }
        }
        for value in &facet.values {
            let count = counts.get(&value.value).copied().unwrap_or(0);
            assert_eq!(value.count, count, "{} {} of {query:?}", facet.key, value.value);
        }
    }
    page.total
}
