//! A search finds the same on however many cores it runs.

use crate::corpus::{at, labelled, soon, titled, words};
use contracts::search::taste::{Liking, PriceBand, Taste};
use contracts::search::tuning::{RuleAction, RuleTarget, RuleWhen};
use contracts::search::{AttributeRange, SearchQuery, Sort};
use kernel::{Currency, Money, SearchRuleId};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use search::engine::{Document, Engine, EngineError, Promoted, Promotion, Ranking, Rule, Rules, Tuning};
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

const PRODUCTS: u32 = 700;
/// Each makes a segment; fewer than are merged.
const COMMITS: usize = 6;
const SEARCHES: usize = 150;
const PAGES: usize = 3;

const WORDS: [&str; 10] = [
    "red",
    "blue",
    "bowl",
    "lamp",
    "oak",
    "ceramic",
    "table",
    "salad",
    "dish",
    "dollhouse",
];
const CATEGORIES: [&str; 4] = ["home", "home/kitchen", "home/light", "garden"];
const SELLERS: [&str; 4] = ["ana", "bea", "carla", "dora"];
const REGIONS: [&str; 3] = ["ES-M", "ES-B", "ES-GR"];

fn any(of: &[&str], rng: &mut SmallRng) -> String {
    (*of.choose(rng).expect("some")).to_owned()
}

fn some(of: &[&str], most: usize, rng: &mut SmallRng) -> Vec<String> {
    let count = rng.random_range(1..=most);
    (0..count).map(|_| any(of, rng)).collect()
}

fn document(n: u32, rng: &mut SmallRng) -> Document {
    let mut document = titled(n, &some(&WORDS, 4, rng).join(" "));
    document.description = some(&WORDS, 8, rng).join(" ");
    let path = any(&CATEGORIES, rng);
    document.categories = vec![labelled(&path, &path.to_uppercase())];
    let seller = any(&SELLERS, rng);
    document.seller = labelled(&seller, &seller.to_uppercase());
    let region = any(&REGIONS, rng);
    document.region = Some(labelled(&region, &region));
    let currency = [Currency::EUR, Currency::USD][usize::from(rng.random_range(0..10) == 0)];
    document.price = Money::new(100 * rng.random_range(1..60), currency);
    document.in_stock = rng.random_range(0..5) > 0;
    document.wins = rng.random_range(0..6) > 0;
    document.popularity = rng.random_range(0..50);
    document.rating = rng.random_range(0..=500);
    let pair = |key: &str, value: String| (key.to_owned(), value);
    document.attributes = vec![pair("colour", any(&["red", "green", "blue"], rng))];
    // Some have several quantities, of which a range counts one.
    for _ in 0..rng.random_range(0..3) {
        let capacity = format!("{} ml", 50 * rng.random_range(1..20));
        document.attributes.push(pair("capacity", capacity));
    }
    document
}

/// Several segments, from each of which something is gone.
fn write(folder: &Path, documents: &[Document]) {
    let engine = Engine::create(folder).expect("an index");
    let mut writer = engine.writer().expect("the only writer");
    for part in documents.chunks(documents.len().div_ceil(COMMITS)) {
        for document in part {
            writer.put(document).expect("a document goes in");
        }
        writer.commit("").expect("a commit");
    }
    for document in documents.iter().step_by(13) {
        writer.remove(document.product);
    }
    writer.commit("").expect("a commit");
    writer.close().expect("no merge fails");
}

fn tuning(documents: &[Document]) -> Tuning {
    let rule = |n: u128, when: RuleWhen, actions: Vec<RuleAction>| Rule {
        id: SearchRuleId(Uuid::from_u128(n)),
        when,
        actions,
        starts_at: at(0),
        ends_at: None,
    };
    let for_words = |q: &str| RuleWhen {
        q: Some(q.to_owned()),
        ..RuleWhen::default()
    };
    let pin = |n: usize, position| RuleAction::Pin {
        product: documents[n].product,
        position,
    };
    let dora = || RuleTarget::Seller {
        slug: "dora".to_owned(),
    };
    let light = || RuleTarget::Category {
        path: "home/light".to_owned(),
    };
    let pins = vec![pin(651, 1), pin(5, 2), pin(400, 4), pin(401, 5)];
    let rules = vec![
        rule(1, for_words("bowl"), pins),
        rule(2, for_words("red"), vec![RuleAction::Hide { target: dora() }]),
        rule(
            3,
            RuleWhen::default(),
            vec![RuleAction::Weigh {
                target: light(),
                percent: 250,
            }],
        ),
    ];
    let promoted = documents.iter().step_by(31).map(|document| Promotion {
        product: document.product,
        starts_at: at(0),
        ends_at: at(1_000_000),
    });
    Tuning {
        rules: Rules::new(rules),
        promoted: Promoted::new(promoted.collect()),
        ..Tuning::default()
    }
}

fn query(rng: &mut SmallRng) -> SearchQuery {
    let q = match rng.random_range(0..6) {
        0 => String::new(),
        1 => any(&["bowll", "ceramc lamp", "red tabel", "doll house", "sala"], rng),
        2 => format!("{} nothing", some(&WORDS, 4, rng).join(" ")),
        _ => some(&WORDS, 3, rng).join(" "),
    };
    let mut query = SearchQuery {
        facets: rng.random_range(0..3) > 0,
        promoted: rng.random(),
        limit: rng.random_range(1..30),
        ..words(&q)
    };
    if rng.random() {
        let others = [Sort::Newest, Sort::PriceAsc, Sort::PriceDesc, Sort::Distance];
        query.sort = others[rng.random_range(0..others.len())];
    }
    let mut maybe = || rng.random_range(0..4) == 0;
    let (category, sellers, regions, price, stock) = (maybe(), maybe(), maybe(), maybe(), maybe());
    let (near, rating, colour, capacity, taste) = (maybe(), maybe(), maybe(), maybe(), maybe());
    query.category = category.then(|| any(&CATEGORIES, rng));
    query.sellers = if sellers {
        some(&SELLERS, 2, rng)
    } else {
        Vec::new()
    };
    query.regions = if regions {
        some(&REGIONS, 2, rng)
    } else {
        Vec::new()
    };
    query.currency = rng.random::<bool>().then_some(Currency::EUR);
    query.price_max = price.then(|| 100 * rng.random_range(1..60));
    query.in_stock = stock;
    query.near = (near || query.sort == Sort::Distance).then(|| any(&REGIONS, rng));
    query.near_km = near.then(|| rng.random_range(1..600));
    query.rating_min = rating.then_some(3.0);
    if colour {
        let colours = some(&["red", "green", "pink"], 2, rng);
        query.attributes.insert("colour".to_owned(), colours);
    }
    if capacity {
        let range = AttributeRange {
            min: Some(f64::from(rng.random_range(0..600_i32))),
            max: None,
            unit: "ml".to_owned(),
        };
        query.ranges.insert("capacity".to_owned(), range);
    }
    query.taste = taste.then(|| Taste {
        categories: vec![Liking {
            value: any(&CATEGORIES, rng),
            percent: 100,
        }],
        sellers: Vec::new(),
        price: Some(PriceBand {
            min: 1_000,
            max: 3_000,
            currency: Currency::EUR,
        }),
    });
    query
}

#[test]
fn a_search_finds_the_same_on_however_many_cores() {
    let mut rng = SmallRng::seed_from_u64(4);
    let documents: Vec<Document> = (0..PRODUCTS).map(|n| document(n, &mut rng)).collect();
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &documents);
    let tuning = tuning(&documents);
    let ranking = Ranking::default();
    let on = |cores| Engine::open(folder.path()).expect("the index").on_cores(cores, 1);
    let (one, several) = (on(1), [2, 3, 4].map(on));
    let (mut found, mut hidden, mut promoted, mut corrected) = (0, 0, 0, 0);
    for _ in 0..SEARCHES {
        let mut query = query(&mut rng);
        for _ in 0..PAGES {
            let page_of = |engine: &Engine| {
                let page = engine.search_with(&query, &ranking, &tuning, Some(at(2_000)), soon());
                page.expect("an answer")
            };
            let preview_of = |engine: &Engine| {
                let preview = engine.preview(&query, &ranking, &tuning, Some(at(2_000)), soon());
                preview.expect("a preview")
            };
            let (page, preview) = (page_of(&one), preview_of(&one));
            for (cores, engine) in (2..).zip(&several) {
                assert_eq!(page_of(engine), page, "{query:?} on {cores} cores");
                assert_eq!(preview_of(engine), preview, "{query:?} on {cores} cores");
            }
            found += usize::from(page.total > 0);
            hidden += usize::from(!preview.hidden.is_empty());
            promoted += usize::from(page.hits.iter().any(|hit| hit.promoted));
            corrected += usize::from(page.approximate);
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
    }
    assert!(
        [found, hidden, promoted, corrected]
            .iter()
            .all(|&times| times > 0),
        "{found} found something, {hidden} had something hidden, {promoted} promoted, {corrected} corrected"
    );
}

#[test]
fn a_search_on_several_cores_keeps_to_its_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let documents: Vec<Document> = (0..60).map(|n| titled(n, "Bowl")).collect();
    write(folder.path(), &documents);
    let engine = Engine::open(folder.path()).expect("the index").on_cores(3, 1);
    let past = Instant::now() - Duration::from_secs(1);
    let late = engine.search(&words(""), past);
    assert!(matches!(late, Err(EngineError::OutOfTime)), "{late:?}");
    assert!(engine.search(&words(""), soon()).is_ok());
}
