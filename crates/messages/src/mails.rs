//! Mails: the first message that somebody has not read, and what a moderator decided. In the language in which its reader
//! wrote last; a shop that never has is written to in the language of its country.

use crate::app::Conversations;
use crate::error::Error;
use crate::store::{self, ThreadRow};
use ::store::Scope;
use ::store::jobs::{Job, Queue};
use contracts::Language;
use contracts::identity::UserCard;
use contracts::messages::{MessageKind, Party, Side};
use contracts::notifications::{Letter, MailFacts, MailKind};
use httpkit::contact;
use kernel::{Ctx, Fault, MessageId, Money, SharedClock, ThreadId, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

/// Until somebody takes the mail, who may be out of reach for hours.
const MAILS: Queue = Queue {
    attempts_max: 30,
    ..Queue::new("messages.mails")
};

/// What somebody is told of.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
enum News {
    Unread {
        thread: ThreadId,
        to: Side,
        message: MessageId,
    },
    Decided {
        thread: ThreadId,
        to: Side,
        verdict: String,
        reason: String,
    },
}

/// Somebody has a message that they have not read, after none.
pub(crate) async fn unread(
    conn: &mut PgConnection,
    thread: &ThreadRow,
    to: Side,
    message: MessageId,
    now: Timestamp,
) -> Result<(), Error> {
    let news = News::Unread {
        thread: thread.id,
        to,
        message,
    };
    MAILS.enqueue(conn, &news, now).await?;
    Ok(())
}

pub(crate) async fn decided(
    conn: &mut PgConnection,
    thread: &ThreadRow,
    to: Side,
    verdict: &str,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let news = News::Decided {
        thread: thread.id,
        to,
        verdict: verdict.to_owned(),
        reason: reason.to_owned(),
    };
    MAILS.enqueue(conn, &news, now).await?;
    Ok(())
}

/// Sends them, until `stop`.
pub async fn send(conversations: Conversations, clock: SharedClock, stop: CancellationToken) {
    let now = clock.clone();
    MAILS
        .work(conversations.db(), stop, clock, |job: &Job| {
            let (conversations, ctx) = (conversations.clone(), Ctx::system(MAILS.name, now.now()));
            Box::pin(async move { mail(&conversations, &ctx, job).await })
        })
        .await;
}

async fn mail(conversations: &Conversations, ctx: &Ctx, job: &Job) -> Result<(), Error> {
    let news: News = job.read()?;
    let (News::Unread { thread, to, .. } | News::Decided { thread, to, .. }) = &news;
    let mut tx = conversations.db().begin(Scope::System).await?;
    let row = store::any(&mut tx, *thread).await?;
    let language = match &row {
        Some(row) => store::language(&mut tx, store::party(Conversations::reader(row, *to)).1).await?,
        None => None,
    };
    let begins = match (&row, &news) {
        (Some(row), News::Unread { message, .. }) => beginning(&mut tx, row, *message, *to, ctx.now).await?,
        _ => None,
    };
    tx.commit().await?;
    let Some(row) = row else { return Ok(()) };
    if matches!(news, News::Unread { .. }) && begins.is_none() {
        // Read meanwhile, or taken away.
        return Ok(());
    }
    let (
        UserCard {
            id: user,
            name,
            email: address,
        },
        usual,
    ) = reader(conversations, ctx, &row, *to).await?;
    let language = language.unwrap_or(usual);
    let link = match to {
        Side::Buyer => format!("{}/account/messages/{}", conversations.0.public_url, row.id),
        Side::Shop => format!("{}/seller/messages/{}", conversations.0.public_url, row.id),
    };
    let from = match to {
        Side::Buyer => &row.shop_name,
        Side::Shop => &row.buyer_name,
    };
    let facts = MailFacts::default()
        .text("name", name)
        .text("subject", row.title.as_str())
        .text("link", link);
    let (kind, facts) = match &news {
        News::Unread { .. } => (
            MailKind::UnreadMessage,
            facts.text("sender", from.as_str()).text(
                "excerpt",
                begins.map_or_else(String::new, |begins| begins.told(language)),
            ),
        ),
        News::Decided { verdict, reason, .. } => (
            match verdict.as_str() {
                "close" => MailKind::ThreadClosed,
                _ => MailKind::MessageRemoved,
            },
            facts.text("why", reason.as_str()),
        ),
    };
    let letter = Letter {
        key: job.id.to_string(),
        kind,
        facts,
        user: Some(user),
        to: address,
        language,
        urgent: false,
    };
    conversations.0.letters.mail(ctx, letter).await?;
    Ok(())
}

/// How a message begins, with what it offers.
struct Beginning {
    price: Option<Money>,
    text: String,
}

impl Beginning {
    fn told(&self, language: Language) -> String {
        match self.price {
            Some(price) => format!("{}. {}", language.price(price), self.text),
            None => self.text.clone(),
        }
    }
}

/// How a message begins that is still unread, without ways to reach anybody: mails are read by more than one.
async fn beginning(
    conn: &mut PgConnection,
    row: &ThreadRow,
    message: MessageId,
    to: Side,
    now: Timestamp,
) -> Result<Option<Beginning>, Error> {
    let read = match to {
        Side::Buyer => row.buyer_read_id,
        Side::Shop => row.shop_read_id,
    };
    if read.is_some_and(|read| read >= message) {
        return Ok(None);
    }
    let Some(found) = store::message(conn, row.id, message).await? else {
        return Ok(None);
    };
    let found = found.message(now)?;
    if found.removed.is_some() {
        return Ok(None);
    }
    let text = contact::masked(&found.text, "").0;
    let (price, text) = match (found.kind, found.quote) {
        (MessageKind::Quote, Some(quote)) => (Some(quote.price), text),
        (MessageKind::QuoteAccepted, _) => (None, "✓".to_owned()),
        (MessageKind::QuoteDeclined, _) => (None, "✗".to_owned()),
        _ => (None, crate::domain::excerpt(&text)),
    };
    Ok(Some(Beginning { price, text }))
}

/// A reader and their usual language; of a shop, its owner.
async fn reader(
    conversations: &Conversations,
    ctx: &Ctx,
    row: &ThreadRow,
    to: Side,
) -> Result<(UserCard, Language), Error> {
    let (user, language) = match Conversations::reader(row, to) {
        Party::Buyer(user) => (user, Language::En),
        Party::Shop(tenant) => {
            let dossier = conversations.0.shops.dossier(ctx, tenant).await?;
            let country = &dossier.shop.location.country;
            (dossier.owner, Language::of_country(country))
        }
    };
    let found = conversations.0.identity.users(ctx, vec![user]).await?.pop();
    let card = found.ok_or_else(|| Fault::not_found("user"))?;
    Ok((card, language))
}
