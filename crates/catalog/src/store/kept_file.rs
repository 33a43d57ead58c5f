//! Files that are kept until they are read, and remembered mappings.

use contracts::catalog::uploads::{ColumnMeaning, FileCheck, FileState, Reading};
use kernel::{ImportId, TenantId, Timestamp};
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

/// A kept file as it stands.
#[derive(Clone, Debug)]
pub struct KeptFile {
    pub id: ImportId,
    pub file_name: String,
    pub bytes: i64,
    pub bytes_read: i64,
    pub state: FileState,
    pub reading: Reading,
    pub check: Option<FileCheck>,
    pub created_at: Timestamp,
}

fn state_of(name: &str) -> FileState {
    match name {
        "checking" => FileState::Checking,
        "checked" => FileState::Checked,
        "started" => FileState::Started,
        _ => FileState::Draft,
    }
}

pub fn state_name(state: FileState) -> &'static str {
    match state {
        FileState::Draft => "draft",
        FileState::Checking => "checking",
        FileState::Checked => "checked",
        FileState::Started => "started",
    }
}

pub async fn add(
    conn: &mut PgConnection,
    tenant: TenantId,
    file: &KeptFile,
    sha256: &[u8; 32],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into catalog.kept_file (tenant_id, id, file_name, sha256, bytes, reading, created_at, moved_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)",
    )
    .bind(tenant.0)
    .bind(file.id.0)
    .bind(&file.file_name)
    .bind(&sha256[..])
    .bind(file.bytes)
    .bind(Json(&file.reading))
    .bind(file.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn by_id(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
) -> Result<Option<KeptFile>, sqlx::Error> {
    let row = sqlx::query(
        "select id, file_name, bytes, bytes_read, state, reading, check_result, created_at
           from catalog.kept_file
          where tenant_id = $1 and id = $2",
    )
    .bind(tenant.0)
    .bind(id.0)
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(KeptFile {
            id: ImportId(row.try_get("id")?),
            file_name: row.try_get("file_name")?,
            bytes: row.try_get("bytes")?,
            bytes_read: row.try_get("bytes_read")?,
            state: state_of(row.try_get("state")?),
            reading: row.try_get::<Json<Reading>, _>("reading")?.0,
            check: row
                .try_get::<Option<Json<FileCheck>>, _>("check_result")?
                .map(|json| json.0),
            created_at: row.try_get("created_at")?,
        })
    })
    .transpose()
}

/// A file of the same content that is not started yet.
pub async fn same_content(
    conn: &mut PgConnection,
    tenant: TenantId,
    sha256: &[u8; 32],
) -> Result<Option<ImportId>, sqlx::Error> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "select id
           from catalog.kept_file
          where tenant_id = $1 and sha256 = $2 and state <> 'started'
          order by id desc
          limit 1",
    )
    .bind(tenant.0)
    .bind(&sha256[..])
    .fetch_optional(conn)
    .await?;
    Ok(id.map(ImportId))
}

/// States how the file is read; what was found by a check before is no longer true.
pub async fn set_reading(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
    reading: &Reading,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "update catalog.kept_file
            set reading = $3, state = 'draft', check_result = null, bytes_read = 0, moved_at = $4
          where tenant_id = $1 and id = $2 and state <> 'started'",
    )
    .bind(tenant.0)
    .bind(id.0)
    .bind(Json(reading))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Moves the file from one of `from` on; `false` if it stands elsewhere.
pub async fn move_to(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
    from: &[FileState],
    to: FileState,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let from: Vec<String> = from.iter().map(|state| state_name(*state).to_owned()).collect();
    let done = sqlx::query(
        "update catalog.kept_file set state = $4, bytes_read = 0, moved_at = $5
          where tenant_id = $1 and id = $2 and state = any($3)",
    )
    .bind(tenant.0)
    .bind(id.0)
    .bind(&from)
    .bind(state_name(to))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What the check found so far. One that was asked for anew in the meantime is not written over.
pub async fn put_check(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
    check: &FileCheck,
    bytes_read: i64,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "update catalog.kept_file
            set check_result = $3, bytes_read = $4, moved_at = $5,
                state = case when $6 then 'checked' else state end
          where tenant_id = $1 and id = $2 and state = 'checking'",
    )
    .bind(tenant.0)
    .bind(id.0)
    .bind(Json(check))
    .bind(bytes_read)
    .bind(now)
    .bind(check.finished || check.failure.is_some())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn set_bytes_read(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
    bytes_read: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update catalog.kept_file set bytes_read = least(bytes, $3) where tenant_id = $1 and id = $2",
    )
    .bind(tenant.0)
    .bind(id.0)
    .bind(bytes_read)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes files off that nobody touched since `before`; returns them, so that their bytes can go too.
pub async fn remove_old(
    conn: &mut PgConnection,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<(TenantId, ImportId)>, sqlx::Error> {
    let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "delete from catalog.kept_file
          where (tenant_id, id) in (select tenant_id, id from catalog.kept_file where moved_at < $1 limit $2)
      returning tenant_id, id",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(tenant, id)| (TenantId(tenant), ImportId(id)))
        .collect())
}

pub async fn mapping(
    conn: &mut PgConnection,
    tenant: TenantId,
    header_hash: &[u8; 32],
) -> Result<Vec<ColumnMeaning>, sqlx::Error> {
    let columns: Option<Json<Vec<ColumnMeaning>>> = sqlx::query_scalar(
        "select columns from catalog.column_mapping where tenant_id = $1 and header_hash = $2",
    )
    .bind(tenant.0)
    .bind(&header_hash[..])
    .fetch_optional(conn)
    .await?;
    Ok(columns.map(|json| json.0).unwrap_or_default())
}

pub async fn remember_mapping(
    conn: &mut PgConnection,
    tenant: TenantId,
    header_hash: &[u8; 32],
    columns: &[ColumnMeaning],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into catalog.column_mapping (tenant_id, header_hash, columns, saved_at)
         values ($1, $2, $3, $4)
         on conflict (tenant_id, header_hash) do update set columns = excluded.columns, saved_at = excluded.saved_at",
    )
    .bind(tenant.0)
    .bind(&header_hash[..])
    .bind(Json(columns))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}
