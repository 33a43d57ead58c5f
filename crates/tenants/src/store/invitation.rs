use super::shop::word;
use super::staff::role_name;
use crate::domain::Invitation;
use kernel::{TenantId, Timestamp, UserId};
use sha2::{Digest, Sha256};
use sqlx::PgExecutor;
use uuid::Uuid;

/// Invitations listed.
const INVITATIONS_MAX: i64 = 500;

/// What is kept of a mailed secret. It is 256 random bits, so a plain hash cannot be reversed by guessing.
#[must_use]
pub fn hash_of(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

struct Row {
    tenant_id: TenantId,
    id: Uuid,
    email: String,
    role: String,
    invited_at: Timestamp,
    sent_at: Timestamp,
    expires_at: Timestamp,
    revoked_at: Option<Timestamp>,
    accepted_at: Option<Timestamp>,
    accepted_by: Option<UserId>,
}

impl Row {
    fn read(self) -> Result<(TenantId, Invitation), sqlx::Error> {
        let invitation = Invitation {
            id: self.id,
            email: self.email,
            role: word(self.role)?,
            invited_at: self.invited_at,
            sent_at: self.sent_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
            accepted_at: self.accepted_at,
            accepted_by: self.accepted_by,
        };
        Ok((self.tenant_id, invitation))
    }
}

/// Whom a shop invited, the latest first.
pub async fn list(db: impl PgExecutor<'_>, tenant: TenantId) -> Result<Vec<Invitation>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"select tenant_id as "tenant_id: TenantId", id, email, role, invited_at, sent_at, expires_at, revoked_at,
                  accepted_at, accepted_by as "accepted_by: UserId"
             from tenants.invitation
            where tenant_id = $1
            order by id desc
            limit $2"#,
        tenant.0,
        INVITATIONS_MAX,
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(|row| Ok(row.read()?.1))
    .collect()
}

/// One of a shop's invitations, kept from others until the transaction ends.
pub async fn lock(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Invitation>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        r#"select tenant_id as "tenant_id: TenantId", id, email, role, invited_at, sent_at, expires_at, revoked_at,
                  accepted_at, accepted_by as "accepted_by: UserId"
             from tenants.invitation
            where tenant_id = $1 and id = $2
              for update"#,
        tenant.0,
        id,
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok(row.read()?.1)).transpose()
}

/// As [`lock`], by the address.
pub async fn lock_of_address(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    email: &str,
) -> Result<Option<Invitation>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        r#"select tenant_id as "tenant_id: TenantId", id, email, role, invited_at, sent_at, expires_at, revoked_at,
                  accepted_at, accepted_by as "accepted_by: UserId"
             from tenants.invitation
            where tenant_id = $1 and email = $2
              for update"#,
        tenant.0,
        email,
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok(row.read()?.1)).transpose()
}

/// The invitation of a mailed secret and its shop, kept from others until the transaction ends. System work: whoever
/// brings a secret does not say of which shop.
pub async fn lock_of_token(
    db: impl PgExecutor<'_>,
    token_hash: &[u8],
) -> Result<Option<(TenantId, Invitation)>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        r#"select tenant_id as "tenant_id: TenantId", id, email, role, invited_at, sent_at, expires_at, revoked_at,
                  accepted_at, accepted_by as "accepted_by: UserId"
             from tenants.invitation
            where token_hash = $1
              for update"#,
        token_hash,
    )
    .fetch_optional(db)
    .await?;
    row.map(Row::read).transpose()
}

/// Writes a fresh invitation over the one the address had before; false while that one can still be accepted, because
/// somebody invited them at the same time.
pub async fn start(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    invitation: &Invitation,
    token_hash: &[u8],
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "insert into tenants.invitation as old (tenant_id, id, email, role, token_hash, invited_at, sent_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $6, $7)
         on conflict (tenant_id, email) do update
            set id = excluded.id, role = excluded.role, token_hash = excluded.token_hash,
                invited_at = excluded.invited_at, sent_at = excluded.sent_at, expires_at = excluded.expires_at,
                revoked_at = null, accepted_at = null, accepted_by = null
          where old.revoked_at is not null or old.accepted_at is not null or old.expires_at <= excluded.invited_at",
        tenant.0,
        invitation.id,
        invitation.email,
        role_name(invitation.role),
        token_hash,
        invitation.invited_at,
        invitation.expires_at,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// It was mailed again, with another secret.
pub async fn renew(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    invitation: &Invitation,
    token_hash: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update tenants.invitation set token_hash = $3, sent_at = $4, expires_at = $5 where tenant_id = $1 and id = $2",
        tenant.0,
        invitation.id,
        token_hash,
        invitation.sent_at,
        invitation.expires_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn revoke(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: Uuid,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update tenants.invitation set revoked_at = $3 where tenant_id = $1 and id = $2",
        tenant.0,
        id,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn accept(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: Uuid,
    user: UserId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update tenants.invitation set accepted_by = $3, accepted_at = $4 where tenant_id = $1 and id = $2",
        tenant.0,
        id,
        user.0,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}
