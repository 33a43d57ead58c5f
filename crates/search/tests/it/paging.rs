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
