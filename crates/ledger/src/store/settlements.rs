//! Imported settlement files, and where they and the ledger disagree.

use super::days::{FOREVER, Parts};
use super::unlisted;
use crate::domain::FileLine;
use chrono::NaiveDate;
use contracts::ledger::BreakKind;
use kernel::{Actor, Ctx, EntryId, OrderId, Timestamp};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::sync::LazyLock;
use uuid::Uuid;

/// A file about to be imported.
pub struct NewFile<'a> {
    pub id: Uuid,
    pub provider: &'a str,
    pub sha256: &'a [u8],
    pub lines: &'a [FileLine],
    /// Of each line, the entry that it speaks of, where its order is known.
    pub entries: &'a [Option<Uuid>],
}

/// Registers a file. False if the same bytes were imported before; a concurrent import of them is waited for.
pub async fn begin(conn: &mut PgConnection, ctx: &Ctx, file: &NewFile<'_>) -> Result<bool, sqlx::Error> {
    let days = || file.lines.iter().map(|l| l.day);
    let inserted = sqlx::query(
        "insert into ledger.settlement_file (id, provider, sha256, lines, first_day, last_day, imported_by, imported_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict on constraint settlement_file_once do nothing",
    )
    .bind(file.id)
    .bind(file.provider)
    .bind(file.sha256)
    .bind(i32::try_from(file.lines.len()).unwrap_or(i32::MAX))
    .bind(days().min())
    .bind(days().max())
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Adds the lines that are new; gives their places in the file.
pub async fn insert(conn: &mut PgConnection, file: &NewFile<'_>) -> Result<Vec<i32>, sqlx::Error> {
    let lines = file.lines;
    sqlx::query_scalar(
        "insert into ledger.settlement_line
                (provider, file_id, reference, kind, line, currency, gross, fee, net, day, entry_id, agreed)
         select $1, $2, l.*,
                coalesce((select sum(p.amount) = l.gross and min(p.currency) = l.currency::bpchar
                            from ledger.posting p
                           where p.entry_id = l.entry_id and p.account = 'provider_clearing'), false)
           from unnest($3::text[], $4::text[], $5::int[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::date[], $11::uuid[])
                as l (reference, kind, line, currency, gross, fee, net, day, entry_id)
         on conflict on constraint settlement_line_pkey do nothing
         returning line",
    )
    .bind(file.provider)
    .bind(file.id)
    .bind(lines.iter().map(|l| l.reference.clone()).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.kind.name()).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| i32::try_from(l.line).unwrap_or(i32::MAX)).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.gross.currency.code()).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.gross.amount).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.fee.amount).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.net.amount).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.day).collect::<Vec<NaiveDate>>())
    .bind(file.entries.to_vec())
    .fetch_all(conn)
    .await
}

/// The first line of a file that says otherwise than one imported before under its reference and kind.
pub async fn contradiction(
    conn: &mut PgConnection,
    file: &NewFile<'_>,
) -> Result<Option<(i32, String)>, sqlx::Error> {
    let lines = file.lines;
    sqlx::query_as(
        "select f.line, f.reference
           from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::bigint[], $7::bigint[])
                as f (reference, kind, line, currency, gross, fee)
           join ledger.settlement_line l on l.provider = $1 and l.reference = f.reference and l.kind = f.kind
          where (l.currency, l.gross, l.fee) is distinct from (f.currency::bpchar, f.gross, f.fee)
          order by f.line limit 1",
    )
    .bind(file.provider)
    .bind(lines.iter().map(|l| l.reference.clone()).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.kind.name()).collect::<Vec<_>>())
    .bind(
        lines
            .iter()
            .map(|l| i32::try_from(l.line).unwrap_or(i32::MAX))
            .collect::<Vec<_>>(),
    )
    .bind(lines.iter().map(|l| l.gross.currency.code()).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.gross.amount).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.fee.amount).collect::<Vec<_>>())
    .fetch_optional(conn)
    .await
}

/// A line's key: provider, reference, kind.
pub type LineKey = (String, String, String);

/// Lines whose order is not known, above `after`.
pub async fn unmatched(
    conn: &mut PgConnection,
    after: Option<&LineKey>,
    limit: i64,
) -> Result<Vec<LineKey>, sqlx::Error> {
    let none = String::new;
    let (provider, reference, kind) = after.cloned().unwrap_or_else(|| (none(), none(), none()));
    sqlx::query_as(
        "select provider, reference, kind from ledger.settlement_line
          where entry_id is null and kind in ('charge', 'refund') and (provider, reference, kind) > ($1, $2, $3)
          order by provider, reference, kind limit $4",
    )
    .bind(provider)
    .bind(reference)
    .bind(kind)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Says which entries lines speak of.
pub async fn set_entries(
    conn: &mut PgConnection,
    keys: &[LineKey],
    entries: &[Uuid],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update ledger.settlement_line l
            set entry_id = m.entry_id,
                agreed = coalesce((select sum(p.amount) = l.gross and min(p.currency) = l.currency
                                     from ledger.posting p
                                    where p.entry_id = m.entry_id and p.account = 'provider_clearing'), false)
           from unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) as m (provider, reference, kind, entry_id)
          where l.provider = m.provider and l.reference = m.reference and l.kind = m.kind and l.entry_id is null",
    )
    .bind(keys.iter().map(|k| k.0.clone()).collect::<Vec<_>>())
    .bind(keys.iter().map(|k| k.1.clone()).collect::<Vec<_>>())
    .bind(keys.iter().map(|k| k.2.clone()).collect::<Vec<_>>())
    .bind(entries)
    .execute(&mut *conn)
    .await?;
    unlisted::forget(conn, entries).await
}

/// A disagreement.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct BreakRow {
    pub kind: String,
    /// Of the file's line; empty where the file has none.
    pub reference: String,
    pub line_kind: String,
    pub entry_id: Option<EntryId>,
    /// The order of its entry.
    pub order_id: Option<OrderId>,
    pub currency: String,
    /// What the provider says, in minor units.
    pub theirs: Option<i64>,
    /// What the ledger says.
    pub ours: Option<i64>,
    pub at: Timestamp,
    /// Orders the list, and names the disagreement.
    pub place: String,
    /// What somebody found out about it, who and when.
    pub note: Option<String>,
    pub explained_by: Option<Json<Actor>>,
    pub explained_at: Option<Timestamp>,
}

impl BreakRow {
    pub fn kind(&self) -> BreakKind {
        let known = BreakKind::ALL.into_iter().find(|kind| kind.name() == self.kind);
        known.unwrap_or(BreakKind::AmountDiffers)
    }
}

/// Which of them are wanted.
#[derive(Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub kind: Option<&'a str>,
    /// Those that somebody has explained, or the others.
    pub explained: Option<bool>,
    /// Behind this place.
    pub after: Option<&'a str>,
    /// The one at this place.
    pub place: Option<&'a str>,
}

static BREAKS: LazyLock<String> = LazyLock::new(|| unlisted::with_missing(include_str!("../sql/breaks.sql")));

/// Where the provider's files and the ledger disagree, in order of `place`. What the ledger has and
/// no file mentions counts only on days that files cover.
pub async fn breaks(
    conn: &mut PgConnection,
    wanted: Wanted<'_>,
    limit: i64,
) -> Result<Vec<BreakRow>, sqlx::Error> {
    let Parts { rest, .. } = Parts::before(conn, FOREVER).await?;
    sqlx::query_as(BREAKS.as_str())
        .bind(wanted.kind)
        .bind(wanted.after)
        .bind(limit)
        .bind(wanted.place)
        .bind(wanted.explained)
        .bind(rest[0])
        .bind(rest[1])
        .persistent(false)
        .fetch_all(conn)
        .await
}

/// Keeps what somebody found out; what was said before stays as well. False where the same moment has been explained.
pub async fn explain(
    conn: &mut PgConnection,
    ctx: &Ctx,
    of: &BreakRow,
    note: &str,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "insert into ledger.break_explained (place, at, theirs, ours, note, actor) values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint break_explained_pkey do nothing",
    )
    .bind(&of.place)
    .bind(ctx.now)
    .bind(of.theirs)
    .bind(of.ours)
    .bind(note)
    .bind(Json(&ctx.actor))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Which of some entries exist.
pub async fn existing(
    conn: &mut PgConnection,
    entries: &[Uuid],
) -> Result<std::collections::HashSet<Uuid>, sqlx::Error> {
    let found: Vec<Uuid> = sqlx::query_scalar("select id from ledger.entry where id = any($1)")
        .bind(entries)
        .fetch_all(conn)
        .await?;
    Ok(found.into_iter().collect())
}

/// Of orders that had one refund and no more, its entry.
pub async fn only_refunds(
    conn: &mut PgConnection,
    orders: &[Uuid],
) -> Result<std::collections::HashMap<Uuid, Uuid>, sqlx::Error> {
    let found: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "select reference, (array_agg(id))[1]
           from ledger.entry
          where kind = 'refund' and reference = any($1)
          group by reference
         having count(*) = 1",
    )
    .bind(orders)
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().collect())
}
