//! Quotes: one of a thread is open at most.

use super::{MessageRow, name};
use crate::error::Error;
use contracts::messages::{NewQuote, QuoteStatus};
use kernel::{MessageId, TenantId, ThreadId, Timestamp};
use sqlx::PgConnection;

/// Notes a quote in the place of the one that was open.
pub async fn insert_quote(
    conn: &mut PgConnection,
    shop: TenantId,
    thread: ThreadId,
    message: MessageId,
    quote: &NewQuote,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("update messages.quote set status = 'over', answered_at = $2 where thread_id = $1 and status = 'open'")
        .bind(thread)
        .bind(now)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "insert into messages.quote (message_id, tenant_id, thread_id, amount, currency, lead_days, valid_until, status)
         values ($1, $2, $3, $4, $5, $6, $7, 'open')",
    )
    .bind(message)
    .bind(shop)
    .bind(thread)
    .bind(quote.price.amount)
    .bind(quote.price.currency.code())
    .bind(i32::from(quote.lead_days))
    .bind(quote.valid_until)
    .execute(conn)
    .await?;
    Ok(())
}

/// A quote of a thread, with its message, unless it was removed.
pub async fn quote(
    conn: &mut PgConnection,
    thread: ThreadId,
    message: MessageId,
) -> Result<Option<MessageRow>, sqlx::Error> {
    let found = super::message(conn, thread, message).await?;
    Ok(found.filter(|row| row.status.is_some() && row.removal.is_none()))
}

pub async fn answer_quote(
    conn: &mut PgConnection,
    message: MessageId,
    status: QuoteStatus,
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query("update messages.quote set status = $2, answered_at = $3 where message_id = $1")
        .bind(message)
        .bind(name(status)?)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}
