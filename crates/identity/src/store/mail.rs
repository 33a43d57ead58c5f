use crate::mail::Message;
use contracts::identity::Mail;
use kernel::{Timestamp, uuid_at};
use sqlx::types::Json;
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

#[derive(FromRow)]
struct MailRow {
    id: Uuid,
    recipient: String,
    sender: String,
    subject: String,
    body: String,
    sent_at: Timestamp,
    headers: Json<Vec<(String, String)>>,
}

impl MailRow {
    fn mail(self) -> Mail {
        Mail {
            id: self.id,
            to: self.recipient,
            from: self.sender,
            subject: self.subject,
            body: self.body,
            at: self.sent_at,
            headers: self.headers.0,
        }
    }
}

pub async fn insert(
    db: impl PgExecutor<'_>,
    message: &Message,
    sender: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into identity.mail (id, recipient, sender, subject, body, sent_at, headers)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(uuid_at(now))
    .bind(&message.to)
    .bind(sender)
    .bind(&message.subject)
    .bind(&message.body)
    .bind(now)
    .bind(Json(&message.headers))
    .execute(db)
    .await?;
    Ok(())
}

/// Newest first, to one recipient or to all.
pub async fn list(
    db: impl PgExecutor<'_>,
    recipient: Option<&str>,
    limit: i64,
) -> Result<Vec<Mail>, sqlx::Error> {
    let rows: Vec<MailRow> = sqlx::query_as(
        "select id, recipient, sender, subject, body, sent_at, headers
           from identity.mail
          where $1::text is null or recipient = $1
          order by id desc
          limit $2",
    )
    .bind(recipient)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(MailRow::mail).collect())
}

pub async fn get(db: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Mail>, sqlx::Error> {
    let row: Option<MailRow> = sqlx::query_as(
        "select id, recipient, sender, subject, body, sent_at, headers from identity.mail where id = $1",
    )
    .bind(id)
    .fetch_optional(db)
    .await?;
    Ok(row.map(MailRow::mail))
}

pub async fn drop_old(db: impl PgExecutor<'_>, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!("delete from identity.mail where sent_at < $1", before)
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}
