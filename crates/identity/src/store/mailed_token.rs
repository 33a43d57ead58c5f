use kernel::{Timestamp, UserId};
use sqlx::PgExecutor;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    VerifyEmail,
    ResetPassword,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
        }
    }
}

pub async fn insert(
    db: impl PgExecutor<'_>,
    hash: &[u8],
    account: UserId,
    purpose: Purpose,
    expires_at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into identity.mailed_token (hash, account_id, purpose, expires_at) values ($1, $2, $3, $4)",
        hash,
        account.0,
        purpose.as_str(),
        expires_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whether the token could be used up now.
pub async fn is_open(
    db: impl PgExecutor<'_>,
    hash: &[u8],
    purpose: Purpose,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (
               select 1 from identity.mailed_token
                where hash = $1 and purpose = $2 and used_at is null and expires_at > $3
           ) as "is_open!""#,
        hash,
        purpose.as_str(),
        now,
    )
    .fetch_one(db)
    .await
}

/// Uses the token up. None when it is unknown, expired, used, or meant for another purpose.
pub async fn take(
    db: impl PgExecutor<'_>,
    hash: &[u8],
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<UserId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"update identity.mailed_token set used_at = $3
            where hash = $1 and purpose = $2 and used_at is null and expires_at > $3
        returning account_id as "id: UserId""#,
        hash,
        purpose.as_str(),
        now,
    )
    .fetch_optional(db)
    .await
}

/// Makes every open token of this purpose useless.
pub async fn void_all(
    db: impl PgExecutor<'_>,
    account: UserId,
    purpose: Purpose,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity.mailed_token set used_at = $3 where account_id = $1 and purpose = $2 and used_at is null",
        account.0,
        purpose.as_str(),
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn drop_expired(db: impl PgExecutor<'_>, now: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!("delete from identity.mailed_token where expires_at < $1", now)
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}
