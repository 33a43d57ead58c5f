//! Uploads that are undone.

use contracts::catalog::history::{UndoSkip, VersionCause};
use kernel::{Actor, DateTime, ImportId, ProductId, TenantId, Timestamp};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// How far an undo got.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Undo {
    pub after: Option<ProductId>,
    pub deleted: i64,
    pub restored: i64,
    pub started_at: DateTime,
    pub finished_at: Option<DateTime>,
}

/// Begins an undo unless it has begun.
pub async fn begin(
    conn: &mut PgConnection,
    tenant: TenantId,
    import: ImportId,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into catalog.import_undo (tenant_id, import_id, actor, started_at) values ($1, $2, $3, $4)
         on conflict (tenant_id, import_id) do nothing",
    )
    .bind(tenant)
    .bind(import)
    .bind(Json(actor))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// How an undo stands; none if there is none.
pub async fn of(
    conn: &mut PgConnection,
    tenant: TenantId,
    import: ImportId,
) -> Result<Option<Undo>, sqlx::Error> {
    sqlx::query_as(
        "select after, deleted, restored, started_at, finished_at
           from catalog.import_undo
          where tenant_id = $1 and import_id = $2",
    )
    .bind(tenant)
    .bind(import)
    .fetch_optional(conn)
    .await
}

/// When an upload was last heard of.
pub async fn moved_at(
    conn: &mut PgConnection,
    tenant: TenantId,
    import: ImportId,
) -> Result<Option<Timestamp>, sqlx::Error> {
    sqlx::query_scalar("select moved_at from catalog.import where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(import)
        .fetch_optional(conn)
        .await
}

/// The next products that an upload wrote, by id, and the first version of each that is its.
pub async fn next(
    conn: &mut PgConnection,
    tenant: TenantId,
    import: ImportId,
    after: Option<ProductId>,
    limit: i64,
) -> Result<Vec<(ProductId, i64)>, sqlx::Error> {
    sqlx::query_as(
        "select product_id, min(version)
           from catalog.product_version
          where tenant_id = $1 and import_id = $2 and ($3::uuid is null or product_id > $3)
          group by product_id
          order by product_id
          limit $4",
    )
    .bind(tenant)
    .bind(import)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// One version of one product.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Step {
    pub product_id: ProductId,
    pub version: i64,
    pub cause: Option<Json<VersionCause>>,
    pub change: Value,
}

/// The versions of products from the one before `first` on, newest first.
pub async fn steps(
    conn: &mut PgConnection,
    tenant: TenantId,
    products: &[(ProductId, i64)],
) -> Result<Vec<Step>, sqlx::Error> {
    let (ids, first): (Vec<Uuid>, Vec<i64>) = products.iter().map(|(id, first)| (id.0, *first)).unzip();
    sqlx::query_as(
        "select v.product_id, v.version, v.cause, v.change
           from unnest($2::uuid[], $3::bigint[]) as p (id, first)
           join catalog.product_version v on v.tenant_id = $1 and v.product_id = p.id and v.version >= p.first - 1
          order by v.product_id, v.version desc",
    )
    .bind(tenant)
    .bind(ids)
    .bind(first)
    .fetch_all(conn)
    .await
}

/// Keys and titles.
pub async fn named(
    conn: &mut PgConnection,
    tenant: TenantId,
    ids: &[Uuid],
) -> Result<Vec<(ProductId, String, String)>, sqlx::Error> {
    sqlx::query_as("select id, key, title from catalog.product where tenant_id = $1 and id = any($2)")
        .bind(tenant)
        .bind(ids)
        .fetch_all(conn)
        .await
}

/// Moves an undo on, in the transaction of the products it counts.
pub async fn advance(
    conn: &mut PgConnection,
    tenant: TenantId,
    import: ImportId,
    after: Option<ProductId>,
    deleted: i64,
    restored: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update catalog.import_undo
            set after = coalesce($3, after), deleted = deleted + $4, restored = restored + $5
          where tenant_id = $1 and import_id = $2",
    )
    .bind(tenant)
    .bind(import)
    .bind(after)
    .bind(deleted)
    .bind(restored)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn finish(
    conn: &mut PgConnection,
    tenant: TenantId,
    import: ImportId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("update catalog.import_undo set finished_at = $3 where tenant_id = $1 and import_id = $2 and finished_at is null")
        .bind(tenant)
        .bind(import)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes products that stay as they are, or why now, if they were noted before.
pub async fn skip(
    conn: &mut PgConnection,
    tenant: TenantId,
    import: ImportId,
    skips: &[UndoSkip],
) -> Result<(), sqlx::Error> {
    if skips.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into catalog.import_undo_skip (tenant_id, import_id, product_id, title, code, reason)
         select $1, $2, s.product, s.title, s.code, s.reason
           from jsonb_to_recordset($3) as s (product uuid, title text, code text, reason text)
         on conflict (tenant_id, import_id, product_id) do update set code = excluded.code, reason = excluded.reason",
    )
    .bind(tenant)
    .bind(import)
    .bind(Json(skips))
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets that these were left as they are.
pub async fn unskip(
    conn: &mut PgConnection,
    tenant: TenantId,
    import: ImportId,
    ids: &[Uuid],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "delete from catalog.import_undo_skip where tenant_id = $1 and import_id = $2 and product_id = any($3)",
    )
    .bind(tenant)
    .bind(import)
    .bind(ids)
    .execute(conn)
    .await?;
    Ok(())
}

/// Products above `after` that another one's code kept from being restored, and the first version of each that is the
/// upload's.
pub async fn without_code(
    conn: &mut PgConnection,
    tenant: TenantId,
    import: ImportId,
    after: Option<ProductId>,
    limit: i64,
) -> Result<Vec<(ProductId, i64)>, sqlx::Error> {
    sqlx::query_as(
        "select s.product_id, min(v.version)
           from catalog.import_undo_skip s
           join catalog.product_version v
             on v.tenant_id = s.tenant_id and v.product_id = s.product_id and v.import_id = s.import_id
          where s.tenant_id = $1 and s.import_id = $2 and s.code = 'sku_taken' and ($3::uuid is null or s.product_id > $3)
          group by s.product_id
          order by s.product_id
          limit $4",
    )
    .bind(tenant)
    .bind(import)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// How many products stay as they are, and the first of them.
pub async fn skips(
    conn: &mut PgConnection,
    tenant: TenantId,
    import: ImportId,
    limit: i64,
) -> Result<(i64, Vec<UndoSkip>), sqlx::Error> {
    let rows: Vec<(ProductId, String, String, String, i64)> = sqlx::query_as(
        "select product_id, title, code, reason, count(*) over ()
           from catalog.import_undo_skip
          where tenant_id = $1 and import_id = $2
          order by product_id
          limit $3",
    )
    .bind(tenant)
    .bind(import)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let count = rows.first().map_or(0, |row| row.4);
    let skip = |(product, title, code, reason, _)| UndoSkip {
        product,
        title,
        code,
        reason,
    };
    Ok((count, rows.into_iter().map(skip).collect()))
}
