use kernel::{Timestamp, UserId};
use sqlx::{FromRow, PgExecutor};

#[derive(Clone, Debug, FromRow)]
pub struct FactorRow {
    pub account_id: UserId,
    /// Sealed for [`FactorRow::owner`].
    pub sealed_secret: Vec<u8>,
    pub started_at: Timestamp,
    pub confirmed_at: Option<Timestamp>,
    pub last_step: i64,
}

impl FactorRow {
    /// What a sealed secret belongs to.
    pub fn owner(account: UserId) -> String {
        format!("identity.second_factor/{account}")
    }
}

/// Puts a secret in the place of one that was never confirmed. False where one is in use.
pub async fn start(
    db: impl PgExecutor<'_>,
    account: UserId,
    sealed_secret: &[u8],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "insert into identity.second_factor as factor (account_id, sealed_secret, started_at, last_step)
         values ($1, $2, $3, 0)
         on conflict (account_id) do update set sealed_secret = $2, started_at = $3
          where factor.confirmed_at is null",
    )
    .bind(account.0)
    .bind(sealed_secret)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn get(db: impl PgExecutor<'_>, account: UserId) -> Result<Option<FactorRow>, sqlx::Error> {
    sqlx::query_as(
        "select account_id, sealed_secret, started_at, confirmed_at, last_step
           from identity.second_factor where account_id = $1",
    )
    .bind(account.0)
    .fetch_optional(db)
    .await
}

/// The same, held until the transaction ends.
pub async fn lock(db: impl PgExecutor<'_>, account: UserId) -> Result<Option<FactorRow>, sqlx::Error> {
    sqlx::query_as(
        "select account_id, sealed_secret, started_at, confirmed_at, last_step
           from identity.second_factor where account_id = $1 for update",
    )
    .bind(account.0)
    .fetch_optional(db)
    .await
}

pub async fn is_on(db: impl PgExecutor<'_>, account: UserId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select 1 from identity.second_factor where account_id = $1 and confirmed_at is not null)",
    )
    .bind(account.0)
    .fetch_one(db)
    .await
}

/// A code of this step was taken; a first one turns the factor on.
pub async fn take_step(
    db: impl PgExecutor<'_>,
    account: UserId,
    step: i64,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update identity.second_factor
            set last_step = $2, confirmed_at = coalesce(confirmed_at, $3)
          where account_id = $1",
    )
    .bind(account.0)
    .bind(step)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

pub async fn delete(db: impl PgExecutor<'_>, account: UserId) -> Result<(), sqlx::Error> {
    sqlx::query("delete from identity.second_factor where account_id = $1")
        .bind(account.0)
        .execute(db)
        .await?;
    Ok(())
}

/// Drops what was begun before and never confirmed.
pub async fn drop_pending(db: impl PgExecutor<'_>, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done =
        sqlx::query("delete from identity.second_factor where confirmed_at is null and started_at < $1")
            .bind(before)
            .execute(db)
            .await?;
    Ok(done.rows_affected())
}

/// Some of all, in order of their accounts, held until the transaction ends.
pub async fn sealed(
    db: impl PgExecutor<'_>,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<FactorRow>, sqlx::Error> {
    sqlx::query_as(
        "select account_id, sealed_secret, started_at, confirmed_at, last_step
           from identity.second_factor
          where $1::uuid is null or account_id > $1
          order by account_id
          limit $2
            for update",
    )
    .bind(after.map(|account| account.0))
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Replaces a sealed secret by the same one, sealed anew.
pub async fn reseal(
    db: impl PgExecutor<'_>,
    account: UserId,
    sealed_secret: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query("update identity.second_factor set sealed_secret = $2 where account_id = $1")
        .bind(account.0)
        .bind(sealed_secret)
        .execute(db)
        .await?;
    Ok(())
}
