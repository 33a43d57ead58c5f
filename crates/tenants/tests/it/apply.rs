use crate::harness::{App, application, application_body, text};
use contracts::tenants::{Tenants, Tier};
use kernel::{Role, TenantId, UserId};
use serde_json::{Value, json};

#[tokio::test]
async fn a_buyer_applies_and_owns_the_shop() {
    let app = App::new().await;
    let lucia = app.person("lucia@example.org");
    let buyer = app.http.bearer(&format!("buyer/{lucia}"));
    let answer = buyer
        .post("/v1/shops", &application_body("Alfarería Romero"))
        .await
        .expect(201);
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let shop = answer.json();
    assert_eq!(
        (text(&shop["slug"]), text(&shop["status"]), text(&shop["tier"])),
        ("alfareria-romero", "applied", "pool")
    );
    assert_eq!(shop["delivery"].as_array().map(Vec::len), Some(2), "a default");
    let tenant: TenantId = text(&shop["id"]).parse().expect("an id");
    assert_eq!(app.people.role(lucia, tenant), Some(Role::Owner));
    let events = app.events(tenant).await;
    let [applied, changed, staff] = events.as_slice() else {
        panic!("three events: {events:?}");
    };
    assert_eq!(applied.0, "tenants.shop_applied");
    assert_eq!(applied.1["owner"], json!(lucia));
    // From here on the trail knows what was before.
    assert_eq!(changed.0, "tenants.shop_changed");
    assert_eq!(changed.1["status"], "applied");
    assert_eq!(staff.0, "tenants.staff_changed");
    assert_eq!(
        (&staff.1["user"], &staff.1["role"]),
        (&json!(lucia), &json!("owner"))
    );
    // It is not for buyers yet.
    assert_eq!(app.http.get("/v1/shops/alfareria-romero").await.status, 404);
}

#[tokio::test]
async fn slugs_are_unique_and_made_when_not_given() {
    let app = App::new().await;
    let buyer = app.buyer("lucia@example.org");
    let mut slugs = Vec::new();
    for _ in 0..3 {
        let shop = buyer
            .post("/v1/shops", &application_body("Alfarería Romero"))
            .await
            .expect(201);
        slugs.push(text(&shop.json()["slug"]).to_owned());
    }
    assert_eq!(
        slugs,
        ["alfareria-romero", "alfareria-romero-2", "alfareria-romero-3"]
    );
    for (slug, status, code) in [
        ("alfareria-romero", 409, "slug_taken"),
        ("admin", 400, "slug_reserved"),
        ("No Slug", 400, "slug_invalid"),
    ] {
        let mut body = application_body("Another");
        body["slug"] = json!(slug);
        let refused = buyer.post("/v1/shops", &body).await.expect(status).json();
        assert_eq!(
            (text(&refused["code"]), &refused["errors"][0]["pointer"]),
            (code, &json!("/slug"))
        );
    }
}

#[tokio::test]
async fn each_bad_field_is_named() {
    let app = App::new().await;
    let buyer = app.buyer("lucia@example.org");
    let rate = |price: Value| json!([{"code": "post", "name": "Post", "rates": [{"zone": {"kind": "world"}, "price": price, "days_min": 1, "days_max": 3}]}]);
    let table = [
        ("/name", json!(""), "text_empty", "/name"),
        ("/name", json!("a\u{7}"), "text_control", "/name"),
        ("/currency", json!("ZZZ"), "field_invalid", "/currency"),
        ("/accent", json!("red"), "colour_invalid", "/accent"),
        ("/story", json!("x".repeat(4001)), "text_too_long", "/story"),
        (
            "/location/country",
            json!("XX"),
            "location_invalid",
            "/location/country",
        ),
        (
            "/location/region",
            json!("ES-XX"),
            "location_invalid",
            "/location/region",
        ),
        (
            "/location/region",
            json!("ES-M"),
            "location_invalid",
            "/location/postcode",
        ),
        (
            "/location/postcode",
            json!("4101"),
            "location_invalid",
            "/location/postcode",
        ),
        (
            "/delivery",
            rate(json!({"amount": 1, "currency": "USD"})),
            "delivery_invalid",
            "/delivery/0/rates/0/price",
        ),
        (
            "/delivery",
            rate(json!({"amount": -1, "currency": "EUR"})),
            "delivery_invalid",
            "/delivery/0/rates/0/price",
        ),
        (
            "/delivery",
            json!([{"code": "post", "name": "Post", "rates": []}]),
            "delivery_invalid",
            "/delivery/0/rates",
        ),
        ("/status", json!("active"), "field_invalid", "/status"),
    ];
    for (field, value, code, pointer) in table {
        let mut body = application_body("Alfarería Romero");
        match body.pointer_mut(field) {
            Some(place) => *place = value,
            None => body[&field[1..]] = value,
        }
        let refused = buyer.post("/v1/shops", &body).await.expect(400).json();
        assert_eq!(
            (text(&refused["code"]), &refused["errors"][0]["pointer"]),
            (code, &json!(pointer)),
            "{refused}"
        );
    }
    let mut body = application_body("Alfarería Romero");
    body["location"]["region"] = json!("ES-XX");
    let refused = buyer.post("/v1/shops", &body).await.expect(400).json();
    assert_eq!(
        refused["errors"][0]["detail"],
        "`ES-XX` is not a province of ES; use an ISO 3166-2 code such as ES-SE"
    );
}

#[tokio::test]
async fn only_a_signed_in_buyer_applies() {
    let app = App::new().await;
    let owned = app.applied("Alfarería Romero").await;
    let body = application_body("Another");
    assert_eq!(app.http.post("/v1/shops", &body).await.status, 401);
    for client in [&owned.seller, &app.admin()] {
        let refused = client.post("/v1/shops", &body).await.expect(403).json();
        assert_eq!(refused["code"], "wrong_audience");
    }
}

#[tokio::test]
async fn the_contract_applies_approves_and_finds() {
    let app = App::new().await;
    let tenants: &dyn Tenants = &app.shops;
    let ctx = app.ctx();
    let owner = app.person("lucia@example.org");
    let first = tenants
        .apply(&ctx, owner, application("Zafra Textil"))
        .await
        .expect("applied");
    let second = tenants
        .apply(&ctx, owner, application("Alfarería Romero"))
        .await
        .expect("applied");
    assert_eq!(first.tier, Tier::Pool);
    let unknown = TenantId::new(ctx.now);
    let ids = vec![second.id, unknown, first.id];
    let found = tenants.shops(&ctx, ids.clone()).await.expect("read");
    let names: Vec<_> = found.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(
        names,
        ["Alfarería Romero", "Zafra Textil"],
        "in any status, in order of the ids"
    );
    assert_eq!(tenants.active_shops(&ctx, 10).await.expect("read"), []);
    assert_eq!(
        tenants
            .shop_by_slug(&ctx, "zafra-textil".to_owned())
            .await
            .expect("read"),
        None
    );

    tenants.approve(&ctx, ids).await.expect("approved");
    let active = tenants.active_shops(&ctx, 10).await.expect("read");
    let names: Vec<_> = active.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["Alfarería Romero", "Zafra Textil"]);
    let zafra = tenants
        .shop_by_slug(&ctx, "zafra-textil".to_owned())
        .await
        .expect("read");
    assert_eq!(zafra.map(|s| s.id), Some(first.id));

    let logo = kernel::ImageId::new(ctx.now);
    tenants
        .set_images(&ctx, first.id, Some(logo), None)
        .await
        .expect("set");
    let banner = kernel::ImageId::new(ctx.now);
    tenants
        .set_images(&ctx, first.id, None, Some(banner))
        .await
        .expect("set");
    let shop = tenants.shops(&ctx, vec![first.id]).await.expect("read").remove(0);
    assert_eq!((shop.logo, shop.banner), (Some(logo), Some(banner)));

    let stranger = UserId::new(ctx.now);
    let refused = tenants
        .apply(&ctx, stranger, application("Nobody's"))
        .await
        .expect_err("refused");
    assert_eq!(refused.code, "not_found");
}

#[tokio::test]
async fn the_owners_role_follows_when_identity_was_down() {
    let app = App::new().await;
    let owner = app.person("lucia@example.org");
    *app.people.is_down.lock().expect("lock") = true;
    let shop = app
        .shops
        .apply(&app.ctx(), owner, application("Alfarería Romero"))
        .await
        .expect("applied");
    assert_eq!(app.people.role(owner, shop.id), None);
    *app.people.is_down.lock().expect("lock") = false;

    let stop = tokio_util::sync::CancellationToken::new();
    let work = tenants::work(app.shops.clone(), app.clock.clone(), stop.clone());
    let check = async {
        testkit::eventually("the owner's role", || async { app.people.role(owner, shop.id) }).await;
        stop.cancel();
    };
    tokio::join!(work, check);
}
