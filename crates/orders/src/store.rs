//! All SQL of buyers' and sellers' reading. What changes orders is in [`crate::till`].

use crate::project::{LineRow, OrderRow, SubOrderRow};
use contracts::Address;
use contracts::orders::SubOrderStatus;
use kernel::{OrderId, PageLimit, SubOrderId, TenantId, Timestamp, UserId};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// A buyer's orders, newest first, starting below `before` (ids are time-ordered).
pub async fn orders_of_buyer(
    pool: &PgPool,
    buyer: UserId,
    before: Option<OrderId>,
    limit: PageLimit,
) -> Result<Vec<OrderRow>, sqlx::Error> {
    sqlx::query_as!(
        OrderRow,
        r#"select id as "id: _", version, number, buyer_id as "buyer_id: _", status, cancel_reason, currency, total,
                  sellers, units, payment_id as "payment_id: _", placed_at, reserved_until
             from orders.order
            where buyer_id = $1
              and ($2::uuid is null or id < $2)
            order by id desc
            limit $3"#,
        buyer.0,
        before.map(|id| id.0),
        limit.plus_one(),
    )
    .fetch_all(pool)
    .await
}

/// A shop's sub-orders, newest first, starting below `before`.
pub async fn sub_orders_of_shop(
    conn: &mut PgConnection,
    tenant: TenantId,
    status: Option<SubOrderStatus>,
    before: Option<SubOrderId>,
    limit: PageLimit,
) -> Result<Vec<SubOrderRow>, sqlx::Error> {
    let status = status.map(|status| match status {
        SubOrderStatus::Placed => "placed",
        SubOrderStatus::Confirmed => "confirmed",
        SubOrderStatus::Cancelled => "cancelled",
    });
    let records = sqlx::query_as!(
        SubOrderRecord,
        r#"select tenant_id as "tenant_id: _", id as "id: _", order_id as "order_id: _", number, status, currency,
                  subtotal, delivery, total, commission, delivery_code, delivery_name, placed_at,
                  address as "address: _"
             from orders.sub_order
            where tenant_id = $1
              and ($2::text is null or status = $2)
              and ($3::uuid is null or id < $3)
            order by id desc
            limit $4"#,
        tenant.0,
        status,
        before.map(|id| id.0),
        limit.plus_one(),
    )
    .fetch_all(conn)
    .await?;
    Ok(records.into_iter().map(SubOrderRow::from).collect())
}

pub async fn sub_order(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: SubOrderId,
) -> Result<Option<SubOrderRow>, sqlx::Error> {
    let record = sqlx::query_as!(
        SubOrderRecord,
        r#"select tenant_id as "tenant_id: _", id as "id: _", order_id as "order_id: _", number, status, currency,
                  subtotal, delivery, total, commission, delivery_code, delivery_name, placed_at,
                  address as "address: _"
             from orders.sub_order
            where tenant_id = $1 and id = $2"#,
        tenant.0,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(record.map(SubOrderRow::from))
}

/// The lines of a shop's sub-orders, in the order in which they were bought.
pub async fn lines(
    conn: &mut PgConnection,
    tenant: TenantId,
    sub_orders: &[Uuid],
) -> Result<Vec<LineRow>, sqlx::Error> {
    sqlx::query_as!(
        LineRow,
        r#"select tenant_id as "tenant_id: _", sub_order_id as "sub_order_id: _", id as "id: _",
                  sku_id as "sku_id: _", product_id as "product_id: _", title, options, code, quantity, unit_price
             from orders.line
            where tenant_id = $1 and sub_order_id = any($2)
            order by sub_order_id, id"#,
        tenant.0,
        sub_orders,
    )
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

/// The first event of each of these histories.
pub async fn first_events(
    pool: &PgPool,
    orders: &[Uuid],
) -> Result<Vec<(OrderId, crate::domain::Event)>, sqlx::Error> {
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

/// The events of the next `limit` histories above `after`, in order.
pub async fn histories_after(
    conn: &mut PgConnection,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Uuid, i64, Timestamp, serde_json::Value)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select stream_id, version, at, payload
           from orders.event
          where stream_id = any(array(select stream_id
                                        from orders.event
                                       where version = 1 and ($1::uuid is null or stream_id > $1)
                                       order by stream_id
                                       limit $2))
          order by stream_id, version",
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.stream_id, r.version, r.at, r.payload))
        .collect())
}

/// The rows of orders, whatever their shop. For proving them equal to their histories.
pub async fn order_rows(conn: &mut PgConnection, orders: &[Uuid]) -> Result<Vec<OrderRow>, sqlx::Error> {
    sqlx::query_as!(
        OrderRow,
        r#"select id as "id: _", version, number, buyer_id as "buyer_id: _", status, cancel_reason, currency, total,
                  sellers, units, payment_id as "payment_id: _", placed_at, reserved_until
             from orders.order
            where id = any($1)"#,
        orders,
    )
    .fetch_all(conn)
    .await
}

/// See [`order_rows`].
pub async fn sub_order_rows(
    conn: &mut PgConnection,
    tenants: &[Uuid],
    sub_orders: &[Uuid],
) -> Result<Vec<SubOrderRow>, sqlx::Error> {
    let records = sqlx::query_as!(
        SubOrderRecord,
        r#"select s.tenant_id as "tenant_id: _", s.id as "id: _", s.order_id as "order_id: _", s.number, s.status,
                  s.currency, s.subtotal, s.delivery, s.total, s.commission, s.delivery_code, s.delivery_name,
                  s.placed_at, s.address as "address: _"
             from unnest($1::uuid[], $2::uuid[]) as wanted (tenant_id, id)
             join orders.sub_order s on s.tenant_id = wanted.tenant_id and s.id = wanted.id"#,
        tenants,
        sub_orders,
    )
    .fetch_all(conn)
    .await?;
    Ok(records.into_iter().map(SubOrderRow::from).collect())
}

/// See [`order_rows`].
pub async fn line_rows(
    conn: &mut PgConnection,
    tenants: &[Uuid],
    sub_orders: &[Uuid],
) -> Result<Vec<LineRow>, sqlx::Error> {
    sqlx::query_as!(
        LineRow,
        r#"select l.tenant_id as "tenant_id: _", l.sub_order_id as "sub_order_id: _", l.id as "id: _",
                  l.sku_id as "sku_id: _", l.product_id as "product_id: _", l.title, l.options, l.code,
                  l.quantity, l.unit_price
             from unnest($1::uuid[], $2::uuid[]) as wanted (tenant_id, id)
             join orders.line l on l.tenant_id = wanted.tenant_id and l.sub_order_id = wanted.id"#,
        tenants,
        sub_orders,
    )
    .fetch_all(conn)
    .await
}

/// How many rows the tables hold: orders, sub-orders, lines. Rows beyond those of the histories would show here.
pub async fn row_counts(conn: &mut PgConnection) -> Result<[i64; 3], sqlx::Error> {
    let row = sqlx::query!(
        r#"select (select count(*) from orders.order) as "orders!",
                  (select count(*) from orders.sub_order) as "sub_orders!",
                  (select count(*) from orders.line) as "lines!""#
    )
    .fetch_one(conn)
    .await?;
    Ok([row.orders, row.sub_orders, row.lines])
}

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
    commission: i64,
    delivery_code: String,
    delivery_name: String,
    placed_at: Timestamp,
    address: Option<Json<Address>>,
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
            commission: record.commission,
            delivery_code: record.delivery_code,
            delivery_name: record.delivery_name,
            placed_at: record.placed_at,
            address: record.address.map(|json| json.0),
        }
    }
}
