//! What administrators do with accounts that are not theirs.

use crate::harness::App;
use contracts::PublicEvent;
use contracts::audit::Changed;
use contracts::identity::Mailbox;
use identity::Error;
use kernel::{Actor, Ctx, Role, UserId};
use serde_json::{Value, json};

const LUCIA: &str = "lucia@example.org";
const OLGA: &str = "olga@example.org";

async fn admin(app: &App, email: &str) -> UserId {
    let user = app.buyer(email).await;
    app.accounts
        .grant(&app.ctx(), user, Role::Admin)
        .await
        .expect("granted");
    user
}

fn by(app: &App, user: UserId) -> Ctx {
    let role = Role::Admin;
    Ctx {
        actor: Actor::Operator { user, role },
        ..app.ctx()
    }
}

async fn audited(app: &App) -> Vec<Value> {
    let mut owner = app.db.owner().await;
    sqlx::query_scalar("select payload from log.event where topic = $1 order by xid, id")
        .bind(Changed::TOPIC)
        .fetch_all(&mut owner)
        .await
        .expect("events")
}

#[tokio::test]
async fn roles_are_given_changed_and_taken_and_the_last_administrator_stays() {
    let app = App::new().await;
    let olga = admin(&app, OLGA).await;
    let lucia = app.buyer(LUCIA).await;
    let http = app.signed_in(OLGA, "admin").await;
    let path = format!("/v1/admin/people/{lucia}/role");
    let given = http
        .put(&path, &json!({"role": "support"}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&given["email"], &given["role"]),
        (&json!(LUCIA), &json!("support"))
    );
    let staff = http.get("/v1/admin/people").await.expect(200).json();
    assert_eq!(staff["items"].as_array().map(Vec::len), Some(2));
    let _ = http.put(&path, &json!({"role": "owner"})).await.expect(422);

    let own = format!("/v1/admin/people/{olga}/role");
    let refused = http.delete(&own).await.expect(409).json();
    assert_eq!(refused["code"], "last_admin");
    let demoted = http
        .put(&own, &json!({"role": "finance"}))
        .await
        .expect(409)
        .json();
    assert_eq!(demoted["code"], "last_admin");
    let _ = http.put(&path, &json!({"role": "admin"})).await.expect(200);
    let _ = http.delete(&own).await.expect(200);
    let changes = ["role_granted:support", "role_granted:admin"];
    assert_eq!(app.changes(lucia).await, changes);
}

#[tokio::test]
async fn somebody_is_found_by_their_address_and_signed_out_everywhere() {
    let app = App::new().await;
    let olga = admin(&app, OLGA).await;
    let lucia = app.buyer(LUCIA).await;
    let tokens = app.login(LUCIA, "buyer").await;
    let found = app
        .accounts
        .find_person(&app.ctx(), " Lucia@Example.org ")
        .await
        .expect("read")
        .expect("somebody");
    assert_eq!((found.person.user, found.devices.len()), (lucia, 1));
    for nobody in ["nobody@example.org", "no address"] {
        let found = app.accounts.find_person(&app.ctx(), nobody).await.expect("read");
        assert_eq!(found, None, "{nobody}");
    }
    let after = app
        .accounts
        .end_sessions(&by(&app, olga), lucia)
        .await
        .expect("ended");
    assert!(after.devices.is_empty());
    let body = json!({"refresh_token": tokens["refresh_token"]});
    let _ = app.http.post("/v1/auth/refresh", &body).await.expect(401);
    let changes = app.changes(lucia).await;
    assert_eq!(changes.last().map(String::as_str), Some("sessions_ended"));
}

#[tokio::test]
async fn a_second_factor_is_removed_for_whoever_lost_it_with_a_reason() {
    let app = App::new().await;
    let olga = admin(&app, OLGA).await;
    let lucia = crate::second_factor::with_factor(&app).await;
    let ctx = by(&app, olga);
    let none = app.accounts.remove_factor(&ctx, lucia, " ").await;
    assert!(none.is_err(), "a reason is needed");
    let own = app.accounts.remove_factor(&ctx, olga, "mine").await;
    assert!(matches!(own, Err(Error::OwnSecondFactor)), "{own:?}");
    let after = app
        .accounts
        .remove_factor(&ctx, lucia, "Came by with a passport.")
        .await
        .expect("removed");
    assert_eq!(after.person.second_factor_since, None);
    let again = app.accounts.remove_factor(&ctx, lucia, "Once more").await;
    assert!(matches!(again, Err(Error::NoSecondFactor)), "{again:?}");
    // The password is enough again.
    app.login(LUCIA, "buyer").await;

    let told = audited(&app).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["kind"], "account.second_factor_removed");
    assert_eq!(told[0]["before"], json!({"second_factor": true}));
    assert_eq!(
        told[0]["after"],
        json!({"second_factor": false, "reason": "Came by with a passport."})
    );
    let mails = app.inbox.mails(&app.ctx(), Some(LUCIA.to_owned()), 100).await;
    let mails = mails.expect("mails");
    assert!(
        mails
            .iter()
            .any(|mail| mail.subject == "Signing in takes the password alone again"),
        "{mails:?}"
    );
}
