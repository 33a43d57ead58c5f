//! Payouts and what happened to them.

use chrono::NaiveDate;
use kernel::{Ctx, DateTime, Money, PayoutId, TenantId, Timestamp, uuid_floor};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PayoutRow {
    pub tenant_id: TenantId,
    pub id: PayoutId,
    pub currency: String,
    pub amount: i64,
    pub period: String,
    pub state: String,
    pub destination: String,
    pub provider: String,
    pub provider_reference: Option<String>,
    pub reason: Option<String>,
    pub attempt: i32,
    pub created_at: DateTime,
    pub paid_at: Option<DateTime>,
}

macro_rules! payouts {
    ($rest:literal) => {
        concat!(
            "select tenant_id, id, currency, amount, period, state, destination, provider, provider_reference, reason,
                    attempt, created_at, paid_at
               from ledger.payout ",
            $rest
        )
    };
}

/// A payout about to be made.
#[derive(Clone, Debug)]
pub struct NewPayout {
    pub tenant: TenantId,
    pub id: PayoutId,
    pub amount: Money,
    pub period: String,
    pub destination: String,
}

/// Makes payouts; gives the ids of those whose period had none.
pub async fn insert(
    conn: &mut PgConnection,
    provider: &str,
    now: Timestamp,
    made: &[NewPayout],
) -> Result<Vec<PayoutId>, sqlx::Error> {
    sqlx::query_scalar(
        "insert into ledger.payout (tenant_id, id, currency, amount, period, destination, provider, created_at, next_at)
         select p.*, $7, $8, $8
           from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[]) p
         on conflict on constraint payout_once_per_period do nothing
         returning id",
    )
    .bind(made.iter().map(|p| p.tenant.0).collect::<Vec<_>>())
    .bind(made.iter().map(|p| p.id.0).collect::<Vec<_>>())
    .bind(made.iter().map(|p| p.amount.currency.code()).collect::<Vec<_>>())
    .bind(made.iter().map(|p| p.amount.amount).collect::<Vec<_>>())
    .bind(made.iter().map(|p| p.period.clone()).collect::<Vec<_>>())
    .bind(made.iter().map(|p| p.destination.clone()).collect::<Vec<_>>())
    .bind(provider)
    .bind(now)
    .fetch_all(conn)
    .await
}

/// Adds an event to the history of each of some payouts.
pub async fn tell(
    conn: &mut PgConnection,
    ctx: &Ctx,
    payouts: &[(TenantId, PayoutId)],
    name: &str,
    detail: &str,
) -> Result<(), sqlx::Error> {
    let (tenants, ids): (Vec<Uuid>, Vec<Uuid>) = payouts.iter().map(|(t, p)| (t.0, p.0)).unzip();
    sqlx::query(
        "insert into ledger.payout_event (tenant_id, payout_id, version, name, detail, actor, at)
         select p.tenant_id, p.payout_id,
                1 + coalesce((select max(e.version) from ledger.payout_event e
                               where e.tenant_id = p.tenant_id and e.payout_id = p.payout_id), 0),
                $3, $4, $5, $6
           from unnest($1::uuid[], $2::uuid[]) as p (tenant_id, payout_id)",
    )
    .bind(tenants)
    .bind(ids)
    .bind(name)
    .bind(detail)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes payouts that the provider is to be asked about, until `until`. They are given as they stood before: one that
/// was `created` is to be sent and is `sending` from now on.
pub async fn take_due(
    conn: &mut PgConnection,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<PayoutRow>, sqlx::Error> {
    let mut due: Vec<PayoutRow> = sqlx::query_as(payouts!(
        "where next_at <= $1 order by next_at limit $2 for update skip locked"
    ))
    .bind(now)
    .bind(limit)
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<Uuid> = due.iter().map(|p| p.id.0).collect();
    sqlx::query(
        "update ledger.payout
            set attempt = attempt + 1, next_at = $2, state = case state when 'created' then 'sending' else state end
          where id = any($1)",
    )
    .bind(ids)
    .bind(until)
    .execute(conn)
    .await?;
    due.iter_mut().for_each(|p| p.attempt += 1);
    Ok(due)
}

/// A payout as it stands, locked, if nobody has taken it since attempt `attempt`.
pub async fn lock_attempt(
    conn: &mut PgConnection,
    id: PayoutId,
    attempt: i32,
) -> Result<Option<PayoutRow>, sqlx::Error> {
    sqlx::query_as(payouts!("where id = $1 and attempt = $2 for update"))
        .bind(id)
        .bind(attempt)
        .fetch_optional(conn)
        .await
}

/// A payout as it stands, locked.
pub async fn lock(conn: &mut PgConnection, id: PayoutId) -> Result<Option<PayoutRow>, sqlx::Error> {
    sqlx::query_as(payouts!("where id = $1 for update"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// What the provider's answer changes.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    pub state: &'a str,
    pub reference: Option<&'a str>,
    pub reason: Option<&'a str>,
    pub paid_at: Option<Timestamp>,
    pub next_at: Option<Timestamp>,
}

pub async fn change(conn: &mut PgConnection, id: PayoutId, change: &Change<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update ledger.payout
            set state = $2, provider_reference = coalesce($3, provider_reference), reason = coalesce($4, reason),
                paid_at = coalesce($5, paid_at), next_at = $6
          where id = $1",
    )
    .bind(id)
    .bind(change.state)
    .bind(change.reference)
    .bind(change.reason)
    .bind(change.paid_at)
    .bind(change.next_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Payouts, newest first.
pub async fn list(
    conn: &mut PgConnection,
    tenant: Option<TenantId>,
    state: Option<&str>,
    before: Option<PayoutId>,
    limit: i64,
) -> Result<Vec<PayoutRow>, sqlx::Error> {
    sqlx::query_as(payouts!(
        "where ($1::uuid is null or tenant_id = $1) and ($2::text is null or state = $2) and ($3::uuid is null or id < $3)
         order by id desc limit $4"
    ))
    .bind(tenant)
    .bind(state)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The payouts of one day and currency.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BatchRow {
    pub day: NaiveDate,
    pub currency: String,
    pub payouts: i64,
    pub amount: i64,
    pub open: i64,
    pub broken: i64,
}

/// Payouts since a moment by the day on which they were made, the latest first.
pub async fn batches(
    conn: &mut PgConnection,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<BatchRow>, sqlx::Error> {
    sqlx::query_as(
        "select (created_at at time zone 'UTC')::date as day, currency, count(*) as payouts, sum(amount)::bigint as amount,
                count(*) filter (where state in ('created', 'sending', 'unknown')) as open,
                count(*) filter (where state in ('failed', 'returned')) as broken
           from ledger.payout
          where id >= $1
          group by 1, 2
          order by 1 desc, 2
          limit $2",
    )
    .bind(uuid_floor(since))
    .bind(limit)
    .fetch_all(conn)
    .await
}

pub async fn find(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: PayoutId,
) -> Result<Option<PayoutRow>, sqlx::Error> {
    sqlx::query_as(payouts!("where tenant_id = $1 and id = $2"))
        .bind(tenant)
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// The payout of a shop's period, if it was made.
pub async fn of_period(
    conn: &mut PgConnection,
    tenant: TenantId,
    currency: &str,
    period: &str,
) -> Result<Option<PayoutRow>, sqlx::Error> {
    sqlx::query_as(payouts!("where tenant_id = $1 and currency = $2 and period = $3"))
        .bind(tenant)
        .bind(currency)
        .bind(period)
        .fetch_optional(conn)
        .await
}

/// One step of a payout's history.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EventRow {
    pub version: i32,
    pub name: String,
    pub detail: String,
    pub at: DateTime,
}

pub async fn history(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: PayoutId,
) -> Result<Vec<EventRow>, sqlx::Error> {
    sqlx::query_as(
        "select version, name, detail, at from ledger.payout_event
          where tenant_id = $1 and payout_id = $2 order by version",
    )
    .bind(tenant)
    .bind(id)
    .fetch_all(conn)
    .await
}
