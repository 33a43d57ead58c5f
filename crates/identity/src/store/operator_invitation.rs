//! Whom administrators invited to work for the marketplace itself.

use super::role::{name_of, role_of};
use crate::domain::Invitation;
use kernel::{Timestamp, UserId};
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

#[derive(FromRow)]
struct Row {
    id: Uuid,
    email: String,
    role: String,
    invited_by: UserId,
    inviter: String,
    stands: bool,
    sent_at: Timestamp,
    expires_at: Timestamp,
    withdrawn_at: Option<Timestamp>,
    accepted_at: Option<Timestamp>,
    accepted_by: Option<UserId>,
}

impl Row {
    fn read(self) -> Result<Invitation, sqlx::Error> {
        Ok(Invitation {
            id: self.id,
            email: self.email,
            role: role_of(&self.role)?,
            invited_by: self.invited_by,
            inviter: self.inviter,
            stands: self.stands,
            sent_at: self.sent_at,
            expires_at: self.expires_at,
            withdrawn_at: self.withdrawn_at,
            accepted_at: self.accepted_at,
            accepted_by: self.accepted_by,
        })
    }
}

/// Whether whoever invited is an administrator.
macro_rules! stands {
    () => {
        "exists (select from identity.operator_role o where o.account_id = i.invited_by and o.role = 'admin')"
    };
}

macro_rules! select_invitations {
    ($rest:literal) => {
        concat!(
            "select i.id, i.email, i.role, i.invited_by, a.name as inviter, ",
            stands!(),
            " as stands, i.sent_at, i.expires_at, i.withdrawn_at, i.accepted_at, i.accepted_by",
            " from identity.operator_invitation i join identity.account a on a.id = i.invited_by ",
            $rest
        )
    };
}

/// The latest first.
pub async fn list(db: impl PgExecutor<'_>, limit: i64) -> Result<Vec<Invitation>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(select_invitations!("order by i.id desc limit $1"))
        .bind(limit)
        .fetch_all(db)
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// How many can be accepted.
pub async fn open(db: impl PgExecutor<'_>, now: Timestamp) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(concat!(
        "select count(*) from identity.operator_invitation i
          where i.withdrawn_at is null and i.accepted_at is null and i.expires_at > $1 and ",
        stands!()
    ))
    .bind(now)
    .fetch_one(db)
    .await
}

/// One of them, kept from others until the transaction ends.
pub async fn lock(db: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Invitation>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(select_invitations!("where i.id = $1 for update of i"))
        .bind(id)
        .fetch_optional(db)
        .await?;
    row.map(Row::read).transpose()
}

/// As [`lock`], by its secret.
pub async fn lock_of_hash(db: impl PgExecutor<'_>, hash: &[u8]) -> Result<Option<Invitation>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(select_invitations!("where i.hash = $1 for update of i"))
        .bind(hash)
        .fetch_optional(db)
        .await?;
    row.map(Row::read).transpose()
}

/// Forgets those of an address that can be accepted no more, though nobody took them back.
pub async fn drop_outlived(db: impl PgExecutor<'_>, email: &str, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(concat!(
        "delete from identity.operator_invitation i
          where i.email = $1 and i.withdrawn_at is null and i.accepted_at is null
            and (i.expires_at <= $2 or not ",
        stands!(),
        ")"
    ))
    .bind(email)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Fails with `operator_invitation_open` where there is one of the address that is not over.
pub async fn insert(db: impl PgExecutor<'_>, invited: &Invitation, hash: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into identity.operator_invitation (id, email, role, hash, invited_by, sent_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(invited.id)
    .bind(&invited.email)
    .bind(name_of(invited.role))
    .bind(hash)
    .bind(invited.invited_by.0)
    .bind(invited.sent_at)
    .bind(invited.expires_at)
    .execute(db)
    .await?;
    Ok(())
}

pub async fn withdraw(db: impl PgExecutor<'_>, id: Uuid, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("update identity.operator_invitation set withdrawn_at = $2 where id = $1")
        .bind(id)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

pub async fn accept(
    db: impl PgExecutor<'_>,
    id: Uuid,
    by: UserId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("update identity.operator_invitation set accepted_at = $3, accepted_by = $2 where id = $1")
        .bind(id)
        .bind(by.0)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

pub async fn drop_over(db: impl PgExecutor<'_>, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("delete from identity.operator_invitation where expires_at < $1")
        .bind(before)
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}
