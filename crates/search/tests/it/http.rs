use crate::world::{Running, World, listing, test_db};
use contracts::catalog::AttributeValue;
use httpkit::{Instance, Observe};
use kernel::SystemClock;
use search::Searches;
use std::sync::Arc;
use testkit::{Client, spawn_router};

async fn serve(searches: Searches) -> Client {
    let (router, _) = search::routes(searches).split_for_parts();
    let instance = Instance {
        id: axum::http::HeaderValue::from_static("test"),
        clock: Arc::new(SystemClock),
        trusted_proxies: httpkit::TrustedProxies::default(),
    };
    let router = router.layer(Observe(instance));
    Client::new(spawn_router(router).await)
}

#[tokio::test]
async fn products_are_found_with_facets_over_http() {
    let (test_db, folder, world) = (test_db().await, tempfile::tempdir().unwrap(), World::new());
    for (n, glaze) in ["celadon", "celadon", "tenmoku"].into_iter().enumerate() {
        let mut listing = listing(n as u32, "Ceramic bowl");
        listing
            .attributes
            .insert("Glaze".to_owned(), AttributeValue::Text(glaze.to_owned()));
        world.keep(listing, 1);
    }
    let running = Running::start(world.sources(), test_db.db("search"), folder.path());
    running.holds(3).await;
    let client = serve(running.searches.clone()).await;

    let page = client
        .get("/v1/search?q=bowl&attr.Glaze=celadon&limit=1")
        .await
        .expect(200)
        .json();
    assert_eq!(page["total"], 2);
    assert_eq!(page["hits"][0]["title"], "Ceramic bowl");
    assert_eq!(page["hits"][0]["price"]["amount"], 1500);
    assert_eq!(page["hits"][0]["shop_slug"], "clay-house");
    let facet = |key: &str| {
        let facets = page["facets"].as_array().unwrap();
        facets
            .iter()
            .find(|f| f["key"] == key)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(facet("attr.Glaze")["values"][1]["value"], "tenmoku");
    assert_eq!(facet("attr.Glaze")["values"][1]["count"], 1);
    assert_eq!(facet("region")["values"][0]["label"], "Madrid");
    assert_eq!(facet("availability")["values"][0]["count"], 2);

    let next = page["next"].as_str().unwrap();
    let second = client
        .get(&format!(
            "/v1/search?q=bowl&attr.Glaze=celadon&limit=1&after={next}&facets=false"
        ))
        .await;
    let second = second.expect(200).json();
    assert_ne!(second["hits"][0]["product"], page["hits"][0]["product"]);
    assert!(second.get("next").is_none() && second.get("facets").is_none());

    let suggestions = client
        .get("/v1/search/suggest?q=cer&language=es")
        .await
        .expect(200)
        .json();
    assert_eq!(suggestions["products"][0]["title"], "Ceramic bowl");

    for (path, code, pointer) in [
        (
            format!("/v1/search?q=bowl&after={next}"),
            "cursor_invalid",
            "after",
        ),
        ("/v1/search?after=zzz".to_owned(), "cursor_invalid", "after"),
        (format!("/v1/search?q={}", "x".repeat(257)), "text_too_long", "q"),
        ("/v1/search?q=a%00b".to_owned(), "text_control", "q"),
        ("/v1/search?q=%C3%28".to_owned(), "parameter_invalid", "q"),
        ("/v1/search?colour=red".to_owned(), "parameter_unknown", "colour"),
        (
            "/v1/search?price_min=5&price_max=4".to_owned(),
            "price_range",
            "price_max",
        ),
        (
            format!("/v1/search?{}", "seller=a&".repeat(65)),
            "too_many_filters",
            "attr",
        ),
        (
            "/v1/search?attr_min.Width=5&attr_max.Width=4".to_owned(),
            "attribute_range",
            "attr_max.Width",
        ),
        (
            "/v1/search?attr_min.Width=5&attr_unit.Width=furlong".to_owned(),
            "unit_unknown",
            "attr_unit.Width",
        ),
        ("/v1/search?sort=distance".to_owned(), "near_missing", "near"),
        ("/v1/search?near=Oz".to_owned(), "place_unknown", "near"),
        ("/v1/search/suggest".to_owned(), "parameter_missing", "q"),
        ("/v1/search/suggest?q=a&x=b".to_owned(), "parameter_unknown", "x"),
        ("/v1/search/suggest?q=a&q=b".to_owned(), "parameter_repeated", "q"),
        (
            "/v1/search/suggest?q=a&language=es&language=en".to_owned(),
            "parameter_repeated",
            "language",
        ),
        (
            "/v1/search/suggest?q=a&language=fr".to_owned(),
            "parameter_invalid",
            "language",
        ),
    ] {
        let problem = client.get(&path).await.expect(400).json();
        assert_eq!(
            (problem["code"].as_str(), problem["errors"][0]["pointer"].as_str()),
            (Some(code), Some(pointer))
        );
    }
    running.stop().await;
}

#[tokio::test]
async fn without_an_index_the_search_is_unavailable_and_says_when_to_come_back() {
    let client = serve(Searches::new()).await;
    let answer = client.get("/v1/search?q=bowl").await.expect(503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.json()["code"], "unavailable");
}
