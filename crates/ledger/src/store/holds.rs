//! Holds.

use crate::domain::HoldReason;
use kernel::{Ctx, DateTime, EntryId, HoldId, Money, OrderId, TenantId, Timestamp};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A hold as it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HoldRow {
    pub tenant_id: TenantId,
    pub id: HoldId,
    pub entry_id: EntryId,
    pub reference: Uuid,
    pub reason: String,
    pub currency: String,
    pub amount: i64,
    pub remaining: i64,
    /// What was still held when it was let go.
    pub released: i64,
    pub state: String,
    pub note: String,
    pub release_at: Option<DateTime>,
    pub placed_by: Json<kernel::Actor>,
    pub placed_at: DateTime,
    pub ended_by: Option<Json<kernel::Actor>>,
    pub ended_at: Option<DateTime>,
    pub end_note: Option<String>,
}

macro_rules! holds {
    ($rest:literal) => {
        concat!(
            "select tenant_id, id, entry_id, reference, reason, currency, amount, remaining, released, state, note, release_at,
                    placed_by, placed_at, ended_by, ended_at, end_note
               from ledger.hold ",
            $rest
        )
    };
}

/// What somebody asks of a list of holds.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    pub tenant: Option<TenantId>,
    pub state: Option<&'a str>,
    pub before: Option<HoldId>,
}

/// Holds, newest first by id.
pub async fn list(
    conn: &mut PgConnection,
    wanted: &Wanted<'_>,
    limit: i64,
) -> Result<Vec<HoldRow>, sqlx::Error> {
    sqlx::query_as(holds!(
        "where ($1::uuid is null or tenant_id = $1) and ($2::text is null or state = $2) and ($3::uuid is null or id < $3)
         order by id desc limit $4"
    ))
    .bind(wanted.tenant)
    .bind(wanted.state)
    .bind(wanted.before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

pub async fn lock(conn: &mut PgConnection, id: HoldId) -> Result<Option<HoldRow>, sqlx::Error> {
    sqlx::query_as(holds!("where id = $1 for update"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Holds whose time has come, locked; those that another worker has are left to it.
pub async fn lock_due(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<HoldRow>, sqlx::Error> {
    sqlx::query_as(holds!(
        "where state = 'held' and release_at <= $1 order by release_at limit $2 for update skip locked"
    ))
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// A hold about to be placed.
#[derive(Clone, Debug)]
pub struct NewHold {
    pub tenant: TenantId,
    pub id: HoldId,
    pub entry: EntryId,
    pub reason: HoldReason,
    pub amount: Money,
    pub note: String,
    pub release_at: Option<Timestamp>,
}

pub async fn insert(conn: &mut PgConnection, ctx: &Ctx, holds: &[NewHold]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into ledger.hold
                (tenant_id, id, entry_id, reference, reason, currency, amount, remaining, note, release_at, placed_by, placed_at)
         select h.tenant_id, h.id, h.entry_id, h.id, h.reason, h.currency, h.amount, h.amount, h.note, h.release_at, $9, $10
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::timestamptz[])
                as h (tenant_id, id, entry_id, reason, currency, amount, note, release_at)",
    )
    .bind(holds.iter().map(|h| h.tenant.0).collect::<Vec<_>>())
    .bind(holds.iter().map(|h| h.id.0).collect::<Vec<_>>())
    .bind(holds.iter().map(|h| h.entry.0).collect::<Vec<_>>())
    .bind(holds.iter().map(|h| h.reason.name()).collect::<Vec<_>>())
    .bind(holds.iter().map(|h| h.amount.currency.code()).collect::<Vec<_>>())
    .bind(holds.iter().map(|h| h.amount.amount).collect::<Vec<_>>())
    .bind(holds.iter().map(|h| h.note.clone()).collect::<Vec<_>>())
    .bind(holds.iter().map(|h| h.release_at).collect::<Vec<_>>())
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends holds that the caller has locked.
pub async fn end(conn: &mut PgConnection, ctx: &Ctx, ids: &[Uuid], note: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update ledger.hold
            set state = 'released', released = remaining, remaining = 0, ended_by = $2, ended_at = $3, end_note = $4
          where id = any($1) and state = 'held'",
    )
    .bind(ids)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .bind(note)
    .execute(conn)
    .await?;
    Ok(())
}

/// Shops' parts of orders have arrived: what a shop is owed for one is held for the shop's days from then, and no longer. How
/// many holds that moved.
pub async fn delivered(
    conn: &mut PgConnection,
    arrived: &BTreeMap<(TenantId, OrderId), Timestamp>,
) -> Result<u64, sqlx::Error> {
    let (parts, times): (Vec<(TenantId, OrderId)>, Vec<Timestamp>) =
        arrived.iter().map(|(part, at)| (*part, *at)).unzip();
    let (tenants, orders): (Vec<TenantId>, Vec<OrderId>) = parts.into_iter().unzip();
    let moved = sqlx::query(
        "update ledger.hold h
            set release_at = a.at + make_interval(days =>
                    coalesce((select t.hold_days from ledger.terms t where t.tenant_id = a.tenant_id), 7))
           from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as a (tenant_id, order_id, at)
          where h.tenant_id = a.tenant_id and h.reference = a.order_id and h.reason = 'delivery' and h.state = 'held'",
    )
    .bind(tenants)
    .bind(orders)
    .bind(times)
    .execute(conn)
    .await?;
    Ok(moved.rows_affected())
}
