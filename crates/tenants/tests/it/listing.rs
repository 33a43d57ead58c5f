use crate::harness::{App, application, text};
use contracts::tenants::Location;
use serde_json::Value;

async fn slugs(app: &App, query: &str) -> (Vec<String>, Option<String>) {
    let page = app
        .http
        .get(&format!("/v1/shops{query}"))
        .await
        .expect(200)
        .json();
    let items = page["items"].as_array().expect("items");
    let slugs = items.iter().map(|s| text(&s["slug"]).to_owned()).collect();
    (slugs, page["next"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn buyers_page_through_active_shops() {
    let app = App::new().await;
    for name in ["Delta Wool", "Alfa Clay", "Carmen Glass", "Bravo Wood"] {
        app.active(name).await;
    }
    app.applied("Eager Newcomer").await;
    let (first, next) = slugs(&app, "?limit=3").await;
    assert_eq!(first, ["alfa-clay", "bravo-wood", "carmen-glass"]);
    let (second, end) = slugs(&app, &format!("?limit=3&after={}", next.expect("more"))).await;
    assert_eq!((second, end), (vec!["delta-wool".to_owned()], None));
}

#[tokio::test]
async fn shops_are_found_by_place() {
    let app = App::new().await;
    app.active("Alfa Clay").await;
    let owner = app.person("joana@example.org");
    let mut lisbon = application("Joana Tiles");
    lisbon.location = Location {
        country: "PT".to_owned(),
        region: Some("PT-11".to_owned()),
        postcode: "1100-148".to_owned(),
        town: "Lisboa".to_owned(),
    };
    let shop = app.shops.apply(&app.ctx(), owner, lisbon).await.expect("applied");
    app.shops
        .approve_many(&app.ctx(), &[shop.id])
        .await
        .expect("approved");
    assert_eq!(slugs(&app, "?country=PT").await.0, ["joana-tiles"]);
    assert_eq!(slugs(&app, "?region=ES-SE").await.0, ["alfa-clay"]);
    assert_eq!(slugs(&app, "?country=ES&region=PT-11").await.0, [""; 0]);
    for (query, code) in [
        ("?limit=0", "limit_out_of_range"),
        ("?limit=101", "limit_out_of_range"),
        ("?limit=many", "parameter_invalid"),
        ("?country=XX", "country_unknown"),
        ("?region=ES-XX", "region_unknown"),
        ("?colour=red", "parameter_invalid"),
        ("?after=%00", "nul_character"),
    ] {
        let refused = app
            .http
            .get(&format!("/v1/shops{query}"))
            .await
            .expect(400)
            .json();
        assert_eq!(refused["code"], code, "{query}");
    }
    for path in [
        "/v1/shops/nobody",
        "/v1/shops/%00",
        "/v1/shops/Alfa-Clay",
        "/v1/shops/admin",
    ] {
        assert_eq!(app.http.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_operator_pages_through_all_shops() {
    let app = App::new().await;
    let admin = app.admin();
    for name in ["Alfa Clay", "Bravo Wood", "Carmen Glass"] {
        app.clock.advance(std::time::Duration::from_secs(1));
        app.applied(name).await;
    }
    app.clock.advance(std::time::Duration::from_secs(1));
    app.active("Delta Wool").await;
    let page = |query: String| {
        let admin = admin.clone();
        async move {
            admin
                .get(&format!("/v1/admin/shops{query}"))
                .await
                .expect(200)
                .json()
        }
    };
    let names = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().expect("items");
        items.iter().map(|s| text(&s["name"]).to_owned()).collect()
    };
    let first = page("?limit=2".to_owned()).await;
    assert_eq!(names(&first), ["Delta Wool", "Carmen Glass"]);
    let second = page(format!("?limit=2&after={}", text(&first["next"]))).await;
    assert_eq!(names(&second), ["Bravo Wood", "Alfa Clay"]);
    assert_eq!(second.get("next"), None);
    let active = page("?status=active".to_owned()).await;
    assert_eq!(names(&active), ["Delta Wool"]);
    assert_eq!(admin.get("/v1/admin/shops?status=odd").await.status, 400);
    assert_eq!(admin.get("/v1/admin/shops?after=odd").await.status, 400);
    assert_eq!(
        app.buyer("b@example.org").get("/v1/admin/shops").await.status,
        403
    );
    let unknown = format!("/v1/admin/shops/{}", uuid::Uuid::nil());
    assert_eq!(admin.get(&unknown).await.status, 404);
}
