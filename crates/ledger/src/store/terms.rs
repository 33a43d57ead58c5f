//! When shops are paid, and the least that is.

use super::days::{FOREVER, Parts};
use crate::domain::{Schedule, Standing};
use crate::error::Error;
use chrono::NaiveDate;
use kernel::{Actor, Ctx, Currency, DateTime, Money, TenantId};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// A shop's terms.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TermsRow {
    pub tenant_id: Uuid,
    pub schedule: String,
    pub weekday: i16,
    pub month_day: i16,
    pub hold_days: i16,
    pub reserve_bp: i32,
    pub reserve_days: i16,
    pub destination: String,
    pub plan: Option<String>,
    pub next_on: Option<NaiveDate>,
}

impl TermsRow {
    pub fn schedule(&self) -> Result<Schedule, Error> {
        Ok(match self.schedule.as_str() {
            "daily" => Schedule::Daily,
            "weekly" => Schedule::weekly(u8::try_from(self.weekday).unwrap_or(0))?,
            "monthly" => Schedule::monthly(u8::try_from(self.month_day).unwrap_or(0))?,
            "manual" => Schedule::Manual,
            other => return Err(Error::Broken(format!("a schedule `{other}`"))),
        })
    }
}

macro_rules! terms {
    ($rest:literal) => {
        concat!(
            "select tenant_id, schedule, weekday, month_day, hold_days, reserve_bp, reserve_days, destination, plan, next_on
               from ledger.terms ",
            $rest
        )
    };
}

/// Gives shops that have no terms the defaults.
pub async fn begin(
    conn: &mut PgConnection,
    tenants: &[Uuid],
    next_on: Option<NaiveDate>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into ledger.terms (tenant_id, next_on)
         select distinct tenant, $2::date from unnest($1::uuid[]) tenant order by tenant
         on conflict do nothing",
    )
    .bind(tenants)
    .bind(next_on)
    .execute(conn)
    .await?;
    Ok(())
}

/// A shop's terms, locked: whoever decides about its money decides alone.
pub async fn lock(conn: &mut PgConnection, tenant: TenantId) -> Result<TermsRow, sqlx::Error> {
    sqlx::query_as(terms!("where tenant_id = $1 for update"))
        .bind(tenant)
        .fetch_one(conn)
        .await
}

pub async fn find(conn: &mut PgConnection, tenant: TenantId) -> Result<Option<TermsRow>, sqlx::Error> {
    sqlx::query_as(terms!("where tenant_id = $1"))
        .bind(tenant)
        .fetch_optional(conn)
        .await
}

/// Terms of some shops.
pub async fn of(conn: &mut PgConnection, tenants: &[Uuid]) -> Result<Vec<TermsRow>, sqlx::Error> {
    sqlx::query_as(terms!("where tenant_id = any($1)"))
        .bind(tenants)
        .fetch_all(conn)
        .await
}

/// Shops whose day has come, locked; those that another worker has are left to it.
pub async fn lock_due(
    conn: &mut PgConnection,
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<TermsRow>, sqlx::Error> {
    sqlx::query_as(terms!(
        "where next_on <= $1 order by next_on, tenant_id limit $2 for update skip locked"
    ))
    .bind(today)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Sets the days on which shops are settled next.
pub async fn turn(
    conn: &mut PgConnection,
    tenants: &[Uuid],
    next: &[Option<NaiveDate>],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update ledger.terms t set next_on = n.next_on
           from unnest($1::uuid[], $2::date[]) as n (tenant_id, next_on)
          where t.tenant_id = n.tenant_id",
    )
    .bind(tenants)
    .bind(next)
    .execute(conn)
    .await?;
    Ok(())
}

/// Changes when a shop is paid.
pub async fn set_schedule(
    conn: &mut PgConnection,
    ctx: &Ctx,
    tenant: TenantId,
    schedule: Schedule,
) -> Result<(), sqlx::Error> {
    let (weekday, month_day) = match schedule {
        Schedule::Weekly { weekday } => (Some(i16::from(weekday)), None),
        Schedule::Monthly { day } => (None, Some(i16::from(day))),
        Schedule::Daily | Schedule::Manual => (None, None),
    };
    sqlx::query(
        "update ledger.terms
            set schedule = $2, weekday = coalesce($3, weekday), month_day = coalesce($4, month_day), next_on = $5,
                changed_by = $6, changed_at = $7
          where tenant_id = $1",
    )
    .bind(tenant)
    .bind(schedule.name())
    .bind(weekday)
    .bind(month_day)
    .bind(schedule.next(ctx.now.date_naive()))
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(&mut *conn)
    .await?;
    note_change(conn, ctx, tenant).await
}

/// Writes down a shop's terms as they are now, and who made them so.
async fn note_change(conn: &mut PgConnection, ctx: &Ctx, tenant: TenantId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into ledger.terms_change (tenant_id, id, terms, actor, at)
         select t.tenant_id, $2, to_json(t), $3, $4 from ledger.terms t where t.tenant_id = $1",
    )
    .bind(tenant)
    .bind(kernel::uuid_at(ctx.now))
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(conn)
    .await?;
    Ok(())
}

/// A change to a shop's terms.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ChangeRow {
    pub id: Uuid,
    pub terms: Json<serde_json::Value>,
    pub actor: Json<Actor>,
    pub at: DateTime,
}

/// Changes to a shop's terms below `before`, the latest first.
pub async fn changes(
    conn: &mut PgConnection,
    tenant: TenantId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ChangeRow>, sqlx::Error> {
    sqlx::query_as(
        "select id, terms, actor, at from ledger.terms_change
          where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3",
    )
    .bind(tenant)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Changes for how long, and how much, of a shop's money is held, and where it goes.
pub async fn set_rules(
    conn: &mut PgConnection,
    ctx: &Ctx,
    tenant: TenantId,
    rules: &crate::app::Rules,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update ledger.terms
            set hold_days = coalesce($2, hold_days), reserve_bp = coalesce($3, reserve_bp),
                reserve_days = coalesce($4, reserve_days), destination = coalesce($5, destination),
                plan = coalesce($6, plan), changed_by = $7, changed_at = $8
          where tenant_id = $1",
    )
    .bind(tenant)
    .bind(rules.hold_days)
    .bind(rules.reserve_bp)
    .bind(rules.reserve_days)
    .bind(&rules.destination)
    .bind(&rules.plan)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(&mut *conn)
    .await?;
    note_change(conn, ctx, tenant).await
}

/// Replaces a shop's minimums.
pub async fn set_minimums(
    conn: &mut PgConnection,
    tenant: TenantId,
    minimums: &[Money],
) -> Result<(), sqlx::Error> {
    sqlx::query("delete from ledger.minimum_payout where tenant_id = $1")
        .bind(tenant)
        .execute(&mut *conn)
        .await?;
    let (currencies, amounts): (Vec<&str>, Vec<i64>) = minimums
        .iter()
        .filter(|m| m.amount > 0)
        .map(|m| (m.currency.code(), m.amount))
        .unzip();
    sqlx::query(
        "insert into ledger.minimum_payout (tenant_id, currency, amount)
         select $1, m.* from unnest($2::text[], $3::bigint[]) m",
    )
    .bind(tenant)
    .bind(currencies)
    .bind(amounts)
    .execute(conn)
    .await?;
    Ok(())
}

/// The minimums of some shops.
pub async fn minimums(conn: &mut PgConnection, tenants: &[Uuid]) -> Result<Vec<(Uuid, Money)>, Error> {
    let rows: Vec<(Uuid, String, i64)> = sqlx::query_as(
        "select tenant_id, currency, amount from ledger.minimum_payout
          where tenant_id = any($1) order by tenant_id, currency",
    )
    .bind(tenants)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(tenant, code, amount)| Ok((tenant, Money::new(amount, super::entries::currency(&code)?))))
        .collect()
}

/// How shops stand in each currency they have sold in. One statement, so that a sale and its hold are seen together.
pub async fn standings(
    conn: &mut PgConnection,
    tenants: &[Uuid],
) -> Result<Vec<(TenantId, Currency, Standing)>, Error> {
    let Parts { days, rest } = Parts::before(conn, FOREVER).await?;
    let rows: Vec<(Uuid, String, i64, i64, i64)> = sqlx::query_as(
        "select b.tenant_id, b.currency, b.payable, b.reserved, coalesce(h.pending, 0)::bigint
           from (select tenant_id, currency,
                        coalesce(-sum(amount) filter (where account = 'seller_payable'), 0)::bigint as payable,
                        coalesce(-sum(amount) filter (where account = 'seller_reserve'), 0)::bigint as reserved
                   from (select tenant_id, currency, account, amount
                           from ledger.day_sum
                          where tenant_id = any($1) and account in ('seller_payable', 'seller_reserve') and day < $2
                         union all
                         select tenant_id, currency, account, amount
                           from ledger.moved_between($3, $4)
                          where tenant_id = any($1) and account in ('seller_payable', 'seller_reserve')) m
                  group by tenant_id, currency) b
           left join (select tenant_id, currency, sum(remaining) as pending
                        from ledger.hold
                       where tenant_id = any($1) and state = 'held' and reason = 'delivery'
                       group by tenant_id, currency) h
                  on h.tenant_id = b.tenant_id and h.currency = b.currency
          order by b.tenant_id, b.currency",
    )
    .bind(tenants)
    .bind(days[1])
    .bind(rest[0])
    .bind(rest[1])
    .persistent(false)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(tenant, code, payable, reserved, pending)| {
            let standing = Standing {
                payable,
                pending,
                reserved,
            };
            Ok((TenantId(tenant), super::entries::currency(&code)?, standing))
        })
        .collect()
}
