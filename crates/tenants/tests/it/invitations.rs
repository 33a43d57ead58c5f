//! Nobody works for a shop who did not say so.

use crate::harness::{App, INVITATIONS, Owned, text};
use kernel::{Role, UserId};
use serde_json::{Value, json};
use std::time::Duration;

const MATEO: &str = "mateo@example.org";

async fn invited(owned: &Owned, email: &str) -> Value {
    let invite = json!({"email": email, "role": "manager"});
    owned.seller.post(INVITATIONS, &invite).await.expect(201).json()
}

async fn states(owned: &Owned) -> Vec<(String, String)> {
    let listed = owned.seller.get(INVITATIONS).await.expect(200).json();
    let items = listed["items"].as_array().expect("a list").iter();
    items
        .map(|i| (text(&i["email"]).to_owned(), text(&i["state"]).to_owned()))
        .collect()
}

fn one(email: &str, state: &str) -> Vec<(String, String)> {
    vec![(email.to_owned(), state.to_owned())]
}

#[tokio::test]
async fn somebody_with_an_account_joins_when_they_accept() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let mateo = app.person(MATEO);
    let invitation = invited(&owned, " Mateo@example.org ").await;
    assert_eq!(
        (text(&invitation["email"]), text(&invitation["state"])),
        (MATEO, "pending")
    );
    assert_eq!(
        app.people.role(mateo, owned.tenant),
        None,
        "no rights without consent"
    );
    assert_eq!(states(&owned).await, one(MATEO, "pending"));

    // Ids of one moment come in any order.
    app.clock.advance(Duration::from_secs(1));
    let joined = app.accept(mateo, MATEO).await.expect(200).json();
    let expected = json!({"shop": owned.tenant, "name": "Alfareria Romero", "role": "manager"});
    assert_eq!(joined, expected);
    assert_eq!(app.people.role(mateo, owned.tenant), Some(Role::Manager));
    assert_eq!(states(&owned).await, one(MATEO, "accepted"));
    let staff = owned.seller.get("/v1/seller/staff").await.expect(200).json();
    assert_eq!(staff["items"][1]["user"], json!(mateo));

    // Accepted twice, joined once.
    assert_eq!(app.accept(mateo, MATEO).await.expect(200).json(), expected);
    let again = json!({"email": MATEO, "role": "clerk"});
    let refused = owned.seller.post(INVITATIONS, &again).await.expect(409);
    assert_eq!(refused.json()["code"], "already_staff");

    let events = app.events(owned.tenant).await;
    let told = |wanted: &str| -> Vec<&Value> {
        let ours = events.iter().filter(|(topic, _)| topic == wanted);
        ours.map(|(_, payload)| payload).collect()
    };
    let changes: Vec<&Value> = told("tenants.invitation_changed")
        .iter()
        .map(|payload| &payload["change"])
        .collect();
    assert_eq!(changes, ["sent", "accepted"]);
    // The owner's, and this one.
    assert_eq!(told("tenants.staff_changed").len(), 2);
    let token = app.mailed_token(MATEO);
    assert!(events.iter().all(|(_, payload)| {
        let payload = payload.to_string();
        !payload.contains(MATEO) && !payload.contains(&token)
    }));
}

#[tokio::test]
async fn the_answer_does_not_tell_who_has_an_account() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    app.person(MATEO);
    let known = invited(&owned, MATEO).await;
    let unknown = invited(&owned, "nobody@example.org").await;
    let but = |answer: &Value| {
        let mut answer = answer.clone();
        for own in ["id", "email"] {
            answer
                .as_object_mut()
                .expect("an object")
                .remove(own)
                .expect("there");
        }
        answer
    };
    assert_eq!(but(&known), but(&unknown));
    let mails = app.people.mails.lock().expect("lock").clone();
    let shape = |body: &str| body.split("token=").next().expect("text").to_owned();
    assert_eq!(mails.len(), 2);
    assert_eq!(shape(&mails[0].1), shape(&mails[1].1));
    let states = states(&owned).await;
    assert!(states.iter().all(|(_, state)| state == "pending"), "{states:?}");
    let staff = owned.seller.get("/v1/seller/staff").await.expect(200).json();
    assert_eq!(
        staff["items"].as_array().map(Vec::len),
        Some(1),
        "the owner alone"
    );
}

#[tokio::test]
async fn only_the_verified_holder_of_the_address_joins() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let lucia = app.person("lucia@example.org");
    invited(&owned, MATEO).await;
    let refused = app.accept(lucia, MATEO).await.expect(403).json();
    assert_eq!(refused["code"], "invited_another");
    assert!(!refused.to_string().contains(MATEO));

    app.clock.advance(Duration::from_secs(1));
    let mateo = UserId::new(app.ctx().now);
    app.people.add(mateo, MATEO, false);
    let refused = app.accept(mateo, MATEO).await.expect(403).json();
    assert_eq!(refused["code"], "email_unverified");
    assert_eq!(app.people.role(mateo, owned.tenant), None);
    app.people.add(mateo, MATEO, true);

    let body = json!({"token": app.mailed_token(MATEO)});
    let nobody = app.http.post("/v1/invitations/accept", &body).await.expect(401);
    assert_eq!(nobody.json()["code"], "token_missing");
    let guessed = app.buyer("ana@example.org");
    let wrong = json!({"token": "a-guess"});
    let refused = guessed.post("/v1/invitations/accept", &wrong).await.expect(400);
    assert_eq!(refused.json()["code"], "link_invalid");
    // With a token of a fresh sign-in: what is known of a token is remembered for some seconds.
    let fresh = app.http.bearer(&format!("buyer/{mateo}/again"));
    let _ = fresh.post("/v1/invitations/accept", &body).await.expect(200);
    assert_eq!(app.people.role(mateo, owned.tenant), Some(Role::Manager));
}

#[tokio::test]
async fn an_invitation_expires_and_can_be_sent_again() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let mateo = app.person(MATEO);
    let invitation = invited(&owned, MATEO).await;
    let resend = format!("{INVITATIONS}/{}/resend", text(&invitation["id"]));
    let soon = owned.seller.post(&resend, &json!({})).await.expect(429);
    assert_eq!(soon.json()["code"], "rate_limited");
    assert_eq!(soon.header("retry-after"), Some("60"));

    let first = app.mailed_token(MATEO);
    app.clock.advance(Duration::from_secs(7 * 24 * 3600));
    assert_eq!(states(&owned).await, one(MATEO, "expired"));
    let late = app.accept(mateo, MATEO).await.expect(400);
    assert_eq!(late.json()["code"], "link_invalid");

    let renewed = owned.seller.post(&resend, &json!({})).await.expect(200).json();
    assert_eq!(renewed["state"], "pending");
    assert_ne!(app.mailed_token(MATEO), first);
    let old = json!({"token": first});
    let client = app.http.bearer(&format!("buyer/{mateo}"));
    let refused = client.post("/v1/invitations/accept", &old).await.expect(400);
    assert_eq!(
        refused.json()["code"],
        "link_invalid",
        "the newest link alone is good"
    );
    let _ = app.accept(mateo, MATEO).await.expect(200);
    app.clock.advance(Duration::from_secs(60));
    let over = owned.seller.post(&resend, &json!({})).await.expect(409).json();
    assert_eq!(
        (&over["code"], &over["state"]),
        (&json!("invitation_over"), &json!("accepted"))
    );
}

#[tokio::test]
async fn an_invitation_taken_back_leads_nowhere() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let mateo = app.person(MATEO);
    let invitation = invited(&owned, MATEO).await;
    let twice = json!({"email": MATEO, "role": "clerk"});
    let refused = owned.seller.post(INVITATIONS, &twice).await.expect(409);
    assert_eq!(refused.json()["code"], "already_invited");

    let path = format!("{INVITATIONS}/{}", text(&invitation["id"]));
    let other = app.active("Zafra Textil").await;
    let _ = other.seller.delete(&path).await.expect(404);
    let resend = format!("{path}/resend");
    let _ = other.seller.post(&resend, &json!({})).await.expect(404);
    for _ in 0..2 {
        let _ = owned.seller.delete(&path).await.expect(204);
    }
    assert_eq!(states(&owned).await, one(MATEO, "revoked"));
    let refused = app.accept(mateo, MATEO).await.expect(400);
    assert_eq!(refused.json()["code"], "link_invalid");
    assert_eq!(app.people.role(mateo, owned.tenant), None);
    let over = owned.seller.post(&resend, &json!({})).await.expect(409).json();
    assert_eq!(over["state"], "revoked");

    // A moment later they may be invited anew.
    let _ = owned.seller.post(INVITATIONS, &twice).await.expect(429);
    app.clock.advance(Duration::from_secs(60));
    let _ = owned.seller.post(INVITATIONS, &twice).await.expect(201);
    let _ = app.accept(mateo, MATEO).await.expect(200);
    assert_eq!(app.people.role(mateo, owned.tenant), Some(Role::Clerk));
    let changes: Vec<Value> = app
        .events(owned.tenant)
        .await
        .into_iter()
        .filter(|(topic, _)| topic == "tenants.invitation_changed")
        .map(|(_, payload)| payload["change"].clone())
        .collect();
    assert_eq!(changes, ["sent", "revoked", "sent", "accepted"]);
}

#[tokio::test]
async fn a_dismissed_member_does_not_come_back_by_the_old_link() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let (mateo, path) = app.joined(&owned, MATEO, "manager").await;
    assert_eq!(owned.seller.delete(&path).await.status, 204);
    let refused = app.accept(mateo, MATEO).await.expect(400);
    assert_eq!(refused.json()["code"], "link_invalid");
    assert_eq!(app.people.role(mateo, owned.tenant), None);
}

#[tokio::test]
async fn odd_invitations_are_refused() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    let bad = [
        (json!({"email": "nobody", "role": "clerk"}), "email_invalid"),
        (json!({"email": "a@b.de", "role": "admin"}), "role_invalid"),
        (json!({"email": "a@b.de", "role": "king"}), "field_invalid"),
        (json!({"email": "a@b.de"}), "field_invalid"),
    ];
    for (body, code) in bad {
        let refused = owned.seller.post(INVITATIONS, &body).await.expect(400).json();
        assert_eq!(refused["code"], code, "{refused}");
    }
    assert_eq!(states(&owned).await, []);
    let (mateo, _) = app.joined(&owned, MATEO, "manager").await;
    let manager = app.seller(mateo, owned.tenant);
    let _ = manager.get(INVITATIONS).await.expect(403);
    let close = format!("/v1/admin/shops/{}/close", owned.tenant);
    invited(&owned, "ana@example.org").await;
    let _ = app
        .admin()
        .post(&close, &json!({"reason": "the end"}))
        .await
        .expect(200);
    let ana = app.person("ana@example.org");
    let refused = app.accept(ana, "ana@example.org").await.expect(409);
    assert_eq!(refused.json()["code"], "shop_closed");
    let invite = json!({"email": "b@example.org", "role": "clerk"});
    let refused = owned.seller.post(INVITATIONS, &invite).await.expect(409);
    assert_eq!(refused.json()["code"], "shop_closed");
}

#[tokio::test]
async fn an_invitation_is_in_the_language_of_the_shops_country() {
    let app = App::new().await;
    let owned = app.active("Alfareria Romero").await;
    invited(&owned, MATEO).await;
    let mails = app.people.mails.lock().expect("lock");
    let (_, body) = mails.iter().rfind(|(to, _)| to == MATEO).expect("a mail");
    assert!(
        body.starts_with(
            "Hola:\n\nAlfareria Romero te invita a formar parte de su personal, como responsable."
        ),
        "{body}"
    );
    assert!(body.contains("durante 7 días"), "{body}");
}
