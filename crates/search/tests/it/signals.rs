//! What counts beside the words: newness, stars, how near it is.

use crate::corpus::{at, index, labelled, search, soon, titled, words};
use chrono::TimeDelta;
use contracts::search::{SearchPage, SearchQuery, Sort};
use search::engine::{Document, Ranking, Tuning};

fn slugs(page: &SearchPage) -> Vec<&str> {
    page.hits.iter().map(|hit| hit.slug.as_str()).collect()
}

#[test]
fn new_and_well_liked_things_come_first_among_equals_and_not_before_better_answers() {
    let mut documents: Vec<Document> = (0..4).map(|n| titled(n, "Blue bowl")).collect();
    let now = at(0) + TimeDelta::days(400);
    documents[0].created_at = now - TimeDelta::days(1);
    documents[1].rating = 500;
    documents[2].rating = 120;
    let mut poor = titled(9, "Tray");
    poor.description = "Goes with a blue bowl".to_owned();
    poor.created_at = now;
    poor.rating = 500;
    poor.popularity = 1_000_000;
    documents.push(poor);
    let engine = index(&documents);
    let ask = |now| {
        let page = engine.search_with(
            &words("blue bowl"),
            &Ranking::default(),
            &Tuning::default(),
            now,
            soon(),
        );
        page.expect("an answer")
    };
    assert_eq!(
        slugs(&ask(Some(now))),
        ["product-1", "product-0", "product-3", "product-2", "product-9"]
    );
    // Without a time nothing is fresher than anything else.
    assert_eq!(slugs(&ask(None))[..2], ["product-1", "product-3"]);
}

#[test]
fn the_nearest_come_first_and_what_is_far_can_be_left_out() {
    let places = ["ES-SE", "ES-M", "ES-B", "ES-CO", "ES-M"];
    let mut documents: Vec<Document> = (0..)
        .zip(places)
        .map(|(n, place)| {
            let mut document = titled(n, "Bowl");
            document.region = Some(labelled(place, place));
            document.card.region = Some(place.to_owned());
            document
        })
        .collect();
    // What has the word twice is the better answer of the two in Madrid.
    documents[1].title = "Bowl in a bowl".to_owned();
    let mut unknown = titled(9, "Bowl");
    unknown.region = None;
    unknown.card.region = None;
    documents.push(unknown);
    let engine = index(&documents);
    let mut query = SearchQuery {
        near: Some("ES-SE".to_owned()),
        sort: Sort::Distance,
        facets: true,
        ..words("")
    };
    let page = search(&engine, &query);
    assert_eq!(
        slugs(&page),
        [
            "product-0",
            "product-3",
            "product-4",
            "product-1",
            "product-2",
            "product-9"
        ]
    );
    let distances: Vec<Option<u32>> = page.hits.iter().map(|hit| hit.distance_km).collect();
    assert_eq!(distances[0], Some(0));
    assert!(
        distances[1].is_some_and(|km| (80..180).contains(&km)),
        "{distances:?}"
    );
    assert_eq!(distances[5], None);
    query.near_km = Some(200);
    let page = search(&engine, &query);
    assert_eq!((page.total, slugs(&page)), (2, vec!["product-0", "product-3"]));
    // The regions still tell what is further away.
    let regions = page.facets.iter().find(|f| f.key == "region").expect("a facet");
    assert_eq!(regions.values.iter().map(|v| v.count).sum::<u64>(), 2);
    // Pages go on where the last one ended.
    query.near_km = None;
    query.limit = 2;
    let mut seen = Vec::new();
    loop {
        let page = search(&engine, &query);
        seen.extend(page.hits.iter().map(|hit| hit.slug.clone()));
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen.len(), 6);
    // Without a distance asked for nobody is told of any.
    let page = search(&engine, &words("bowl"));
    assert!(page.hits.iter().all(|hit| hit.distance_km.is_none()));
}
