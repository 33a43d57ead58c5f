//! Inviting people to work for the marketplace itself.

use crate::harness::{App, PASSWORD, text};
use contracts::identity::Mailbox;
use kernel::{Role, UserId};
use serde_json::{Value, json};
use testkit::Client;

const OLGA: &str = "olga@market.test";
const MATEO: &str = "mateo@example.org";
const LUCIA: &str = "lucia@example.org";
const PATH: &str = "/v1/admin/invitations";
const ACCEPT: &str = "/v1/operator-invitations/accept";

/// An administrator who is signed in.
async fn admin(app: &App, email: &str) -> (UserId, Client) {
    let user = app.buyer(email).await;
    app.accounts
        .grant(&app.ctx(), user, Role::Admin)
        .await
        .expect("a role");
    (user, app.signed_in(email, "admin").await)
}

async fn invite(admin: &Client, email: &str, role: &str) -> testkit::Response {
    admin.post(PATH, &json!({"email": email, "role": role})).await
}

async fn secret(app: &App, email: &str) -> String {
    app.mailed_token(email, "join").await.expect("a link")
}

async fn accept(client: &Client, token: &str) -> testkit::Response {
    client.post(ACCEPT, &json!({ "token": token })).await
}

/// A buyer whose address is confirmed.
async fn confirmed(app: &App, email: &str) -> (UserId, Client) {
    let user = app.buyer(email).await;
    let token = app.mailed_token(email, "verify-email").await.expect("a link");
    app.accounts
        .verify_email(&app.ctx(), &token)
        .await
        .expect("confirmed");
    (user, app.signed_in(email, "buyer").await)
}

async fn state(admin: &Client, id: &Value) -> Value {
    let found = admin.get(PATH).await.expect(200).json();
    let items = found["items"].as_array().expect("items");
    let one = items.iter().find(|item| item["id"] == *id).expect("it is listed");
    one["state"].clone()
}

fn code(refused: &testkit::Response) -> Value {
    refused.json()["code"].clone()
}

#[tokio::test]
async fn whoever_was_invited_has_the_role_once_they_accept() {
    let app = App::new().await;
    let (_, olga) = admin(&app, OLGA).await;
    let (mateo, client) = confirmed(&app, MATEO).await;
    app.advance(1);
    let invited = invite(&olga, " Mateo@Example.org ", "moderator")
        .await
        .expect(201)
        .json();
    assert_eq!(
        (
            &invited["email"],
            &invited["role"],
            &invited["state"],
            &invited["by"]
        ),
        (
            &json!(MATEO),
            &json!("moderator"),
            &json!("pending"),
            &json!("Lucía Romero")
        )
    );
    let mails = app
        .inbox
        .mails(&app.ctx(), Some(MATEO.to_owned()), 1)
        .await
        .expect("mails");
    assert_eq!(mails[0].subject, "You are invited to work for market.test");
    assert!(mails[0].body.contains("as moderator."), "{}", mails[0].body);
    let token = secret(&app, MATEO).await;
    let page = app.accounts.operator_joining(&app.ctx(), &token).await;
    assert_eq!(page.expect("a role"), Role::Moderator);
    // Nobody has anything by being invited.
    let body = json!({"email": MATEO, "password": PASSWORD, "audience": "admin"});
    assert_eq!(app.http.post("/v1/auth/login", &body).await.status, 403);

    let joined = accept(&client, &token).await.expect(200).json();
    assert_eq!(joined, json!({"role": "moderator"}));
    assert_eq!(
        app.changes(mateo).await.last().map(String::as_str),
        Some("role_granted:moderator")
    );
    let _ = app.signed_in(MATEO, "admin").await;
    // Sent again, it is done once; by another it is spent.
    assert_eq!(accept(&client, &token).await.status, 200);
    let (_, lucia) = confirmed(&app, LUCIA).await;
    assert_eq!(code(&accept(&lucia, &token).await.expect(400)), "link_invalid");
    assert_eq!(state(&olga, &invited["id"]).await, "accepted");
    let over = olga.delete(&format!("{PATH}/{}", text(&invited["id"]))).await;
    assert_eq!(code(&over.expect(409)), "invitation_over");
    let again = invite(&olga, MATEO, "admin").await;
    assert_eq!(code(&again.expect(409)), "already_operator");
    // Whose role was taken needs another invitation.
    app.accounts.revoke(&app.ctx(), mateo).await.expect("revoked");
    assert_eq!(accept(&client, &token).await.status, 400);
}

#[tokio::test]
async fn it_answers_the_same_whether_there_is_an_account() {
    let app = App::new().await;
    let (_, olga) = admin(&app, OLGA).await;
    app.buyer(LUCIA).await;
    let mut told = Vec::new();
    for email in [LUCIA, "nobody@example.org"] {
        let mut invited = invite(&olga, email, "support").await.expect(201).json();
        for own in ["id", "email"] {
            invited[own] = Value::Null;
        }
        told.push(invited);
        let again = invite(&olga, email, "support").await.expect(409);
        told.push(code(&again));
    }
    assert_eq!(told[0], told[2]);
    assert_eq!(
        (&told[1], &told[3]),
        (&json!("already_invited"), &json!("already_invited"))
    );
}

#[tokio::test]
async fn an_invitation_is_for_one_confirmed_address_until_it_is_over() {
    let app = App::new().await;
    let (_, olga) = admin(&app, OLGA).await;
    let invited = invite(&olga, MATEO, "finance").await.expect(201).json();
    let first = secret(&app, MATEO).await;
    // Whoever else has the link.
    let (_, lucia) = confirmed(&app, LUCIA).await;
    assert_eq!(code(&accept(&lucia, &first).await.expect(403)), "invited_another");
    // Somebody has registered the address, and has not shown that it is theirs.
    app.buyer(MATEO).await;
    let mateo = app.signed_in(MATEO, "buyer").await;
    assert_eq!(
        code(&accept(&mateo, &first).await.expect(403)),
        "email_unverified"
    );
    let confirm = app.mailed_token(MATEO, "verify-email").await.expect("a link");
    app.accounts
        .verify_email(&app.ctx(), &confirm)
        .await
        .expect("confirmed");

    let one = format!("{PATH}/{}", text(&invited["id"]));
    for _ in 0..2 {
        assert_eq!(olga.delete(&one).await.status, 204);
    }
    let mateo = app.signed_in(MATEO, "buyer").await;
    assert_eq!(accept(&mateo, &first).await.status, 400, "taken back");
    assert_eq!(state(&olga, &invited["id"]).await, "revoked");

    app.advance(1);
    let second = invite(&olga, MATEO, "finance").await.expect(201).json();
    let token = secret(&app, MATEO).await;
    assert_ne!(token, first);
    app.advance(7 * 24 * 60 * 60);
    let mateo = app.signed_in(MATEO, "buyer").await;
    assert_eq!(accept(&mateo, &token).await.status, 400, "too old");
    let olga = app.signed_in(OLGA, "admin").await;
    assert_eq!(state(&olga, &second["id"]).await, "expired");
    // The address can be invited anew.
    let _ = invite(&olga, MATEO, "finance").await.expect(201);
    assert_eq!(accept(&mateo, &secret(&app, MATEO).await).await.status, 200);
}

#[tokio::test]
async fn it_opens_nothing_when_nobody_stands_for_it_any_more() {
    let app = App::new().await;
    let (_, olga) = admin(&app, OLGA).await;
    let (pablo, client) = admin(&app, "pablo@market.test").await;
    let (_, mateo) = confirmed(&app, MATEO).await;
    let invited = invite(&client, MATEO, "admin").await.expect(201).json();
    let token = secret(&app, MATEO).await;
    let _ = olga
        .delete(&format!("/v1/admin/people/{pablo}/role"))
        .await
        .expect(200);
    assert_eq!(code(&accept(&mateo, &token).await.expect(400)), "link_invalid");
    assert_eq!(state(&olga, &invited["id"]).await, "revoked");
    // Another administrator may invite the address.
    let _ = invite(&olga, MATEO, "support").await.expect(201);
}

#[tokio::test]
async fn a_hundred_wait_at_most_and_those_that_open_nothing_take_no_room() {
    let app = App::new().await;
    let (_, olga) = admin(&app, OLGA).await;
    let (pablo, client) = admin(&app, "pablo@market.test").await;
    for number in 0..100 {
        let email = format!("guest-{number}@example.org");
        let _ = invite(&client, &email, "support").await.expect(201);
    }
    let refused = invite(&olga, MATEO, "support").await.expect(409);
    assert_eq!(code(&refused), "invitations_too_many");
    // Nobody stands for them any more, and nobody could take them back on the page.
    app.accounts.revoke(&app.ctx(), pablo).await.expect("revoked");
    let _ = invite(&olga, MATEO, "support").await.expect(201);
}

#[tokio::test]
async fn roles_of_shops_are_none_of_the_marketplace() {
    let app = App::new().await;
    let (_, olga) = admin(&app, OLGA).await;
    let refused = invite(&olga, MATEO, "owner").await.expect(422);
    assert_eq!(code(&refused), "role_out_of_place");
    let refused = invite(&olga, "no address", "support").await.expect(400);
    assert_eq!(code(&refused), "email_invalid");
    let (_, mateo) = confirmed(&app, MATEO).await;
    assert_eq!(invite(&mateo, MATEO, "admin").await.status, 403);
}
