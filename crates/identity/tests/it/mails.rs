//! Mails are in their reader's language, and in the operator's words where somebody knows them.

use crate::harness::{App, PASSWORD};
use contracts::identity::{Mail, Mailbox, OwnAccount};
use contracts::notifications::{MailFacts, MailKind, MailText, MailWords};
use contracts::{Language, Reply};
use kernel::{Ctx, Fault, UserId};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const LUCIA: &str = "lucia@example.org";

/// What an operator wrote, while somebody can tell.
#[derive(Default)]
struct Words {
    is_down: AtomicBool,
}

impl MailWords for Words {
    fn written<'a>(
        &'a self,
        _ctx: &'a Ctx,
        kind: MailKind,
        language: Language,
        facts: MailFacts,
    ) -> Reply<'a, MailText> {
        Box::pin(async move {
            if self.is_down.load(Ordering::Relaxed) {
                return Err(Fault::unavailable("notifications"));
            }
            Ok(MailText {
                subject: format!("{} {}", kind.name(), language.code()),
                body: format!(
                    "{}\n{}\n",
                    facts.told("name", language),
                    facts.told("link", language)
                ),
            })
        })
    }
}

async fn latest(app: &App) -> Mail {
    let mails = app.inbox.mails(&app.ctx(), Some(LUCIA.to_owned()), 1).await;
    mails.expect("mails").pop().expect("a mail")
}

async fn register(app: &App) -> UserId {
    let request = json!({"email": LUCIA, "name": "Lucía Romero", "password": PASSWORD, "language": "es"});
    let answer = app.http.post("/v1/auth/register", &request).await.expect(201);
    serde_json::from_value(answer.json()["id"].clone()).expect("an id")
}

async fn forget(app: &App) {
    app.advance(60);
    let request = json!({ "email": LUCIA });
    let asked = app.http.post("/v1/auth/request-password-reset", &request).await;
    let _ = asked.expect(202);
}

#[tokio::test]
async fn whoever_registered_in_spanish_is_mailed_in_spanish() {
    let app = App::new().await;
    let lucia = register(&app).await;
    let mail = latest(&app).await;
    assert_eq!(mail.subject, "Confirma tu dirección de correo");
    assert!(mail.body.starts_with("Hola, Lucía Romero:\n\n"), "{}", mail.body);
    assert!(
        app.mailed_token(LUCIA, "verify-email").await.is_some(),
        "{}",
        mail.body
    );
    forget(&app).await;
    assert_eq!(latest(&app).await.subject, "Elige otra contraseña");
    assert!(app.mailed_token(LUCIA, "reset-password").await.is_some());
    app.accounts
        .keep_language(&app.ctx(), lucia, Language::En)
        .await
        .expect("kept");
    forget(&app).await;
    assert_eq!(latest(&app).await.subject, "Choose a new password");
}

#[tokio::test]
async fn the_operators_words_are_sent_and_the_programs_while_nobody_knows_them() {
    let app = App::new().await;
    let words = Arc::new(Words::default());
    app.accounts.know_words(words.clone());
    register(&app).await;
    let mail = latest(&app).await;
    assert_eq!(mail.subject, "mail_verify_email es");
    let start = "Lucía Romero\nhttps://market.test/verify-email?token=";
    assert!(mail.body.starts_with(start), "{}", mail.body);
    words.is_down.store(true, Ordering::Relaxed);
    forget(&app).await;
    assert_eq!(latest(&app).await.subject, "Elige otra contraseña");
}
