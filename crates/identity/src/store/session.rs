use contracts::identity::Audience;
use kernel::{Role, SessionId, TenantId, Timestamp, UserId};
use sqlx::PgExecutor;

use super::role::name_of;

/// A session that is being opened.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub id: SessionId,
    pub account: UserId,
    pub audience: Audience,
    pub role: Role,
    pub acts_for: Option<TenantId>,
    pub cookie_hash: Option<Vec<u8>>,
    pub device: String,
    pub address: String,
    pub expires_at: Timestamp,
}

/// A living session and whose it is.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
    pub account: UserId,
    pub audience: Audience,
    pub acts_for: Option<TenantId>,
    pub expires_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub email: String,
    pub name: String,
    pub email_verified: bool,
}

/// A line in a person's list of sessions.
#[derive(Clone, Debug)]
pub struct SessionLine {
    pub id: SessionId,
    pub audience: Audience,
    pub acts_for: Option<TenantId>,
    pub browser: bool,
    pub device: String,
    pub address: String,
    pub started_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
}

#[must_use]
pub fn audience_name(audience: Audience) -> &'static str {
    match audience {
        Audience::Buyer => "buyer",
        Audience::Seller => "seller",
        Audience::Admin => "admin",
        Audience::Partner => "partner",
    }
}

pub fn audience_of(name: &str) -> Result<Audience, sqlx::Error> {
    serde_json::from_value(serde_json::Value::from(name)).map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

pub async fn insert(
    db: impl PgExecutor<'_>,
    session: &NewSession,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into identity.session (id, account_id, audience, role, acts_for, cookie_hash, device, address, started_at, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)",
        session.id.0,
        session.account.0,
        audience_name(session.audience),
        name_of(session.role),
        session.acts_for.map(|t| t.0),
        session.cookie_hash,
        session.device,
        session.address,
        now,
        session.expires_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

struct Row {
    id: SessionId,
    account: UserId,
    audience: String,
    acts_for: Option<TenantId>,
    expires_at: Timestamp,
    last_seen_at: Timestamp,
    email: String,
    name: String,
    email_verified: bool,
}

impl Row {
    fn read(self) -> Result<Session, sqlx::Error> {
        Ok(Session {
            audience: audience_of(&self.audience)?,
            id: self.id,
            account: self.account,
            acts_for: self.acts_for,
            expires_at: self.expires_at,
            last_seen_at: self.last_seen_at,
            email: self.email,
            name: self.name,
            email_verified: self.email_verified,
        })
    }
}

/// The session of a token, if it lives.
pub async fn living(
    db: impl PgExecutor<'_>,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<Session>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"select s.id as "id: SessionId", s.account_id as "account: UserId", s.audience,
                  s.acts_for as "acts_for: TenantId", s.expires_at, s.last_seen_at,
                  a.email, a.name, a.email_verified_at is not null as "email_verified!"
             from identity.session s join identity.account a on a.id = s.account_id
            where s.id = $1 and s.ended_at is null and s.expires_at > $2"#,
        id.0,
        now,
    )
    .fetch_optional(db)
    .await?
    .map(Row::read)
    .transpose()
}

/// The session of a cookie, if it lives.
pub async fn living_by_cookie(
    db: impl PgExecutor<'_>,
    cookie_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Session>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"select s.id as "id: SessionId", s.account_id as "account: UserId", s.audience,
                  s.acts_for as "acts_for: TenantId", s.expires_at, s.last_seen_at,
                  a.email, a.name, a.email_verified_at is not null as "email_verified!"
             from identity.session s join identity.account a on a.id = s.account_id
            where s.cookie_hash = $1 and s.ended_at is null and s.expires_at > $2"#,
        cookie_hash,
        now,
    )
    .fetch_optional(db)
    .await?
    .map(Row::read)
    .transpose()
}

pub async fn touch(db: impl PgExecutor<'_>, id: SessionId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity.session set last_seen_at = $2 where id = $1",
        id.0,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// An account's living sessions, the latest used first.
pub async fn list(
    db: impl PgExecutor<'_>,
    account: UserId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<SessionLine>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id as "id: SessionId", audience, acts_for as "acts_for: TenantId", cookie_hash is not null as "browser!",
                  device, address, started_at, last_seen_at, expires_at
             from identity.session
            where account_id = $1 and ended_at is null and expires_at > $2
            order by last_seen_at desc, id desc
            limit $3"#,
        account.0,
        now,
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(SessionLine {
                audience: audience_of(&row.audience)?,
                id: row.id,
                acts_for: row.acts_for,
                browser: row.browser,
                device: row.device,
                address: row.address,
                started_at: row.started_at,
                last_seen_at: row.last_seen_at,
                expires_at: row.expires_at,
            })
        })
        .collect()
}

/// Ends a session; tells whose it was, or none if it had ended before.
pub async fn end(
    db: impl PgExecutor<'_>,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<UserId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"update identity.session set ended_at = $2 where id = $1 and ended_at is null
           returning account_id as "account: UserId""#,
        id.0,
        now,
    )
    .fetch_optional(db)
    .await
}

/// Ends one of the account's own sessions; false when there is no such living one.
pub async fn end_own(
    db: impl PgExecutor<'_>,
    account: UserId,
    id: SessionId,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update identity.session set ended_at = $3
          where id = $2 and account_id = $1 and ended_at is null and expires_at > $3",
        account.0,
        id.0,
        now,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn end_all(db: impl PgExecutor<'_>, account: UserId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity.session set ended_at = $2 where account_id = $1 and ended_at is null",
        account.0,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn drop_over(db: impl PgExecutor<'_>, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "delete from identity.session where expires_at < $1 or ended_at < $1",
        before
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

pub async fn insert_refresh(
    db: impl PgExecutor<'_>,
    hash: &[u8],
    session: SessionId,
    expires_at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into identity.refresh_token (hash, session_id, expires_at) values ($1, $2, $3)",
        hash,
        session.0,
        expires_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A refresh token as it was before this use.
#[derive(Debug)]
pub struct Refresh {
    pub session: SessionId,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// Reads a refresh token and keeps others from using it until the transaction ends.
pub async fn lock_refresh(db: impl PgExecutor<'_>, hash: &[u8]) -> Result<Option<Refresh>, sqlx::Error> {
    sqlx::query_as!(
        Refresh,
        r#"select session_id as "session: SessionId", expires_at, used_at
             from identity.refresh_token where hash = $1 for update"#,
        hash,
    )
    .fetch_optional(db)
    .await
}

pub async fn use_refresh(db: impl PgExecutor<'_>, hash: &[u8], now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity.refresh_token set used_at = $2 where hash = $1",
        hash,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}
