use super::session::{audience_name, audience_of};
use contracts::identity::Audience;
use kernel::{TenantId, Timestamp, UserId};
use sqlx::{FromRow, PgExecutor};

/// A sign-in whose password was right and whose code is awaited.
#[derive(Clone, Copy, Debug)]
pub struct Challenge {
    pub account: UserId,
    /// None for a browser.
    pub audience: Option<Audience>,
    pub acts_for: Option<TenantId>,
}

#[derive(FromRow)]
struct Row {
    account_id: UserId,
    audience: Option<String>,
    acts_for: Option<TenantId>,
}

pub async fn insert(
    db: impl PgExecutor<'_>,
    hash: &[u8],
    challenge: &Challenge,
    expires_at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into identity.sign_in_challenge (hash, account_id, audience, acts_for, failures, expires_at)
         values ($1, $2, $3, $4, 0, $5)",
    )
    .bind(hash)
    .bind(challenge.account.0)
    .bind(challenge.audience.map(audience_name))
    .bind(challenge.acts_for.map(|tenant| tenant.0))
    .bind(expires_at)
    .execute(db)
    .await?;
    Ok(())
}

/// One that can still be met.
pub async fn find(
    db: impl PgExecutor<'_>,
    hash: &[u8],
    now: Timestamp,
    failures_max: i32,
) -> Result<Option<Challenge>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(
        "select account_id, audience, acts_for from identity.sign_in_challenge
          where hash = $1 and used_at is null and expires_at > $2 and failures < $3",
    )
    .bind(hash)
    .bind(now)
    .bind(failures_max)
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(Challenge {
            account: row.account_id,
            audience: row.audience.as_deref().map(audience_of).transpose()?,
            acts_for: row.acts_for,
        })
    })
    .transpose()
}

/// Uses it up; false where somebody else was faster, or has guessed too often.
pub async fn take(
    db: impl PgExecutor<'_>,
    hash: &[u8],
    now: Timestamp,
    failures_max: i32,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "update identity.sign_in_challenge set used_at = $2 where hash = $1 and used_at is null and failures < $3",
    )
    .bind(hash)
    .bind(now)
    .bind(failures_max)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn count_failure(db: impl PgExecutor<'_>, hash: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query("update identity.sign_in_challenge set failures = failures + 1 where hash = $1")
        .bind(hash)
        .execute(db)
        .await?;
    Ok(())
}

/// Drops all of an account: the password they came after is none any more, or no code is awaited.
pub async fn drop_of(db: impl PgExecutor<'_>, account: UserId) -> Result<(), sqlx::Error> {
    sqlx::query("delete from identity.sign_in_challenge where account_id = $1")
        .bind(account.0)
        .execute(db)
        .await?;
    Ok(())
}

pub async fn drop_expired(db: impl PgExecutor<'_>, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("delete from identity.sign_in_challenge where expires_at < $1")
        .bind(before)
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}
