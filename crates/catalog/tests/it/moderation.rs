//! What waits before buyers see it.

use crate::scene::{Scene, bowl};
use contracts::catalog::ProductDraft;
use serde_json::{Value, json};
use testkit::Client;

async fn admin(scene: &Scene) -> Client {
    scene.client().await.bearer("admin")
}

async fn rule(scene: &Scene, rules: Value) {
    let mut all = json!({"hold_new_shops": false, "approved_min": 2, "price_percent": null, "words": []});
    for (key, value) in rules.as_object().expect("rules") {
        all[key] = value.clone();
    }
    let _ = put_rules(scene, &all).await.expect(200);
}

/// Changes the rules as they are at present.
async fn put_rules(scene: &Scene, rules: &Value) -> testkit::Response {
    let admin = admin(scene).await;
    let seen = admin.get("/v1/admin/moderation/rules").await.expect(200);
    let tag = seen.headers["etag"].to_str().expect("a tag").to_owned();
    admin
        .header("if-match", &tag)
        .put("/v1/admin/moderation/rules", rules)
        .await
}

async fn queue(scene: &Scene) -> Vec<Value> {
    let page = admin(scene)
        .await
        .get("/v1/admin/moderation")
        .await
        .expect(200)
        .json();
    page["items"].as_array().expect("a page").clone()
}

async fn decide(scene: &Scene, item: &Value, verdict: &str) -> u16 {
    let path = format!(
        "/v1/admin/moderation/{}/{verdict}",
        item["id"].as_str().expect("an id")
    );
    let mut body = json!({"version": item["version"]});
    if verdict == "reject" {
        body["reason"] = json!("Say who made it.");
    }
    admin(scene).await.post(&path, &body).await.status
}

/// As a buyer finds it: its title and first price, or nothing.
async fn seen(scene: &Scene, id: &str) -> Option<(String, i64)> {
    let page = scene.client().await.get(&format!("/v1/products/{id}")).await;
    if page.status == 404 {
        return None;
    }
    let page = page.expect(200).json();
    let title = page["title"].as_str().expect("a title").to_owned();
    Some((
        title,
        page["variants"][0]["price"]["amount"].as_i64().expect("a price"),
    ))
}

async fn own(scene: &Scene, id: &str) -> Value {
    let own = scene
        .seller()
        .await
        .get(&format!("/v1/seller/products/{id}"))
        .await;
    own.expect(200).json()
}

async fn patch(scene: &Scene, id: &str, patch: Value) -> Value {
    let version = own(scene, id).await["version"].clone();
    let seller = scene.seller().await.header("if-match", &format!("\"{version}\""));
    let changed = seller.patch(&format!("/v1/seller/products/{id}"), &patch).await;
    changed.expect(200).json()
}

/// Writes bowls, and says what their ids are, in their order.
async fn bowls(scene: &Scene, drafts: Vec<ProductDraft>) -> Vec<String> {
    let titles: Vec<String> = drafts.iter().map(|draft| draft.title.clone()).collect();
    scene.upsert(drafts).await.expect("written");
    let page = scene
        .seller()
        .await
        .get("/v1/seller/products?limit=100")
        .await
        .expect(200)
        .json();
    let items = page["items"].as_array().expect("a page");
    let id = |title: &String| {
        let found = items.iter().find(|item| item["title"] == title.as_str());
        found.expect("one's own list has it")["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    titles.iter().map(id).collect()
}

#[tokio::test]
async fn at_first_nothing_waits() {
    let scene = Scene::new().await;
    let ids = bowls(&scene, vec![bowl("a")]).await;
    assert!(seen(&scene, &ids[0]).await.is_some());
    assert_eq!(queue(&scene).await, [] as [Value; 0]);
    let rules = admin(&scene)
        .await
        .get("/v1/admin/moderation/rules")
        .await
        .expect(200)
        .json();
    assert_eq!(
        rules,
        json!({"hold_new_shops": false, "approved_min": 5, "price_percent": null, "words": []})
    );
}

#[tokio::test]
async fn products_of_a_new_shop_wait_until_enough_were_approved() {
    let scene = Scene::new().await;
    rule(&scene, json!({"hold_new_shops": true})).await;
    let ids = bowls(&scene, vec![bowl("a"), bowl("b"), bowl("c")]).await;
    for id in &ids {
        assert_eq!(seen(&scene, id).await, None);
        let own = own(&scene, id).await;
        assert_eq!(
            (&own["status"], &own["review"]["state"]),
            (&json!("active"), &json!("waiting"))
        );
    }
    let waiting = queue(&scene).await;
    assert_eq!(waiting.len(), 3);
    let first = &waiting[0];
    assert_eq!(
        (&first["new"], &first["shop"], &first["who"]),
        (&json!(true), &json!("Pottery"), &json!("the marketplace"))
    );
    assert_eq!(first["reasons"], json!([{"kind": "new_shop"}]));
    assert!(
        first["change"]
            .as_array()
            .expect("all of it")
            .iter()
            .any(|c| c["field"] == "title")
    );

    // Another shop's buyers and staff have no say.
    let stranger = scene.seller().await;
    let _ = stranger.get("/v1/admin/moderation").await.expect(403);
    for item in &waiting[..2] {
        assert_eq!(decide(&scene, item, "approve").await, 200);
        let id = item["product"].as_str().expect("an id");
        assert!(seen(&scene, id).await.is_some());
        assert!(own(&scene, id).await["review"].is_null());
    }
    assert_eq!(decide(&scene, &waiting[0], "approve").await, 409);
    // The shop is known now: what comes next is seen at once, what waits waits on.
    let next = bowls(&scene, vec![bowl("d")]).await;
    assert!(seen(&scene, &next[0]).await.is_some());
    assert_eq!(queue(&scene).await.len(), 1);
}

#[tokio::test]
async fn the_queue_is_narrowed_by_shop_kind_and_age() {
    let mut scene = Scene::new().await;
    rule(&scene, json!({"words": ["replica"]})).await;
    let mut flagged = bowl("a");
    flagged.title = "A replica".to_owned();
    bowls(&scene, vec![flagged]).await;
    scene.advance_ms(24 * 60 * 60 * 1_000);
    let known = bowls(&scene, vec![bowl("b")]).await;
    patch(&scene, &known[0], json!({"title": "Another replica"})).await;
    let titles = async |query: &str| {
        let path = format!("/v1/admin/moderation?limit=10{query}");
        let page = admin(&scene).await.get(&path).await.expect(200).json();
        let items = page["items"].as_array().expect("a page").clone();
        let titles = items
            .iter()
            .map(|item| item["title"].as_str().expect("a title").to_owned());
        titles.collect::<Vec<_>>()
    };
    let of_shop = format!("&shop={}", scene.shop);
    let of_nobody = format!("&shop={}", kernel::TenantId(uuid::Uuid::from_u128(7)));
    for (query, expected) in [
        ("", &["A replica", "Another replica"][..]),
        ("&kind=new", &["A replica"][..]),
        ("&kind=change", &["Another replica"][..]),
        ("&waited_hours=24", &["A replica"][..]),
        ("&waited_hours=25", &[][..]),
        ("&waited_hours=24&kind=change", &[][..]),
        (of_shop.as_str(), &["A replica", "Another replica"][..]),
        (of_nobody.as_str(), &[][..]),
    ] {
        assert_eq!(titles(query).await, expected, "{query}");
    }
    for query in ["kind=old", "waited_hours=-1", "shop=pottery"] {
        let path = format!("/v1/admin/moderation?{query}");
        let refused = admin(&scene).await.get(&path).await.expect(400).json();
        assert_eq!(refused["code"], "parameter_invalid", "{query}");
    }
}

#[tokio::test]
async fn a_trusted_shop_is_new_no_more() {
    let scene = Scene::new().await;
    rule(&scene, json!({"hold_new_shops": true, "words": ["replica"]})).await;
    let mut flagged = bowl("b");
    flagged.title = "A replica".to_owned();
    let ids = bowls(&scene, vec![bowl("a"), flagged]).await;
    let path = format!("/v1/admin/moderation/shops/{}", scene.shop);
    let _ = admin(&scene)
        .await
        .put(&path, &json!({"trusted": true}))
        .await
        .expect(204);
    assert!(seen(&scene, &ids[0]).await.is_some());
    // Trust does not make words good.
    assert_eq!(seen(&scene, &ids[1]).await, None);
    let next = bowls(&scene, vec![bowl("c")]).await;
    assert!(seen(&scene, &next[0]).await.is_some());
    let _ = admin(&scene)
        .await
        .put(&path, &json!({"trusted": false}))
        .await
        .expect(204);
    rule(&scene, json!({"hold_new_shops": true, "approved_min": 50})).await;
    let next = bowls(&scene, vec![bowl("d")]).await;
    assert_eq!(seen(&scene, &next[0]).await, None);
}

#[tokio::test]
async fn a_flagged_change_waits_and_buyers_see_what_they_saw() {
    let scene = Scene::new().await;
    let ids = bowls(&scene, vec![bowl("a")]).await;
    let id = &ids[0];
    let before = seen(&scene, id).await;
    rule(&scene, json!({"price_percent": 50, "words": ["réplica"]})).await;

    let dear = json!([{"code": "a", "price": {"amount": 9000, "currency": "EUR"}}]);
    let changed = patch(&scene, id, json!({"variants": dear, "brand": "Replica works"})).await;
    assert_eq!(
        (&changed["version"], &changed["review"]["state"]),
        (&json!(2), &json!("waiting"))
    );
    assert_eq!(seen(&scene, id).await, before);
    let item = &queue(&scene).await[0];
    assert_eq!((&item["new"], &item["who"]), (&json!(false), &json!("Ada Byron")));
    let kinds: Vec<&Value> = item["reasons"]
        .as_array()
        .expect("reasons")
        .iter()
        .map(|r| &r["kind"])
        .collect();
    assert_eq!(kinds, ["word", "price"]);
    let fields: Vec<&str> = item["change"]
        .as_array()
        .expect("a diff")
        .iter()
        .filter_map(|c| c["field"].as_str())
        .collect();
    assert_eq!(fields, ["brand", "variants"]);

    // What was not looked at is not approved.
    patch(&scene, id, json!({"title": "Another"})).await;
    assert_eq!(decide(&scene, item, "approve").await, 412);
    let item = &queue(&scene).await[0];
    assert_eq!(decide(&scene, item, "reject").await, 200);
    assert_eq!(seen(&scene, id).await, before);
    let told = &own(&scene, id).await["review"];
    assert_eq!(
        (&told["state"], &told["note"]),
        (&json!("rejected"), &json!("Say who made it."))
    );
    assert!(queue(&scene).await.is_empty());

    // A change that is not flagged is seen at once, and with it all that was not objected to.
    let fair = json!([{"code": "a", "price": {"amount": 2100, "currency": "EUR"}}]);
    let mended = patch(&scene, id, json!({"variants": fair, "brand": "Ada"})).await;
    assert!(mended["review"].is_null());
    assert_eq!(seen(&scene, id).await, Some(("Another".to_owned(), 2100)));

    patch(&scene, id, json!({"title": "Replica"})).await;
    assert_eq!(decide(&scene, &queue(&scene).await[0], "approve").await, 200);
    assert_eq!(seen(&scene, id).await, Some(("Replica".to_owned(), 2100)));
    // A word that buyers see already is not flagged again.
    assert!(patch(&scene, id, json!({"brand": "B"})).await["review"].is_null());
}

#[tokio::test]
async fn hiding_is_at_once_and_what_comes_back_is_compared_with_what_was_seen() {
    let scene = Scene::new().await;
    let ids = bowls(&scene, vec![bowl("a")]).await;
    let id = &ids[0];
    rule(&scene, json!({"price_percent": 50})).await;
    let dear = json!([{"code": "a", "price": {"amount": 9000, "currency": "EUR"}}]);
    patch(&scene, id, json!({"variants": dear})).await;
    // Hidden while a change waits: nobody sees it, and nothing waits.
    assert!(patch(&scene, id, json!({"status": "inactive"})).await["review"].is_null());
    assert_eq!(seen(&scene, id).await, None);
    assert!(queue(&scene).await.is_empty());
    // Nor is a change slipped in behind the curtain.
    let back = patch(&scene, id, json!({"status": "active"})).await;
    assert_eq!(back["review"]["state"], "waiting");
    assert_eq!(seen(&scene, id).await, None);
    let item = &queue(&scene).await[0];
    assert_eq!(item["reasons"][0]["from"]["amount"], 1990);
    let _ = scene
        .seller()
        .await
        .delete(&format!("/v1/seller/products/{id}"))
        .await
        .expect(204);
    assert_eq!(decide(&scene, item, "approve").await, 409);
    assert_eq!(seen(&scene, id).await, None);
}

#[tokio::test]
async fn an_upload_that_waits_can_be_undone() {
    let scene = Scene::new().await;
    let ids = bowls(&scene, vec![bowl("a")]).await;
    let before = (seen(&scene, &ids[0]).await, own(&scene, &ids[0]).await);
    rule(&scene, json!({"words": ["replica"]})).await;
    let file = "sku,title,price\na,Replica a,19.90\nb,Replica b,5\n";
    let file = std::io::Cursor::new(file.as_bytes().to_vec());
    let options = catalog::ImportOptions::new("replicas.csv");
    let report = scene
        .products
        .import(&scene.ctx, scene.shop, file, options)
        .await
        .expect("read");
    assert_eq!(queue(&scene).await.len(), 2);
    assert_eq!(seen(&scene, &ids[0]).await, before.0);
    let undone = scene
        .products
        .undo_import(&scene.ctx, scene.shop, report.import.id)
        .await
        .expect("undone");
    assert_eq!((undone.deleted, undone.restored, undone.skipped), (1, 1, 0));
    assert!(queue(&scene).await.is_empty());
    assert_eq!(seen(&scene, &ids[0]).await, before.0);
    let now = own(&scene, &ids[0]).await;
    assert_eq!(
        crate::history::same_but_version(&now),
        crate::history::same_but_version(&before.1)
    );
}

#[tokio::test]
async fn rules_out_of_range_are_refused() {
    let scene = Scene::new().await;
    let good = json!({"hold_new_shops": true, "approved_min": 1, "words": [" Replica ", "", "Replica"]});
    let kept = put_rules(&scene, &good).await.expect(200).json();
    assert_eq!(kept["words"], json!(["Replica"]));
    for (field, value) in [
        ("approved_min", json!(0)),
        ("price_percent", json!(0)),
        ("words", json!(["x".repeat(101)])),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        let refused = put_rules(&scene, &bad).await.expect(400).json();
        assert_eq!(
            refused["errors"][0]["pointer"].as_str(),
            Some(format!("/{field}").as_str()),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn rules_that_were_changed_meanwhile_are_not_overwritten() {
    let scene = Scene::new().await;
    let path = "/v1/admin/moderation/rules";
    let rules = |word: &str| json!({"hold_new_shops": false, "approved_min": 5, "price_percent": null, "words": [word]});
    let admin = admin(&scene).await;
    let blind = admin.put(path, &rules("fake")).await.expect(400).json();
    assert_eq!(blind["code"], "if_match");
    let seen = admin.get(path).await.expect(200);
    let tag = seen.headers["etag"].to_str().expect("a tag").to_owned();
    let one = admin.header("if-match", &tag);
    let kept = one.put(path, &rules("fake")).await.expect(200);
    assert_ne!(kept.headers["etag"], tag.as_str());
    let late = one.put(path, &rules("replica")).await.expect(412).json();
    assert_eq!(
        (&late["code"], &late["version"]),
        (&json!("version_changed"), &json!(2))
    );
    let now = one.get(path).await.expect(200);
    assert_eq!(now.headers["etag"], kept.headers["etag"]);
    assert_eq!(now.json(), rules("fake"));
}
