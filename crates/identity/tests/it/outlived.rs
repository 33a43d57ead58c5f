//! A password that is replaced while somebody signs in with it: what was begun with the old one opens nothing.

use crate::harness::{App, PASSWORD};
use crate::second_factor::{LUCIA, challenge, finish, password, person};
use kernel::UserId;
use sqlx::{AssertSqlSafe, Connection};
use testkit::Response;

/// Lets a sign-in go on until it waits for a table; replaces the password, as a reset does; lets it go on.
async fn overtaken(
    app: &App,
    user: UserId,
    table: &str,
    sign_in: impl Future<Output = Response>,
) -> Response {
    let mut owner = app.db.owner().await;
    let mut tx = owner.begin().await.expect("begun");
    let lock = format!("lock table {table} in access exclusive mode");
    sqlx::query(AssertSqlSafe(lock))
        .execute(&mut *tx)
        .await
        .expect("locked");
    let replace = async {
        testkit::eventually("the sign-in waits", || async {
            let waits: bool = sqlx::query_scalar(
                "select exists (select from pg_locks l join pg_database d on d.oid = l.database
                  where d.datname = current_database() and l.relation = $1::text::regclass and not l.granted)",
            )
            .bind(table)
            .fetch_one(&mut app.db.owner().await)
            .await
            .expect("looked");
            waits.then_some(())
        })
        .await;
        sqlx::query("update identity.account set password_hash = 'another' where id = $1")
            .bind(user.0)
            .execute(&mut *tx)
            .await
            .expect("replaced");
        tx.commit().await.expect("committed");
    };
    let (answer, ()) = tokio::join!(sign_in, replace);
    answer
}

async fn count(app: &App, table: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}")))
        .fetch_one(&mut app.db.owner().await)
        .await
        .expect("counted")
}

#[tokio::test]
async fn a_sign_in_opens_no_session_with_a_password_that_is_none_any_more() {
    let app = App::new().await;
    let user = app.buyer(LUCIA).await;
    let sign_in = password(&app, PASSWORD);
    let late = overtaken(&app, user, "identity.second_factor", sign_in).await;
    assert_eq!(late.expect(401).json()["code"], "credentials_invalid");
    assert_eq!(count(&app, "identity.session").await, 0);
}

#[tokio::test]
async fn no_challenge_is_made_with_it() {
    let app = App::new().await;
    let lucia = person(&app).await;
    let sign_in = password(&app, PASSWORD);
    let late = overtaken(&app, lucia.user, "identity.second_factor", sign_in).await;
    assert_eq!(late.expect(401).json()["code"], "credentials_invalid");
    assert_eq!(count(&app, "identity.sign_in_challenge").await, 0);
}

#[tokio::test]
async fn a_challenge_that_was_met_opens_no_session_after_it() {
    let app = App::new().await;
    let lucia = person(&app).await;
    let open = challenge(&app).await;
    // Between the two, the use of a recovery code is mailed.
    let finished = finish(&app, &open, &lucia.codes[0]);
    let late = overtaken(&app, lucia.user, "identity.mail", finished).await;
    assert_eq!(late.expect(401).json()["code"], "challenge_invalid");
    assert_eq!(count(&app, "identity.session").await, 0);
}
