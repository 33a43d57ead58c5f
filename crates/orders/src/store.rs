//! All SQL of buyers' and sellers' reading, and of what they lock. What changes orders is in [`crate::till`] and [`crate::updates`].

pub mod downloads;
pub mod invoices;
pub mod market;
pub mod shadow;
pub mod standing;
pub mod sums;
pub mod takings;
pub mod terms;

use crate::domain::{Dates, Discount, Event, Tax, return_status_name};
use crate::project::{LineRow, OrderRow, SubOrderRow};
use ::store::Reads;
use contracts::Address;
use contracts::orders::{AsOf, Parcel, Refund, Return, ReturnStatus, SubOrderStatus, UnitsCancellation};
use kernel::{OrderId, PageLimit, RefundId, SubOrderId, TenantId, Timestamp, UserId};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

/// What a row of each table is read from.
macro_rules! select_orders {
    ($rest:literal) => {
        concat!(
            "select id, version, number, buyer_id, status, fulfilment, cancel_reason, currency, total, refunded,
                    sellers, units, payment_id, placed_at, reserved_until
               from orders.order ",
            $rest
        )
    };
}

macro_rules! select_sub_orders {
    ($rest:literal) => {
        concat!(
            "select s.tenant_id, s.id, s.order_id, s.number, s.status, s.currency, s.subtotal, s.delivery, s.total,
                    s.funded, s.funded_refunded, s.delivery_discounts, s.tax, s.tax_refunded, s.tax_by_marketplace, s.delivery_tax, s.commission, s.refunded, s.commission_refunded, s.delivery_code, s.delivery_name, s.placed_at, s.confirmed_at, s.packed_at,
                    s.delivered_at, s.cancelled_at, s.address, s.cancel_reason, s.cancel_note, s.cancellations, s.parcels, s.refunds,
                    s.returns, s.open_returns, s.return_until
               from orders.sub_order s ",
            $rest
        )
    };
}

macro_rules! select_lines {
    ($rest:literal) => {
        concat!(
            "select l.tenant_id, l.sub_order_id, l.id, l.sku_id, l.product_id, l.title, l.options, l.code, l.quantity,
                    l.unit_price, l.discounts, l.tax, l.made, l.digital, l.shipped, l.cancelled, l.refunded
               from orders.line l ",
            $rest
        )
    };
}

/// A buyer's orders, newest first, starting below `before` (ids are time-ordered).
pub async fn orders_of_buyer(
    pool: &PgPool,
    buyer: UserId,
    before: Option<OrderId>,
    limit: PageLimit,
) -> Result<Vec<OrderRow>, sqlx::Error> {
    sqlx::query_as(select_orders!(
        "where buyer_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3"
    ))
    .bind(buyer)
    .bind(before)
    .bind(limit.plus_one())
    .fetch_all(pool)
    .await
}

/// A shop's sub-orders, newest first, starting below `before`.
pub async fn sub_orders_of_shop(
    conn: &mut PgConnection,
    tenant: TenantId,
    before: Option<SubOrderId>,
    limit: PageLimit,
) -> Result<Vec<SubOrderRow>, sqlx::Error> {
    let records: Vec<SubOrderRecord> = sqlx::query_as(select_sub_orders!(
        "where s.tenant_id = $1 and ($2::uuid is null or s.id < $2) order by s.id desc limit $3"
    ))
    .bind(tenant)
    .bind(before)
    .bind(limit.plus_one())
    .fetch_all(conn)
    .await?;
    Ok(records.into_iter().map(SubOrderRow::from).collect())
}

/// As [`sub_orders_of_shop`], those in one state.
pub async fn sub_orders_in_state(
    conn: &mut PgConnection,
    tenant: TenantId,
    status: SubOrderStatus,
    before: Option<SubOrderId>,
    limit: PageLimit,
) -> Result<Vec<SubOrderRow>, sqlx::Error> {
    let ids = standing::in_state(&mut *conn, tenant, status, before, limit).await?;
    let records: Vec<SubOrderRecord> = sqlx::query_as(select_sub_orders!(
        "where s.tenant_id = $1 and s.id = any($2) order by s.id desc"
    ))
    .bind(tenant)
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(records.into_iter().map(SubOrderRow::from).collect())
}

pub async fn sub_order(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: SubOrderId,
) -> Result<Option<SubOrderRow>, sqlx::Error> {
    let record: Option<SubOrderRecord> =
        sqlx::query_as(select_sub_orders!("where s.tenant_id = $1 and s.id = $2"))
            .bind(tenant)
            .bind(id)
            .fetch_optional(conn)
            .await?;
    Ok(record.map(SubOrderRow::from))
}

/// A shop's sub-orders with returns, newest first, starting below `before`; with `open`, those of whose returns more is
/// expected.
pub async fn returns_of_shop(
    conn: &mut PgConnection,
    tenant: TenantId,
    open: bool,
    before: Option<SubOrderId>,
    limit: PageLimit,
) -> Result<Vec<SubOrderRow>, sqlx::Error> {
    // Each in the words of its partial index.
    let sql = match open {
        true => select_sub_orders!(
            "where s.tenant_id = $1 and s.open_returns > 0 and ($2::uuid is null or s.id < $2) order by s.id desc limit $3"
        ),
        false => select_sub_orders!(
            "where s.tenant_id = $1 and s.returns <> '[]' and ($2::uuid is null or s.id < $2) order by s.id desc limit $3"
        ),
    };
    let records: Vec<SubOrderRecord> = sqlx::query_as(sql)
        .bind(tenant)
        .bind(before)
        .bind(limit.plus_one())
        .fetch_all(conn)
        .await?;
    Ok(records.into_iter().map(SubOrderRow::from).collect())
}

/// An order that is locked until the transaction ends, and its history as far as it was there when this was asked.
pub struct LockedOrder {
    pub id: OrderId,
    /// As its row says, which is read once it is locked.
    version: i64,
    pub history: Vec<Happened>,
}

/// Version, time and event.
pub type Happened = (i64, Timestamp, Event);

/// An order and its version, and something that happened to it.
type LockedRow = (OrderId, i64, i64, Timestamp, Json<Event>);

impl LockedOrder {
    /// Whoever had to wait for the lock does not see what those appended whom it waited for.
    pub fn is_whole(&self) -> bool {
        self.history
            .last()
            .is_some_and(|(version, ..)| *version >= self.version)
    }

    fn of(rows: Vec<LockedRow>) -> Option<Self> {
        let &(id, version, ..) = rows.first()?;
        let history = rows.into_iter();
        Some(Self {
            id,
            version,
            history: history
                .map(|(.., version, at, event)| (version, at, event.0))
                .collect(),
        })
    }
}

/// Locks an order and reads its history, which comes with the order's first event.
macro_rules! lock_order {
    ($which:literal) => {
        // Behind `offset 0` the history is looked up by the id of the order, whatever is known of how large either is.
        concat!(
            "select o.id, o.version, e.version, e.at, e.payload
               from (",
            $which,
            " for no key update of o) o
              cross join lateral (
                    select version, at, payload from orders.event where stream_id = o.id offset 0) e
              order by e.version"
        )
    };
}

pub async fn lock_order(conn: &mut PgConnection, id: OrderId) -> Result<Option<LockedOrder>, sqlx::Error> {
    let rows: Vec<LockedRow> = sqlx::query_as(lock_order!(
        "select o.id, o.version from orders.order o where o.id = $1"
    ))
    .bind(id)
    .fetch_all(conn)
    .await?;
    Ok(LockedOrder::of(rows))
}

/// As [`lock_order`], the order of a shop's sub-order.
pub async fn lock_order_of(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: SubOrderId,
) -> Result<Option<LockedOrder>, sqlx::Error> {
    let rows: Vec<LockedRow> = sqlx::query_as(lock_order!(
        "select o.id, o.version
           from orders.sub_order s
           join orders.order o on o.id = s.order_id
          where s.tenant_id = $1 and s.id = $2"
    ))
    .bind(tenant)
    .bind(id)
    .fetch_all(conn)
    .await?;
    Ok(LockedOrder::of(rows))
}

/// What happened to an order, in order.
pub async fn history(conn: &mut PgConnection, id: OrderId) -> Result<Vec<Happened>, sqlx::Error> {
    let rows: Vec<(i64, Timestamp, Json<Event>)> =
        sqlx::query_as("select version, at, payload from orders.event where stream_id = $1 order by version")
            .bind(id)
            .fetch_all(conn)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(version, at, event)| (version, at, event.0))
        .collect())
}

/// As [`history`], up to a version or a time: asked by all who look at orders, so that it is planned once.
pub async fn history_until(reads: &Reads, id: OrderId, as_of: AsOf) -> Result<Vec<Happened>, sqlx::Error> {
    let sql = "select version, at, payload from orders.event
                where stream_id = $1 and ($2::bigint is null or version <= $2) and ($3::timestamptz is null or at <= $3)
                order by version";
    let rows = reads.query(sql, &[&id, &as_of.version, &as_of.at]).await?;
    let history: Result<Vec<Happened>, tokio_postgres::Error> = rows.iter().map(happened).collect();
    history.map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn happened(row: &tokio_postgres::Row) -> Result<Happened, tokio_postgres::Error> {
    let postgres_types::Json(event) = row.try_get::<_, postgres_types::Json<Event>>(2)?;
    Ok((row.try_get(0)?, row.try_get(1)?, event))
}

/// The lines of a shop's sub-orders, in the order in which they were bought.
pub async fn lines(
    conn: &mut PgConnection,
    tenant: TenantId,
    sub_orders: &[Uuid],
) -> Result<Vec<LineRow>, sqlx::Error> {
    sqlx::query_as(select_lines!(
        "where l.tenant_id = $1 and l.sub_order_id = any($2) order by l.sub_order_id, l.id"
    ))
    .bind(tenant)
    .bind(sub_orders)
    .fetch_all(conn)
    .await
}

/// A shop's sub-orders by status, among its latest ten thousand: a count must not grow slower with every sale.
pub async fn tally_of_shop(
    conn: &mut PgConnection,
    tenant: TenantId,
) -> Result<Vec<(String, u64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select status, count(*) as "count!"
             from (select status from orders.sub_order where tenant_id = $1 order by id desc limit 10000) as latest
            group by status"#,
        tenant.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.status, u64::try_from(row.count).unwrap_or(0)))
        .collect())
}

/// A shop's returns, those of which more is expected and all, of its latest ten thousand sub-orders with any.
pub async fn tally_returns_of_shop(
    conn: &mut PgConnection,
    tenant: TenantId,
) -> Result<(i64, i64), sqlx::Error> {
    sqlx::query_as(
        "select count(*) filter (where r ->> 'status' <> all($2)), count(*)
           from (select returns
                   from orders.sub_order
                  where tenant_id = $1 and returns <> '[]'
                  order by id desc
                  limit 10000) as latest
          cross join lateral jsonb_array_elements(returns) as r",
    )
    .bind(tenant)
    .bind(
        [
            ReturnStatus::Refused,
            ReturnStatus::Withdrawn,
            ReturnStatus::Closed,
        ]
        .map(return_status_name),
    )
    .fetch_one(conn)
    .await
}

/// The first event of each of these histories.
pub async fn first_events(pool: &PgPool, orders: &[Uuid]) -> Result<Vec<(OrderId, Event)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select stream_id as "id: OrderId", payload as "event: Json<crate::domain::Event>"
             from orders.event
            where stream_id = any($1) and version = 1"#,
        orders,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.event.0)).collect())
}

/// Where each of these orders goes.
pub async fn addresses(pool: &PgPool, orders: &[Uuid]) -> Result<Vec<(OrderId, Address)>, sqlx::Error> {
    let rows: Vec<(OrderId, Json<Address>)> = sqlx::query_as(
        "select distinct on (stream_id) stream_id,
                coalesce(payload -> 'readdressed' -> 'address', payload -> 'placed' -> 'address')
           from orders.event
          where stream_id = any($1) and name in ('placed', 'readdressed')
          order by stream_id, version desc",
    )
    .bind(orders)
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|(id, address)| (id, address.0)).collect())
}

/// A number that a shop's refund has.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct IssuedCreditNote {
    pub number: i64,
    pub sub_order_id: SubOrderId,
    pub refund_id: RefundId,
    pub issued_at: Timestamp,
}

/// The credit notes of sub-orders, each of which is named with its shop, in the order in which they were issued.
pub async fn credit_notes(
    db: impl PgExecutor<'_>,
    tenants: &[TenantId],
    sub_orders: &[SubOrderId],
) -> Result<Vec<IssuedCreditNote>, sqlx::Error> {
    sqlx::query_as(
        "select c.number, c.sub_order_id, c.refund_id, c.issued_at
           from unnest($1::uuid[], $2::uuid[]) as wanted (tenant_id, sub_order_id)
           join orders.credit_note c on c.tenant_id = wanted.tenant_id and c.sub_order_id = wanted.sub_order_id
          order by c.issued_at, c.sub_order_id, c.number",
    )
    .bind(tenants)
    .bind(sub_orders)
    .fetch_all(db)
    .await
}

/// Refunds that have no credit note, credit notes of no refund, and shops whose numbers have gaps; at most `limit` of each.
pub async fn wrong_credit_notes(conn: &mut PgConnection, limit: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(include_str!("sql/wrong_credit_notes.sql"))
        .bind(limit)
        .fetch_all(conn)
        .await
}

#[derive(sqlx::FromRow)]
struct SubOrderRecord {
    tenant_id: TenantId,
    id: SubOrderId,
    order_id: OrderId,
    number: String,
    status: String,
    currency: String,
    subtotal: i64,
    delivery: i64,
    total: i64,
    funded: i64,
    funded_refunded: i64,
    delivery_discounts: Option<Json<Vec<Discount>>>,
    tax: i64,
    tax_refunded: i64,
    tax_by_marketplace: bool,
    delivery_tax: Option<Json<Tax>>,
    commission: i64,
    refunded: i64,
    commission_refunded: i64,
    delivery_code: String,
    delivery_name: String,
    placed_at: Timestamp,
    confirmed_at: Option<Timestamp>,
    packed_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
    address: Option<Json<Address>>,
    cancel_reason: Option<String>,
    cancel_note: Option<String>,
    cancellations: Json<Vec<UnitsCancellation>>,
    parcels: Json<Vec<Parcel>>,
    refunds: Json<Vec<Refund>>,
    returns: Json<Vec<Return>>,
    open_returns: i32,
    return_until: Option<Timestamp>,
}

impl From<SubOrderRecord> for SubOrderRow {
    fn from(record: SubOrderRecord) -> Self {
        Self {
            tenant_id: record.tenant_id,
            id: record.id,
            order_id: record.order_id,
            number: record.number,
            status: record.status,
            currency: record.currency,
            subtotal: record.subtotal,
            delivery: record.delivery,
            total: record.total,
            funded: record.funded,
            funded_refunded: record.funded_refunded,
            delivery_discounts: record.delivery_discounts,
            tax: record.tax,
            tax_refunded: record.tax_refunded,
            tax_by_marketplace: record.tax_by_marketplace,
            delivery_tax: record.delivery_tax,
            commission: record.commission,
            refunded: record.refunded,
            commission_refunded: record.commission_refunded,
            delivery_code: record.delivery_code,
            delivery_name: record.delivery_name,
            dates: Dates {
                placed: record.placed_at,
                confirmed: record.confirmed_at,
                packed: record.packed_at,
                delivered: record.delivered_at,
                cancelled: record.cancelled_at,
            },
            address: record.address.map(|json| json.0),
            cancel_reason: record.cancel_reason,
            cancel_note: record.cancel_note,
            cancellations: record.cancellations.0,
            parcels: record.parcels.0,
            refunds: record.refunds.0,
            returns: record.returns.0,
            open_returns: record.open_returns,
            return_until: record.return_until,
        }
    }
}
