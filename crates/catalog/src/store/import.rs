//! Uploads and their errors.

use crate::import::row::RowError;
use kernel::{ImportId, TenantId, Timestamp};
use sqlx::PgConnection;

/// An upload as it stands.
#[derive(Clone, Debug, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub struct Import {
    pub id: ImportId,
    pub file_name: String,
    /// `csv`, `ndjson` or `json_array`.
    pub format: String,
    /// `running`, `finished` or `failed`. A failed one can be taken up again with `resume`.
    pub state: String,
    /// Rows read and settled, header included: where a resumed upload goes on.
    pub rows_done: i64,
    /// Rows that were refused, exactly; the first of them are listed under `errors`.
    pub rows_failed: i64,
    /// Products; of a file that lists categories, those.
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    /// Why it broke off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    pub started_at: kernel::DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<kernel::DateTime>,
}

/// What one batch adds to an upload.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    pub rows_done: i64,
    pub rows_failed: i64,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
}

pub async fn start(
    conn: &mut PgConnection,
    tenant: TenantId,
    import: &Import,
    fingerprint: Option<&[u8]>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into catalog.import (tenant_id, id, file_name, fingerprint, format, state, started_at, moved_at)
         values ($1, $2, $3, $4, $5, 'running', $6, $6)",
        tenant.0,
        import.id.0,
        import.file_name,
        fingerprint,
        import.format,
        import.started_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes up an upload that did not finish.
pub async fn restart(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update catalog.import set state = 'running', failure = null, moved_at = $3 where tenant_id = $1 and id = $2",
        tenant.0,
        id.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves an upload on, in the transaction of the rows that it counts. Two readers of one upload would count rows
/// twice, so the row must stand where this reader left it: `false` if it does not.
pub async fn advance(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
    from_row: i64,
    progress: Progress,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update catalog.import
            set rows_done = $4, rows_failed = rows_failed + $5, created = created + $6, updated = updated + $7,
                unchanged = unchanged + $8, moved_at = $9
          where tenant_id = $1 and id = $2 and rows_done = $3 and state = 'running'",
        tenant.0,
        id.0,
        from_row,
        progress.rows_done,
        progress.rows_failed,
        progress.created,
        progress.updated,
        progress.unchanged,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn finish(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
    failure: Option<&str>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update catalog.import
            set state = case when $3::text is null then 'finished' else 'failed' end, failure = $3, finished_at = $4,
                moved_at = $4
          where tenant_id = $1 and id = $2",
        tenant.0,
        id.0,
        failure,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn add_errors(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
    first_position: i64,
    errors: &[RowError],
) -> Result<(), sqlx::Error> {
    if errors.is_empty() {
        return Ok(());
    }
    let rows: Vec<i64> = errors
        .iter()
        .map(|e| i64::try_from(e.row).unwrap_or(i64::MAX))
        .collect();
    let columns: Vec<String> = errors.iter().map(|e| storable(&e.column)).collect();
    let codes: Vec<String> = errors.iter().map(|e| e.code.clone()).collect();
    let messages: Vec<String> = errors.iter().map(|e| storable(&e.message)).collect();
    sqlx::query!(
        "insert into catalog.import_error (tenant_id, import_id, position, row_number, column_name, code, message)
         select $1, $2, $3 + e.n, e.row_number, e.column_name, e.code, e.message
           from unnest($4::bigint[], $5::text[], $6::text[], $7::text[])
                with ordinality as e (row_number, column_name, code, message, n)",
        tenant.0,
        id.0,
        first_position,
        &rows,
        &columns,
        &codes,
        &messages
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Column names and messages quote the file, which may hold anything.
fn storable(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(500).collect()
}

pub async fn count_errors(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from catalog.import_error where tenant_id = $1 and import_id = $2"#,
        tenant.0,
        id.0
    )
    .fetch_one(conn)
    .await
}

pub async fn by_id(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
) -> Result<Option<Import>, sqlx::Error> {
    sqlx::query_as!(
        Import,
        r#"select id as "id: ImportId", file_name, format, state, rows_done, rows_failed, created, updated, unchanged,
                  failure, started_at, finished_at
             from catalog.import
            where tenant_id = $1 and id = $2"#,
        tenant.0,
        id.0
    )
    .fetch_optional(conn)
    .await
}

/// A shop's latest uploads.
pub async fn latest(
    conn: &mut PgConnection,
    tenant: TenantId,
    limit: i64,
) -> Result<Vec<Import>, sqlx::Error> {
    sqlx::query_as!(
        Import,
        r#"select id as "id: ImportId", file_name, format, state, rows_done, rows_failed, created, updated, unchanged,
                  failure, started_at, finished_at
             from catalog.import
            where tenant_id = $1
            order by id desc
            limit $2"#,
        tenant.0,
        limit
    )
    .fetch_all(conn)
    .await
}

/// The latest upload of the same file that did not finish.
pub async fn unfinished(
    conn: &mut PgConnection,
    tenant: TenantId,
    fingerprint: &[u8],
) -> Result<Option<ImportId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select id as "id: ImportId"
             from catalog.import
            where tenant_id = $1 and fingerprint = $2 and state <> 'finished'
            order by id desc
            limit 1"#,
        tenant.0,
        fingerprint
    )
    .fetch_optional(conn)
    .await
}

/// Errors behind position `after`, and the position of each.
pub async fn errors(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, RowError)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select position, row_number, column_name, code, message
           from catalog.import_error
          where tenant_id = $1 and import_id = $2 and position > $3
          order by position
          limit $4",
        tenant.0,
        id.0,
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let error = RowError {
                row: u64::try_from(row.row_number).unwrap_or(0),
                column: row.column_name,
                code: row.code,
                message: row.message,
            };
            (row.position, error)
        })
        .collect())
}
