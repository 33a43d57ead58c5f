//! Signing in in two steps: a password, then a code of an app or a recovery code.

use crate::harness::{App, PASSWORD, text};
use contracts::identity::{FactorProof, FinishSignIn, Mailbox, SecondFactors, SignIn};
use hmac13::{Hmac, KeyInit, Mac};
use identity::{AttemptLimits, Error};
use kernel::UserId;
use serde_json::json;
use sha1::Sha1;
use std::num::NonZeroU32;
use store::seal::Keyring;
use testkit::Response;

pub const LUCIA: &str = "lucia@example.org";

/// The bytes that base32 stands for.
fn decoded(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest, mut bits) = (Vec::new(), 0u32, 0u32);
    for letter in text.chars() {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).expect("base32");
        rest = (rest << 5) | u32::try_from(value).expect("five bits");
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((rest >> bits) & 0xff).expect("a byte"));
        }
    }
    bytes
}

/// What an app shows for a secret at a time, worked out here anew.
fn code_at(secret: &str, seconds: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(&decoded(secret)).expect("a key");
    mac.update(&(seconds / 30).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 0xf);
    let four = [
        hash[offset] & 0x7f,
        hash[offset + 1],
        hash[offset + 2],
        hash[offset + 3],
    ];
    format!("{:06}", u32::from_be_bytes(four) % 1_000_000)
}

pub fn code(app: &App, secret: &str) -> String {
    code_at(secret, app.ctx().now.timestamp())
}

/// Six digits that no app shows about now.
fn wrong(app: &App, secret: &str) -> String {
    let now = app.ctx().now.timestamp();
    let shown = [-30, 0, 30].map(|after| code_at(secret, now + after));
    let mut codes = (0..).map(|n| format!("{n:06}"));
    codes.find(|code| !shown.contains(code)).expect("there are more")
}

/// Somebody with a second factor, what their app knows, and their recovery codes.
pub struct Person {
    pub user: UserId,
    pub secret: String,
    pub codes: Vec<String>,
}

pub async fn person(app: &App) -> Person {
    let user = app.buyer(LUCIA).await;
    app.accounts
        .start(&app.ctx(), user, PASSWORD.to_owned(), String::new())
        .await
        .expect("begun");
    let standing = app.accounts.standing(&app.ctx(), user).await.expect("read");
    let secret = standing.pending.expect("a secret").secret;
    let codes = app
        .accounts
        .confirm(&app.ctx(), user, code(app, &secret))
        .await
        .expect("turned on");
    // That code was used: the app shows another by now.
    app.advance(30);
    Person { user, secret, codes }
}

/// Somebody whose password is not enough.
pub async fn with_factor(app: &App) -> UserId {
    person(app).await.user
}

pub async fn password(app: &App, password: &str) -> Response {
    let body = json!({ "email": LUCIA, "password": password });
    app.http.post("/v1/auth/login", &body).await
}

/// The challenge that a right password is answered with.
pub async fn challenge(app: &App) -> String {
    let refused = password(app, PASSWORD).await.expect(401).json();
    assert_eq!(refused["code"], "second_factor_needed");
    assert!(refused["expires_at"].is_string(), "{refused}");
    text(&refused["challenge"]).to_owned()
}

pub async fn finish(app: &App, challenge: &str, code: &str) -> Response {
    let body = json!({ "challenge": challenge, "code": code });
    app.http.post("/v1/auth/second-factor", &body).await
}

fn proof(code: &str) -> FactorProof {
    FactorProof {
        password: PASSWORD.to_owned(),
        code: code.to_owned(),
        address: String::new(),
    }
}

#[tokio::test]
async fn a_right_password_alone_signs_nobody_in() {
    let app = App::new().await;
    let lucia = person(&app).await;
    let challenge = challenge(&app).await;
    let pair = finish(&app, &challenge, &code(&app, &lucia.secret)).await;
    let pair = pair.expect(200).json();
    let client = app.http.bearer(text(&pair["access_token"]));
    let me = client.get("/v1/me").await.expect(200).json();
    assert_eq!(me["email"], LUCIA);
    // From then on all is as with a password.
    let refresh = json!({ "refresh_token": pair["refresh_token"] });
    let _ = app.http.post("/v1/auth/refresh", &refresh).await.expect(200);
    assert_eq!(
        app.changes(lucia.user).await,
        ["second_factor_on", "signed_in:buyer"]
    );
    // A challenge is good once.
    app.advance(30);
    let again = finish(&app, &challenge, &code(&app, &lucia.secret)).await;
    assert_eq!(again.expect(401).json()["code"], "challenge_invalid");
}

#[tokio::test]
async fn a_code_is_taken_once() {
    let app = App::new().await;
    let lucia = person(&app).await;
    let shown = code(&app, &lucia.secret);
    let _ = finish(&app, &challenge(&app).await, &shown).await.expect(200);
    let replayed = finish(&app, &challenge(&app).await, &shown).await;
    assert_eq!(replayed.expect(401).json()["code"], "one_time_code_invalid");
    // Nor the one before it, which nobody has used.
    let before = code_at(&lucia.secret, app.ctx().now.timestamp() - 30);
    let late = finish(&app, &challenge(&app).await, &before).await;
    assert_eq!(late.expect(401).json()["code"], "one_time_code_invalid");
    app.advance(30);
    let next = code(&app, &lucia.secret);
    let _ = finish(&app, &challenge(&app).await, &next).await.expect(200);
}

#[tokio::test]
async fn one_code_sent_many_times_at_once_signs_in_once() {
    let app = App::new().await;
    let lucia = person(&app).await;
    let shown = code(&app, &lucia.secret);
    let (one, two) = (challenge(&app).await, challenge(&app).await);
    let (first, second) = futures::join!(finish(&app, &one, &shown), finish(&app, &two, &shown));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test]
async fn wrong_codes_lock_as_wrong_passwords_do() {
    let app = App::new().await;
    let lucia = person(&app).await;
    let challenge = challenge(&app).await;
    let guess = wrong(&app, &lucia.secret);
    for _ in 0..3 {
        let refused = finish(&app, &challenge, &guess).await.expect(401);
        assert_eq!(refused.json()["code"], "one_time_code_invalid");
    }
    let locked = finish(&app, &challenge, &code(&app, &lucia.secret))
        .await
        .expect(429);
    assert_eq!(locked.json()["code"], "account_locked");
    assert_eq!(locked.header("retry-after"), Some("31"));
    assert_eq!(
        password(&app, PASSWORD).await.expect(429).json()["code"],
        "account_locked"
    );
    // A new password gives no new guesses.
    let request = json!({ "email": LUCIA });
    let asked = app.http.post("/v1/auth/request-password-reset", &request).await;
    let _ = asked.expect(202);
    let token = app.mailed_token(LUCIA, "reset-password").await.expect("a mail");
    let reset = json!({ "token": token, "password": "Triana-verde-9" });
    let _ = app.http.post("/v1/auth/reset-password", &reset).await.expect(204);
    assert_eq!(password(&app, "Triana-verde-9").await.status, 429);
    app.advance(31);
    let over = finish(&app, &challenge, &code(&app, &lucia.secret)).await;
    assert_eq!(
        over.expect(401).json()["code"],
        "challenge_invalid",
        "of the old password"
    );
    let needed = password(&app, "Triana-verde-9").await.expect(401).json();
    assert_eq!(
        needed["code"], "second_factor_needed",
        "a reset removes no second factor"
    );
    let pair = finish(&app, text(&needed["challenge"]), &code(&app, &lucia.secret)).await;
    let _ = pair.expect(200);
}

#[tokio::test]
async fn a_challenge_bears_five_guesses_and_ten_minutes() {
    let app = App::new().await;
    let lucia = person(&app).await;
    let guessed = challenge(&app).await;
    for pause in [0, 0, 31, 61, 301] {
        let refused = finish(&app, &guessed, &wrong(&app, &lucia.secret)).await;
        assert_eq!(refused.expect(401).json()["code"], "one_time_code_invalid");
        app.advance(pause);
    }
    let spent = finish(&app, &guessed, &code(&app, &lucia.secret)).await;
    assert_eq!(spent.expect(401).json()["code"], "challenge_invalid");
    let late = challenge(&app).await;
    app.advance(600);
    let refused = finish(&app, &late, &code(&app, &lucia.secret)).await;
    assert_eq!(refused.expect(401).json()["code"], "challenge_invalid");
    let made_up = finish(&app, "a-guess", "123456").await;
    assert_eq!(made_up.expect(401).json()["code"], "challenge_invalid");
}

#[tokio::test]
async fn a_recovery_code_gets_in_once() {
    let app = App::new().await;
    let lucia = person(&app).await;
    assert_eq!(lucia.codes.len(), 10);
    let typed = lucia.codes[0].to_lowercase().replace('-', " ");
    let _ = finish(&app, &challenge(&app).await, &typed).await.expect(200);
    let again = finish(&app, &challenge(&app).await, &lucia.codes[0]).await;
    assert_eq!(again.expect(401).json()["code"], "one_time_code_invalid");
    let standing = app.accounts.standing(&app.ctx(), lucia.user).await.expect("read");
    assert_eq!(standing.recovery_codes_left, 9);
    let changes = app.changes(lucia.user).await;
    assert_eq!(
        changes,
        ["second_factor_on", "recovery_code_used", "signed_in:buyer"]
    );

    // New ones take the place of all.
    let shown = code(&app, &lucia.secret);
    let renewed = app
        .accounts
        .renew_codes(&app.ctx(), lucia.user, proof(&shown))
        .await;
    let renewed = renewed.expect("new codes");
    let old = finish(&app, &challenge(&app).await, &lucia.codes[1]).await;
    assert_eq!(old.expect(401).json()["code"], "one_time_code_invalid");
    let _ = finish(&app, &challenge(&app).await, &renewed[1])
        .await
        .expect(200);
}

#[tokio::test]
async fn a_browser_takes_the_same_two_steps() {
    let app = App::new().await;
    let lucia = person(&app).await;
    let sign_in = || SignIn {
        email: LUCIA.to_owned(),
        password: PASSWORD.to_owned(),
        device: "Firefox".to_owned(),
        address: String::new(),
    };
    let refused = app.accounts.sign_in(&app.ctx(), sign_in()).await;
    let Err(Error::SecondFactorNeeded {
        challenge: browsers, ..
    }) = refused
    else {
        panic!("signed in by a password alone");
    };
    // What was begun in a browser is not ended by a program, nor the other way.
    let shown = code(&app, &lucia.secret);
    let crossed = finish(&app, &browsers, &shown).await;
    assert_eq!(crossed.expect(401).json()["code"], "challenge_invalid");
    let step = |challenge: String| FinishSignIn {
        challenge,
        code: shown.clone(),
        device: "Firefox".to_owned(),
        address: String::new(),
    };
    let programs = challenge(&app).await;
    let crossed = app.accounts.finish(&app.ctx(), step(programs)).await;
    assert_eq!(crossed.err().expect("refused").code, "challenge_invalid");
    let session = app
        .accounts
        .finish(&app.ctx(), step(browsers))
        .await
        .expect("signed in");
    assert_eq!(session.principal.user, lucia.user);
}

#[tokio::test]
async fn it_is_changed_by_whoever_has_password_and_code() {
    let app = App::new().await;
    let lucia = person(&app).await;
    let user = lucia.user;
    let change = |proof: FactorProof| {
        let app = &app;
        async move { app.accounts.turn_off(&app.ctx(), user, proof).await }
    };
    let no_password = FactorProof {
        password: "Wrong-password-1".to_owned(),
        ..proof(&code(&app, &lucia.secret))
    };
    assert_eq!(
        change(no_password).await.expect_err("refused").code,
        "password_wrong"
    );
    let no_code = proof(&wrong(&app, &lucia.secret));
    assert_eq!(
        change(no_code).await.expect_err("refused").code,
        "one_time_code_invalid"
    );
    let again = app
        .accounts
        .start(&app.ctx(), lucia.user, PASSWORD.to_owned(), String::new())
        .await;
    assert_eq!(again.expect_err("refused").code, "second_factor_on");
    change(proof(&code(&app, &lucia.secret)))
        .await
        .expect("turned off");
    let _ = password(&app, PASSWORD).await.expect(200);
    let standing = app.accounts.standing(&app.ctx(), lucia.user).await.expect("read");
    assert_eq!((standing.on_since, standing.recovery_codes_left), (None, 0));
    let changes = app.changes(lucia.user).await;
    assert_eq!(
        changes,
        ["second_factor_on", "second_factor_off", "signed_in:buyer"]
    );
}

#[tokio::test]
async fn a_challenge_of_a_factor_that_is_gone_is_none() {
    let app = App::new().await;
    let lucia = person(&app).await;
    let open = challenge(&app).await;
    // As if it was turned off between the look at the challenge and the look at the factor.
    sqlx::query("delete from identity.second_factor")
        .execute(&mut app.db.owner().await)
        .await
        .expect("turned off");
    let late = finish(&app, &open, &code(&app, &lucia.secret)).await;
    assert_eq!(late.expect(401).json()["code"], "challenge_invalid");
}

#[tokio::test]
async fn a_mail_tells_of_each_change() {
    let app = App::new().await;
    let lucia = person(&app).await;
    let _ = finish(&app, &challenge(&app).await, &lucia.codes[0])
        .await
        .expect(200);
    let renewed = app
        .accounts
        .renew_codes(&app.ctx(), lucia.user, proof(&lucia.codes[1]))
        .await;
    let off = proof(&renewed.expect("new codes")[0]);
    app.accounts
        .turn_off(&app.ctx(), lucia.user, off)
        .await
        .expect("turned off");
    let mails = app.inbox.mails(&app.ctx(), Some(LUCIA.to_owned()), 100).await;
    let mut subjects: Vec<String> = mails.expect("mails").into_iter().map(|m| m.subject).collect();
    // Those of one moment are in no order.
    subjects.sort_unstable();
    let expected = [
        // To sign in, for new ones, and to turn it off.
        "A recovery code was used",
        "A recovery code was used",
        "A recovery code was used",
        "Please confirm your e-mail address",
        "Signing in now takes a second step",
        "Signing in takes the password alone again",
        "You have new recovery codes",
    ];
    assert_eq!(subjects, expected);
}

#[tokio::test]
async fn nothing_is_on_before_the_app_has_shown_a_code() {
    let app = App::new().await;
    let user = app.buyer(LUCIA).await;
    let begin = |password: &str| {
        let (app, password) = (&app, password.to_owned());
        async move {
            app.accounts
                .start(&app.ctx(), user, password, String::new())
                .await
        }
    };
    assert_eq!(
        begin("Wrong-password-1").await.expect_err("refused").code,
        "password_wrong"
    );
    begin(PASSWORD).await.expect("begun");
    let _ = password(&app, PASSWORD).await.expect(200);
    let pending = app
        .accounts
        .standing(&app.ctx(), user)
        .await
        .expect("read")
        .pending;
    let first = pending.expect("a secret");
    assert!(
        first
            .uri
            .starts_with("otpauth://totp/market.test:lucia%40example.org?secret=")
    );
    let guess = wrong(&app, &first.secret);
    let refused = app.accounts.confirm(&app.ctx(), user, guess).await;
    assert_eq!(refused.expect_err("refused").code, "one_time_code_invalid");
    // Begun anew, the first secret is none any more; and it does not wait for ever.
    begin(PASSWORD).await.expect("begun anew");
    let pending = app
        .accounts
        .standing(&app.ctx(), user)
        .await
        .expect("read")
        .pending;
    let second = pending.expect("a secret");
    assert_ne!(first.secret, second.secret);
    app.advance(3_600);
    assert_eq!(
        app.accounts
            .standing(&app.ctx(), user)
            .await
            .expect("read")
            .pending,
        None
    );
    let late = app
        .accounts
        .confirm(&app.ctx(), user, code(&app, &second.secret))
        .await;
    assert_eq!(late.expect_err("refused").code, "second_factor_off");
    app.accounts.upkeep(app.ctx().now).await.expect("tidied");
    let _ = password(&app, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn what_the_database_holds_makes_no_codes() {
    let app = App::new().await;
    let lucia = person(&app).await;
    let open = challenge(&app).await;
    let mut owner = app.db.owner().await;
    let sealed: Vec<u8> = sqlx::query_scalar("select sealed_secret from identity.second_factor")
        .fetch_one(&mut owner)
        .await
        .expect("a row");
    let letters = lucia.codes[0].replace('-', "");
    let mut secrets = Vec::new();
    for text in [&lucia.secret, &lucia.codes[0], &letters, &open] {
        secrets.push(text.clone());
        // As bytes are printed.
        secrets.push(kernel::hex(text.as_bytes()));
    }
    for base32 in [&lucia.secret, &letters] {
        secrets.push(kernel::hex(&decoded(base32)));
    }
    for table in ["second_factor", "recovery_code", "sign_in_challenge"] {
        let sql = format!("select coalesce(json_agg(t)::text, '') from identity.{table} t");
        let dump: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&mut owner)
            .await
            .expect("rows");
        assert!(!dump.is_empty(), "{table}");
        // What is there would be found.
        let is_printed = dump.contains(&kernel::hex(&sealed));
        assert_eq!(is_printed, table == "second_factor", "{table}");
        for secret in &secrets {
            assert!(!dump.contains(secret.as_str()), "{table}");
        }
    }
    let of = format!("identity.second_factor/{}", lucia.user);
    assert_eq!(app.keyring.unseal(&of, &sealed).expect("opened").len(), 20);
    let elsewhere = format!("identity.second_factor/{}", UserId::new(app.ctx().now));
    assert!(
        app.keyring.unseal(&elsewhere, &sealed).is_err(),
        "of another account"
    );
}

#[tokio::test]
async fn a_new_data_key_takes_over_and_apps_go_on() {
    let app = App::new().await;
    let user = app.buyer(LUCIA).await;
    let folder = tempfile::tempdir().expect("a folder");
    let keyring = Keyring::open(&folder.path().join("data.key")).expect("made");
    let (accounts, _) = app.with_keyring(&keyring).await;
    accounts
        .start(&app.ctx(), user, PASSWORD.to_owned(), String::new())
        .await
        .expect("begun");
    keyring.rotate().expect("a new key");
    assert_eq!(accounts.reseal_factors().await.expect("sealed anew"), 1);
    assert_eq!(accounts.reseal_factors().await.expect("nothing to do"), 0);
    let standing = accounts.standing(&app.ctx(), user).await.expect("read");
    let secret = standing.pending.expect("a secret").secret;
    let codes = accounts.confirm(&app.ctx(), user, code(&app, &secret)).await;
    assert_eq!(codes.expect("turned on").len(), 10);
}

#[tokio::test]
async fn who_guesses_from_one_address_has_to_wait() {
    let limits = AttemptLimits {
        sign_in_per_address: NonZeroU32::new(2).expect("more than none"),
        ..AttemptLimits::default()
    };
    let app = App::with_limits(limits).await;
    let guess = json!({ "challenge": "a-guess", "code": "123456" });
    let one = app.from("198.51.100.9", "https");
    for _ in 0..2 {
        let refused = one.post("/v1/auth/second-factor", &guess).await.expect(401);
        assert_eq!(refused.json()["code"], "challenge_invalid");
    }
    let refused = one.post("/v1/auth/second-factor", &guess).await.expect(429);
    assert_eq!(refused.json()["code"], "rate_limited");
    let other = app.from("198.51.100.10", "https");
    let _ = other.post("/v1/auth/second-factor", &guess).await.expect(401);
    let plain = app.from("198.51.100.11", "http");
    let refused = plain.post("/v1/auth/second-factor", &guess).await.expect(403);
    assert_eq!(refused.json()["code"], "insecure_transport");
}
