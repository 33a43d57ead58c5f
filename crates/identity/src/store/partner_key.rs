use contracts::identity::PartnerScope;
use kernel::{PartnerKeyId, Timestamp, UserId};
use sqlx::PgExecutor;

/// A key as operators see it: without the secret, which nobody has but its holder.
#[derive(Clone, Debug)]
pub struct PartnerKey {
    pub id: PartnerKeyId,
    pub prefix: String,
    pub name: String,
    pub carrier: String,
    pub scopes: Vec<PartnerScope>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub replaced_by: Option<PartnerKeyId>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: PartnerKeyId,
    prefix: String,
    name: String,
    carrier: String,
    scopes: Vec<String>,
    created_at: Timestamp,
    expires_at: Timestamp,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    replaced_by: Option<PartnerKeyId>,
}

macro_rules! select_keys {
    ($rest:literal) => {
        concat!(
            "select id, prefix, name, carrier, scopes, created_at, expires_at, last_used_at, revoked_at, replaced_by
               from identity.partner_key ",
            $rest
        )
    };
}

impl From<Row> for PartnerKey {
    fn from(row: Row) -> Self {
        Self {
            scopes: row
                .scopes
                .iter()
                .filter_map(|name| PartnerScope::named(name))
                .collect(),
            id: row.id,
            prefix: row.prefix,
            name: row.name,
            carrier: row.carrier,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
            replaced_by: row.replaced_by,
        }
    }
}

pub async fn insert(
    db: impl PgExecutor<'_>,
    key: &PartnerKey,
    hash: &[u8],
    by: UserId,
) -> Result<(), sqlx::Error> {
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.name()).collect();
    sqlx::query(
        "insert into identity.partner_key (id, hash, prefix, name, carrier, scopes, created_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(key.id)
    .bind(hash)
    .bind(&key.prefix)
    .bind(&key.name)
    .bind(&key.carrier)
    .bind(&scopes)
    .bind(by)
    .bind(key.created_at)
    .bind(key.expires_at)
    .execute(db)
    .await?;
    Ok(())
}

/// The living key that has this hash.
pub async fn living(
    db: impl PgExecutor<'_>,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<PartnerKey>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(select_keys!(
        "where hash = $1 and revoked_at is null and expires_at > $2"
    ))
    .bind(hash)
    .bind(now)
    .fetch_optional(db)
    .await?;
    Ok(row.map(PartnerKey::from))
}

/// A key, locked until the transaction ends.
pub async fn lock(db: impl PgExecutor<'_>, id: PartnerKeyId) -> Result<Option<PartnerKey>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(select_keys!("where id = $1 for update"))
        .bind(id)
        .fetch_optional(db)
        .await?;
    Ok(row.map(PartnerKey::from))
}

/// The newest first.
pub async fn list(db: impl PgExecutor<'_>, limit: i64) -> Result<Vec<PartnerKey>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(select_keys!("order by id desc limit $1"))
        .bind(limit)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(PartnerKey::from).collect())
}

pub async fn touch(db: impl PgExecutor<'_>, id: PartnerKeyId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("update identity.partner_key set last_used_at = $2 where id = $1")
        .bind(id)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Lets another key take its place, and ends it no later than `ends`.
pub async fn replace(
    db: impl PgExecutor<'_>,
    id: PartnerKeyId,
    by: PartnerKeyId,
    ends: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update identity.partner_key set replaced_by = $2, expires_at = least(expires_at, $3) where id = $1",
    )
    .bind(id)
    .bind(by)
    .bind(ends)
    .execute(db)
    .await?;
    Ok(())
}

pub async fn revoke(db: impl PgExecutor<'_>, id: PartnerKeyId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("update identity.partner_key set revoked_at = coalesce(revoked_at, $2) where id = $1")
        .bind(id)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}
