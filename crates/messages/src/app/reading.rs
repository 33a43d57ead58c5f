//! Threads are listed and read here.

use super::Conversations;
use crate::error::Error;
use crate::store::{self, MessageRow, ThreadRow};
use ::store::Scope;
use contracts::messages::{ANSWERS_LEAST, Conversation, Party, ResponseTime, Side, Thread, ThreadQuery};
use kernel::{Ctx, Cursor, MessageId, OrderId, Page, PageLimit, TenantId, ThreadId};
use std::time::Duration;
use uuid::Uuid;

/// Threads that a shop's time to answer is made of.
const ANSWERS_SINCE: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// What waits no longer than this for an answer says nothing yet.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);
const HOUR_S: i64 = 60 * 60;

pub(super) fn after<T: std::str::FromStr>(cursor: Option<Cursor>) -> Result<Option<T>, Error> {
    let invalid = || Error::Field {
        code: "cursor_invalid",
        field: "after",
        detail: "Pass `next` of the page before, unchanged.".to_owned(),
    };
    cursor
        .map(|cursor| cursor.0.parse().map_err(|_| invalid()))
        .transpose()
}

pub(super) fn limit(limit: u16) -> PageLimit {
    PageLimit::new(limit).unwrap_or_default()
}

/// A page of rows of which one more than wanted was asked for.
pub(super) fn page<T>(
    mut rows: Vec<T>,
    limit: PageLimit,
    place: impl Fn(&T) -> String,
) -> (Vec<T>, Option<Cursor>) {
    let has_more = rows.len() > limit.get();
    rows.truncate(limit.get());
    let next = rows.last().filter(|_| has_more).map(|row| Cursor(place(row)));
    (rows, next)
}

impl Conversations {
    pub async fn threads(
        &self,
        who: Party,
        query: ThreadQuery,
        cursor: Option<Cursor>,
        wanted: u16,
    ) -> Result<Page<Thread>, Error> {
        let limit = limit(wanted);
        let mut tx = self.db().begin(Self::scope(who)).await?;
        let rows = store::threads(&mut tx, who, query, after(cursor)?, limit.plus_one()).await?;
        tx.commit().await?;
        let (rows, next) = page(rows, limit, |row: &ThreadRow| row.last_id.to_string());
        let items: Result<_, Error> = rows.into_iter().map(|row| row.seen_by(who.side())).collect();
        Ok(Page { items: items?, next })
    }

    pub async fn conversation(
        &self,
        ctx: &Ctx,
        who: Party,
        id: ThreadId,
        cursor: Option<Cursor>,
        wanted: u16,
    ) -> Result<Conversation, Error> {
        let limit = limit(wanted);
        let before: Option<MessageId> = after(cursor)?;
        let mut tx = self.db().begin(Self::scope(who)).await?;
        let thread = store::find(&mut tx, who, id).await?.ok_or(Error::NotFound)?;
        let rows = store::messages(&mut tx, id, before, limit.plus_one()).await?;
        tx.commit().await?;
        let (rows, next) = page(rows, limit, |row: &MessageRow| row.id.to_string());
        let messages: Result<_, Error> = rows.into_iter().map(|row| row.message(ctx.now)).collect();
        Ok(Conversation {
            thread: thread.seen_by(who.side())?,
            messages: messages?,
            next,
        })
    }

    /// All up to a message is read; what came behind it meanwhile is not.
    pub async fn mark_read(
        &self,
        ctx: &Ctx,
        who: Party,
        id: ThreadId,
        through: MessageId,
    ) -> Result<Thread, Error> {
        let mut tx = self.db().begin(Self::scope(who)).await?;
        // Whoever writes holds the same lock: the statement that counts comes after it, and counts all there is.
        store::lock(&mut tx, who, id).await?.ok_or(Error::NotFound)?;
        let row = store::mark_read(&mut tx, who.side(), id, through, ctx.now).await?;
        tx.commit().await?;
        row.seen_by(who.side())
    }

    pub async fn archive(
        &self,
        ctx: &Ctx,
        who: Party,
        id: ThreadId,
        archived: bool,
    ) -> Result<Thread, Error> {
        let mut tx = self.db().begin(Self::scope(who)).await?;
        let row = store::archive(&mut tx, who, id, archived.then_some(ctx.now)).await?;
        tx.commit().await?;
        row.ok_or(Error::NotFound)?.seen_by(who.side())
    }

    pub async fn count_of_order(&self, order: OrderId) -> Result<u64, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let count = store::count_of_order(&mut tx, order).await?;
        tx.commit().await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    pub async fn unread(&self, who: Party) -> Result<u32, Error> {
        let mut tx = self.db().begin(Self::scope(who)).await?;
        let count = store::unread(&mut tx, who).await?;
        tx.commit().await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    pub async fn response_times(&self, ctx: &Ctx, shops: Vec<TenantId>) -> Result<Vec<ResponseTime>, Error> {
        let ids: Vec<Uuid> = shops.into_iter().map(|id| id.0).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (since, fresh) = (ctx.now - ANSWERS_SINCE, ctx.now - FRESH);
        let mut tx = self.db().begin(Scope::System).await?;
        let found = store::response_times(&mut tx, &ids, since, fresh, ctx.now, ANSWERS_LEAST).await?;
        tx.commit().await?;
        let hours = |seconds: i64| u32::try_from(seconds.max(1).div_euclid(HOUR_S)).unwrap_or(u32::MAX);
        let times = found.into_iter().map(|row| ResponseTime {
            shop: row.shop,
            threads: u32::try_from(row.threads).unwrap_or(u32::MAX),
            median_hours: hours(row.median_s + HOUR_S - 1).max(1),
        });
        Ok(times.collect())
    }

    /// The other of the two, for mails.
    pub(crate) fn reader(row: &ThreadRow, side: Side) -> Party {
        match side {
            Side::Buyer => Party::Buyer(row.buyer_id),
            Side::Shop => Party::Shop(row.tenant_id),
        }
    }
}
