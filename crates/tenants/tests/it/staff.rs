use crate::harness::{App, text};
use kernel::Role;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::Notify;

#[tokio::test]
async fn a_role_changes_and_ends() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let (mateo, path) = app.joined(&owned, "mateo@example.org", "manager").await;
    assert_eq!(app.people.role(mateo, owned.tenant), Some(Role::Manager));
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
    let expected = [json!("owner"), json!("manager"), json!("clerk"), Value::Null];
    assert_eq!(roles, expected);
}

/// Whoever said it last may have died since: nothing is read again afterwards.
#[tokio::test]
async fn a_role_that_arrives_after_a_dismissal_is_ignored() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let (mateo, path) = app.joined(&owned, "mateo@example.org", "clerk").await;
    let wait = Arc::new(Notify::new());
    *app.people.role_waits_for.lock().expect("lock") = Some(wait.clone());
    let manager = json!({"role": "manager"});
    let promoted = owned.seller.patch(&path, &manager);
    let dismissed = async {
        testkit::eventually("the promotion is on its way", || async {
            let taken = app.people.role_waits_for.lock().expect("lock").is_none();
            taken.then_some(())
        })
        .await;
        assert_eq!(owned.seller.delete(&path).await.status, 204);
        wait.notify_one();
    };
    let (promoted, ()) = tokio::join!(promoted, dismissed);
    let _ = promoted.expect(200);
    assert_eq!(app.people.role(mateo, owned.tenant), None);
    // Back again, the count goes on.
    app.clock.advance(std::time::Duration::from_secs(61));
    let invite = json!({"email": "mateo@example.org", "role": "analyst"});
    let _ = owned
        .seller
        .post(crate::harness::INVITATIONS, &invite)
        .await
        .expect(201);
    let _ = app.accept(mateo, "mateo@example.org").await.expect(200);
    assert_eq!(app.people.role(mateo, owned.tenant), Some(Role::Analyst));
}

#[tokio::test]
async fn a_role_that_identity_did_not_hear_of_follows() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let (mateo, path) = app.joined(&owned, "mateo@example.org", "clerk").await;
    *app.people.is_down.lock().expect("lock") = true;
    let _ = owned
        .seller
        .patch(&path, &json!({"role": "manager"}))
        .await
        .expect(200);
    assert_eq!(app.people.role(mateo, owned.tenant), Some(Role::Clerk));
    *app.people.is_down.lock().expect("lock") = false;
    let stop = tokio_util::sync::CancellationToken::new();
    let work = tenants::work(app.shops.clone(), app.clock.clone(), stop.clone());
    let check = async {
        testkit::eventually("the role", || async {
            let role = app.people.role(mateo, owned.tenant);
            role.filter(|&role| role == Role::Manager)
        })
        .await;
        stop.cancel();
    };
    tokio::join!(work, check);
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

    let (mateo, _) = app.joined(&owned, "mateo@example.org", "owner").await;
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
    let (mateo, _) = app.joined(&ours, "mateo@example.org", "manager").await;
    let manager = app.seller(mateo, ours.tenant);
    assert_eq!(
        manager.get("/v1/seller/staff").await.status,
        403,
        "owners alone manage staff"
    );
}
