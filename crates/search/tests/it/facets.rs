//! Counts against a count by hand.

use crate::corpus::{eur, index, labelled, product, search, titled, words};
use contracts::search::{AttributeRange, Facet, SearchPage, SearchQuery};
use proptest::prelude::*;
use search::engine::Document;
use search::engine::quantity::{Quantity, Unit};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

const CATEGORIES: [&str; 6] = [
    "home",
    "home/kitchen",
    "home/kitchen/dishes",
    "home/light",
    "garden",
    "garden/pots",
];
const SELLERS: [&str; 3] = ["ana", "bea", "carla"];
const REGIONS: [(&str, &str); 3] = [("ES", "ES-M"), ("ES", "ES-GR"), ("PT", "")];
const COLOURS: [&str; 3] = ["red", "green", "blue"];
const SIZES: [&str; 2] = ["small", "large"];

fn document(n: u32, picks: [usize; 8]) -> Document {
    let mut document = product(n);
    document.title = ["red bowl", "green lamp", "bowl and lamp"][picks[0] % 3].to_owned();
    let path = CATEGORIES[picks[1] % CATEGORIES.len()];
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    document.categories = ends
        .map(|end| labelled(&path[..end], &path[..end].to_uppercase()))
        .collect();
    let seller = SELLERS[picks[2] % SELLERS.len()];
    document.seller = labelled(seller, &seller.to_uppercase());
    let (country, region) = REGIONS[picks[3] % REGIONS.len()];
    document.country = labelled(country, country);
    document.region = (!region.is_empty()).then(|| labelled(region, region));
    document.price = eur(100 * (picks[4] as i64 % 5));
    document.in_stock = picks[5].is_multiple_of(2);
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    document.attributes = vec![pair("colour", COLOURS[picks[6] % 3])];
    if picks[6].is_multiple_of(5) {
        document
            .attributes
            .push(pair("colour", COLOURS[(picks[6] + 1) % 3]));
    }
    if !picks[7].is_multiple_of(3) {
        document.attributes.push(pair("size", SIZES[picks[7] % 2]));
    }
    document
}

fn subset(of: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    prop_oneof![
        2 => Just(Vec::new()),
        1 => proptest::sample::subsequence(of, 1..=of.len())
            .prop_map(|values| values.into_iter().map(str::to_owned).collect()),
    ]
}

fn query() -> impl Strategy<Value = SearchQuery> {
    let q = proptest::sample::select(vec!["", "bowl", "red bowl", "lamp"]);
    let category = proptest::option::of(proptest::sample::select(CATEGORIES.to_vec()));
    let price = proptest::option::of(0i64..450);
    (
        q,
        category,
        subset(&SELLERS),
        subset(&["ES", "ES-M", "PT", "FR"]),
        (price.clone(), price),
        any::<bool>(),
        (subset(&["red", "green", "blue", "pink"]), subset(&SIZES)),
    )
        .prop_map(
            |(q, category, sellers, regions, (price_min, price_max), in_stock, (colours, sizes))| {
                let attributes = [("colour", colours), ("size", sizes)];
                SearchQuery {
                    q: q.to_owned(),
                    category: category.map(str::to_owned),
                    sellers,
                    regions,
                    price_min,
                    price_max,
                    in_stock,
                    attributes: attributes
                        .into_iter()
                        .filter(|(_, values)| !values.is_empty())
                        .map(|(key, values)| (key.to_owned(), values))
                        .collect(),
                    facets: true,
                    limit: 100,
                    ..SearchQuery::default()
                }
            },
        )
}

/// Whether `document` passes the filter of each facet.
pub fn verdicts(query: &SearchQuery, document: &Document) -> BTreeMap<String, bool> {
    let mut verdicts = BTreeMap::new();
    let is_of = |path: &String| document.categories.iter().any(|c| c.value == *path);
    verdicts.insert("category".to_owned(), query.category.as_ref().is_none_or(is_of));
    let seller = query.sellers.is_empty() || query.sellers.contains(&document.seller.value);
    verdicts.insert("seller".to_owned(), seller);
    let place = |code: &String| {
        document.country.value == *code || document.region.as_ref().is_some_and(|r| r.value == *code)
    };
    verdicts.insert(
        "region".to_owned(),
        query.regions.is_empty() || query.regions.iter().any(place),
    );
    let price = document.price.amount;
    let fits =
        query.price_min.is_none_or(|min| price >= min) && query.price_max.is_none_or(|max| price <= max);
    verdicts.insert("price".to_owned(), fits);
    verdicts.insert("availability".to_owned(), !query.in_stock || document.in_stock);
    let keys: BTreeSet<&String> = query.attributes.keys().chain(query.ranges.keys()).collect();
    for key in keys {
        let has = |value: &String| document.attributes.contains(&(key.clone(), value.clone()));
        let named = query
            .attributes
            .get(key)
            .is_some_and(|values| values.iter().any(has));
        let within = query.ranges.get(key).is_some_and(|range| {
            let mut own = document.attributes.iter().filter(|(k, _)| k == key);
            own.any(|(_, value)| lies_within(value, range.min, range.max, &range.unit))
        });
        verdicts.insert(format!("attr.{key}"), named || within);
    }
    verdicts
}

/// Whether a value is a quantity between two ends, in any unit that measures as `unit` does.
pub fn lies_within(value: &str, min: Option<f64>, max: Option<f64>, unit: &str) -> bool {
    let Some((quantity, unit)) = Quantity::read(value).zip(Unit::named(unit)) else {
        return false;
    };
    // In the unit of the ends, with as much slack as a conversion needs.
    let number = unit.of_base(quantity.base);
    let slack = number.abs() * 1e-8;
    quantity.unit.measures_as(unit)
        && min.is_none_or(|min| number >= min - slack)
        && max.is_none_or(|max| number <= max + slack)
}

/// The parts of a facet hold what their ends, as a filter, find, each product once.
pub fn check_buckets<'a>(facet: &Facet, counted: &(impl Iterator<Item = &'a Document> + Clone)) {
    let key = facet.key.strip_prefix("attr.").unwrap_or_default();
    let unit = facet.unit.as_deref().unwrap_or("");
    for bucket in &facet.buckets {
        let is_in = |document: &&Document| {
            let mut own = document.attributes.iter().filter(|(k, _)| k == key);
            own.any(|(_, value)| lies_within(value, Some(bucket.min), Some(bucket.max), unit))
        };
        let count = counted.clone().filter(is_in).count() as u64;
        assert_eq!(bucket.count, count, "{} {bucket:?}", facet.key);
    }
}

fn matches(query: &SearchQuery, document: &Document) -> bool {
    let said = |word: &str| {
        document.title.split(' ').any(|w| w == word) || document.attributes.iter().any(|(_, v)| v == word)
    };
    query.q.split(' ').filter(|w| !w.is_empty()).all(said)
}

/// The values of `document` in a facet.
pub fn values(facet: &str, document: &Document) -> BTreeSet<String> {
    match facet {
        "category" => document.categories.iter().map(|c| c.value.clone()).collect(),
        "seller" => [document.seller.value.clone()].into(),
        "region" => document
            .region
            .iter()
            .chain([&document.country])
            .map(|r| r.value.clone())
            .collect(),
        "availability" => document.in_stock.then(|| "true".to_owned()).into_iter().collect(),
        attribute => {
            let key = attribute.strip_prefix("attr.").expect("an attribute");
            document
                .attributes
                .iter()
                .filter(|(k, _)| k == key)
                .map(|(_, v)| v.clone())
                .collect()
        }
    }
}

fn check(documents: &[Document], query: &SearchQuery, page: &SearchPage) -> Result<(), TestCaseError> {
    let found: Vec<&Document> = documents.iter().filter(|d| matches(query, d)).collect();
    let judged: Vec<(&Document, BTreeMap<String, bool>)> =
        found.iter().map(|d| (*d, verdicts(query, d))).collect();
    let passing: BTreeSet<_> = judged
        .iter()
        .filter(|(_, v)| v.values().all(|&ok| ok))
        .map(|(d, _)| d.product)
        .collect();
    prop_assert_eq!(page.total, passing.len() as u64);
    prop_assert_eq!(
        page.hits.iter().map(|hit| hit.product).collect::<BTreeSet<_>>(),
        passing
    );
    for facet in &page.facets {
        let of_facet: Vec<&Document> = judged
            .iter()
            .filter(|(_, v)| v.iter().all(|(name, &ok)| ok || *name == facet.key))
            .map(|(d, _)| *d)
            .collect();
        if facet.key == "price" {
            let prices = of_facet.iter().map(|d| d.price.amount);
            let range = prices
                .clone()
                .min()
                .zip(prices.max())
                .map(|(a, b)| (a as f64, b as f64));
            prop_assert_eq!(facet.range, range);
        }
        let mut shown: BTreeMap<&str, u64> = BTreeMap::new();
        for value in &facet.values {
            let count = of_facet
                .iter()
                .filter(|d| values(&facet.key, d).contains(&value.value))
                .count();
            prop_assert_eq!(value.count, count as u64, "{} {}", facet.key, value.value);
            shown.insert(&value.value, value.count);
        }
        if facet.key.starts_with("attr.") || facet.key == "seller" {
            let all: BTreeSet<String> = of_facet.iter().flat_map(|d| values(&facet.key, d)).collect();
            for value in all {
                prop_assert!(shown.contains_key(value.as_str()), "{} lacks {value}", facet.key);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn counts_are_exact(
        picks in proptest::collection::vec(proptest::array::uniform8(0usize..60), 1..80),
        queries in proptest::collection::vec(query(), 1..12),
        replaced in proptest::collection::vec(0u32..80, 0..10),
    ) {
        let mut documents: Vec<Document> = (0..).zip(&picks).map(|(n, picks)| document(n, *picks)).collect();
        let engine = index(&documents);
        // Some are changed and some are gone: the dead must not count.
        let mut writer = engine.writer().expect("the only writer");
        for n in replaced {
            if let Some(at) = documents.iter().position(|d| d.product == product(n).product) {
                if n % 2 == 0 {
                    documents[at] = document(n, [1; 8]);
                    writer.put(&documents[at]).expect("a document goes in");
                } else {
                    writer.remove(documents.remove(at).product);
                }
            }
        }
        writer.commit("").expect("a commit");
        engine.refresh().expect("a reload");
        for query in &queries {
            // Without enough matches a query is read more generously, which is another test's matter.
            let strict = documents.iter().filter(|d| matches(query, d)).count();
            if query.q.is_empty() || strict >= 12 {
                check(&documents, query, &search(&engine, query))?;
            }
        }
    }
}

fn facet<'a>(page: &'a SearchPage, key: &str) -> &'a Facet {
    page.facets
        .iter()
        .find(|f| f.key == key)
        .unwrap_or_else(|| panic!("no facet {key}"))
}

fn counts(facet: &Facet) -> Vec<(&str, u64)> {
    facet.values.iter().map(|v| (v.value.as_str(), v.count)).collect()
}

fn with_facets(q: &str) -> SearchQuery {
    SearchQuery {
        facets: true,
        ..words(q)
    }
}

#[test]
fn a_facet_shows_what_another_choice_would_find() {
    let colours = ["red", "red", "blue", "green"];
    let documents: Vec<Document> = (0..)
        .zip(colours)
        .map(|(n, colour)| {
            let mut document = titled(n, "Bowl");
            document.attributes = vec![("Colour".to_owned(), colour.to_owned())];
            document.seller = labelled(if n == 0 { "ana" } else { "bea" }, "Shop");
            document
        })
        .collect();
    let engine = index(&documents);
    let mut query = with_facets("");
    query
        .attributes
        .insert("Colour".to_owned(), vec!["red".to_owned()]);
    let page = search(&engine, &query);
    assert_eq!(page.total, 2);
    assert_eq!(
        counts(facet(&page, "attr.Colour")),
        [("red", 2), ("blue", 1), ("green", 1)]
    );
    assert!(facet(&page, "attr.Colour").values[0].selected);
    assert_eq!(counts(facet(&page, "seller")), [("ana", 1), ("bea", 1)]);
}

#[test]
fn the_category_facet_shows_the_way_up_and_the_next_steps_down() {
    let documents: Vec<Document> = (0u32..)
        .zip(["home/kitchen/bowls", "home/kitchen/cups", "home/light", "garden"])
        .map(|(n, path)| {
            let mut document = titled(n, "Thing");
            let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
            document.categories = ends.map(|end| labelled(&path[..end], "Name")).collect();
            document
        })
        .collect();
    let engine = index(&documents);
    let page = search(&engine, &with_facets(""));
    assert_eq!(counts(facet(&page, "category")), [("home", 3), ("garden", 1)]);
    let mut query = with_facets("");
    query.category = Some("home/kitchen".to_owned());
    let page = search(&engine, &query);
    assert_eq!(page.total, 2);
    assert_eq!(
        counts(facet(&page, "category")),
        [
            ("home", 3),
            ("home/kitchen", 2),
            ("home/kitchen/bowls", 1),
            ("home/kitchen/cups", 1),
            ("home/light", 1),
        ]
    );
    let selected: Vec<_> = facet(&page, "category")
        .values
        .iter()
        .filter(|v| v.selected)
        .collect();
    assert_eq!(selected.len(), 1);
    assert_eq!(
        (selected[0].value.as_str(), selected[0].label.as_str()),
        ("home/kitchen", "Name")
    );
}

#[test]
fn thousands_of_keys_leave_a_short_answer_with_the_keys_that_matter() {
    let documents: Vec<Document> = (0..300)
        .map(|n| {
            let mut document = titled(n, "Screw");
            let own = (0..10).map(|k| (format!("spec {}", n * 10 + k), "1".to_owned()));
            let shared = [
                ("thread".to_owned(), format!("M{}", n % 4)),
                ("kind".to_owned(), "screw".to_owned()),
            ];
            document.attributes = own.chain(shared).collect();
            document
        })
        .collect();
    let engine = index(&documents);
    let page = search(&engine, &with_facets("screw"));
    let keys: Vec<_> = page
        .facets
        .iter()
        .filter(|f| f.key.starts_with("attr."))
        .collect();
    assert!(keys.len() <= 12);
    assert_eq!(keys[0].key, "attr.thread");
    assert!(
        keys.iter().all(|f| f.key != "attr.kind"),
        "what all share tells nothing apart"
    );
    assert_eq!(counts(keys[0]), [("M0", 75), ("M1", 75), ("M2", 75), ("M3", 75)]);

    let mut query = with_facets("screw");
    query.attributes.insert("spec 7".to_owned(), vec!["1".to_owned()]);
    let page = search(&engine, &query);
    assert_eq!(page.total, 1);
    assert_eq!(counts(facet(&page, "attr.spec 7")), [("1", 1)]);
}

#[test]
fn the_keys_that_tell_most_apart_are_shown_whatever_most_have() {
    // Of 120 keys each has fewer than the one before; of every fourth no two have the same value.
    let document = |n: u32| {
        let mut document = titled(
            n,
            if n.is_multiple_of(6) {
                "Screw bolt"
            } else {
                "Screw"
            },
        );
        let keys = (0..120).filter(|key| n.is_multiple_of(1 + key / 2));
        let value = |key: u32| match key % 4 {
            0 => format!("article {n}"),
            _ => format!("v{}", n / 7 % (1 + key % 5)),
        };
        document.attributes = keys.map(|key| (format!("key {key:03}"), value(key))).collect();
        document
    };
    let documents: Vec<Document> = (0..240).map(document).collect();
    let engine = index(&documents);
    for word in ["Screw", "bolt"] {
        let said = documents.iter().filter(|document| document.title.contains(word));
        let said: Vec<&Document> = said.collect();
        let mut by_key: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
        for (key, value) in said.iter().flat_map(|document| &document.attributes) {
            *by_key.entry(key).or_default().entry(value).or_default() += 1;
        }
        // How many have it, and how many it tells apart.
        let told = by_key.iter().map(|(key, values)| {
            let mut counts: Vec<u64> = values.values().copied().collect();
            counts.sort_unstable_by_key(|&count| Reverse(count));
            let worth: u64 = counts.iter().take(12).sum();
            (counts.iter().sum::<u64>(), worth, *key)
        });
        let mut told: Vec<(u64, u64, &str)> = told.collect();
        told.sort_by_key(|&(having, _, key)| (Reverse(having), key));
        told.truncate(64);
        let all = said.len() as u64;
        told.retain(|(having, _, key)| *having < all || by_key[key].len() > 1);
        told.sort_by_key(|&(_, worth, key)| (Reverse(worth), key));
        told.truncate(12);
        let expected: Vec<String> = told.iter().map(|(_, _, key)| format!("attr.{key}")).collect();
        let page = search(&engine, &with_facets(word));
        assert_eq!(page.total, all);
        let keys = page.facets.into_iter().map(|facet| facet.key);
        let keys: Vec<String> = keys.filter(|key| key.starts_with("attr.")).collect();
        assert_eq!(keys, expected, "{word}");
    }
}

#[test]
fn numbers_have_a_range() {
    let documents: Vec<Document> = (0u32..)
        .zip(["2.5", "10", "4"])
        .map(|(n, width)| {
            let mut document = titled(n, "Shelf");
            document.attributes = vec![("width".to_owned(), width.to_owned())];
            document
        })
        .collect();
    let page = search(&index(&documents), &with_facets(""));
    assert_eq!(facet(&page, "attr.width").range, Some((2.5, 10.0)));
}

#[test]
fn many_numbers_are_parted_and_each_part_finds_what_it_counts() {
    let documents: Vec<Document> = (0u32..60)
        .map(|n| {
            let mut document = titled(n, "Jug");
            // The same in two units, one of them seldom, and every third jug comes in two sizes.
            let size = |n: u32| match n % 4 {
                1 => format!("{} cl", 10 + n),
                _ => format!("{} ml", 100 + 10 * n),
            };
            document.attributes = vec![("Capacity".to_owned(), size(n))];
            if n.is_multiple_of(3) {
                document.attributes.push(("Capacity".to_owned(), size(n + 1)));
            }
            document
        })
        .collect();
    let engine = index(&documents);
    let page = search(&engine, &with_facets(""));
    let capacity = facet(&page, "attr.Capacity");
    assert_eq!(capacity.unit.as_deref(), Some("ml"));
    assert_eq!(capacity.range, Some((100.0, 690.0)));
    assert!(capacity.buckets.len() > 3, "{:?}", capacity.buckets);
    check_buckets(capacity, &documents.iter());
    for bucket in &capacity.buckets {
        let mut query = with_facets("");
        let range = AttributeRange {
            min: Some(bucket.min),
            max: Some(bucket.max),
            unit: "ml".to_owned(),
        };
        query.ranges.insert("Capacity".to_owned(), range);
        let narrowed = search(&engine, &query);
        assert_eq!(narrowed.total, bucket.count);
        // The facet still tells of the other parts, and which one is chosen.
        let chosen = facet(&narrowed, "attr.Capacity");
        let selected: Vec<bool> = chosen.buckets.iter().map(|b| b.selected).collect();
        let own: Vec<bool> = capacity.buckets.iter().map(|b| b == bucket).collect();
        assert_eq!(selected, own);
        assert_eq!(chosen.buckets.len(), capacity.buckets.len());
    }
    // A value beside a range is one more choice.
    let mut query = with_facets("");
    let range = AttributeRange {
        min: Some(0.68),
        max: None,
        unit: "l".to_owned(),
    };
    query.ranges.insert("Capacity".to_owned(), range);
    let within = documents
        .iter()
        .filter(|d| verdicts(&query, d).values().all(|&ok| ok))
        .count() as u64;
    assert_eq!(search(&engine, &query).total, within);
    query
        .attributes
        .insert("Capacity".to_owned(), vec!["100 ml".to_owned()]);
    assert_eq!(search(&engine, &query).total, within + 1);
}

#[test]
fn stars_are_counted_from_so_many_up() {
    let documents: Vec<Document> = (0u32..)
        .zip([0, 499, 400, 399, 100])
        .map(|(n, rating)| Document {
            rating,
            ..titled(n, "Cup")
        })
        .collect();
    let engine = index(&documents);
    let stars =
        |page: &SearchPage| -> Vec<u64> { facet(page, "rating").buckets.iter().map(|b| b.count).collect() };
    assert_eq!(stars(&search(&engine, &with_facets(""))), [2, 3, 3, 4]);
    let mut query = with_facets("");
    query.rating_min = Some(4.0);
    let page = search(&engine, &query);
    assert_eq!(page.total, 2);
    assert_eq!(stars(&page), [2, 3, 3, 4]);
    assert!(facet(&page, "rating").buckets[0].selected);
    let unrated = search(&index(&documents[..1]), &with_facets(""));
    assert!(unrated.facets.iter().all(|f| f.key != "rating"));
}

#[test]
fn a_renamed_shop_is_one_value_with_the_commoner_name() {
    let mut documents: Vec<Document> = (0..5).map(|n| titled(n, "Cup")).collect();
    documents[0].seller = labelled("clay-house", "Clay House and Sons");
    let page = search(&index(&documents), &with_facets(""));
    assert_eq!(counts(facet(&page, "seller")), [("clay-house", 5)]);
    assert_eq!(facet(&page, "seller").values[0].label, "Clay House");
}
