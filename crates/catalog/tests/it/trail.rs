//! What the audit trail is told of the catalogue's rules, with what was before.

use crate::scene::{Scene, bowl};
use contracts::catalog::{Catalog as _, CategoryDraft};
use kernel::{ProductId, TenantId};
use serde_json::{Value, json};

/// What was told, by kind, in order.
async fn told(scene: &Scene, kind: &str) -> Vec<Value> {
    let mut all = scene.db.changed().await;
    all.retain(|one| one["kind"] == kind);
    all
}

/// A product of a shop's.
async fn sold(scene: &Scene, shop: TenantId, key: &str) -> ProductId {
    let draft = bowl(key);
    let code = draft.variants[0].code.clone();
    let products = &scene.products;
    products
        .upsert(&scene.ctx, shop, vec![draft])
        .await
        .expect("written");
    let found = products.skus_by_code(&scene.ctx, shop, vec![code]).await;
    found.expect("found")[0].product
}

#[tokio::test]
async fn rules_of_what_waits_are_told_and_refused_ones_are_not() {
    let scene = Scene::new().await;
    let admin = scene.client().await.bearer("admin");
    let seen = admin.get("/v1/admin/moderation/rules").await.expect(200);
    let tag = seen.headers["etag"].to_str().expect("a tag").to_owned();
    let rules = json!({"hold_new_shops": true, "approved_min": 3, "price_percent": 40, "words": ["replica"]});
    let put = async || {
        let admin = scene.client().await.bearer("admin");
        let admin = admin.header("if-match", &tag);
        admin.put("/v1/admin/moderation/rules", &rules).await
    };
    let _ = put().await.expect(200);
    let _ = put().await.expect(412);
    let all = told(&scene, "moderation.rules_changed").await;
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0]["after"], rules);
    assert_eq!(all[0]["before"]["words"], json!([]));
}

#[tokio::test]
async fn a_shop_that_is_trusted_is_told_once() {
    let scene = Scene::new().await;
    let admin = scene.client().await.bearer("admin");
    let path = format!("/v1/admin/moderation/shops/{}", scene.shop);
    for _ in 0..2 {
        let _ = admin.put(&path, &json!({"trusted": true})).await.expect(204);
    }
    let _ = admin.put(&path, &json!({"trusted": false})).await.expect(204);
    let all = told(&scene, "moderation.shop_trusted").await;
    let said: Vec<_> = all.iter().map(|one| (&one["before"], &one["after"])).collect();
    let (no, yes) = (json!({"trusted": false}), json!({"trusted": true}));
    assert_eq!(said, [(&no, &yes), (&yes, &no)]);
    assert_eq!(all[0]["tenant"], json!(scene.shop));
}

#[tokio::test]
async fn categories_that_are_put_are_told_one_by_one() {
    let scene = Scene::new().await;
    let draft = |name: &str| CategoryDraft {
        path: "trail/lamps".to_owned(),
        name: name.to_owned(),
        name_es: String::new(),
        position: 0,
        attributes: None,
    };
    for name in ["Lamps", "Lamps", "Lights"] {
        scene
            .products
            .put_categories(&scene.ctx, vec![draft(name)])
            .await
            .expect("put");
    }
    let made = told(&scene, "category.created").await;
    let made: Vec<_> = made.iter().map(|one| one["after"]["path"].clone()).collect();
    assert_eq!(made, ["trail", "trail/lamps"], "what leads to it as well");
    let changed = told(&scene, "category.changed").await;
    assert_eq!(changed.len(), 1, "the same again is no change: {changed:?}");
    assert_eq!(
        (&changed[0]["before"]["name"], &changed[0]["after"]["name"]),
        (&json!("Lamps"), &json!("Lights"))
    );
}

#[tokio::test]
async fn products_that_are_matched_by_hand_are_told_with_what_they_were_matched_with() {
    let scene = Scene::new().await;
    let one = sold(&scene, scene.shop, "one").await;
    let other = sold(&scene, scene.other_shop, "other").await;
    let admin = scene.client().await.bearer("admin");
    let path = format!("/v1/admin/products/{one}/item");
    let _ = admin.put(&path, &json!({"same_as": other})).await.expect(204);
    let _ = admin.put(&path, &json!({"same_as": null})).await.expect(204);
    let all = told(&scene, "product.matched").await;
    let said: Vec<_> = all.iter().map(|one| (&one["before"], &one["after"])).collect();
    let (alone, both) = (json!({"same_as": []}), json!({"same_as": [other]}));
    assert_eq!(said, [(&alone, &both), (&both, &alone)]);
    assert_eq!(all[0]["tenant"], json!(scene.shop));
}
