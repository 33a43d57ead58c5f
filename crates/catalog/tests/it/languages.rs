//! Words of a product in several languages.

use crate::scene::Scene;
use serde_json::json;

#[tokio::test]
async fn buyers_read_a_product_in_the_best_of_its_languages() {
    let scene = Scene::new().await;
    let seller = scene.seller().await;
    let new = json!({
        "title": "Oak bowl", "description": "Turned **oak**.", "language": "EN", "status": "active",
        "translations": {"es": {"title": "Cuenco de roble", "description": "De *roble*."}, "pt_br": {"title": "Tigela"}},
        "variants": [{"code": "B1", "price": {"amount": 1990, "currency": "EUR"}}]
    });
    let made = seller.post("/v1/seller/products", &new).await.expect(201).json();
    assert_eq!(made["language"], "en");
    assert_eq!(made["written"]["es"]["description"], "De *roble*.");
    let id = made["id"].as_str().expect("an id");
    let page = format!("/v1/products/{id}");
    let cases = [
        ("", "Oak bowl", "en"),
        ("es-MX, en;q=0.5", "Cuenco de roble", "es"),
        ("de, es;q=0.4, en;q=0.3", "Cuenco de roble", "es"),
        ("pt", "Tigela", "pt-BR"),
        ("en-GB, es", "Oak bowl", "en"),
        ("ja", "Oak bowl", "en"),
    ];
    let mut tags = Vec::new();
    for (wanted, title, language) in cases {
        let guest = scene.client().await.header("accept-language", wanted);
        let seen = guest.get(&page).await.expect(200);
        tags.push(seen.header("etag").map(str::to_owned));
        let seen = seen.json();
        assert_eq!(
            (&seen["title"], &seen["language"]),
            (&json!(title), &json!(language)),
            "{wanted}"
        );
    }
    assert_eq!((tags[0] == tags[5], tags[0] == tags[1]), (true, false));
    let guest = scene.client().await.header("accept-language", "es");
    let seen = guest.get(&page).await.json();
    assert_eq!(seen["description_html"], "<p>De <em>roble</em>.</p>");
    assert_eq!(seen["translations"]["en"]["title"], "Oak bowl");

    // What is not said stays; what is said takes the place of all.
    let own = format!("/v1/seller/products/{id}");
    let at = |version: &str| seller.header("if-match", &format!("\"{version}\""));
    let kept = at("1")
        .patch(&own, &json!({"title": "Bowl of oak"}))
        .await
        .expect(200)
        .json();
    assert_eq!(kept["translations"]["es"]["title"], "Cuenco de roble");
    let one = json!({"translations": {"es": {"title": "Bol de roble"}}});
    let one = at("2").patch(&own, &one).await.expect(200).json();
    assert_eq!(one["translations"], json!({"es": {"title": "Bol de roble"}}));
    let wrong = at("3")
        .patch(&own, &json!({"translations": {"spanish": {"title": "Bol"}}}))
        .await
        .expect(400);
    assert_eq!(wrong.json()["code"], "language_invalid");
    let versions = scene
        .number("select count(*) from catalog.product_version where change ? 'translations/es'")
        .await;
    assert_eq!(versions, 1);
}

#[tokio::test]
async fn files_carry_translations_and_files_without_them_keep_them() {
    let scene = Scene::new().await;
    let seller = scene.seller().await;
    let send = |file: &'static str| {
        let seller = &seller;
        async move {
            let path = "/v1/seller/imports?file_name=bowls.csv&status=active";
            seller.send("POST".parse().unwrap(), path, file).await.expect(201)
        }
    };
    let _ = send("sku,title,price,Title [es],description_es\nA,Bowl,10,Cuenco,De roble\n").await;
    let _ = send("sku,title,price\nA,Bowl,12\n").await;
    let guest = scene.client().await.header("accept-language", "es");
    let listed = seller.get("/v1/seller/products").await.expect(200).json();
    let id = listed["items"][0]["id"].as_str().expect("an id");
    let seen = guest.get(&format!("/v1/products/{id}")).await.expect(200).json();
    assert_eq!(seen["title"], "Cuenco");
    assert_eq!(seen["description_html"], "<p>De roble</p>");
    assert_eq!(seen["variants"][0]["price"]["amount"], 1200);
}
