//! What operators put first, last or out of sight, and which words they say mean the same.

use crate::corpus::{at, eur, index, labelled, soon, titled, words};
use crate::facets::check_buckets;
use contracts::Language;
use contracts::search::tuning::{RuleAction, RuleTarget, RuleWhen};
use contracts::search::{SearchPage, SearchQuery, Sort};
use kernel::{SearchRuleId, Timestamp};
use search::engine::{Document, Engine, Ranking, Rule, Rules, SynonymSet, Synonyms, Tuning};
use std::collections::BTreeSet;
use uuid::Uuid;

fn rule(n: u128, when: RuleWhen, actions: Vec<RuleAction>) -> Rule {
    Rule {
        id: SearchRuleId(Uuid::from_u128(n)),
        when,
        actions,
        starts_at: at(0),
        ends_at: None,
    }
}

fn for_words(q: &str) -> RuleWhen {
    RuleWhen {
        q: Some(q.to_owned()),
        ..RuleWhen::default()
    }
}

fn ruled(rules: Vec<Rule>) -> Tuning {
    Tuning {
        rules: Rules::new(rules),
        ..Tuning::default()
    }
}

fn now() -> Timestamp {
    at(1_000)
}

fn ask(engine: &Engine, tuning: &Tuning, query: &SearchQuery) -> SearchPage {
    let page = engine.search_with(query, &Ranking::default(), tuning, Some(now()), soon());
    page.expect("an answer")
}

fn slugs(page: &SearchPage) -> Vec<&str> {
    page.hits.iter().map(|hit| hit.slug.as_str()).collect()
}

fn pin(document: &Document, position: u16) -> RuleAction {
    RuleAction::Pin {
        product: document.product,
        position,
    }
}

#[test]
fn a_pinned_product_stands_at_its_position_once_and_passes_filters() {
    let mut documents: Vec<Document> = (0..30).map(|n| titled(n, "Blue bowl")).collect();
    // It has none of the words.
    documents[7] = titled(7, "Whisk");
    documents[7].price = eur(9_000);
    let engine = index(&documents);
    let tuning = ruled(vec![rule(
        1,
        for_words("bowl"),
        vec![pin(&documents[7], 3), pin(&documents[0], 1)],
    )]);
    let mut query = words("blue bowl");
    query.limit = 10;
    query.facets = true;
    let mut seen = Vec::new();
    let mut pages = 0;
    loop {
        let page = ask(&engine, &tuning, &query);
        assert_eq!(page.total, 30, "29 bowls and the whisk");
        if pages == 0 {
            assert_eq!(slugs(&page)[0], "product-0");
            assert_eq!(slugs(&page)[2], "product-7");
            assert_eq!(page.hits.len(), 10);
        }
        seen.extend(page.hits.iter().map(|hit| hit.product));
        pages += 1;
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    let each: BTreeSet<_> = seen.iter().collect();
    assert_eq!((pages, seen.len(), each.len()), (3, 30, 30), "each once");
    query.after = None;
    query.price_max = Some(5_000);
    let page = ask(&engine, &tuning, &query);
    assert_eq!((page.total, slugs(&page)[0]), (29, "product-0"));
    assert!(!slugs(&page).contains(&"product-7"));
    // Other orders are the buyer's.
    query.sort = Sort::PriceAsc;
    assert_ne!(slugs(&ask(&engine, &tuning, &query))[0], "product-0");
    // A page of pinned ones alone goes on with all the others.
    let mut query = words("bowl");
    query.limit = 2;
    let page = ask(&engine, &tuning, &query);
    assert_eq!(slugs(&page), ["product-0", "product-7"]);
    query.after = page.next;
    assert_eq!(slugs(&ask(&engine, &tuning, &query))[0], "product-29");
}

#[test]
fn what_is_hidden_is_neither_found_nor_counted() {
    let mut documents: Vec<Document> = (0..20).map(|n| titled(n, "Blue bowl")).collect();
    for (n, document) in documents.iter_mut().enumerate() {
        document.seller = labelled(if n % 4 == 0 { "ana" } else { "bea" }, "Shop");
        document.attributes = vec![("Capacity".to_owned(), format!("{} ml", 100 * (n + 1)))];
    }
    let engine = index(&documents);
    let hide = |target| RuleAction::Hide { target };
    let tuning = ruled(vec![rule(
        4,
        for_words("bowl"),
        vec![
            hide(RuleTarget::Seller {
                slug: "ana".to_owned(),
            }),
            hide(RuleTarget::Product {
                product: documents[1].product,
            }),
            pin(&documents[1], 1),
        ],
    )]);
    let mut query = words("bowl");
    query.facets = true;
    query.limit = 100;
    let page = ask(&engine, &tuning, &query);
    assert_eq!((page.total, page.hits.len()), (14, 14));
    assert!(page.hits.iter().all(|hit| hit.product != documents[1].product));
    let shown = || {
        documents
            .iter()
            .filter(|d| d.seller.value != "ana" && d.product != documents[1].product)
    };
    let capacity = page
        .facets
        .iter()
        .find(|f| f.key == "attr.Capacity")
        .expect("a facet");
    assert!(!capacity.buckets.is_empty());
    check_buckets(capacity, &shown());
    // Nobody else's searches are touched.
    assert_eq!(ask(&engine, &tuning, &words("blue")).total, 20);
    let preview = engine.preview(&query, &Ranking::default(), &tuning, Some(now()), soon());
    let preview = preview.expect("a preview");
    assert_eq!((preview.total, preview.hidden.len()), (14, 6));
    assert!(
        preview
            .hidden
            .iter()
            .all(|hidden| hidden.rule == SearchRuleId(Uuid::from_u128(4)))
    );
}

#[test]
fn scores_are_raised_and_lowered_and_the_preview_says_why() {
    let mut documents: Vec<Document> = (0..20).map(|n| titled(n, "Blue bowl")).collect();
    documents[3].seller = labelled("ana", "Ana");
    documents[5].attributes = vec![("Glaze".to_owned(), "celadon".to_owned())];
    documents[19].categories = vec![labelled("sale", "Sale")];
    let engine = index(&documents);
    let weigh = |target, percent| RuleAction::Weigh { target, percent };
    let glaze = RuleTarget::Attribute {
        key: "Glaze".to_owned(),
        value: "celadon".to_owned(),
    };
    let actions = vec![
        weigh(
            RuleTarget::Seller {
                slug: "ana".to_owned(),
            },
            150,
        ),
        weigh(glaze, 300),
        weigh(
            RuleTarget::Category {
                path: "sale".to_owned(),
            },
            20,
        ),
    ];
    let everywhere = RuleWhen {
        category: Some("home".to_owned()),
        ..RuleWhen::default()
    };
    let tuning = ruled(vec![
        rule(1, for_words("bowl"), actions.clone()),
        rule(2, everywhere, actions),
    ]);
    let mut query = words("blue bowl");
    query.limit = 100;
    let page = ask(&engine, &tuning, &query);
    let order = slugs(&page);
    assert_eq!(
        (order[0], order[1], order[19]),
        ("product-5", "product-3", "product-19")
    );
    let preview = engine.preview(&query, &Ranking::default(), &tuning, Some(now()), soon());
    let preview = preview.expect("a preview");
    let shown: Vec<&str> = preview.hits.iter().map(|one| one.hit.slug.as_str()).collect();
    assert_eq!(shown, order, "a preview is what buyers see");
    let first = &preview.hits[0];
    let rules = first
        .factors
        .iter()
        .find(|factor| factor.name == "rules")
        .expect("a factor");
    assert!((rules.value - 3.0).abs() < 1e-6);
    assert_eq!(first.weighed_by, [SearchRuleId(Uuid::from_u128(1))]);
    assert!(preview.hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
    assert_eq!(preview.words[1].written, "bowl");
}

#[test]
fn lists_without_words_are_merchandised_too() {
    let mut documents: Vec<Document> = (0..12).map(|n| titled(n, "Thing")).collect();
    for document in &mut documents {
        document.categories = vec![labelled("home", "Home")];
    }
    documents[2].seller = labelled("ana", "Ana");
    documents[11].seller = labelled("bea", "Bea");
    let engine = index(&documents);
    let when = RuleWhen {
        category: Some("home".to_owned()),
        ..RuleWhen::default()
    };
    let weigh = |slug: &str, percent| RuleAction::Weigh {
        target: RuleTarget::Seller {
            slug: slug.to_owned(),
        },
        percent,
    };
    let actions = vec![weigh("ana", 200), weigh("bea", 50), pin(&documents[4], 2)];
    let tuning = ruled(vec![rule(1, when, actions)]);
    let mut query = words("");
    query.category = Some("home".to_owned());
    let page = ask(&engine, &tuning, &query);
    let order = slugs(&page);
    assert_eq!(order[..4], ["product-2", "product-4", "product-10", "product-9"]);
    assert_eq!(order[11], "product-11");
    query.category = None;
    assert_eq!(slugs(&ask(&engine, &tuning, &query))[0], "product-11");
}

#[test]
fn synonyms_find_what_others_call_it() {
    let mut documents: Vec<Document> = (0..15).map(|n| titled(n, "Oak couch")).collect();
    documents.extend((20..35).map(|n| titled(n, "Pine sofa")));
    documents.push(titled(40, "Television set on legs"));
    documents.extend((41..60).map(|n| titled(n, "TV stand")));
    let engine = index(&documents);
    let set = |words: &[&str], also: &[&str], language| SynonymSet {
        language,
        words: words.iter().map(|&word| word.to_owned()).collect(),
        also: also.iter().map(|&word| word.to_owned()).collect(),
    };
    let tuning = Tuning {
        synonyms: Synonyms::new(&[
            set(&["couch", "sofa"], &[], None),
            set(&["divan"], &["sofa"], Some(Language::Es)),
            set(&["television set", "tv"], &[], None),
        ]),
        ..Tuning::default()
    };
    let total = |q: &str, language| {
        let query = SearchQuery { language, ..words(q) };
        ask(&engine, &tuning, &query).total
    };
    assert_eq!((total("couch", None), total("sofas", None)), (30, 30));
    // What was typed comes first.
    assert!(slugs(&ask(&engine, &tuning, &words("sofa")))[0] == "product-34");
    assert_eq!(total("oak sofa", None), 15);
    assert_eq!(total("divan", Some(Language::Es)), 15);
    assert_eq!(total("divan", Some(Language::En)), 0);
    // One way only.
    assert_eq!(total("sofa", Some(Language::Es)), 30);
    // A phrase stands for a word, and not each of its words.
    assert_eq!(total("tv", None), 20);
    assert_eq!(total("television set", None), 20);
    assert_eq!(ask(&engine, &Tuning::default(), &words("couch")).total, 15);
}
