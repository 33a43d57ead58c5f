use contracts::identity::Mail;
use kernel::{Timestamp, uuid_at};
use sqlx::PgExecutor;
use uuid::Uuid;

pub async fn insert(
    db: impl PgExecutor<'_>,
    recipient: &str,
    sender: &str,
    subject: &str,
    body: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into identity.mail (id, recipient, sender, subject, body, sent_at) values ($1, $2, $3, $4, $5, $6)",
        uuid_at(now),
        recipient,
        sender,
        subject,
        body,
        now,
    )
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
    sqlx::query_as!(
        Mail,
        r#"select id, recipient as "to", sender as "from", subject, body, sent_at as at
             from identity.mail
            where $1::text is null or recipient = $1
            order by id desc
            limit $2"#,
        recipient,
        limit,
    )
    .fetch_all(db)
    .await
}

pub async fn get(db: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Mail>, sqlx::Error> {
    sqlx::query_as!(
        Mail,
        r#"select id, recipient as "to", sender as "from", subject, body, sent_at as at
             from identity.mail
            where id = $1"#,
        id,
    )
    .fetch_optional(db)
    .await
}

pub async fn drop_old(db: impl PgExecutor<'_>, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!("delete from identity.mail where sent_at < $1", before)
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}
