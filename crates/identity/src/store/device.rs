//! What accounts signed in with.

use kernel::{Timestamp, UserId};
use sqlx::PgExecutor;

/// Takes note of a device; says whether it is new to an account that others were used with. The first of an account is not:
/// it is how the account began.
pub async fn meet(
    db: impl PgExecutor<'_>,
    account: UserId,
    hash: &[u8],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "with earlier as (
             select exists (select from identity.known_device where account_id = $1) as is_any
         ),
         met as (
             insert into identity.known_device (account_id, hash, seen_at) values ($1, $2, $3)
                 on conflict on constraint known_device_pkey do update set seen_at = excluded.seen_at
             -- a row that was there has been locked or updated by somebody
             returning xmax = 0 as is_new
         )
         select met.is_new and earlier.is_any from met, earlier",
    )
    .bind(account.0)
    .bind(hash)
    .bind(now)
    .fetch_one(db)
    .await
}

/// Forgets what was not used since.
pub async fn drop_unused(db: impl PgExecutor<'_>, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("delete from identity.known_device where seen_at < $1")
        .bind(before)
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}
