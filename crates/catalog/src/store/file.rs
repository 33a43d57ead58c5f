//! Files that buyers download.

use contracts::digital::DigitalFile;
use kernel::{FileId, TenantId, Timestamp};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

type FileRow = (FileId, String, i64);

fn file((id, name, bytes): FileRow) -> DigitalFile {
    DigitalFile {
        id,
        name,
        bytes: u64::try_from(bytes).unwrap_or(0),
    }
}

/// Those of these files that are the shop's.
pub async fn of_shop(
    conn: &mut PgConnection,
    tenant: TenantId,
    ids: &[Uuid],
) -> Result<HashMap<FileId, DigitalFile>, sqlx::Error> {
    let rows: Vec<FileRow> =
        sqlx::query_as("select id, name, bytes from catalog.file where tenant_id = $1 and id = any($2)")
            .bind(tenant)
            .bind(ids)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|row| (row.0, file(row))).collect())
}

/// Bytes of all files that the shop keeps.
pub async fn bytes_of_shop(conn: &mut PgConnection, tenant: TenantId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select coalesce(sum(bytes), 0)::bigint from catalog.file where tenant_id = $1")
        .bind(tenant)
        .fetch_one(conn)
        .await
}

/// The file of this name and content, if the shop has it already. It is wanted again.
pub async fn same(
    conn: &mut PgConnection,
    tenant: TenantId,
    name: &str,
    sha256: &[u8; 32],
) -> Result<Option<DigitalFile>, sqlx::Error> {
    let row: Option<FileRow> = sqlx::query_as(
        "update catalog.file f
            set spare_since = null
          where f.tenant_id = $1 and f.id = (
                select id from catalog.file where tenant_id = $1 and sha256 = $2 and name = $3 limit 1)
      returning f.id, f.name, f.bytes",
    )
    .bind(tenant)
    .bind(&sha256[..])
    .bind(name)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(file))
}

pub async fn add(
    conn: &mut PgConnection,
    tenant: TenantId,
    file: &DigitalFile,
    sha256: &[u8; 32],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into catalog.file (tenant_id, id, name, bytes, sha256, created_at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(tenant)
    .bind(file.id.0)
    .bind(&file.name)
    .bind(i64::try_from(file.bytes).unwrap_or(i64::MAX))
    .bind(&sha256[..])
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that somebody bought these files and may download them until then.
pub async fn hold(
    conn: &mut PgConnection,
    tenant: TenantId,
    ids: &[Uuid],
    until: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update catalog.file set sold_until = greatest(sold_until, $3) where tenant_id = $1 and id = any($2)",
    )
    .bind(tenant)
    .bind(ids)
    .bind(until)
    .execute(conn)
    .await?;
    Ok(())
}

/// What names files: products that are not deleted, as they are and as they wait for the marketplace.
macro_rules! named {
    () => {
        "named as materialized (
             select d.tenant_id, (f ->> 'id')::uuid as id
               from catalog.digital d
               join catalog.product p on p.tenant_id = d.tenant_id and p.id = d.product_id and p.deleted_at is null
              cross join jsonb_array_elements(d.digital -> 'files') f
              where $1::uuid is null or d.tenant_id = $1
             union
             select h.tenant_id, (f ->> 'id')::uuid
               from catalog.held h
              cross join json_array_elements(h.document #> '{digital,files}') f
              where $1::uuid is null or h.tenant_id = $1
         )"
    };
}

/// Notes since when files of all shops are named by nothing.
pub async fn mark_spare(conn: &mut PgConnection, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(concat!(
        "with ",
        named!(),
        ", seen as (
             select f.tenant_id, f.id, n.id is null as is_spare
               from catalog.file f
               left join named n on n.tenant_id = f.tenant_id and n.id = f.id
         )
         update catalog.file f
            set spare_since = case when s.is_spare then $2 end
           from seen s
          where s.tenant_id = f.tenant_id and s.id = f.id and s.is_spare <> (f.spare_since is not null)"
    ))
    .bind(None::<Uuid>)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Shops with files that nothing has named since `before` and nobody may download by now.
pub async fn shops_with_spare(
    conn: &mut PgConnection,
    before: Timestamp,
    now: Timestamp,
) -> Result<Vec<TenantId>, sqlx::Error> {
    sqlx::query_scalar(
        "select distinct tenant_id
           from catalog.file
          where spare_since < $1 and (sold_until is null or sold_until < $2)",
    )
    .bind(before)
    .bind(now)
    .fetch_all(conn)
    .await
}

/// Takes those of one shop off, and gives them, so that their bytes can go too. Whether something names them is looked at
/// again: whoever calls this holds the shop's lock.
pub async fn remove_spare(
    conn: &mut PgConnection,
    tenant: TenantId,
    before: Timestamp,
    now: Timestamp,
) -> Result<Vec<FileId>, sqlx::Error> {
    sqlx::query_scalar(concat!(
        "with ",
        named!(),
        " delete from catalog.file f
           where f.tenant_id = $1 and f.spare_since < $2 and (f.sold_until is null or f.sold_until < $3)
             and not exists (select from named n where n.id = f.id)
       returning f.id"
    ))
    .bind(tenant)
    .bind(before)
    .bind(now)
    .fetch_all(conn)
    .await
}
