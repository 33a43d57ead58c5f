use kernel::Timestamp;
use sqlx::{PgConnection, PgExecutor};

/// Until when sign-in with this address is refused, if it is.
pub async fn locked_until(
    db: impl PgExecutor<'_>,
    email_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let locked = sqlx::query_scalar!(
        "select locked_until from identity.sign_in_guard where email_hash = $1 and locked_until > $2",
        email_hash,
        now,
    )
    .fetch_optional(db)
    .await?;
    Ok(locked.flatten())
}

/// Counts a failure and returns how many there are in a row now. The row stays locked until the transaction ends.
/// A row whose last failure is older than `forget_before` starts anew.
pub async fn count_failure(
    conn: &mut PgConnection,
    email_hash: &[u8],
    now: Timestamp,
    forget_before: Timestamp,
) -> Result<u32, sqlx::Error> {
    let failures = sqlx::query_scalar!(
        "insert into identity.sign_in_guard as guard (email_hash, failures, failed_at) values ($1, 1, $2)
         on conflict (email_hash) do update
            set failures = case when guard.failed_at < $3 then 1 else guard.failures + 1 end, failed_at = $2
         returning failures",
        email_hash,
        now,
        forget_before,
    )
    .fetch_one(conn)
    .await?;
    Ok(u32::try_from(failures).unwrap_or(u32::MAX))
}

pub async fn lock(conn: &mut PgConnection, email_hash: &[u8], until: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity.sign_in_guard set locked_until = $2 where email_hash = $1",
        email_hash,
        until,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The row of failures has ended: signed in, or the password was reset.
pub async fn clear(db: impl PgExecutor<'_>, email_hash: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from identity.sign_in_guard where email_hash = $1",
        email_hash
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn forget_old(db: impl PgExecutor<'_>, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "delete from identity.sign_in_guard where failed_at < $1 and (locked_until is null or locked_until < $1)",
        before,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
