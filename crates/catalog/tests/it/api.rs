use crate::scene::{Scene, bowl};
use serde_json::json;

fn new_bowl() -> serde_json::Value {
    json!({
        "title": "Oak bowl",
        "description": "Turned from <script>x()</script> **oak**.",
        "category": "wood/bowls",
        "attributes": {"Width cm": 12, "food safe": true},
        "materials": ["oak"],
        "status": "active",
        "variants": [{"code": "B1", "price": {"amount": 1990, "currency": "EUR"}, "stock": 3}]
    })
}

#[tokio::test]
async fn a_seller_creates_changes_and_deletes_and_buyers_see_it() {
    let scene = Scene::new().await;
    let seller = scene.seller().await;
    let created = seller.post("/v1/seller/products", &new_bowl()).await.expect(201);
    let product = created.json();
    let id = product["id"].as_str().expect("an id").to_owned();
    assert_eq!(product["key"], "B1");
    assert_eq!(
        product["description_html"],
        "<p>Turned from  <strong>oak</strong>.</p>"
    );
    assert_eq!(
        product["attributes"],
        json!({"food_safe": true, "materials": ["oak"], "width_cm": 12.0})
    );
    assert_eq!(created.header("etag"), Some("\"1\""));
    assert_eq!(
        created.header("location"),
        Some(format!("/v1/seller/products/{id}").as_str())
    );

    let guest = scene.client().await;
    let page = format!("/v1/products/{id}");
    let seen = guest.get(&page).await.expect(200);
    assert_eq!(seen.json()["in_stock"], json!([]));
    let tag = seen.header("etag").expect("a tag").to_owned();
    let same = guest.header("if-none-match", &tag).get(&page).await.expect(304);
    assert!(same.body.is_empty());

    let own = format!("/v1/seller/products/{id}");
    let patch = json!({"title": "Big oak bowl", "variants": [
        {"code": "B1", "price": {"amount": 2500, "currency": "EUR"}},
        {"code": "B2", "options": [{"name": "Size", "value": "L"}], "price": {"amount": 3500, "currency": "EUR"}, "stock": 0}
    ]});
    let unconditional = seller.patch(&own, &patch).await.expect(400);
    assert_eq!(unconditional.json()["code"], "if_match");
    let changed = seller
        .header("if-match", "\"1\"")
        .patch(&own, &patch)
        .await
        .expect(200);
    assert_eq!(changed.header("etag"), Some("\"2\""));
    let stale = seller
        .header("if-match", "\"1\"")
        .patch(&own, &patch)
        .await
        .expect(412);
    assert_eq!(
        (stale.json()["code"].as_str(), stale.json()["version"].as_i64()),
        (Some("version_changed"), Some(2))
    );
    let seen = guest
        .header("if-none-match", &tag)
        .get(&page)
        .await
        .expect(200)
        .json();
    assert_eq!(seen["title"], "Big oak bowl");
    assert_eq!(seen["attributes"]["width_cm"], 12.0);
    assert_eq!(seen["variants"][1]["options"][0]["value"], "L");

    let _ = seller.delete(&own).await.expect(204);
    let _ = guest.get(&page).await.expect(404);
    let _ = seller.get(&own).await.expect(404);
    let _ = seller.delete(&own).await.expect(404);
    // Its key brings it back under its old id.
    let back = seller
        .post("/v1/seller/products", &new_bowl())
        .await
        .expect(201)
        .json();
    assert_eq!(
        (back["id"].as_str(), back["version"].as_i64()),
        (Some(id.as_str()), Some(4))
    );
}

#[tokio::test]
async fn a_patch_that_changes_nothing_makes_no_version() {
    let scene = Scene::new().await;
    let seller = scene.seller().await;
    let id = seller
        .post("/v1/seller/products", &new_bowl())
        .await
        .expect(201)
        .json()["id"]
        .clone();
    let own = format!("/v1/seller/products/{}", id.as_str().expect("an id"));
    let same = seller
        .header("if-match", "\"1\"")
        .patch(&own, &json!({"title": "Oak bowl"}))
        .await
        .expect(200);
    assert_eq!(same.header("etag"), Some("\"1\""));
    let inactive = seller
        .header("if-match", "\"1\"")
        .patch(&own, &json!({"status": "inactive"}))
        .await
        .expect(200);
    assert_eq!(inactive.header("etag"), Some("\"2\""));
    let page = format!("/v1/products/{}", id.as_str().expect("an id"));
    let _ = scene.client().await.get(&page).await.expect(404);
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let scene = Scene::new().await;
    scene
        .upsert((0..5).map(|i| bowl(&format!("b{i}"))).collect())
        .await
        .expect("written");
    let seller = scene.seller().await;
    let (mut titles, mut after) = (Vec::new(), String::new());
    loop {
        let page = seller
            .get(&format!("/v1/seller/products?limit=2{after}"))
            .await
            .expect(200)
            .json();
        for item in page["items"].as_array().expect("items") {
            titles.push(item["title"].as_str().expect("a title").to_owned());
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(
        titles,
        [
            "Oak bowl b4",
            "Oak bowl b3",
            "Oak bowl b2",
            "Oak bowl b1",
            "Oak bowl b0"
        ]
    );
    let drafts = seller
        .get("/v1/seller/products?status=draft")
        .await
        .expect(200)
        .json();
    assert_eq!(drafts["items"], json!([]));
    for bad in [
        "limit=0",
        "limit=x",
        "after=%00",
        "after=zzz",
        "status=sold",
        "colour=red",
    ] {
        let answer = seller.get(&format!("/v1/seller/products?{bad}")).await;
        assert_eq!(answer.status, 400, "{bad}: {}", answer.text());
    }
}

#[tokio::test]
async fn doors_open_to_the_right_people_only() {
    let scene = Scene::new().await;
    let seller = scene.seller().await;
    let product = seller
        .post("/v1/seller/products", &new_bowl())
        .await
        .expect(201)
        .json();
    let own = format!("/v1/seller/products/{}", product["id"].as_str().expect("an id"));
    let guest = scene.client().await;
    let stranger = guest.bearer(&format!("owner {}", scene.other_shop));
    let analyst = guest.bearer(&format!("analyst {}", scene.shop));
    let buyer = guest.bearer("buyer");

    assert_eq!(guest.get(&own).await.status, 401);
    assert_eq!(buyer.get(&own).await.status, 403);
    assert_eq!(analyst.get(&own).await.status, 200);
    assert_eq!(analyst.delete(&own).await.status, 403);
    assert_eq!(analyst.post("/v1/seller/products", &new_bowl()).await.status, 403);
    assert_eq!(stranger.get(&own).await.status, 404);
    assert_eq!(stranger.delete(&own).await.status, 404);
    assert_eq!(
        stranger
            .header("if-match", "1")
            .patch(&own, &json!({"title": "mine"}))
            .await
            .status,
        404
    );
    let theirs = stranger.get("/v1/seller/products").await.expect(200).json();
    assert_eq!(theirs["items"], json!([]));

    let import = seller
        .send(
            "POST".parse().unwrap(),
            "/v1/seller/imports",
            "sku,title,price\na,A,1\nb,B,x\n",
        )
        .await
        .expect(201);
    let import_path = import.header("location").expect("a location").to_owned();
    assert_eq!(seller.get(&import_path).await.status, 200);
    assert_eq!(stranger.get(&import_path).await.status, 404);
    assert_eq!(stranger.get(&format!("{import_path}/errors")).await.status, 404);
    assert_eq!(
        analyst
            .send("POST".parse().unwrap(), "/v1/seller/imports", "x")
            .await
            .status,
        403
    );
    let tree = json!({"categories": [{"path": "wood", "name": "Wood"}]});
    assert_eq!(seller.put("/v1/admin/categories", &tree).await.status, 403);
}

#[tokio::test]
async fn what_is_wrong_with_a_product_is_pointed_at() {
    let scene = Scene::new().await;
    let seller = scene.seller().await;
    let cases = [
        (json!({"title": " "}), "text_empty", "/title"),
        (json!({"title": "a\u{7}b"}), "text_control", "/title"),
        (json!({"title": "x".repeat(501)}), "text_too_long", "/title"),
        (json!({"colour": "red"}), "field_invalid", "/colour"),
        (json!({"variants": []}), "variants_missing", "/variants"),
        (
            json!({"variants": [{"code": "B1", "price": {"amount": -1, "currency": "EUR"}}]}),
            "price_out_of_range",
            "/variants/0/price",
        ),
        (
            json!({"variants": [{"code": "B1", "price": {"amount": 1, "currency": "ZZZ"}}]}),
            "field_invalid",
            "/variants/0/price/currency",
        ),
        (
            json!({"variants": [{"code": "B1", "price": {"amount": 1, "currency": "EUR"}, "stock": -1}]}),
            "stock_out_of_range",
            "/variants/0/stock",
        ),
        (
            json!({"images": [{"image": "0190a0a0-0000-7000-8000-000000000000"}]}),
            "image_unknown",
            "/images/0/image",
        ),
        (json!({"category": "///"}), "category_invalid", "/category"),
        (
            json!({"attributes": {"!": "x"}}),
            "attribute_key_invalid",
            "/attributes",
        ),
    ];
    for (wrong, code, pointer) in cases {
        let mut body = new_bowl();
        for (field, value) in wrong.as_object().expect("an object") {
            body[field] = value.clone();
        }
        let answer = seller.post("/v1/seller/products", &body).await.expect(400).json();
        assert_eq!(
            (answer["code"].as_str(), answer["errors"][0]["pointer"].as_str()),
            (Some(code), Some(pointer)),
            "{answer}"
        );
    }
    let nul = seller
        .header("content-type", "application/json")
        .send(
            "POST".parse().unwrap(),
            "/v1/seller/products",
            r#"{"title":"a\u0000","variants":[]}"#,
        )
        .await
        .expect(400);
    assert_eq!(nul.json()["code"], "nul_character");
}

#[tokio::test]
async fn taken_keys_and_codes_are_conflicts() {
    let scene = Scene::new().await;
    let seller = scene.seller().await;
    let _ = seller.post("/v1/seller/products", &new_bowl()).await.expect(201);
    let again = seller.post("/v1/seller/products", &new_bowl()).await.expect(409);
    assert_eq!(again.json()["code"], "key_taken");
    let mut other = new_bowl();
    other["key"] = json!("other");
    let taken = seller.post("/v1/seller/products", &other).await.expect(409);
    assert_eq!(taken.json()["code"], "sku_taken");
}

#[tokio::test]
async fn a_refused_stock_is_told_and_the_product_is_there() {
    let scene = Scene::new().await;
    scene.neighbours.refuses_units.lock().unwrap().insert(3);
    let seller = scene.seller().await;
    let answer = seller
        .post("/v1/seller/products", &new_bowl())
        .await
        .expect(409)
        .json();
    assert_eq!(answer["code"], "count_below_reserved");
    let own = format!(
        "/v1/seller/products/{}",
        answer["product"].as_str().expect("an id")
    );
    let _ = seller.get(&own).await.expect(200);
}

#[tokio::test]
async fn a_file_is_uploaded_and_its_errors_are_paged() {
    let scene = Scene::new().await;
    let seller = scene.seller().await;
    let mut text = "sku,title,price\n".to_owned();
    for i in 0..30 {
        text.push_str(&format!("g{i},Good,5\nb{i},Bad,?\n"));
    }
    let path = "/v1/seller/imports?currency=JPY&default_stock=2&status=draft&file_name=a.csv";
    let report = seller.send("POST".parse().unwrap(), path, text).await.expect(201);
    let body = report.json();
    assert_eq!(
        (body["created"].as_i64(), body["rows_failed"].as_i64()),
        (Some(30), Some(30))
    );
    assert_eq!(body["file_name"], "a.csv");
    let errors = format!("{}/errors", report.header("location").expect("a location"));
    let first = seller.get(&format!("{errors}?limit=20")).await.expect(200).json();
    let next = first["next"].as_str().expect("more");
    let rest = seller
        .get(&format!("{errors}?limit=20&after={next}"))
        .await
        .expect(200)
        .json();
    let lengths = [&first, &rest].map(|p| p["items"].as_array().map(Vec::len));
    assert_eq!(lengths, [Some(20), Some(10)]);
    let own = seller
        .get("/v1/seller/products?status=draft&limit=1")
        .await
        .expect(200)
        .json();
    assert_eq!(
        own["items"][0]["variants"][0]["price"],
        json!({"amount": 5, "currency": "JPY"})
    );

    for bad in [
        "currency=EURO",
        "default_stock=-1",
        "format=xml",
        "resume=1",
        "x=1",
    ] {
        let answer = seller
            .send("POST".parse().unwrap(), &format!("/v1/seller/imports?{bad}"), "")
            .await;
        assert_eq!(answer.status, 400, "{bad}: {}", answer.text());
    }
    let broken = seller
        .send("POST".parse().unwrap(), "/v1/seller/imports", "[{\"title\":\"A\"")
        .await
        .expect(422);
    assert_eq!(broken.json()["code"], "file_truncated");
}

#[tokio::test]
async fn the_operator_keeps_the_tree() {
    let scene = Scene::new().await;
    let admin = scene.client().await.bearer("admin");
    let tree = json!({"categories": [
        {"path": "ceramics/bowls", "name": "Bowls", "name_es": "Cuencos", "position": 2},
        {"path": "ceramics/vases", "name": "Vases", "name_es": "Jarrones", "position": 1}
    ]});
    let _ = admin.put("/v1/admin/categories", &tree).await.expect(204);
    let seen = scene
        .client()
        .await
        .get("/v1/categories")
        .await
        .expect(200)
        .json();
    let paths: Vec<_> = seen["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|c| c["path"].as_str())
        .collect();
    assert_eq!(
        paths,
        [Some("ceramics"), Some("ceramics/vases"), Some("ceramics/bowls")]
    );
    let bad = json!({"categories": [{"path": "ceramics", "name": ""}]});
    let refused = admin.put("/v1/admin/categories", &bad).await.expect(400).json();
    assert_eq!(refused["errors"][0]["pointer"], "/categories/0/name");
}
