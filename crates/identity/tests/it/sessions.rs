use crate::harness::{App, text};
use contracts::identity::Mailbox;
use serde_json::Value;

async fn sessions(client: &testkit::Client) -> Vec<Value> {
    let list = client.get("/v1/me/sessions").await.expect(200).json();
    list["items"].as_array().expect("items").clone()
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    app.buyer("mateo@example.org").await;
    let laptop = app.http.header("user-agent", "Laptop");
    let phone = app.signed_in("lucia@example.org", "buyer").await;
    app.advance(60);
    let body = serde_json::json!({"email": "lucia@example.org", "password": crate::harness::PASSWORD});
    let tokens = laptop.post("/v1/auth/login", &body).await.expect(200).json();
    let laptop = laptop.bearer(text(&tokens["access_token"]));

    // A device that is new to the account is told to its holder; the first was not, and is not when it comes again.
    let told = async || {
        let mails = app
            .inbox
            .mails(&app.ctx(), Some("lucia@example.org".to_owned()), 100)
            .await;
        let mut mails = mails.expect("mails");
        mails.retain(|mail| mail.subject == "A new device signed in to your account");
        mails
    };
    let mails = told().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].body.contains("Laptop\n127.0.0.1\n"), "{}", mails[0].body);
    for device in ["Laptop", "Laptop 2.1", "unknown"] {
        let again = app
            .http
            .header("user-agent", device)
            .post("/v1/auth/login", &body)
            .await;
        let tokens = again.expect(200).json();
        let again = app.http.bearer(text(&tokens["access_token"]));
        assert_eq!(
            again.post("/v1/auth/logout", &serde_json::json!({})).await.status,
            204
        );
    }
    assert_eq!(told().await.len(), 1);

    let seen = sessions(&laptop).await;
    assert_eq!(seen.len(), 2);
    assert_eq!(
        (&seen[0]["device"], &seen[0]["current"]),
        (&"Laptop".into(), &true.into())
    );
    assert_eq!(seen[1]["current"], false);
    let other_id = text(&seen[1]["id"]).to_owned();

    // Nobody ends another person's session, nor learns that it exists.
    let mateo = app.signed_in("mateo@example.org", "buyer").await;
    let path = format!("/v1/me/sessions/{other_id}");
    let not_found = mateo.delete(&path).await.expect(404).json();
    assert_eq!(not_found["code"], "not_found");
    assert_eq!(mateo.delete("/v1/me/sessions/nonsense").await.status, 404);

    assert_eq!(laptop.delete(&path).await.status, 204);
    assert_eq!(laptop.delete(&path).await.status, 404);
    assert_eq!(sessions(&laptop).await.len(), 1);
    assert_eq!(
        phone.get("/v1/me").await.expect(401).json()["code"],
        "session_ended"
    );
}

#[tokio::test]
async fn logging_out_ends_the_session_at_once() {
    let app = App::new().await;
    let user = app.buyer("lucia@example.org").await;
    let tokens = app.login("lucia@example.org", "buyer").await;
    let client = app.http.bearer(text(&tokens["access_token"]));
    // Now the token is remembered as good, and must be forgotten.
    assert_eq!(client.get("/v1/me").await.status, 200);
    assert_eq!(client.post("/v1/auth/logout", &Value::Null).await.status, 204);
    assert_eq!(client.get("/v1/me").await.status, 401);
    let body = serde_json::json!({"refresh_token": tokens["refresh_token"]});
    assert_eq!(app.http.post("/v1/auth/refresh", &body).await.status, 401);
    assert_eq!(app.changes(user).await, ["signed_in:buyer", "signed_out"]);
    assert_eq!(app.http.post("/v1/auth/logout", &Value::Null).await.status, 401);
}
