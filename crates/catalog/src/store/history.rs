//! Versions of products.

use contracts::catalog::history::VersionCause;
use kernel::{Actor, DateTime, ProductId, TenantId};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;

/// One version: who, when, why, and what changed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Version {
    pub version: i64,
    pub at: DateTime,
    pub actor: Json<Actor>,
    pub cause: Option<Json<VersionCause>>,
    pub change: Value,
}

/// A product's key and version, and whether it is deleted.
pub async fn present(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ProductId,
) -> Result<Option<(String, i64, bool)>, sqlx::Error> {
    sqlx::query_as(
        "select key, version, deleted_at is not null from catalog.product where tenant_id = $1 and id = $2",
    )
    .bind(tenant)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// A product's versions below `before`, newest first.
pub async fn page(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ProductId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Version>, sqlx::Error> {
    sqlx::query_as(
        "select version, at, actor, cause, change
           from catalog.product_version
          where tenant_id = $1 and product_id = $2 and ($3::bigint is null or version < $3)
          order by version desc
          limit $4",
    )
    .bind(tenant)
    .bind(id)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// A product's versions from `version` on, newest first.
pub async fn since(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ProductId,
    version: i64,
) -> Result<Vec<Version>, sqlx::Error> {
    sqlx::query_as(
        "select version, at, actor, cause, change
           from catalog.product_version
          where tenant_id = $1 and product_id = $2 and version >= $3
          order by version desc",
    )
    .bind(tenant)
    .bind(id)
    .bind(version)
    .fetch_all(conn)
    .await
}
