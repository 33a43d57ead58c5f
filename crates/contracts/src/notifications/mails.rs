//! Mails: which there are, what is filled in, and the words that come with the program.

mod facts;
mod kinds;
mod sample;
mod words;

pub use facts::{MailFact, MailFacts, MailFiles, MailPhrase, MailUnits};
pub use kinds::{MailKind, TemplateKind};
pub use words::MailText;

use super::NoticeTopic;
use crate::identity::Identity;
use crate::service::service;
use crate::{Language, Reply};
use kernel::{Ctx, UserId};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// A mail to somebody, which is sent if they want it, when they want it. Its words are made when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Of what waits, a letter of the same key takes the place of the one before.
    pub key: String,
    pub kind: MailKind,
    pub facts: MailFacts,
    /// None of a guest, who has said nothing of what they want.
    pub user: Option<UserId>,
    pub to: String,
    pub language: Language,
    /// Does not wait for the end of quiet hours.
    pub urgent: bool,
}

impl Letter {
    #[must_use]
    pub fn topic(&self) -> NoticeTopic {
        self.kind.topic()
    }
}

service! {
    /// Mails that go by what their readers want.
    Letters as "letters", remote RemoteLetters, served ServedLetters {
        fn mail(letter: Letter) -> ();
    }
}

service! {
    /// The operator's words, for mails that go whatever their readers want.
    MailWords as "mail_words", remote RemoteMailWords, served ServedMailWords {
        fn written(kind: MailKind, language: Language, facts: MailFacts) -> MailText;
    }
}

/// Mails that go at once and in the words of the program, where nobody says what they want.
pub struct Direct(pub Arc<dyn Identity>);

impl Letters for Direct {
    fn mail<'a>(&'a self, ctx: &'a Ctx, letter: Letter) -> Reply<'a, ()> {
        let MailText { subject, body } = letter.kind.write(letter.language, &letter.facts);
        self.0.send_mail(ctx, letter.to, subject, body)
    }
}

/// Where a context that is there before notifications finds the operator's words, once it knows whom to ask. Until then, and
/// while nobody answers, mails are in the words of the program: a link that lets somebody in must not wait.
#[derive(Clone, Default)]
pub struct MailWriter(Arc<OnceLock<Arc<dyn MailWords>>>);

impl MailWriter {
    /// Whom to ask. Set after construction, because some contexts are there before notifications.
    pub fn know(&self, words: Arc<dyn MailWords>) {
        // Set twice, the first stays: both are the same context.
        let _ = self.0.set(words);
    }

    pub async fn write(&self, ctx: &Ctx, kind: MailKind, language: Language, facts: &MailFacts) -> MailText {
        if let Some(words) = self.0.get() {
            match words.written(ctx, kind, language, facts.clone()).await {
                Ok(text) => return text,
                Err(error) => {
                    tracing::warn!(%error, mail = kind.name(), "the operator's words are out of reach: the program's are sent");
                }
            }
        }
        kind.write(language, facts)
    }
}

impl std::fmt::Debug for MailWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let is_known = self.0.get().is_some();
        f.debug_struct("MailWriter").field("is_known", &is_known).finish()
    }
}
