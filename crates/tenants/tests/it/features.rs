//! Which features shops may use: decided by the operator, told, and forgotten by other processes.

use crate::harness::App;
use contracts::tenants::{Feature, Features};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testkit::Client;

const LIST: &str = "/v1/admin/features";

fn own_path(tenant: kernel::TenantId, feature: &str) -> String {
    format!("/v1/admin/shops/{tenant}/features/{feature}")
}

/// How a feature stands for all.
async fn state(admin: &Client, feature: &str) -> Value {
    let table = admin.get(LIST).await.expect(200).json();
    let mut items = table["items"].as_array().expect("items").iter();
    items
        .find(|item| item["feature"] == feature)
        .expect("listed")
        .clone()
}

/// Topic, payload and who did it, in order.
async fn told(app: &App) -> Vec<(Value, Value)> {
    let mut owner = app.db.owner().await;
    sqlx::query_as(
        "select payload::jsonb, actor::jsonb from log.event
          where topic = 'tenants.feature_changed' order by xid, id",
    )
    .fetch_all(&mut owner)
    .await
    .expect("events")
}

#[tokio::test]
async fn a_shops_own_state_counts_before_that_for_all() {
    let app = App::new().await;
    let admin = app.admin();
    let (ours, theirs) = (
        app.active("Alfareria Romero").await,
        app.active("Zafra Textil").await,
    );
    let ctx = app.ctx();
    let allows = |tenant| {
        let features: &dyn Features = &app.shops;
        features.allows(&ctx, tenant, Feature::Webhooks)
    };
    let table = admin.get(LIST).await.expect(200).json();
    let names: Vec<&str> = table["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["feature"].as_str().expect("a name"))
        .collect();
    assert_eq!(names, Feature::ALL.map(Feature::name));
    assert_eq!(
        state(&admin, "webhooks").await,
        json!({"feature": "webhooks", "on": true, "differing": 0})
    );
    assert!(allows(ours.tenant).await.expect("answered"));

    let path = format!("{LIST}/webhooks");
    let off = admin.put(&path, &json!({"on": false})).await.expect(200).json();
    assert_eq!((&off["on"], &off["differing"]), (&json!(false), &json!(0)));
    assert!(!allows(ours.tenant).await.expect("answered"), "at once");

    let exception = own_path(ours.tenant, "webhooks");
    let set = admin.put(&exception, &json!({"on": true})).await.expect(200);
    assert_eq!(
        set.json(),
        json!({"feature": "webhooks", "on": true, "for_all": false, "own": true})
    );
    assert!(allows(ours.tenant).await.expect("answered"));
    assert!(!allows(theirs.tenant).await.expect("answered"));
    assert_eq!(state(&admin, "webhooks").await["differing"], 1);
    let table = admin.get(LIST).await.expect(200).json();
    assert_eq!(
        table["own"],
        json!([{
            "feature": "webhooks", "shop": ours.tenant, "slug": "alfareria-romero", "name": "Alfareria Romero",
            "on": true,
        }])
    );

    // What is for all becomes what it is for the shop: it differs no more, and keeps its own.
    let _ = admin.put(&path, &json!({"on": true})).await.expect(200);
    assert_eq!(state(&admin, "webhooks").await["differing"], 0);
    let _ = admin.put(&path, &json!({"on": false})).await.expect(200);
    let cleared = admin.delete(&exception).await.expect(200).json();
    assert_eq!(
        cleared,
        json!({"feature": "webhooks", "on": false, "for_all": false})
    );
    let _ = admin.delete(&exception).await.expect(200);
    assert!(!allows(ours.tenant).await.expect("answered"));
}

#[tokio::test]
async fn each_change_is_told_once_with_who_made_it() {
    let app = App::new().await;
    let admin = app.admin();
    let owned = app.active("Alfareria Romero").await;
    let path = format!("{LIST}/coupons");
    let exception = own_path(owned.tenant, "coupons");
    // Turned on, it is what it was.
    for on in [true, false, false] {
        let _ = admin.put(&path, &json!({"on": on})).await.expect(200);
    }
    for _ in 0..2 {
        let _ = admin.put(&exception, &json!({"on": true})).await.expect(200);
    }
    for _ in 0..2 {
        let _ = admin.delete(&exception).await.expect(200);
    }
    let told = told(&app).await;
    let payloads: Vec<&Value> = told.iter().map(|(payload, _)| payload).collect();
    assert_eq!(
        payloads,
        [
            &json!({"feature": "coupons", "tenant": null, "on": false}),
            &json!({"feature": "coupons", "tenant": owned.tenant, "on": true}),
            &json!({"feature": "coupons", "tenant": owned.tenant, "on": null}),
        ]
    );
    assert!(
        told.iter().all(|(_, actor)| actor["kind"] == "operator"),
        "{told:?}"
    );
}

#[tokio::test]
async fn only_the_operator_decides_and_only_about_what_there_is() {
    let app = App::new().await;
    let admin = app.admin();
    let owned = app.active("Alfareria Romero").await;
    let off = json!({"on": false});
    for path in [format!("{LIST}/teleport"), own_path(owned.tenant, "teleport")] {
        let refused = admin.put(&path, &off).await.expect(404).json();
        assert_eq!(refused["code"], "not_found");
    }
    let nobody = own_path(kernel::TenantId(uuid::Uuid::nil()), "webhooks");
    assert_eq!(admin.put(&nobody, &off).await.status, 404);
    assert_eq!(admin.delete(&nobody).await.status, 404);
    let path = own_path(owned.tenant, "webhooks");
    let support = app
        .http
        .bearer(&format!("support/{}", app.person("support@market.test")));
    for client in [&support, &owned.seller] {
        assert_eq!(client.get(LIST).await.status, 403);
        assert_eq!(client.put(&path, &off).await.status, 403);
        assert_eq!(client.delete(&path).await.status, 403);
        let for_all = format!("{LIST}/webhooks");
        assert_eq!(client.put(&for_all, &off).await.status, 403);
    }
    assert_eq!(state(&admin, "webhooks").await["on"], true);
    assert!(told(&app).await.is_empty());
}

#[tokio::test]
async fn another_instance_forgets_what_was_decided_here() {
    let app = App::new().await;
    let admin = app.admin();
    let owned = app.active("Alfareria Romero").await;
    let other = app.second_instance();
    let stop = tokio_util::sync::CancellationToken::new();
    let work = tenants::work(other.clone(), app.clock.clone(), stop.clone());
    let check = async {
        let ctx = app.ctx();
        let features: &dyn Features = &other;
        let allows = || async {
            let answer = features.allows(&ctx, owned.tenant, Feature::Uploads).await;
            answer.expect("answered")
        };
        assert!(allows().await);
        // The follower needs a moment to find the end of the log.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let start = Instant::now();
        let _ = admin
            .put(&format!("{LIST}/uploads"), &json!({"on": false}))
            .await
            .expect(200);
        testkit::eventually("it is off there", || async { (!allows().await).then_some(()) }).await;
        let path = own_path(owned.tenant, "uploads");
        let _ = admin.put(&path, &json!({"on": true})).await.expect(200);
        testkit::eventually("it is on there", || async { allows().await.then_some(()) }).await;
        assert!(start.elapsed() < Duration::from_secs(5), "by the log, not by age");
        stop.cancel();
    };
    tokio::join!(work, check);
}
