//! What categories ask of their products.

use crate::scene::{Scene, bowl};
use contracts::catalog::{AttributeValue, ProductStatus};
use serde_json::{Value, json};

/// `wood` asks for a diameter in cm, `wood/bowls` below it for the wood, one of two.
async fn asking(scene: &Scene) -> [String; 2] {
    let admin = scene.client().await.bearer("admin");
    let wood = json!({"name": "Wood", "name_es": "Madera", "attributes": [
        {"key": "Diameter", "label_es": "Diámetro", "kind": "number", "unit": "cm", "required": true, "facetable": true}
    ]});
    let wood = admin.post("/v1/admin/categories", &wood).await.expect(201).json();
    let bowls = json!({"parent": "wood", "name": "Bowls", "attributes": [
        {"key": "timber", "kind": "choice", "facetable": true, "values": [{"value": "oak", "label_es": "Roble"}, {"value": "ash"}]}
    ]});
    let bowls = admin
        .post("/v1/admin/categories", &bowls)
        .await
        .expect(201)
        .json();
    [&wood, &bowls].map(|made| made["category"]["id"].as_str().expect("an id").to_owned())
}

fn new_bowl(status: &str, attributes: &Value) -> Value {
    json!({
        "title": "Bowl", "category": "wood/bowls", "attributes": attributes, "status": status,
        "variants": [{"code": format!("B-{status}"), "price": {"amount": 1990, "currency": "EUR"}}]
    })
}

#[tokio::test]
async fn the_public_tree_tells_what_holds_and_where_it_comes_from() {
    let scene = Scene::new().await;
    let _ = asking(&scene).await;
    let tree = scene
        .client()
        .await
        .get("/v1/categories")
        .await
        .expect(200)
        .json();
    assert_eq!(
        tree["items"][1]["attributes"],
        json!([
            {"key": "diameter", "label": "Diameter", "label_es": "Diámetro", "kind": "number", "unit": "cm",
             "required": true, "facetable": true, "inherited_from": "wood"},
            {"key": "timber", "label": "Timber", "kind": "choice", "required": false, "facetable": true,
             "values": [{"value": "oak", "label_es": "Roble"}, {"value": "ash"}]}
        ])
    );
}

#[tokio::test]
async fn a_product_is_put_on_sale_only_with_what_its_category_asks_for() {
    let scene = Scene::new().await;
    let _ = asking(&scene).await;
    let seller = scene.seller().await;
    let refused = seller
        .post(
            "/v1/seller/products",
            &new_bowl("active", &json!({"timber": "pine"})),
        )
        .await
        .expect(400)
        .json();
    let fields: Vec<_> = [0, 1]
        .map(|i| refused["errors"][i]["pointer"].as_str().map(str::to_owned))
        .into();
    assert_eq!(
        fields,
        [
            Some("/attributes/diameter".to_owned()),
            Some("/attributes/timber".to_owned())
        ]
    );
    assert_eq!(refused["code"], "attribute_missing");

    // A draft may say what it likes, and what can be read is put into the schema's terms.
    let given = json!({"diameter": "4.7 in", "timber": "pine", "Kiln no": "7 in"});
    let draft = seller
        .post("/v1/seller/products", &new_bowl("draft", &given))
        .await
        .expect(201)
        .json();
    assert_eq!(
        draft["attributes"],
        json!({"diameter": 11.938, "timber": "pine", "kiln_no": "7 in"})
    );
    let own = format!("/v1/seller/products/{}", draft["id"].as_str().expect("an id"));
    let at = |version: &str| seller.header("if-match", &format!("\"{version}\""));
    let refused = at("1")
        .patch(&own, &json!({"status": "active"}))
        .await
        .expect(400)
        .json();
    assert_eq!(refused["errors"][0]["pointer"], "/attributes/timber");
    let sold = json!({"status": "active", "attributes": {"diameter": "12", "timber": "ROBLE", "kiln_no": 7}});
    let sold = at("1").patch(&own, &sold).await.expect(200).json();
    assert_eq!(
        sold["attributes"],
        json!({"diameter": 12.0, "timber": "oak", "kiln_no": 7.0})
    );
    let seen = scene.client().await;
    let seen = seen.get(&own.replace("seller/", "")).await.expect(200).json();
    assert_eq!(seen["attributes"]["kiln_no"], 7.0, "the seller's own is kept");
}

#[tokio::test]
async fn what_is_on_sale_stays_when_more_is_asked_for_and_its_seller_is_told() {
    let scene = Scene::new().await;
    let draft = |key: &str| {
        let mut draft = bowl(key);
        draft
            .attributes
            .insert("diameter".to_owned(), AttributeValue::Number(12.0));
        draft
    };
    assert_eq!(scene.upsert(vec![draft("b1"), bowl("b2")]).await, Ok([2, 0, 0]));
    let admin = scene.client().await.bearer("admin");
    let tree = admin.get("/v1/admin/categories").await.expect(200).json();
    let id = tree["items"][1]["category"]["id"].as_str().expect("an id");
    let address = format!("/v1/admin/categories/{id}");
    let asks = json!({"attributes": [{"key": "diameter", "kind": "number", "unit": "cm", "required": true}]});
    let _ = admin.patch(&address, &asks).await.expect(400);
    let changed = admin
        .header("if-match", "\"1\"")
        .patch(&address, &asks)
        .await
        .expect(200);
    assert_eq!(changed.header("etag"), Some("\"2\""));
    let stale = admin
        .header("if-match", "\"1\"")
        .patch(&address, &asks)
        .await
        .expect(412);
    assert_eq!(stale.json()["version"], 2);
    let told = scene.db.changed().await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["kind"], "category.changed");
    assert_eq!(told[0]["about"]["id"], id);
    assert_eq!(told[0]["before"]["attributes"], json!([]));
    assert_eq!(told[0]["after"]["attributes"][0]["key"], "diameter");

    let seller = scene.seller().await;
    let needy = seller.get("/v1/seller/needy-products").await.expect(200).json();
    assert_eq!(needy["total"], 1);
    assert_eq!(needy["items"][0]["listing"]["title"], "Oak bowl b2");
    assert_eq!(needy["items"][0]["faults"][0]["pointer"], "/attributes/diameter");

    // It may change in other ways; only what is said worse than before is refused.
    let mut dearer = bowl("b2");
    dearer.variants[0].price.amount += 100;
    assert_eq!(scene.upsert(vec![dearer]).await, Ok([0, 1, 0]));
    let mut worse = bowl("b1");
    worse.variants[0].price.amount += 100;
    let refused = scene
        .upsert(vec![worse.clone()])
        .await
        .expect_err("b1 had a diameter");
    assert_eq!(refused.code, "attribute_missing");
    worse.status = Some(ProductStatus::Inactive);
    assert_eq!(scene.upsert(vec![worse]).await, Ok([0, 1, 0]));
    assert_eq!(scene.upsert(vec![draft("b2")]).await, Ok([0, 1, 0]));
    let needy = seller.get("/v1/seller/needy-products").await.expect(200).json();
    assert_eq!((&needy["total"], &needy["items"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn a_file_is_told_by_row_and_column_what_a_category_lacks() {
    let scene = Scene::new().await;
    let _ = asking(&scene).await;
    let seller = scene.seller().await;
    let file = "sku,title,price,category,Diámetro,attr_diameter,Timber\n\
                A,Small bowl,10,wood/bowls,,12 mm,oak\n\
                B,Large bowl,20,wood/bowls,,wide,pine\n\
                C,Bowl,15,wood/bowls,,,ash\n";
    let started = seller
        .send(
            "POST".parse().unwrap(),
            "/v1/seller/imports?file_name=bowls.csv&status=active",
            file,
        )
        .await
        .json();
    let errors = seller
        .get(&format!(
            "/v1/seller/imports/{}/errors",
            started["id"].as_str().expect("an id")
        ))
        .await
        .expect(200)
        .json();
    let told: Vec<_> = errors["items"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|e| {
            (
                e["row"].as_u64().expect("a row"),
                e["column"].as_str().expect("a column"),
                e["code"].as_str().expect("a code"),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (3, "attr_diameter", "attribute_invalid"),
            (3, "Timber", "attribute_invalid"),
            (4, "diameter", "attribute_missing")
        ]
    );
    assert_eq!(
        scene
            .number("select case when (attributes ->> 'diameter')::float = 1.2 then 1::bigint else 0 end from catalog.product")
            .await,
        1
    );
}

#[tokio::test]
async fn the_tree_is_renamed_moved_and_reordered_and_every_change_is_noted() {
    let scene = Scene::new().await;
    let [wood, bowls] = asking(&scene).await;
    let admin = scene.client().await.bearer("admin");
    assert_eq!(scene.upsert(vec![]).await, Ok([0, 0, 0]));
    let made = json!({"parent": "wood", "name": "Soup spoons"});
    let spoons = admin.post("/v1/admin/categories", &made).await.expect(201).json();
    assert_eq!(spoons["category"]["path"], "wood/soup-spoons");
    assert_eq!(spoons["category"]["position"], 1);
    let taken = admin.post("/v1/admin/categories", &made).await.expect(409).json();
    assert_eq!(taken["code"], "category_taken");

    let spoons = spoons["category"]["id"].as_str().expect("an id");
    let address = |id: &str| format!("/v1/admin/categories/{id}");
    let at = |version: &str| admin.header("if-match", &format!("\"{version}\""));
    let first = at("1")
        .patch(&address(spoons), &json!({"place": 0}))
        .await
        .expect(200)
        .json();
    assert_eq!(first["category"]["position"], 0);
    let order = |tree: &Value| -> Vec<String> {
        let items = tree["items"].as_array().expect("a tree").iter();
        items
            .map(|one| one["category"]["path"].as_str().expect("a path").to_owned())
            .collect()
    };
    let tree = admin.get("/v1/admin/categories").await.json();
    assert_eq!(order(&tree), ["wood", "wood/soup-spoons", "wood/bowls"]);

    // Below `wood` it inherits what `wood` asks for; below another it does not, and takes its own along.
    let kitchen = admin
        .post(
            "/v1/admin/categories",
            &json!({"name": "Kitchen", "attributes": [{"key": "timber", "kind": "text"}]}),
        )
        .await
        .expect(201)
        .json();
    let odd = at("1")
        .patch(&address(&bowls), &json!({"parent": "kitchen"}))
        .await
        .expect(400)
        .json();
    assert_eq!(odd["code"], "attribute_contradicts");
    let none = json!({"attributes": []});
    let kitchen = kitchen["category"]["id"].as_str().expect("an id");
    let _ = at("1").patch(&address(kitchen), &none).await.expect(200);
    let patch = json!({"parent": "kitchen", "slug": "Cuencos", "name": "Round bowls"});
    let moved = at("1").patch(&address(&bowls), &patch).await.expect(200).json();
    assert_eq!(moved["category"]["path"], "kitchen/cuencos");
    assert_eq!(moved["attributes"].as_array().expect("attributes").len(), 1);
    let itself = at("1")
        .patch(&address(&wood), &json!({"parent": "wood/soup-spoons"}))
        .await
        .expect(400);
    assert_eq!(itself.json()["code"], "category_in_itself");
    let nowhere = at("1")
        .patch(&address(&wood), &json!({"parent": "glass"}))
        .await
        .expect(400);
    assert_eq!(nowhere.json()["code"], "category_unknown");

    let dossier = admin.get(&address(&bowls)).await.expect(200);
    assert_eq!(dossier.header("etag"), Some("\"2\""));
    let changes = dossier.json()["changes"].clone();
    assert_eq!(
        changes[0]["change"],
        json!({"name": {"from": "Bowls", "to": "Round bowls"}, "path": {"from": "wood/bowls", "to": "kitchen/cuencos"}})
    );
    assert!(changes[0]["actor"].is_object() && changes[1]["version"] == 1);
    let _ = admin
        .get(&address("018f0000-0000-7000-8000-000000000000"))
        .await
        .expect(404);
}

#[tokio::test]
async fn what_is_a_facet_no_more_is_told_to_whom_the_index_belongs() {
    let scene = Scene::new().await;
    let [_, bowls] = asking(&scene).await;
    let admin = scene.client().await.bearer("admin");
    let change = async |version: &str, facetable: bool, label: &str| {
        let attributes = json!([{"key": "timber", "label": label, "kind": "choice", "facetable": facetable,
            "values": [{"value": "oak"}, {"value": "ash"}]}]);
        let _ = admin
            .header("if-match", version)
            .patch(
                &format!("/v1/admin/categories/{bowls}"),
                &json!({"attributes": attributes}),
            )
            .await
            .expect(200);
        let told: Value = sqlx::query_scalar(
            "select payload from log.event where topic = 'catalog.categories_changed' order by xid desc, id desc limit 1",
        )
        .fetch_one(&mut scene.db.owner().await)
        .await
        .expect("an event");
        told["renamed"].clone()
    };
    assert_eq!(change("\"1\"", false, "Timber").await, json!([bowls]));
    // What it is called stands in no product's document.
    assert_eq!(change("\"2\"", false, "Wood").await, json!([]));
}
