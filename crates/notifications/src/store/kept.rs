//! What the sandboxes of carriers were given.

use contracts::notifications::{KeptMessage, MessageChannel};
use kernel::Timestamp;
use sqlx::{FromRow, PgConnection, PgExecutor};

/// A message as a sandbox is given it.
pub struct Kept<'a> {
    pub key: &'a str,
    pub channel: MessageChannel,
    pub address: &'a str,
    pub title: &'a str,
    pub text: &'a str,
    pub href: &'a str,
    pub at: Timestamp,
}

#[derive(FromRow)]
struct KeptRow {
    channel: String,
    address: String,
    title: String,
    text: String,
    href: String,
    at: Timestamp,
}

fn name(channel: MessageChannel) -> &'static str {
    match channel {
        MessageChannel::Sms => "sms",
        MessageChannel::Push => "push",
    }
}

/// The same key is kept once.
pub async fn keep(db: impl PgExecutor<'_>, message: &Kept<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into notifications.sandbox_message (key, channel, address, title, text, href, at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict on constraint sandbox_message_pkey do nothing",
    )
    .bind(message.key)
    .bind(name(message.channel))
    .bind(message.address)
    .bind(message.title)
    .bind(message.text)
    .bind(message.href)
    .bind(message.at)
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets what nobody looks at any more.
pub async fn forget(conn: &mut PgConnection, before: Timestamp, most: i64) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query(
        "delete from notifications.sandbox_message
          where key in (select key from notifications.sandbox_message where at < $1 limit $2)",
    )
    .bind(before)
    .bind(most)
    .execute(conn)
    .await?;
    Ok(forgotten.rows_affected())
}

/// The latest first.
pub async fn list(
    db: impl PgExecutor<'_>,
    to: Option<&str>,
    limit: i64,
) -> Result<Vec<KeptMessage>, sqlx::Error> {
    let rows: Vec<KeptRow> = sqlx::query_as(
        "select channel, address, title, text, href, at from notifications.sandbox_message
          where ($1::text is null or address = $1) order by at desc, key limit $2",
    )
    .bind(to)
    .bind(limit)
    .fetch_all(db)
    .await?;
    let kept = rows.into_iter().map(|row| KeptMessage {
        channel: match row.channel.as_str() {
            "sms" => MessageChannel::Sms,
            _ => MessageChannel::Push,
        },
        to: row.address,
        title: row.title,
        text: row.text,
        href: row.href,
        at: row.at,
    });
    Ok(kept.collect())
}
