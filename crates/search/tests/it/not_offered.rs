//! Attributes that a category does not offer as facets: searched, and not filtered by.

use crate::corpus::words;
use crate::world::{Running, World, append, listing, test_db};
use contracts::catalog::{
    AttributeKind, AttributeValue, CategoriesChanged, CategoryAttribute, CategoryRef, CategorySchema,
};
use contracts::search::SearchQuery;
use kernel::{CategoryId, Clock, SystemClock};
use testkit::eventually;
use uuid::Uuid;

fn schema(facetable: bool) -> CategorySchema {
    CategorySchema {
        path: "bowls".to_owned(),
        attributes: vec![CategoryAttribute {
            key: "care".to_owned(),
            label: "Care".to_owned(),
            label_es: "Cuidado".to_owned(),
            kind: AttributeKind::Text,
            unit: None,
            required: false,
            facetable,
            values: vec![],
            inherited_from: None,
        }],
    }
}

/// Facets of attributes with the count of each value.
async fn offered(running: &Running) -> Vec<(String, Vec<(String, u64)>)> {
    let query = SearchQuery {
        facets: true,
        ..words("thing")
    };
    let found = running.searches.find(query, SystemClock.now()).await.unwrap();
    let attributes = found.facets.iter().filter(|facet| facet.key.starts_with("attr."));
    attributes
        .map(|facet| {
            let values = facet.values.iter().map(|v| (v.value.clone(), v.count));
            (facet.key.clone(), values.collect())
        })
        .collect()
}

#[tokio::test]
async fn what_is_no_facet_is_searched_and_not_offered_until_it_is_one() {
    let (test_db, folder, world) = (test_db().await, tempfile::tempdir().unwrap(), World::new());
    let db = test_db.db("search");
    *world.schemas.lock().unwrap() = vec![schema(false)];
    let id = CategoryId(Uuid::from_u128(9));
    let text = |text: &str| AttributeValue::Text(text.to_owned());
    for n in 1..=3 {
        let mut thing = listing(n, &format!("Thing x{n}"));
        // The third is of another category, which says nothing of the attribute.
        let path = if n == 3 { "plates" } else { "bowls" };
        thing.category = Some(CategoryRef {
            id,
            path: path.to_owned(),
            name: path.to_owned(),
        });
        thing.attributes.insert("care".to_owned(), text("handwash"));
        thing.attributes.insert("glaze".to_owned(), text("celadon"));
        world.keep(thing, 5);
    }
    let running = Running::start(world.sources(), db.clone(), folder.path());
    running.holds(3).await;
    let facet = |key: &str, value: &str, count| (format!("attr.{key}"), vec![(value.to_owned(), count)]);
    let sorted = async || {
        let mut facets = offered(&running).await;
        facets.sort();
        facets
    };
    assert_eq!(
        sorted().await,
        [facet("care", "handwash", 1), facet("glaze", "celadon", 3)]
    );
    // All three are found by the word, and by the filter the one that offers it.
    let mut found = running.titles("handwash").await;
    found.sort();
    assert_eq!(found, ["Thing x1", "Thing x2", "Thing x3"]);
    let filtered = SearchQuery {
        attributes: [("care".to_owned(), vec!["handwash".to_owned()])].into(),
        ..words("thing")
    };
    let found = running.searches.find(filtered, SystemClock.now()).await.unwrap();
    assert_eq!((found.total, found.hits[0].title.as_str()), (1, "Thing x3"));

    *world.schemas.lock().unwrap() = vec![schema(true)];
    let told = CategoriesChanged {
        category: id,
        renamed: vec![id],
    };
    append(&db, &[told]).await;
    eventually("it is a facet of all three", async || {
        let expected = [facet("care", "handwash", 3), facet("glaze", "celadon", 3)];
        (sorted().await == expected).then_some(())
    })
    .await;
    running.stop().await;
}
