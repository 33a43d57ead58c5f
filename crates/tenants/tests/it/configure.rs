use crate::harness::{App, text};
use contracts::tenants::Tenants;
use kernel::ImageId;
use serde_json::json;

#[tokio::test]
async fn a_seller_changes_the_shop_they_saw() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let seen = owned.seller.get("/v1/seller/shop").await.expect(200);
    let tag = seen.header("etag").expect("an ETag").to_owned();
    let change = json!({
        "name": "Cerámica Romero",
        "slug": "ceramica-romero",
        "accent": null,
        "location": {"country": "ES", "postcode": "28013", "town": "Madrid"},
    });
    let unconditional = owned
        .seller
        .patch("/v1/seller/shop", &change)
        .await
        .expect(400)
        .json();
    assert_eq!(unconditional["errors"][0]["pointer"], "If-Match");

    let conditional = owned.seller.header("if-match", &tag);
    let changed = conditional.patch("/v1/seller/shop", &change).await.expect(200);
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
    let shop = changed.json();
    assert_eq!(text(&shop["name"]), "Cerámica Romero");
    assert_eq!(shop.get("accent"), None, "taken away");
    assert_eq!(shop["location"]["region"], "ES-M", "told by the postcode");
    assert_eq!(
        text(&shop["return_policy"]),
        "Thirty days.",
        "what is absent stays"
    );

    // Buyers see it at once, under its new address alone.
    assert_eq!(app.http.get("/v1/shops/alfareria-romero").await.status, 404);
    let public = app.http.get("/v1/shops/ceramica-romero").await.expect(200).json();
    assert_eq!(public["name"], shop["name"]);
    assert_eq!(public.get("version"), None);

    let late = conditional
        .patch("/v1/seller/shop", &json!({"name": "Late"}))
        .await
        .expect(412)
        .json();
    assert_eq!(
        (text(&late["code"]), &late["version"]),
        ("version_changed", &shop["version"])
    );
    let events = app.events(owned.tenant).await;
    let [.., told, audited] = events.as_slice() else {
        panic!("two events");
    };
    assert_eq!(told.0, "tenants.shop_changed");
    assert_eq!(audited.0, "audit.changed");
    assert_eq!(audited.1["kind"], "shop.settings");
    assert_ne!(audited.1["before"]["name"], audited.1["after"]["name"]);
    assert_eq!(audited.1["after"]["name"], shop["name"]);
}

#[tokio::test]
async fn new_pictures_are_a_change_of_the_settings() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let tenants: &dyn Tenants = &app.shops;
    let (old, new) = (ImageId::new(app.ctx().now), ImageId::new(app.ctx().now));
    for logo in [old, new] {
        tenants
            .set_images(&app.ctx(), owned.tenant, Some(logo), None)
            .await
            .expect("set");
    }
    let events = app.events(owned.tenant).await;
    let Some((topic, told)) = events.last() else {
        panic!("no events");
    };
    assert_eq!(
        (topic.as_str(), &told["kind"]),
        ("audit.changed", &json!("shop.settings"))
    );
    assert_eq!(
        (&told["before"]["logo"], &told["after"]["logo"]),
        (&json!(old), &json!(new))
    );
}

#[tokio::test]
async fn one_of_two_changes_at_once_wins() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let seen = owned.seller.get("/v1/seller/shop").await.expect(200);
    let seller = owned
        .seller
        .header("if-match", seen.header("etag").expect("an ETag"));
    let changes = (0..6).map(|i| {
        let seller = seller.clone();
        async move {
            let body = json!({"story": format!("Story {i}")});
            seller.patch("/v1/seller/shop", &body).await.status
        }
    });
    let mut statuses = futures::future::join_all(changes).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
}

#[tokio::test]
async fn bad_changes_change_nothing() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    app.active("Zafra Textil").await;
    let before = owned.seller.get("/v1/seller/shop").await.expect(200);
    let seller = owned
        .seller
        .header("if-match", before.header("etag").expect("an ETag"));
    let table = [
        (json!({"slug": "zafra-textil"}), 409, "slug_taken"),
        (json!({"slug": "cart"}), 400, "slug_reserved"),
        (json!({"delivery": []}), 400, "delivery_invalid"),
        (
            json!({"location": {"country": "ES", "region": "ES-M", "postcode": "41010", "town": "Sevilla"}}),
            400,
            "location_invalid",
        ),
        (json!({"accent": "blue", "name": ""}), 400, "fields_invalid"),
        (json!({"currency": "USD"}), 400, "field_invalid"),
        (json!({"name": 5}), 400, "field_invalid"),
    ];
    for (change, status, code) in table {
        let refused = seller
            .patch("/v1/seller/shop", &change)
            .await
            .expect(status)
            .json();
        assert_eq!(refused["code"], code, "{refused}");
    }
    let after = owned.seller.get("/v1/seller/shop").await.expect(200);
    assert_eq!(before.json(), after.json());
}

#[tokio::test]
async fn a_closed_shop_stays_as_it_is() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let close = format!("/v1/admin/shops/{}/close", owned.tenant);
    let _ = app
        .admin()
        .post(&close, &json!({"reason": "retired"}))
        .await
        .expect(200);
    let seen = owned.seller.get("/v1/seller/shop").await.expect(200);
    let seller = owned
        .seller
        .header("if-match", seen.header("etag").expect("an ETag"));
    let refused = seller
        .patch("/v1/seller/shop", &json!({"name": "Again"}))
        .await
        .expect(409)
        .json();
    assert_eq!(refused["code"], "shop_closed");
}

#[tokio::test]
async fn roles_decide_who_changes() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let (mateo, _) = app.joined(&owned, "mateo@example.org", "clerk").await;
    let clerk = app.seller(mateo, owned.tenant);
    let seen = clerk.get("/v1/seller/shop").await.expect(200);
    let refused = clerk
        .header("if-match", seen.header("etag").expect("an ETag"))
        .patch("/v1/seller/shop", &json!({"name": "Mine"}))
        .await
        .expect(403);
    assert_eq!(refused.json()["code"], "permission_missing");
    assert_eq!(
        app.buyer("b@example.org").get("/v1/seller/shop").await.status,
        403
    );
    assert_eq!(app.http.get("/v1/seller/shop").await.status, 401);
}
