use crate::scene::{Scene, bowl};
use contracts::catalog::Catalog;
use serde_json::Value;

async fn page(scene: &Scene, query: &str) -> (Vec<String>, Option<String>) {
    let http = scene.client().await;
    let page = http
        .get(&format!("/v1/products?{query}"))
        .await
        .expect(200)
        .json();
    let items = page["items"].as_array().expect("items");
    let keys = items
        .iter()
        .map(|item| item["title"].as_str().expect("a title").to_owned());
    (keys.collect(), page["next"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn what_shops_of_a_place_sell_is_listed_newest_first() {
    let mut scene = Scene::new().await;
    let (here, there) = (scene.shop, scene.other_shop);
    let places = [(here, "ES-SE".to_owned()), (there, "PT-11".to_owned())];
    scene.neighbours.placed.lock().unwrap().extend(places);
    for n in 0..5 {
        scene.advance_ms(1_000);
        let mut draft = bowl(&format!("b{n}"));
        draft.title = format!("Bowl {n}");
        scene.upsert(vec![draft]).await.expect("written");
    }
    let mut plate = bowl("p");
    plate.title = "Plate".to_owned();
    scene
        .products
        .upsert(&scene.ctx, there, vec![plate])
        .await
        .expect("written");

    let (first, next) = page(&scene, "region=ES-SE&limit=3").await;
    assert_eq!(first, ["Bowl 4", "Bowl 3", "Bowl 2"]);
    let (rest, end) = page(
        &scene,
        &format!("region=ES-SE&limit=3&after={}", next.expect("more")),
    )
    .await;
    assert_eq!(
        (rest, end),
        (vec!["Bowl 1".to_owned(), "Bowl 0".to_owned()], None)
    );
    assert_eq!(page(&scene, "region=ES").await.0.len(), 5);
    assert_eq!(page(&scene, "region=PT").await.0, ["Plate"]);
    assert_eq!(page(&scene, "region=ES-M").await, (Vec::new(), None));
}

#[tokio::test]
async fn refusals_name_the_parameter() {
    let scene = Scene::new().await;
    let http = scene.client().await;
    for (query, code) in [
        ("region=ES-XX", "region_unknown"),
        ("region=ES-AN", "region_unknown"),
        ("region=es", "region_unknown"),
        ("", "parameter_invalid"),
        ("region=ES&limit=101", "limit_out_of_range"),
        ("region=ES&after=here", "cursor_invalid"),
        ("region=ES&after=12.here", "cursor_invalid"),
        (
            "region=ES&after=-300000000000000000.00000000-0000-0000-0000-000000000000",
            "cursor_invalid",
        ),
    ] {
        let refused = http.get(&format!("/v1/products?{query}")).await.expect(400);
        let problem: Value = refused.json();
        assert_eq!(problem["code"], code, "{query}");
    }
}
