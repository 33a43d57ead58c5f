use crate::domain::Email;
use kernel::{Timestamp, UserId};
use sqlx::PgExecutor;
use uuid::Uuid;

/// An account without its hash.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub email_verified_at: Option<Timestamp>,
}

/// What sign-in compares against.
#[derive(Debug)]
pub struct Secret {
    pub id: UserId,
    pub password_hash: String,
}

pub async fn insert(
    db: impl PgExecutor<'_>,
    account: &Account,
    password_hash: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into identity.account (id, email, name, password_hash, email_verified_at, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        account.id.0,
        account.email,
        account.name,
        password_hash,
        account.email_verified_at,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Inserts those whose address is new, all with one hash and a verified address; returns the ids inserted.
pub async fn insert_many(
    db: impl PgExecutor<'_>,
    ids: &[Uuid],
    emails: &[String],
    names: &[String],
    password_hash: &str,
    now: Timestamp,
) -> Result<Vec<UserId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"insert into identity.account (id, email, name, password_hash, email_verified_at, created_at)
           select id, email, name, $4, $5, $5
             from unnest($1::uuid[], $2::text[], $3::text[]) as new (id, email, name)
           on conflict (email) do nothing
           returning id as "id: UserId""#,
        ids,
        emails,
        names,
        password_hash,
        now,
    )
    .fetch_all(db)
    .await
}

pub async fn secret_by_email(db: impl PgExecutor<'_>, email: &Email) -> Result<Option<Secret>, sqlx::Error> {
    sqlx::query_as!(
        Secret,
        r#"select id as "id: UserId", password_hash from identity.account where email = $1"#,
        email.as_str(),
    )
    .fetch_optional(db)
    .await
}

pub async fn by_email(db: impl PgExecutor<'_>, email: &Email) -> Result<Option<Account>, sqlx::Error> {
    sqlx::query_as!(
        Account,
        r#"select id as "id: UserId", email, name, email_verified_at from identity.account where email = $1"#,
        email.as_str(),
    )
    .fetch_optional(db)
    .await
}

pub async fn by_id(db: impl PgExecutor<'_>, id: UserId) -> Result<Option<Account>, sqlx::Error> {
    sqlx::query_as!(
        Account,
        r#"select id as "id: UserId", email, name, email_verified_at from identity.account where id = $1"#,
        id.0,
    )
    .fetch_optional(db)
    .await
}

pub async fn by_ids(db: impl PgExecutor<'_>, ids: &[Uuid]) -> Result<Vec<Account>, sqlx::Error> {
    sqlx::query_as!(
        Account,
        r#"select id as "id: UserId", email, name, email_verified_at from identity.account where id = any($1)"#,
        ids,
    )
    .fetch_all(db)
    .await
}

pub async fn by_emails(db: impl PgExecutor<'_>, emails: &[String]) -> Result<Vec<Account>, sqlx::Error> {
    sqlx::query_as!(
        Account,
        r#"select id as "id: UserId", email, name, email_verified_at from identity.account where email = any($1)"#,
        emails,
    )
    .fetch_all(db)
    .await
}

/// The password's hash as it is now. A new password waits until the transaction ends.
pub async fn hold_password_hash(db: impl PgExecutor<'_>, id: UserId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("select password_hash from identity.account where id = $1 for share")
        .bind(id.0)
        .fetch_optional(db)
        .await
}

/// Marks the address as verified; an earlier time stays.
pub async fn verify_email(db: impl PgExecutor<'_>, id: UserId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity.account set email_verified_at = coalesce(email_verified_at, $2) where id = $1",
        id.0,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn set_password(db: impl PgExecutor<'_>, id: UserId, hash: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity.account set password_hash = $2 where id = $1",
        id.0,
        hash
    )
    .execute(db)
    .await?;
    Ok(())
}
