//! Entries that were made, and their reversals.

use crate::domain::{Account, Entry, Posting, reversal};
use crate::error::Error;
use crate::till::Entries;
use kernel::{Ctx, Currency, EntryId, Money, TenantId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Posts entries; those that exist are left as they are.
pub async fn post(conn: &mut PgConnection, made: &[Entry]) -> Result<(), sqlx::Error> {
    let mut entries = Entries::default();
    made.iter().for_each(|entry| entries.push(entry));
    entries.write(conn).await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct PostingRow {
    entry_id: EntryId,
    kind: String,
    account: String,
    tenant_id: Option<Uuid>,
    currency: String,
    amount: i64,
}

/// An entry as it was made.
pub struct Found {
    pub id: EntryId,
    pub kind: String,
    pub postings: Vec<Posting>,
}

/// Those of some entries that exist.
pub async fn find_all(conn: &mut PgConnection, ids: &[EntryId]) -> Result<Vec<Found>, Error> {
    let rows: Vec<PostingRow> = sqlx::query_as(
        "select p.entry_id, e.kind, p.account, p.tenant_id, p.currency, p.amount
           from ledger.entry e
           join ledger.posting p on p.entry_id = e.id
          where e.id = any($1)
          order by p.entry_id, p.line",
    )
    .bind(ids.iter().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    let mut found: Vec<Found> = Vec::new();
    for row in rows {
        if found.last().is_none_or(|entry| entry.id != row.entry_id) {
            found.push(Found {
                id: row.entry_id,
                kind: row.kind.clone(),
                postings: Vec::new(),
            });
        }
        if let Some(entry) = found.last_mut() {
            entry.postings.push(posting(&row)?);
        }
    }
    Ok(found)
}

fn posting(row: &PostingRow) -> Result<Posting, Error> {
    let account = Account::ALL
        .into_iter()
        .find(|account| account.name() == row.account)
        .ok_or_else(|| Error::Broken(format!("an account `{}`", row.account)))?;
    Ok(Posting {
        account,
        tenant: row.tenant_id.map(TenantId),
        amount: Money::new(row.amount, currency(&row.currency)?),
    })
}

pub fn currency(code: &str) -> Result<Currency, Error> {
    code.parse()
        .map_err(|e: kernel::UnknownCurrency| Error::Broken(e.to_string()))
}

/// Reverses an entry. A second time is refused by the database.
pub async fn reverse(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: EntryId,
    reason: &str,
) -> Result<EntryId, Error> {
    let mirrored = reverse_all(conn, ctx, &[id], reason).await?;
    mirrored.first().copied().ok_or(Error::NotFound("entry"))
}

/// Reverses entries that exist; gives those that mirror them.
pub async fn reverse_all(
    conn: &mut PgConnection,
    ctx: &Ctx,
    ids: &[EntryId],
    reason: &str,
) -> Result<Vec<EntryId>, Error> {
    let entries = find_all(conn, ids)
        .await?
        .into_iter()
        .map(|found| reversal(found.id, &found.postings, found.id.0, ctx.now))
        .collect::<Result<Vec<_>, _>>()?;
    let (originals, mirrored): (Vec<Uuid>, Vec<Uuid>) = entries.iter().map(|e| (e.reference, e.id.0)).unzip();
    sqlx::query(
        "insert into ledger.reversal (entry_id, reversed_by, reason, actor, at)
         select r.*, $3, $4, $5 from unnest($1::uuid[], $2::uuid[]) r",
    )
    .bind(originals)
    .bind(mirrored)
    .bind(reason)
    .bind(sqlx::types::Json(&ctx.actor))
    .bind(ctx.now)
    .execute(&mut *conn)
    .await
    .map_err(|e| match ::store::constraint_of(&e) {
        Some("reversal_pkey") => Error::AlreadyReversed,
        _ => e.into(),
    })?;
    post(conn, &entries).await?;
    Ok(entries.into_iter().map(|e| e.id).collect())
}
