use crate::harness::{App, text};
use contracts::identity::AccountChanged;
use kernel::{Role, UserId};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Db;
use store::Scope;
use tokio::sync::Notify;

#[tokio::test]
async fn somebody_known_joins_at_once() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let mateo = app.person("mateo@example.org");
    let invite = json!({"email": "Mateo@example.org", "role": "manager"});
    let member = owned
        .seller
        .post("/v1/seller/staff", &invite)
        .await
        .expect(201)
        .json();
    assert_eq!(
        (&member["user"], text(&member["email"])),
        (&json!(mateo), "mateo@example.org")
    );
    assert_eq!(app.people.role(mateo, owned.tenant), Some(Role::Manager));
    let again = owned
        .seller
        .post("/v1/seller/staff", &invite)
        .await
        .expect(409)
        .json();
    assert_eq!(again["code"], "already_staff");

    let path = format!("/v1/seller/staff/{}", text(&member["id"]));
    let clerk = json!({"role": "clerk"});
    assert_eq!(
        owned.seller.patch(&path, &clerk).await.expect(200).json()["role"],
        "clerk"
    );
    assert_eq!(app.people.role(mateo, owned.tenant), Some(Role::Clerk));
    assert_eq!(owned.seller.delete(&path).await.status, 204);
    assert_eq!(app.people.role(mateo, owned.tenant), None);
    assert_eq!(owned.seller.delete(&path).await.status, 404);

    let roles: Vec<Value> = app
        .events(owned.tenant)
        .await
        .into_iter()
        .filter(|(topic, _)| topic == "tenants.staff_changed")
        .map(|(_, payload)| payload["role"].clone())
        .collect();
    assert_eq!(roles, [json!("manager"), json!("clerk"), Value::Null]);
}

#[tokio::test]
async fn a_role_that_arrives_after_a_dismissal_is_taken_back() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let mateo = app.person("mateo@example.org");
    let wait = Arc::new(Notify::new());
    *app.people.grant_waits_for.lock().expect("lock") = Some(wait.clone());
    let invite = json!({"email": "mateo@example.org", "role": "manager"});
    let invited = owned.seller.post("/v1/seller/staff", &invite);
    let dismissed = async {
        let id = testkit::eventually("mateo is on the list", || async {
            let staff = owned.seller.get("/v1/seller/staff").await.expect(200).json();
            let mut members = staff["items"].as_array().expect("a list").iter();
            let invited = members.find(|member| member["email"] == "mateo@example.org");
            invited.map(|member| text(&member["id"]).to_owned())
        })
        .await;
        let gone = owned.seller.delete(&format!("/v1/seller/staff/{id}")).await;
        assert_eq!(gone.status, 204);
        wait.notify_one();
    };
    let (invited, ()) = tokio::join!(invited, dismissed);
    let _ = invited.expect(201);
    assert_eq!(app.people.role(mateo, owned.tenant), None);
}

#[tokio::test]
async fn somebody_invited_joins_when_they_verify_their_address() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    app.clock.advance(std::time::Duration::from_secs(1));
    let mateo = UserId::new(app.ctx().now);
    // Registered, but the address may be somebody else's.
    app.people.add(mateo, "mateo@example.org", false);
    let invite = json!({"email": "mateo@example.org", "role": "analyst"});
    let member = owned
        .seller
        .post("/v1/seller/staff", &invite)
        .await
        .expect(201)
        .json();
    assert_eq!(member.get("user"), None);
    assert_eq!(app.people.role(mateo, owned.tenant), None);
    let mails = app.people.mails.lock().expect("lock").clone();
    assert_eq!(mails.last().map(|m| m.0.as_str()), Some("mateo@example.org"));

    let db = Db::connect(app.db.url(), tenants::CONTEXT).expect("url");
    let mut tx = db.begin(Scope::System).await.expect("begun");
    let verified = AccountChanged {
        user: mateo,
        change: "email_verified".to_owned(),
        tenant: None,
    };
    store::log::append(&mut tx, &app.ctx(), &verified)
        .await
        .expect("appended");
    tx.commit().await.expect("committed");

    let stop = tokio_util::sync::CancellationToken::new();
    let work = tenants::work(app.shops.clone(), app.clock.clone(), stop.clone());
    let check = async {
        let role = testkit::eventually("the role", || async { app.people.role(mateo, owned.tenant) }).await;
        assert_eq!(role, Role::Analyst);
        stop.cancel();
    };
    tokio::join!(work, check);
    let staff = owned.seller.get("/v1/seller/staff").await.expect(200).json();
    assert_eq!(staff["items"][1]["user"], json!(mateo));
    assert!(staff["items"][1]["joined_at"].is_string());
}

#[tokio::test]
async fn the_last_owner_stays() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let staff = owned.seller.get("/v1/seller/staff").await.expect(200).json();
    let me = format!("/v1/seller/staff/{}", text(&staff["items"][0]["id"]));
    let refused = owned.seller.delete(&me).await.expect(409).json();
    assert_eq!(refused["code"], "last_owner");
    let refused = owned
        .seller
        .patch(&me, &json!({"role": "clerk"}))
        .await
        .expect(409)
        .json();
    assert_eq!(refused["code"], "last_owner");

    let mateo = app.person("mateo@example.org");
    let invite = json!({"email": "mateo@example.org", "role": "owner"});
    let _ = owned.seller.post("/v1/seller/staff", &invite).await.expect(201);
    assert_eq!(
        owned.seller.patch(&me, &json!({"role": "clerk"})).await.status,
        200
    );
    assert_eq!(app.people.role(owned.owner, owned.tenant), Some(Role::Clerk));
    let other = app.seller(mateo, owned.tenant);
    assert_eq!(other.delete(&me).await.status, 204);
}

#[tokio::test]
async fn staff_of_one_shop_cannot_touch_anothers() {
    let app = App::new().await;
    let ours = app.active("Alfareria Romero").await;
    let theirs = app.active("Zafra Textil").await;
    let staff = theirs.seller.get("/v1/seller/staff").await.expect(200).json();
    let path = format!("/v1/seller/staff/{}", text(&staff["items"][0]["id"]));
    assert_eq!(ours.seller.delete(&path).await.status, 404);
    assert_eq!(
        ours.seller.patch(&path, &json!({"role": "clerk"})).await.status,
        404
    );
    let bad = [
        (json!({"email": "nobody", "role": "clerk"}), "email_invalid"),
        (json!({"email": "a@b.de", "role": "admin"}), "role_invalid"),
        (json!({"email": "a@b.de", "role": "king"}), "field_invalid"),
        (json!({"email": "a@b.de"}), "field_invalid"),
    ];
    for (body, code) in bad {
        let refused = ours
            .seller
            .post("/v1/seller/staff", &body)
            .await
            .expect(400)
            .json();
        assert_eq!(refused["code"], code, "{refused}");
    }
    let mateo = app.person("mateo@example.org");
    let invite = json!({"email": "mateo@example.org", "role": "manager"});
    let _ = ours.seller.post("/v1/seller/staff", &invite).await.expect(201);
    let manager = app.seller(mateo, ours.tenant);
    assert_eq!(
        manager.get("/v1/seller/staff").await.status,
        403,
        "owners alone manage staff"
    );
}
