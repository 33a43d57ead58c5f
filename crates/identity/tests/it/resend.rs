use crate::harness::{App, text};
use serde_json::json;

async fn resend(app: &App, email: &str) -> testkit::Response {
    let body = json!({ "email": email });
    app.http.post("/v1/auth/resend-verification", &body).await
}

async fn mails(app: &App) -> i64 {
    sqlx::query_scalar("select count(*) from identity.mail")
        .fetch_one(&mut app.db.owner().await)
        .await
        .expect("a number")
}

#[tokio::test]
async fn a_lost_link_is_mailed_anew_and_the_newest_alone_is_good() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let first = app
        .mailed_token("lucia@example.org", "verify-email")
        .await
        .expect("a mail");
    app.advance(60);
    let _ = resend(&app, " Lucia@example.org ").await.expect(202);
    let second = app
        .mailed_token("lucia@example.org", "verify-email")
        .await
        .expect("a mail");
    assert_ne!(first, second);
    let verify = async |token: &str| {
        let body = json!({ "token": token });
        app.http.post("/v1/auth/verify-email", &body).await
    };
    let old = verify(&first).await.expect(400);
    assert_eq!(text(&old.json()["code"]), "link_invalid");
    let _ = verify(&second).await.expect(204);
    let before = mails(&app).await;
    let _ = resend(&app, "lucia@example.org").await.expect(202);
    assert_eq!(mails(&app).await, before, "there is nothing left to verify");
}

#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let before = mails(&app).await;
    let known = resend(&app, "lucia@example.org").await;
    let unknown = resend(&app, "nobody@example.org").await;
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
    assert_eq!(mails(&app).await, before + 1);
    let odd = resend(&app, "nobody").await.expect(400);
    assert_eq!(text(&odd.json()["code"]), "email_invalid");
}

#[tokio::test]
async fn a_mailbox_is_not_flooded() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(resend(&app, "lucia@example.org").await.status);
    }
    assert_eq!(statuses[..3], [202, 202, 202]);
    assert_eq!(statuses[4], 429);
    let refused = resend(&app, "lucia@example.org").await.expect(429);
    assert!(refused.header("retry-after").is_some());
    // The same for an address without an account.
    for _ in 0..3 {
        let _ = resend(&app, "nobody@example.org").await.expect(202);
    }
    let _ = resend(&app, "nobody@example.org").await.expect(429);
}
