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
