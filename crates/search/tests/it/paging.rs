use crate::corpus::{index, product, search, soon, titled, words};
use contracts::search::{SearchQuery, Sort};
use kernel::{Cursor, ProductId};
use search::engine::{BadCursor, Document, Engine, EngineError};

fn walk(engine: &Engine, query: &SearchQuery, mut between: impl FnMut(usize)) -> Vec<ProductId> {
    let mut query = query.clone();
    let mut seen = Vec::new();
    for page_number in 0.. {
        let page = search(engine, &query);
        seen.extend(page.hits.iter().map(|hit| hit.product));
        between(page_number);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return seen,
        }
    }
    seen
}

fn documents(n: u32) -> Vec<Document> {
    (0..n)
        .map(|n| {
            let mut document = titled(
                n,
                ["Bowl", "Bowl for salad", "Large salad bowl", "Salad"][n as usize % 4],
            );
            document.price.amount = i64::from(n % 7);
            document
        })
        .collect()
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition_in_every_order() {
    let engine = index(&documents(103));
    for sort in [Sort::Relevance, Sort::PriceAsc, Sort::PriceDesc, Sort::Newest] {
        for q in ["", "bowl", "salad bowl"] {
            let all = SearchQuery {
                sort,
                limit: 100,
                ..words(q)
            };
            let in_one_go = walk(&engine, &all, |_| {});
            let in_sevens = walk(
                &engine,
                &SearchQuery {
                    limit: 7,
                    ..all.clone()
                },
                |_| {},
            );
            assert_eq!(in_one_go, in_sevens, "{sort:?} {q}");
            assert_eq!(in_one_go.len() as u64, search(&engine, &all).total);
        }
    }
}

/// Some of six words each, in the title, in the description or in both, and never all of them.
fn mixed(n: u32) -> Document {
    const WORDS: [&str; 6] = ["salad", "bowl", "oak", "linen", "blue", "lamp"];
    let mixed = n.wrapping_mul(0x9e37_79b9);
    let some = |bits: u32| -> String {
        let chosen = WORDS.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
        let chosen: Vec<&str> = chosen.map(|(_, word)| *word).collect();
        chosen.join(" ")
    };
    let lacks = !(1 << (n % 6));
    let mut document = titled(n, &format!("Thing {}", some(mixed >> 8 & lacks)));
    document.description = some(mixed >> 16 & lacks);
    document.popularity = u64::from(mixed >> 28);
    document
}

/// The first page knows which words each match has and weighs few in full; those after it are asked without.
#[test]
fn what_lacks_words_is_in_the_same_places_whether_they_are_known_or_not() {
    let documents: Vec<Document> = (0..400).map(mixed).collect();
    let engine = index(&documents);
    for q in [
        "salad bowl oak linen blue lamp",
        "blue lamps of oak with linen and a salad bowl",
        "linnen bowl oka salad lamp blue",
    ] {
        let all = SearchQuery {
            limit: 100,
            ..words(q)
        };
        let in_hundreds = walk(&engine, &all, |_| {});
        for limit in [1, 5, 24] {
            let few = SearchQuery { limit, ..all.clone() };
            assert_eq!(walk(&engine, &few, |_| {}), in_hundreds, "{q} by {limit}");
        }
        assert_eq!(in_hundreds.len() as u64, search(&engine, &all).total, "{q}");
    }
}

#[test]
fn products_added_while_someone_reads_shift_nothing() {
    for (sort, q) in [
        (Sort::Relevance, "salad bowl"),
        (Sort::Newest, ""),
        (Sort::PriceAsc, "bowl"),
    ] {
        let engine = index(&documents(60));
        let query = SearchQuery {
            sort,
            limit: 7,
            ..words(q)
        };
        let before = walk(&engine, &query, |_| {});
        let mut writer = engine.writer().expect("the only writer");
        let mut next = 1_000;
        let during = walk(&engine, &query, |_| {
            // Among them words that change how rare the query's words are, and how long titles are.
            for title in [
                "Bowl",
                "A long title of many words about something else entirely",
                "Salad bowl",
            ] {
                let mut document = titled(next, title);
                document.price.amount = i64::from(next % 7);
                writer.put(&document).expect("a document goes in");
                next += 1;
            }
            writer.commit("").expect("a commit");
            engine.refresh().expect("a reload");
        });
        let kept: Vec<_> = during.iter().filter(|id| before.contains(id)).copied().collect();
        assert_eq!(kept, before, "{sort:?}");
        let mut once = during.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), during.len(), "{sort:?} repeats");
    }
}

#[test]
fn a_cursor_that_was_altered_or_belongs_elsewhere_is_refused() {
    let engine = index(&documents(40));
    let query = SearchQuery {
        limit: 5,
        ..words("bowl")
    };
    let next = search(&engine, &query).next.expect("more pages");
    let refusal = |query: &SearchQuery, cursor: &str| {
        let query = SearchQuery {
            after: Some(Cursor(cursor.to_owned())),
            ..query.clone()
        };
        match engine.search(&query, soon()) {
            Err(EngineError::Cursor(bad)) => Some(bad),
            Err(other) => panic!("{other}"),
            Ok(_) => None,
        }
    };
    assert_eq!(refusal(&query, &next.0), None);
    for at in 0..next.0.len() {
        let mut altered = next.0.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).expect("ASCII");
        assert_eq!(refusal(&query, &altered), Some(BadCursor::Unreadable), "at {at}");
    }
    for bad in ["", "x", "????", &"A".repeat(100_000), &next.0[1..]] {
        assert_eq!(refusal(&query, bad), Some(BadCursor::Unreadable));
    }
    assert_eq!(refusal(&words("salad"), &next.0), Some(BadCursor::OfAnotherQuery));
    let other_page_size = SearchQuery {
        limit: 9,
        facets: true,
        ..query
    };
    assert_eq!(refusal(&other_page_size, &next.0), None);
}

#[test]
fn the_last_page_says_so() {
    let engine = index(&(0..24).map(product).collect::<Vec<_>>());
    assert_eq!(search(&engine, &words("")).next, None);
}
