//! Moderators look at what one of the two reported.

use super::Conversations;
use super::reading::{after, limit, page};
use crate::error::Error;
use crate::mails;
use crate::store::{self, ThreadRow};
use ::store::{Scope, jobs, log};
use contracts::messages::{
    AbuseReport, ModeratedMessage, ModeratedThread, ReportedThread, Side, ThreadDecided, Verdict,
};
use httpkit::text;
use kernel::{Ctx, Cursor, Page, ThreadId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

/// Characters of what the two are told of a decision.
const REASON_CHARS_MAX: usize = 500;
/// Messages of a thread that a moderator reads.
const READ_MAX: i64 = 200;

impl Conversations {
    pub async fn reported(
        &self,
        waiting: bool,
        cursor: Option<Cursor>,
        wanted: u16,
    ) -> Result<Page<ReportedThread>, Error> {
        let limit = limit(wanted);
        let mut tx = self.db().begin(Scope::System).await?;
        let rows = store::reported(&mut tx, waiting, after(cursor)?, limit.plus_one()).await?;
        let (rows, next) = page(rows, limit, |row: &ThreadRow| row.id.to_string());
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
        let mut reports = store::reports(&mut tx, &ids).await?;
        tx.commit().await?;
        let items = rows
            .into_iter()
            .map(|row| {
                let of = reports.remove(&row.id).unwrap_or_default();
                reported(row, of)
            })
            .collect();
        Ok(Page { items, next })
    }

    /// A thread as it was written. What nobody reported is nobody's but the two's.
    pub async fn moderated(&self, ctx: &Ctx, id: ThreadId) -> Result<ModeratedThread, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let row = store::any(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let seen = whole(&mut tx, row, ctx.now).await?;
        tx.commit().await?;
        Ok(seen)
    }

    pub async fn decide(&self, ctx: &Ctx, id: ThreadId, verdict: Verdict) -> Result<ModeratedThread, Error> {
        let (name, message, reason) = match &verdict {
            Verdict::Dismiss { reason } => (
                "dismiss",
                None,
                text::optional_line("/reason", reason, REASON_CHARS_MAX)?,
            ),
            Verdict::Hide { message, reason } => (
                "hide",
                Some(*message),
                text::line("/reason", reason, REASON_CHARS_MAX)?,
            ),
            Verdict::Close { reason } => ("close", None, text::line("/reason", reason, REASON_CHARS_MAX)?),
        };
        let mut tx = self.db().begin(Scope::System).await?;
        let thread = store::lock_any(&mut tx, id).await?.ok_or(Error::NotFound)?;
        if store::reports(&mut tx, &[id.0]).await?.is_empty() {
            return Err(Error::NotFound);
        }
        match &verdict {
            Verdict::Dismiss { .. } => {}
            Verdict::Hide { message, .. } => {
                if !store::hide(&mut tx, id, *message, &reason, ctx.now).await? {
                    return Err(Error::NoSuch("message"));
                }
            }
            Verdict::Close { .. } => store::close(&mut tx, id, &reason, ctx.now).await?,
        }
        store::note_decision(&mut tx, ctx, id, message, name, &reason).await?;
        let settled = store::settle(&mut tx, id, ctx.now).await?;
        let event = ThreadDecided {
            thread: id,
            shop: thread.tenant_id,
            verdict: name.to_owned(),
            message,
            buyer: Some(thread.buyer_id),
        };
        log::append(&mut tx, ctx, &event).await?;
        if name != "dismiss" {
            for side in [Side::Buyer, Side::Shop] {
                mails::decided(&mut tx, &settled, side, name, &reason, ctx.now).await?;
            }
        }
        let seen = whole(&mut tx, settled, ctx.now).await?;
        tx.commit().await?;
        log::wake();
        jobs::wake();
        Ok(seen)
    }
}

fn reported(row: ThreadRow, reports: Vec<AbuseReport>) -> ReportedThread {
    ReportedThread {
        closed: row.closing(),
        id: row.id,
        shop: row.tenant_id,
        title: row.title,
        shop_name: row.shop_name,
        buyer_name: row.buyer_name,
        messages: store::count(row.messages),
        waits_since: row.waits_since,
        reports,
    }
}

async fn whole(conn: &mut PgConnection, row: ThreadRow, now: Timestamp) -> Result<ModeratedThread, Error> {
    let id = row.id;
    let reports = store::reports(conn, &[id.0])
        .await?
        .remove(&id)
        .unwrap_or_default();
    if reports.is_empty() {
        return Err(Error::NotFound);
    }
    let mut originals = store::originals(conn, id).await?;
    let mut rows = store::messages(conn, id, None, READ_MAX).await?;
    rows.reverse();
    let messages: Result<_, Error> = rows
        .into_iter()
        .map(|row| {
            Ok(ModeratedMessage {
                by: store::named(&row.by)?,
                kind: store::named(&row.kind)?,
                hidden: row.hidden()?,
                quote: row.quote(now)?,
                text: originals.remove(&row.id).unwrap_or(row.text),
                id: row.id,
                at: row.at,
                removed: row.removal,
            })
        })
        .collect();
    let decisions = store::decisions(conn, id).await?;
    Ok(ModeratedThread {
        thread: reported(row, reports),
        messages: messages?,
        decisions,
    })
}
