//! Keys of shops' programs. Whose a key is, is found by its hash as system work; everything else is the shop's own.

use contracts::identity::ApiScope;
use kernel::{ApiKeyId, Role, TenantId, Timestamp, UserId};
use sqlx::PgExecutor;

/// A key as its shop sees it: without the secret, which nobody has but its holder.
#[derive(Clone, Debug)]
pub struct ApiKey {
    pub tenant: TenantId,
    pub id: ApiKeyId,
    pub prefix: String,
    pub name: String,
    pub scopes: Vec<ApiScope>,
    pub made_by: UserId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub replaced_by: Option<ApiKeyId>,
}

impl ApiKey {
    /// Whether nothing can be made of it any more.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.revoked_at.is_some() || self.replaced_by.is_some() || self.expires_at <= now
    }
}

/// A key with whoever made it, as they are now.
#[derive(Clone, Debug)]
pub struct Held {
    pub key: ApiKey,
    /// None when they have left the shop.
    pub role: Option<Role>,
    pub name: String,
    pub email: String,
    pub email_verified: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    tenant_id: TenantId,
    id: ApiKeyId,
    prefix: String,
    name: String,
    scopes: Vec<String>,
    made_by: UserId,
    created_at: Timestamp,
    expires_at: Timestamp,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    replaced_by: Option<ApiKeyId>,
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    #[sqlx(flatten)]
    key: Row,
    role: Option<String>,
    holder: String,
    email: String,
    email_verified: bool,
}

macro_rules! select_keys {
    ($more:literal, $rest:literal) => {
        concat!(
            "select k.tenant_id, k.id, k.prefix, k.name, k.scopes, k.made_by, k.created_at, k.expires_at, k.last_used_at,
                    k.revoked_at, k.replaced_by",
            $more,
            " from identity.api_key k ",
            $rest
        )
    };
}

impl From<Row> for ApiKey {
    fn from(row: Row) -> Self {
        Self {
            scopes: row
                .scopes
                .iter()
                .filter_map(|name| ApiScope::named(name))
                .collect(),
            tenant: row.tenant_id,
            id: row.id,
            prefix: row.prefix,
            name: row.name,
            made_by: row.made_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
            replaced_by: row.replaced_by,
        }
    }
}

/// Keeps a key, unless the shop has `most` that are good already; false then. Two that are made at one moment may be one
/// too many, which harms nobody.
pub async fn insert(
    db: impl PgExecutor<'_>,
    key: &ApiKey,
    hash: &[u8],
    most: i64,
) -> Result<bool, sqlx::Error> {
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.name()).collect();
    let done = sqlx::query(
        "insert into identity.api_key (tenant_id, id, hash, prefix, name, scopes, made_by, created_at, expires_at)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9
          where (select count(*) from identity.api_key
                  where tenant_id = $1 and revoked_at is null and expires_at > $8) < $10",
    )
    .bind(key.tenant)
    .bind(key.id)
    .bind(hash)
    .bind(&key.prefix)
    .bind(&key.name)
    .bind(&scopes)
    .bind(key.made_by)
    .bind(key.created_at)
    .bind(key.expires_at)
    .bind(most)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The key that has this hash, living or not.
pub async fn by_hash(db: impl PgExecutor<'_>, hash: &[u8]) -> Result<Option<Held>, sqlx::Error> {
    let row: Option<HeldRow> = sqlx::query_as(select_keys!(
        ", r.role, a.name as holder, a.email, a.email_verified_at is not null as email_verified",
        "join identity.account a on a.id = k.made_by
         left join identity.shop_role r on r.tenant_id = k.tenant_id and r.account_id = k.made_by
         where k.hash = $1"
    ))
    .bind(hash)
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(Held {
            role: row.role.as_deref().map(super::role::role_of).transpose()?,
            name: row.holder,
            email: row.email,
            email_verified: row.email_verified,
            key: row.key.into(),
        })
    })
    .transpose()
}

/// A key of the shop's, locked until the transaction ends.
pub async fn lock(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: ApiKeyId,
) -> Result<Option<ApiKey>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(select_keys!(
        "",
        "where k.tenant_id = $1 and k.id = $2 for update"
    ))
    .bind(tenant)
    .bind(id)
    .fetch_optional(db)
    .await?;
    Ok(row.map(ApiKey::from))
}

/// A shop's keys, the newest first.
pub async fn list(db: impl PgExecutor<'_>, tenant: TenantId, limit: i64) -> Result<Vec<ApiKey>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(select_keys!(
        "",
        "where k.tenant_id = $1 order by k.id desc limit $2"
    ))
    .bind(tenant)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

pub async fn touch(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("update identity.api_key set last_used_at = $3 where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(id)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Lets another key take its place, and ends it no later than `ends`.
pub async fn replace(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: ApiKeyId,
    by: ApiKeyId,
    ends: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update identity.api_key set replaced_by = $3, expires_at = least(expires_at, $4)
          where tenant_id = $1 and id = $2",
    )
    .bind(tenant)
    .bind(id)
    .bind(by)
    .bind(ends)
    .execute(db)
    .await?;
    Ok(())
}

pub async fn revoke(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update identity.api_key set revoked_at = coalesce(revoked_at, $3) where tenant_id = $1 and id = $2",
    )
    .bind(tenant)
    .bind(id)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}
