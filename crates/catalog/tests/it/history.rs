//! Versions, and going back to them.

use crate::scene::Scene;
use serde_json::{Value, json};

/// A jug in two sizes.
pub async fn jug(scene: &Scene) -> String {
    let seller = scene.seller().await;
    let jug = json!({
        "key": "jug",
        "title": "Jug",
        "description": "A **jug**.",
        "category": "ceramics/jugs",
        "attributes": {"glaze": "celadon"},
        "status": "active",
        "variants": [
            {"code": "J-S", "price": {"amount": 1000, "currency": "EUR"}, "stock": 4},
            {"code": "J-L", "price": {"amount": 2000, "currency": "EUR"}, "stock": 2},
        ],
    });
    let created = seller.post("/v1/seller/products", &jug).await.expect(201);
    created.json()["id"].as_str().expect("an id").to_owned()
}

async fn patch(scene: &Scene, id: &str, seen: i64, patch: Value) -> Value {
    let seller = scene.seller().await.header("if-match", &format!("\"{seen}\""));
    let changed = seller.patch(&format!("/v1/seller/products/{id}"), &patch).await;
    changed.expect(200).json()
}

/// A field, what it was and what it became.
type FieldChange<'p> = (&'p str, &'p Value, &'p Value);

/// The field changes of each version, newest first.
fn changes(page: &Value) -> Vec<(i64, Vec<FieldChange<'_>>)> {
    let versions = page["items"].as_array().expect("versions").iter();
    versions
        .map(|v| {
            let change = v["change"].as_array().expect("fields").iter();
            let sides = change.map(|c| (c["field"].as_str().expect("a field"), &c["from"], &c["to"]));
            (v["version"].as_i64().expect("a number"), sides.collect())
        })
        .collect()
}

#[tokio::test]
async fn versions_tell_who_changed_what() {
    let scene = Scene::new().await;
    let id = jug(&scene).await;
    patch(
        &scene,
        &id,
        1,
        json!({"title": "Tall jug", "category": "ceramics"}),
    )
    .await;
    patch(
        &scene,
        &id,
        2,
        json!({"attributes": {"glaze": "iron", "food_safe": true}}),
    )
    .await;
    let seller = scene.seller().await;
    let path = format!("/v1/seller/products/{id}/versions");
    let page = seller.get(&format!("{path}?limit=2")).await.expect(200).json();
    let (celadon, iron) = (json!("celadon"), json!("iron"));
    assert_eq!(
        changes(&page),
        [
            (
                3,
                vec![
                    ("attributes/food_safe", &Value::Null, &json!(true)),
                    ("attributes/glaze", &celadon, &iron),
                ]
            ),
            (
                2,
                vec![
                    ("category", &json!("ceramics/jugs"), &json!("ceramics")),
                    ("title", &json!("Jug"), &json!("Tall jug")),
                ]
            ),
        ]
    );
    assert_eq!(page["items"][0]["who"], "Ada Byron");
    assert_eq!(page["items"][0]["cause"], json!({"kind": "hand"}));
    let next = page["next"].as_str().expect("one more");
    let rest = seller
        .get(&format!("{path}?limit=2&after={next}"))
        .await
        .expect(200)
        .json();
    assert_eq!(changes(&rest), [(1, vec![])]);
    assert!(rest["next"].is_null());
    let wrong = seller.get(&format!("{path}?after=soon")).await.expect(400).json();
    assert_eq!(wrong["code"], "cursor_invalid");
    let stranger = scene
        .client()
        .await
        .bearer(&format!("owner {}", scene.other_shop));
    let _ = stranger.get(&path).await.expect(404);
    let _ = stranger.get(&format!("{path}/1")).await.expect(404);
}

#[tokio::test]
async fn a_version_is_read_as_it_was_and_restored_with_its_skus() {
    let scene = Scene::new().await;
    let id = jug(&scene).await;
    let seller = scene.seller().await;
    let own = format!("/v1/seller/products/{id}");
    let first = seller.get(&own).await.expect(200).json();
    patch(
        &scene,
        &id,
        1,
        json!({"title": "Tall jug", "status": "inactive", "variants": [
            {"code": "J-S", "price": {"amount": 1500, "currency": "EUR"}},
        ]}),
    )
    .await;
    let past = seller.get(&format!("{own}/versions/1")).await.expect(200).json();
    assert_eq!(
        (&past["title"], &past["status"]),
        (&json!("Jug"), &json!("active"))
    );
    assert_eq!(past["category"], "ceramics/jugs");
    assert_eq!(past["variants"][1]["code"], "J-L");
    assert_eq!(past["variants"][1]["sku"], first["variants"][1]["sku"]);
    let _ = seller.get(&format!("{own}/versions/3")).await.expect(404);

    let counted = scene.neighbours.counts_passed_on();
    let restore = format!("{own}/versions/1/restore");
    let unconditional = seller.post(&restore, &json!({})).await.expect(400).json();
    assert_eq!(unconditional["code"], "if_match");
    let stale = seller
        .header("if-match", "\"1\"")
        .post(&restore, &json!({}))
        .await;
    assert_eq!(stale.expect(412).json()["version"], 2);
    let back = seller
        .header("if-match", "\"2\"")
        .post(&restore, &json!({}))
        .await;
    assert_eq!(back.expect(200).header("etag"), Some("\"3\""));
    let now = seller.get(&own).await.expect(200).json();
    assert_eq!(same_but_version(&now), same_but_version(&first));
    assert_eq!(
        scene.neighbours.counts_passed_on(),
        counted,
        "stock is left alone"
    );
    let page = seller.get(&format!("{own}/versions")).await.expect(200).json();
    assert_eq!(
        page["items"][0]["cause"],
        json!({"kind": "restore", "version": 1})
    );
    // What it is already it does not become.
    let same = seller
        .header("if-match", "\"3\"")
        .post(&restore, &json!({}))
        .await;
    assert_eq!(same.expect(200).header("etag"), Some("\"3\""));
}

#[tokio::test]
async fn a_deleted_product_has_a_past_and_comes_back_from_it() {
    let scene = Scene::new().await;
    let id = jug(&scene).await;
    let seller = scene.seller().await;
    let own = format!("/v1/seller/products/{id}");
    let first = seller.get(&own).await.expect(200).json();
    patch(&scene, &id, 1, json!({"title": "Tall jug"})).await;
    let stale = seller.header("if-match", "\"1\"").delete(&own).await.expect(412);
    assert_eq!(stale.json()["version"], 2);
    let _ = seller.header("if-match", "\"2\"").delete(&own).await.expect(204);
    let _ = seller.get(&own).await.expect(404);

    let page = seller.get(&format!("{own}/versions")).await.expect(200).json();
    assert_eq!(
        (&page["items"][0]["version"], &page["items"][0]["deleted"]),
        (&json!(3), &json!(true))
    );
    let at_end = seller.header("if-match", "\"3\"");
    let gone = at_end
        .post(&format!("{own}/versions/3/restore"), &json!({}))
        .await;
    assert_eq!(gone.expect(409).json()["code"], "version_deleted");
    let past = seller.get(&format!("{own}/versions/1")).await.expect(200).json();
    assert_eq!(past["variants"][0]["code"], "J-S");
    let _ = at_end
        .post(&format!("{own}/versions/1/restore"), &json!({}))
        .await
        .expect(200);
    let now = seller.get(&own).await.expect(200).json();
    assert_eq!(same_but_version(&now), same_but_version(&first));
    // And what was deleted is in the past still.
    let past = seller.get(&format!("{own}/versions/2")).await.expect(200).json();
    assert_eq!(
        (&past["title"], &past["variants"][1]["code"]),
        (&json!("Tall jug"), &json!("J-L"))
    );
}

#[tokio::test]
async fn a_code_that_another_product_has_by_now_is_not_taken_back() {
    let scene = Scene::new().await;
    let id = jug(&scene).await;
    patch(
        &scene,
        &id,
        1,
        json!({"variants": [{"code": "J-S", "price": {"amount": 1000, "currency": "EUR"}}]}),
    )
    .await;
    let seller = scene.seller().await;
    let other =
        json!({"title": "Another", "variants": [{"code": "J-L", "price": {"amount": 1, "currency": "EUR"}}]});
    let _ = seller.post("/v1/seller/products", &other).await.expect(201);
    let restore = format!("/v1/seller/products/{id}/versions/1/restore");
    let refused = seller
        .header("if-match", "\"2\"")
        .post(&restore, &json!({}))
        .await;
    assert_eq!(refused.expect(409).json()["code"], "sku_taken");
}

/// Without its version and when it was changed, which move on.
pub fn same_but_version(product: &Value) -> Value {
    let mut product = product.clone();
    let fields = product.as_object_mut().expect("a product");
    assert!(fields.remove("version").is_some() && fields.remove("updated_at").is_some());
    product
}
