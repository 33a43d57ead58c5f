//! The SQL of listings that are put forward.

use crate::engine::Promotion;
use contracts::search::promoted::PromotedTariff;
use kernel::{Ctx, Money, ProductId, PromotedListingId, TenantId, Timestamp};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// Of one shop that are listed.
const LISTED: i64 = 200;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TariffRow {
    currency: String,
    per_day: i64,
    tax_bp: i32,
    note: String,
    made_at: Timestamp,
}

impl TariffRow {
    /// None of a currency that is no more.
    pub fn tariff(self) -> Option<PromotedTariff> {
        Some(PromotedTariff {
            per_day: Money::new(self.per_day, self.currency.parse().ok()?),
            tax_bp: u32::try_from(self.tax_bp).ok()?,
            since: self.made_at,
            note: self.note,
        })
    }
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PromotedRow {
    pub id: PromotedListingId,
    pub product_id: ProductId,
    pub currency: String,
    pub per_day: i64,
    pub tax_bp: i32,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub stopped_at: Option<Timestamp>,
    pub begun_until: Timestamp,
    pub days_charged: i32,
}

#[derive(sqlx::FromRow)]
struct OwnedRow {
    tenant_id: TenantId,
    #[sqlx(flatten)]
    row: PromotedRow,
}

macro_rules! listings {
    ($rest:literal) => {
        concat!(
            "select tenant_id, id, product_id, currency, per_day, tax_bp, starts_at, ends_at, stopped_at, begun_until, days_charged
               from search.promoted_listing ",
            $rest
        )
    };
}

/// The latest of each currency.
pub async fn tariffs(conn: &mut PgConnection) -> Result<Vec<TariffRow>, sqlx::Error> {
    sqlx::query_as(
        "select distinct on (currency) currency, per_day, tax_bp, note, made_at
           from search.promoted_tariff order by currency, id desc",
    )
    .fetch_all(conn)
    .await
}

/// Until the transaction ends nobody else sets a tariff: each is told with the one before it.
pub async fn set_tariffs_alone(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('search.promoted_tariff', 0))")
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn set_tariff(
    conn: &mut PgConnection,
    ctx: &Ctx,
    tariff: &PromotedTariff,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into search.promoted_tariff (id, currency, per_day, tax_bp, note, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(kernel::uuid_at(ctx.now))
    .bind(tariff.per_day.currency.code())
    .bind(tariff.per_day.amount)
    .bind(i32::try_from(tariff.tax_bp).unwrap_or(i32::MAX))
    .bind(&tariff.note)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(conn)
    .await?;
    Ok(())
}

/// What is put forward now or later.
pub async fn running(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Promotion>, sqlx::Error> {
    let rows: Vec<(ProductId, Timestamp, Timestamp)> = sqlx::query_as(
        "select product_id, starts_at, ends_at from search.promoted_listing
          where stopped_at is null and ends_at > $1 order by ends_at limit $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let promotion = |(product, starts_at, ends_at)| Promotion {
        product,
        starts_at,
        ends_at,
    };
    Ok(rows.into_iter().map(promotion).collect())
}

pub async fn running_of(
    conn: &mut PgConnection,
    tenant: TenantId,
    now: Timestamp,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) from search.promoted_listing where tenant_id = $1 and stopped_at is null and ends_at > $2",
    )
    .bind(tenant)
    .bind(now)
    .fetch_one(conn)
    .await
}

pub async fn insert(
    conn: &mut PgConnection,
    ctx: &Ctx,
    tenant: TenantId,
    row: &PromotedRow,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into search.promoted_listing
                (tenant_id, id, product_id, currency, per_day, tax_bp, starts_at, ends_at, begun_until, days_charged, made_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(tenant)
    .bind(row.id)
    .bind(row.product_id)
    .bind(&row.currency)
    .bind(row.per_day)
    .bind(row.tax_bp)
    .bind(row.starts_at)
    .bind(row.ends_at)
    .bind(row.begun_until)
    .bind(row.days_charged)
    .bind(Json(&ctx.actor))
    .execute(conn)
    .await?;
    Ok(())
}

/// For whoever changes it.
pub async fn find(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: PromotedListingId,
) -> Result<Option<PromotedRow>, sqlx::Error> {
    sqlx::query_as(listings!("where tenant_id = $1 and id = $2 for update"))
        .bind(tenant)
        .bind(id)
        .fetch_optional(conn)
        .await
}

pub async fn stop(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: PromotedListingId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("update search.promoted_listing set stopped_at = $3 where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(id)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// A shop's: what runs first, then the latest.
pub async fn of_shop(
    conn: &mut PgConnection,
    tenant: TenantId,
    now: Timestamp,
) -> Result<Vec<PromotedRow>, sqlx::Error> {
    sqlx::query_as(listings!(
        "where tenant_id = $1 order by (stopped_at is null and ends_at > $2) desc, id desc limit $3"
    ))
    .bind(tenant)
    .bind(now)
    .bind(LISTED)
    .fetch_all(conn)
    .await
}

/// Those whose next day has begun.
pub async fn due(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(TenantId, PromotedRow)>, sqlx::Error> {
    let rows: Vec<OwnedRow> = sqlx::query_as(listings!(
        "where stopped_at is null and ends_at > $1 and begun_until <= $1 order by begun_until limit $2"
    ))
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|owned| (owned.tenant_id, owned.row))
        .collect())
}

/// Notes that days have begun, where nobody else has since; answers those that are charged.
pub async fn begin(
    conn: &mut PgConnection,
    days: &[(TenantId, &PromotedRow, Timestamp, bool)],
) -> Result<Vec<(TenantId, PromotedRow)>, sqlx::Error> {
    let tenants: Vec<Uuid> = days.iter().map(|(tenant, ..)| tenant.0).collect();
    let ids: Vec<Uuid> = days.iter().map(|(_, row, ..)| row.id.0).collect();
    let seen: Vec<Timestamp> = days.iter().map(|(_, row, ..)| row.begun_until).collect();
    let until: Vec<Timestamp> = days.iter().map(|(_, _, until, _)| *until).collect();
    let charged: Vec<bool> = days.iter().map(|(.., charged)| *charged).collect();
    let rows: Vec<OwnedRow> = sqlx::query_as(
        "with begun as (
            update search.promoted_listing p
               set begun_until = d.until, days_charged = p.days_charged + d.charged::int
              from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::boolean[])
                   as d (tenant_id, id, seen, until, charged)
             where p.tenant_id = d.tenant_id and p.id = d.id and p.begun_until = d.seen and p.stopped_at is null
            returning p.*, d.charged)
         select tenant_id, id, product_id, currency, per_day, tax_bp, starts_at, ends_at, stopped_at, begun_until, days_charged
           from begun where charged",
    )
    .bind(tenants)
    .bind(ids)
    .bind(seen)
    .bind(until)
    .bind(charged)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|owned| (owned.tenant_id, owned.row))
        .collect())
}
