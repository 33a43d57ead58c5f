//! Files that buyers download, and the products they belong to. Most products are sent, and have no row.

use contracts::catalog::Listing;
use contracts::digital::{Digital, DigitalFile};
use kernel::{FileId, ProductId, TenantId, Timestamp};
use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashMap;
use uuid::Uuid;

/// What is downloaded of those of these products that are.
pub async fn of_products(
    conn: &mut PgConnection,
    tenant: TenantId,
    products: &[Uuid],
) -> Result<HashMap<ProductId, Digital>, sqlx::Error> {
    let rows: Vec<(ProductId, Json<Digital>)> = sqlx::query_as(
        "select product_id, digital
           from catalog.digital
          where tenant_id = $1 and product_id = any($2)",
    )
    .bind(tenant)
    .bind(products)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id, digital)| (id, digital.0)).collect())
}

#[derive(Serialize)]
struct Row<'a> {
    product_id: ProductId,
    digital: Option<&'a Digital>,
}

/// Writes what changed of what is downloaded: products that are sent by now lose their row.
pub async fn put<'a>(
    conn: &mut PgConnection,
    tenant: TenantId,
    listings: impl Iterator<Item = &'a Listing>,
) -> Result<(), sqlx::Error> {
    let rows: Vec<Row<'_>> = listings
        .map(|listing| Row {
            product_id: listing.id,
            digital: listing.digital.as_deref(),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "with given as (
             select g.product_id, g.digital from jsonb_to_recordset($2) as g (product_id uuid, digital jsonb)
         ), gone as (
             delete from catalog.digital d
              using given g
              where d.tenant_id = $1 and d.product_id = g.product_id and g.digital is null
         )
         insert into catalog.digital (tenant_id, product_id, digital)
         select $1, g.product_id, g.digital from given g where g.digital is not null
         on conflict (tenant_id, product_id) do update set digital = excluded.digital",
    )
    .bind(tenant)
    .bind(Json(rows))
    .execute(conn)
    .await?;
    Ok(())
}

type FileRow = (FileId, String, i64);

fn file((id, name, bytes): FileRow) -> DigitalFile {
    DigitalFile {
        id,
        name,
        bytes: u64::try_from(bytes).unwrap_or(0),
    }
}

/// Those of these files that are the shop's.
pub async fn files(
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

/// The file of this name and content, if the shop has it already.
pub async fn same(
    conn: &mut PgConnection,
    tenant: TenantId,
    name: &str,
    sha256: &[u8; 32],
) -> Result<Option<DigitalFile>, sqlx::Error> {
    let row: Option<FileRow> = sqlx::query_as(
        "select id, name, bytes
           from catalog.file
          where tenant_id = $1 and sha256 = $2 and name = $3
          limit 1",
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
