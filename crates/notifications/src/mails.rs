//! Mails go out if their readers want them, when they want them.

use crate::app::Notices;
use crate::domain::{letter, link};
use crate::error::Error;
use crate::store::wishes;
use ::store::jobs::{Job, Queue};
use ::store::{Scope, jobs};
use contracts::notifications::{Letter, Letters, MailFacts, MailKind, MailText, MailWords};
use contracts::{Language, Reply, reply};
use kernel::{Ctx, SharedClock, Timestamp};
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

/// Until quiet hours end, and somebody takes the mail, who may be out of reach for hours.
const MAILS: Queue = Queue {
    attempts_max: 30,
    ..Queue::new("notifications.mails")
};

impl Letters for Notices {
    fn mail<'a>(&'a self, ctx: &'a Ctx, letter: Letter) -> Reply<'a, ()> {
        reply(self.mail(ctx, letter))
    }
}

impl MailWords for Notices {
    fn written<'a>(
        &'a self,
        _ctx: &'a Ctx,
        kind: MailKind,
        language: Language,
        facts: MailFacts,
    ) -> Reply<'a, MailText> {
        reply(async move { self.written(kind, language, &facts).await })
    }
}

/// Keeps letters until they are due, in the transaction of what they tell of; each key once.
pub async fn keep(conn: &mut PgConnection, letters: Vec<(Letter, Timestamp)>) -> Result<(), Error> {
    let letters = letters
        .into_iter()
        .map(|(letter, due)| (letter.key.clone(), letter, due));
    let letters: Vec<(String, Letter, Timestamp)> = letters.collect();
    MAILS.enqueue_each_once(conn, &letters).await?;
    Ok(())
}

/// When a letter may go: at once, later, or never.
enum When {
    Now,
    At(Timestamp),
    Never,
}

impl Notices {
    /// Sends a letter at once, keeps it until quiet hours end, or drops it, as its reader wants.
    pub async fn mail(&self, ctx: &Ctx, letter: Letter) -> Result<(), Error> {
        match self.when(ctx, &letter).await? {
            When::Never => Ok(()),
            When::Now => self.post(ctx, letter).await,
            When::At(at) => {
                let mut tx = self.db().begin(Scope::System).await?;
                MAILS.enqueue_once(&mut tx, &letter.key, &letter, at).await?;
                tx.commit().await?;
                jobs::wake();
                Ok(())
            }
        }
    }

    async fn when(&self, ctx: &Ctx, letter: &Letter) -> Result<When, Error> {
        let Some(user) = letter.user.filter(|_| !letter.topic().is_required()) else {
            return Ok(When::Now);
        };
        let wish = wishes::wish(self.db().pool(), user, letter.topic(), ctx.now).await?;
        Ok(match wish.quiet_until.filter(|_| !letter.urgent) {
            _ if wish.declined => When::Never,
            Some(until) => When::At(until),
            None => When::Now,
        })
    }

    async fn post(&self, ctx: &Ctx, letter: Letter) -> Result<(), Error> {
        let MailText { subject, body } = self.letter_text(&letter).await?;
        let topic = letter.topic();
        let Some(user) = letter.user.filter(|_| !topic.is_required()) else {
            return Ok(self.identity().send_mail(ctx, letter.to, subject, body).await?);
        };
        let (url, token) = (self.public_url(), link::seal(self.key(), user, topic));
        let body = letter::with_footer(letter.language, topic, &body, url, &token);
        let headers = letter::headers(url, &token);
        let sent = self
            .identity()
            .send_mail_with(ctx, letter.to, subject, body, headers);
        Ok(sent.await?)
    }
}

/// Sends what waited for the end of quiet hours, until `stop`.
pub async fn send(notices: Notices, clock: SharedClock, stop: CancellationToken) {
    let now = clock.clone();
    MAILS
        .work(notices.db(), stop, clock, |job: &Job| {
            let (notices, ctx) = (notices.clone(), Ctx::system(MAILS.name, now.now()));
            Box::pin(async move {
                let letter: Letter = job.read()?;
                // They may have thought better of it; what is quiet again waits no second time.
                match notices.when(&ctx, &letter).await? {
                    When::Never => Ok(()),
                    When::Now | When::At(_) => notices.post(&ctx, letter).await,
                }
            })
        })
        .await;
}
