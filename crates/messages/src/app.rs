//! Threads are begun and written in here.

mod moderate;
mod past;
mod quotes;
mod reading;
mod subject;

use crate::domain::{checked_wish, excerpt, paragraph};
use crate::error::Error;
use crate::mails;
use crate::store::{self, Draft, DraftMessage, MessageRow, Sent, ThreadRow, Window};
use ::store::{Db, Scope, jobs, log};
use contracts::Language;
use contracts::catalog::Catalog;
use contracts::identity::Identity;
use contracts::messages::{
    AbuseReason, BUYERS_AN_HOUR_MAX, ContactKind, Conversation, Message, MessageKind, MessageSent, NewThread,
    Party, SHOPS_AN_HOUR_MAX, Side, THREADS_A_DAY_MAX, ThreadKind, ThreadReported,
};
use contracts::notifications::Letters;
use contracts::orders::Orders;
use contracts::tenants::{ShopDesk, Tenants};
use httpkit::{contact, text};
use kernel::{Ctx, MessageId, ThreadId, Timestamp, UserId};
use sqlx::PgConnection;
use std::sync::Arc;
use std::time::Duration;
use subject::Subject;
use uuid::Uuid;

/// Characters of what somebody says to a report.
const NOTE_CHARS_MAX: usize = 500;
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What it takes to let people write to each other.
pub struct Parts {
    pub db: Db,
    pub identity: Arc<dyn Identity>,
    pub letters: Arc<dyn Letters>,
    pub tenants: Arc<dyn Tenants>,
    pub shops: Arc<dyn ShopDesk>,
    pub catalog: Arc<dyn Catalog>,
    pub orders: Arc<dyn Orders>,
    /// Where mailed links lead, without a slash at the end.
    pub public_url: String,
}

/// The messages context.
#[derive(Clone)]
pub struct Conversations(pub(crate) Arc<Parts>);

impl Conversations {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let public_url = parts.public_url.trim_end_matches('/').to_owned();
        Self(Arc::new(Parts { public_url, ..parts }))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    /// The marketplace's own host: links to it are nothing to hide.
    pub(crate) fn own_host(&self) -> &str {
        let url = &self.0.public_url;
        url.split_once("://").map_or(url.as_str(), |(_, rest)| rest)
    }

    /// What the other side reads of a text, and what is hidden in it.
    fn shown(&self, text: &str, contact_shown: bool) -> (String, Vec<ContactKind>) {
        if contact_shown {
            (text.to_owned(), Vec::new())
        } else {
            contact::masked(text, self.own_host())
        }
    }

    fn scope(who: Party) -> Scope {
        match who {
            Party::Buyer(_) => Scope::System,
            Party::Shop(tenant) => Scope::Tenant(tenant),
        }
    }

    /// A buyer writes to a shop, about it, a product of it or an order there.
    pub async fn start(&self, ctx: &Ctx, buyer: UserId, new: NewThread) -> Result<Conversation, Error> {
        let text = paragraph(&new.text)?;
        let wish = new.custom.map(|wish| checked_wish(wish, ctx.now)).transpose()?;
        let subject = self.subject(ctx, buyer, &new).await?;
        let mut tx = self.db().begin(Scope::System).await?;
        store::take_turn(&mut tx, buyer.0).await?;
        let today = store::started_since(&mut tx, buyer, ctx.now - DAY).await?;
        if let Some(retry_after_s) = refused(today, THREADS_A_DAY_MAX, DAY, ctx.now) {
            return Err(Error::TooOften {
                max: THREADS_A_DAY_MAX,
                what: "new conversations a day",
                retry_after_s,
            });
        }
        check_pace(&mut tx, Party::Buyer(buyer), ctx.now).await?;
        let paid = store::paid(&mut tx, &[buyer.0], &[new.shop.0]).await?;
        let draft = self.draft(Opening {
            buyer,
            at: ctx.now,
            contact_shown: !paid.is_empty(),
            new,
            text,
            wish,
            subject,
        });
        let language = draft.1;
        let row = store::insert(&mut tx, &[draft.0], false).await?.pop();
        let row = row.ok_or_else(|| Error::Broken("a thread that was not written".to_owned()))?;
        note_language(&mut tx, buyer.0, language).await?;
        let message = store::messages(&mut tx, row.id, None, 1).await?;
        tell(
            &mut tx,
            ctx,
            &row,
            (row.last_id, Side::Buyer, MessageKind::Text),
            true,
        )
        .await?;
        mails::unread(&mut tx, &row, Side::Shop, row.last_id, ctx.now).await?;
        tx.commit().await?;
        log::wake();
        jobs::wake();
        let messages: Result<_, Error> = message.into_iter().map(|row| row.message(ctx.now)).collect();
        Ok(Conversation {
            thread: row.seen_by(Side::Buyer)?,
            messages: messages?,
            next: None,
        })
    }

    /// A thread with its first message, and its buyer's language.
    fn draft(&self, opening: Opening) -> (Draft, Option<Language>) {
        let Opening {
            buyer,
            new,
            at,
            text,
            wish,
            subject,
            contact_shown,
        } = opening;
        let (shown, hidden) = self.shown(&text, contact_shown);
        let first = DraftMessage {
            id: MessageId::new(at),
            by: Side::Buyer,
            author: Some(buyer),
            kind: MessageKind::Text,
            text: shown,
            hidden,
            original: text,
            at,
            quote: None,
        };
        let draft = Draft {
            shop: new.shop,
            buyer,
            kind: match wish {
                Some(_) => ThreadKind::Custom,
                None => ThreadKind::Question,
            },
            product: new.product,
            order: subject.order,
            title: subject.title,
            shop_name: subject.shop_name,
            buyer_name: subject.buyer_name,
            wish: wish.unwrap_or_default(),
            contact_shown,
            at,
            messages: vec![first],
            read: false,
        };
        (draft, new.language)
    }

    pub async fn send(
        &self,
        ctx: &Ctx,
        who: Party,
        id: ThreadId,
        said: &str,
        language: Option<Language>,
    ) -> Result<Message, Error> {
        let said = paragraph(said)?;
        self.check_open(ctx, who).await?;
        let mut tx = self.db().begin(Self::scope(who)).await?;
        let message = self.put(&mut tx, ctx, who, id, MessageKind::Text, &said).await?.1;
        note_language(&mut tx, store::party(who).1, language).await?;
        tx.commit().await?;
        log::wake();
        jobs::wake();
        message.message(ctx.now)
    }

    /// Writes a message into a thread of a party's that may be written in.
    async fn put(
        &self,
        tx: &mut PgConnection,
        ctx: &Ctx,
        who: Party,
        id: ThreadId,
        kind: MessageKind,
        said: &str,
    ) -> Result<(ThreadRow, MessageRow), Error> {
        store::take_turn(tx, store::party(who).1).await?;
        check_pace(tx, who, ctx.now).await?;
        let thread = store::lock(tx, who, id).await?.ok_or(Error::NotFound)?;
        if let Some(closing) = thread.closing() {
            return Err(Error::Closed(closing));
        }
        let (shown, hidden) = self.shown(said, thread.contact_shown);
        let is_masked = !hidden.is_empty();
        let sent = Sent {
            id: behind(thread.last_id, ctx.now),
            by: who.side(),
            author: ctx.user(),
            kind,
            excerpt: excerpt(&shown),
            text: shown,
            hidden,
            at: ctx.now,
        };
        let sent = match who {
            Party::Buyer(user) => Sent {
                author: Some(user),
                ..sent
            },
            Party::Shop(_) => sent,
        };
        let (after, message) = store::write(tx, &thread, &sent).await?;
        if is_masked {
            store::keep_originals(tx, &[message.id.0], &[said.to_owned()]).await?;
        }
        tell(tx, ctx, &after, (message.id, who.side(), kind), false).await?;
        let reader = who.side().other();
        let was_unread = match reader {
            Side::Buyer => thread.buyer_unread,
            Side::Shop => thread.shop_unread,
        };
        // The first that is not read is mailed, not each.
        if was_unread == 0 {
            mails::unread(tx, &after, reader, message.id, ctx.now).await?;
        }
        Ok((after, message))
    }

    /// Reports a thread to the moderators. It stays as it is until one has looked.
    pub async fn report(
        &self,
        ctx: &Ctx,
        who: Party,
        id: ThreadId,
        reason: AbuseReason,
        note: &str,
    ) -> Result<(), Error> {
        let note = text::paragraphs("/note", note, NOTE_CHARS_MAX)?;
        // Reports are nothing that a shop reads: what is the shop's own says the statement.
        let mut tx = self.db().begin(Scope::System).await?;
        let thread = store::lock(&mut tx, who, id).await?.ok_or(Error::NotFound)?;
        let by = who.side();
        let reporter = match who {
            Party::Buyer(user) => Some(user),
            Party::Shop(_) => ctx.user(),
        };
        if store::report(&mut tx, id, by, reporter, reason, &note, ctx.now).await? {
            let event = ThreadReported {
                thread: id,
                shop: thread.tenant_id,
                by,
                reason,
            };
            log::append(&mut tx, ctx, &event).await?;
        }
        tx.commit().await?;
        log::wake();
        Ok(())
    }
}

/// All that a thread begins with.
struct Opening {
    buyer: UserId,
    new: NewThread,
    at: Timestamp,
    text: String,
    wish: Option<contracts::messages::Wish>,
    subject: Subject,
    contact_shown: bool,
}

/// After how many seconds there is room again, where so many in a while are too many.
fn refused(window: Window, max: u32, span: Duration, now: Timestamp) -> Option<u32> {
    if window.count < i64::from(max) {
        return None;
    }
    let ends = window.first.unwrap_or(now) + span;
    Some(u32::try_from((ends - now).num_seconds().max(1)).unwrap_or(u32::MAX))
}

/// In which language somebody writes, if they say.
async fn note_language(
    conn: &mut PgConnection,
    reader: Uuid,
    language: Option<Language>,
) -> Result<(), Error> {
    if let Some(language) = language {
        store::note_language(conn, reader, language).await?;
    }
    Ok(())
}

async fn check_pace(conn: &mut PgConnection, who: Party, now: Timestamp) -> Result<(), Error> {
    let max = match who {
        Party::Buyer(_) => BUYERS_AN_HOUR_MAX,
        Party::Shop(_) => SHOPS_AN_HOUR_MAX,
    };
    let sent = store::sent_since(conn, who, now - HOUR).await?;
    match refused(sent, max, HOUR, now) {
        Some(retry_after_s) => Err(Error::too_often(who.side(), retry_after_s)),
        None => Ok(()),
    }
}

/// Tells the log that somebody wrote, never what.
async fn tell(
    conn: &mut PgConnection,
    ctx: &Ctx,
    thread: &ThreadRow,
    (message, by, kind): (MessageId, Side, MessageKind),
    first: bool,
) -> Result<(), Error> {
    let event = MessageSent {
        thread: thread.id,
        message,
        shop: thread.tenant_id,
        buyer: thread.buyer_id,
        by,
        kind,
        first,
    };
    log::append(conn, ctx, &event).await?;
    Ok(())
}

/// The id of a thread's next message. What is read is told by ids, so they rise however the clocks of two writers go, or within
/// one moment.
fn behind(last: MessageId, now: Timestamp) -> MessageId {
    let id = MessageId::new(now);
    match id > last {
        true => id,
        false => MessageId(Uuid::from_u128(last.0.as_u128().wrapping_add(1))),
    }
}
