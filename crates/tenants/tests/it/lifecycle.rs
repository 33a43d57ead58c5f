use crate::harness::{App, Owned, text};
use serde_json::{Value, json};
use testkit::Client;

async fn command(app: &App, admin: &Client, owned: &Owned, name: &str) -> (u16, Value) {
    app.clock.advance(std::time::Duration::from_secs(1));
    let path = format!("/v1/admin/shops/{}/{name}", owned.tenant);
    let response = admin.post(&path, &json!({"reason": format!("we {name}")})).await;
    (response.status, response.json())
}

async fn complete(owned: &Owned) {
    for (item, reference) in [
        ("identity", "12345678Z"),
        ("bank_account", "ES91 2100 0418 4502 0005 1332"),
        ("legal_documents", "RM Sevilla 1234"),
    ] {
        let body = json!({"attested": true, "holder": "Lucía Romero", "reference": reference});
        let path = format!("/v1/seller/onboarding/{item}");
        let _ = owned.seller.put(&path, &body).await.expect(200);
    }
}

#[tokio::test]
async fn from_application_to_closure() {
    let app = App::new().await;
    let admin = app.admin();
    let owned = app.applied("Alfareria Romero").await;
    let public = || async { app.http.get("/v1/shops/alfareria-romero").await.status };

    let (status, refused) = command(&app, &admin, &owned, "approve").await;
    assert_eq!((status, text(&refused["code"])), (409, "onboarding_incomplete"));
    assert_eq!(
        refused["missing"],
        json!(["identity", "bank_account", "legal_documents"])
    );
    let (status, refused) = command(&app, &admin, &owned, "suspend").await;
    assert_eq!((status, text(&refused["code"])), (409, "illegal_transition"));
    assert_eq!(refused["allowed"], json!(["approve", "close"]));

    complete(&owned).await;
    assert_eq!(public().await, 404);
    let (status, shop) = command(&app, &admin, &owned, "approve").await;
    assert_eq!((status, text(&shop["status"])), (200, "active"));
    assert_eq!(public().await, 200);
    assert_eq!(command(&app, &admin, &owned, "suspend").await.0, 200);
    assert_eq!(public().await, 404, "gone at once, although it was remembered");
    let (status, refused) = command(&app, &admin, &owned, "approve").await;
    assert_eq!(
        (status, &refused["allowed"]),
        (409, &json!(["reinstate", "close"]))
    );
    assert_eq!(command(&app, &admin, &owned, "reinstate").await.0, 200);
    assert_eq!(public().await, 200);
    assert_eq!(command(&app, &admin, &owned, "close").await.0, 200);
    assert_eq!(public().await, 404);
    let (status, refused) = command(&app, &admin, &owned, "reinstate").await;
    assert_eq!((status, &refused["allowed"]), (409, &json!([])));

    let dossier = admin
        .get(&format!("/v1/admin/shops/{}", owned.tenant))
        .await
        .expect(200)
        .json();
    let history: Vec<_> = dossier["history"]
        .as_array()
        .expect("history")
        .iter()
        .rev()
        .map(|s| {
            format!(
                "{} {} {}",
                s["from"].as_str().unwrap_or("-"),
                text(&s["to"]),
                text(&s["reason"])
            )
        })
        .collect();
    let expected = [
        "- applied ",
        "applied active we approve",
        "active suspended we suspend",
        "suspended active we reinstate",
        "active closed we close",
    ];
    assert_eq!(history, expected);
    assert_eq!(dossier["history"][0]["actor"]["kind"], "operator");
    assert_eq!(dossier["onboarding"][0]["state"], "accepted");

    let events = app.events(owned.tenant).await;
    let told: Vec<_> = events
        .iter()
        .filter(|(topic, _)| topic == "tenants.shop_changed")
        .map(|(_, payload)| text(&payload["status"]))
        .collect();
    assert_eq!(told, ["applied", "active", "suspended", "active", "closed"]);
}

#[tokio::test]
async fn a_command_needs_a_reason_a_shop_and_the_right() {
    let app = App::new().await;
    let admin = app.admin();
    let owned = app.applied("Alfareria Romero").await;
    let path = format!("/v1/admin/shops/{}/close", owned.tenant);
    let refused = admin
        .post(&path, &json!({"reason": "  "}))
        .await
        .expect(400)
        .json();
    assert_eq!(refused["errors"][0]["pointer"], "/reason");
    let reason = json!({"reason": "because"});
    let unknown = format!("/v1/admin/shops/{}/close", uuid::Uuid::nil());
    assert_eq!(admin.post(&unknown, &reason).await.status, 404);
    assert_eq!(
        admin.post("/v1/admin/shops/nonsense/close", &reason).await.status,
        404
    );

    let support = app
        .http
        .bearer(&format!("support/{}", app.person("support@market.test")));
    let refused = support.post(&path, &reason).await.expect(403).json();
    assert_eq!(refused["code"], "permission_missing");
    assert_eq!(owned.seller.post(&path, &reason).await.status, 403);
    assert_eq!(app.http.post(&path, &reason).await.status, 401);
    let shop = owned.seller.get("/v1/seller/shop").await.expect(200).json();
    assert_eq!(shop["status"], "applied");
}
