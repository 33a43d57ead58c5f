//! How far consumers are: a row of `log.cursor` each, moved in the transaction of what they do.

use crate::log::{self, Position};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use std::collections::HashSet;
use uuid::Uuid;

/// What became of an attempt to take a cursor.
pub(crate) enum Taken {
    /// It is moved, and held until the transaction ends. These keys have letters.
    Ours(HashSet<Uuid>),
    /// It stands somewhere else: another instance or an operator has moved it.
    Elsewhere(Position),
    /// Another instance holds it.
    Busy,
}

/// A consumer's place in the log.
pub async fn cursor(conn: &mut PgConnection, consumer: &str) -> Result<Position, sqlx::Error> {
    let row = sqlx::query("select xid::text as xid, id from log.cursor where consumer = $1")
        .bind(consumer)
        .fetch_one(conn)
        .await?;
    position(&row)
}

/// Moves a consumer to another place, for instance to [`Position::START`] to let it see everything again.
pub async fn move_cursor(conn: &mut PgConnection, consumer: &str, to: Position) -> Result<(), sqlx::Error> {
    sqlx::query("update log.cursor set xid = $2::text::xid8, id = $3, moved_at = now() where consumer = $1")
        .bind(consumer)
        .bind(to.xid.to_string())
        .bind(to.id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Moves the cursor from one place to another if it stands there and nobody holds it.
pub(crate) async fn take(
    conn: &mut PgConnection,
    consumer: &str,
    from: Position,
    to: Position,
    keys: &[Uuid],
) -> Result<Taken, sqlx::Error> {
    let row = sqlx::query(
        "select stood_xid::text as xid, stood_id as id, blocked
           from log.take_cursor($1, $2::text::xid8, $3, $4::text::xid8, $5, $6)",
    )
    .bind(consumer)
    .bind(from.xid.to_string())
    .bind(from.id)
    .bind(to.xid.to_string())
    .bind(to.id)
    .bind(keys)
    .fetch_one(conn)
    .await?;
    if row.try_get::<Option<&str>, _>("xid")?.is_none() {
        return Ok(Taken::Busy);
    }
    match row.try_get::<Option<Vec<Uuid>>, _>("blocked")? {
        Some(blocked) => Ok(Taken::Ours(blocked.into_iter().collect())),
        None => Ok(Taken::Elsewhere(position(&row)?)),
    }
}

/// The cursor, held until the transaction ends; `None` while another instance holds it.
pub(crate) async fn lock(conn: &mut PgConnection, consumer: &str) -> Result<Option<Position>, sqlx::Error> {
    let row =
        sqlx::query("select xid::text as xid, id from log.cursor where consumer = $1 for update skip locked")
            .bind(consumer)
            .fetch_optional(conn)
            .await?;
    row.as_ref().map(position).transpose()
}

/// Of a row with `xid`, as text, and `id`.
pub(crate) fn position(row: &PgRow) -> Result<Position, sqlx::Error> {
    Ok(Position {
        xid: log::xid(row.try_get("xid")?)?,
        id: row.try_get("id")?,
    })
}
