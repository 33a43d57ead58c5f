use kernel::{Timestamp, UserId};
use sqlx::{PgConnection, PgExecutor};

/// Puts new codes in the place of all that an account has.
pub async fn replace(
    conn: &mut PgConnection,
    account: UserId,
    hashes: &[Vec<u8>],
) -> Result<(), sqlx::Error> {
    delete(&mut *conn, account).await?;
    sqlx::query("insert into identity.recovery_code (hash, account_id) select hash, $2 from unnest($1::bytea[]) as hash")
        .bind(hashes)
        .bind(account.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Uses a code up; false where the account has none such left.
pub async fn take(
    db: impl PgExecutor<'_>,
    account: UserId,
    hash: &[u8],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "update identity.recovery_code set used_at = $3 where hash = $1 and account_id = $2 and used_at is null",
    )
    .bind(hash)
    .bind(account.0)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn left(db: impl PgExecutor<'_>, account: UserId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) from identity.recovery_code where account_id = $1 and used_at is null",
    )
    .bind(account.0)
    .fetch_one(db)
    .await
}

pub async fn delete(db: impl PgExecutor<'_>, account: UserId) -> Result<(), sqlx::Error> {
    sqlx::query("delete from identity.recovery_code where account_id = $1")
        .bind(account.0)
        .execute(db)
        .await?;
    Ok(())
}
