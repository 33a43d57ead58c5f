//! What a shop sold, was charged and was paid.

use super::days::Parts;
use super::entries::currency;
use crate::domain::Takings;
use crate::error::Error;
use kernel::{Money, TenantId, Timestamp};
use sqlx::PgConnection;

#[derive(sqlx::FromRow)]
struct QuarterRow {
    currency: String,
    quarter: i32,
    sales: i64,
    sold: i64,
    refunds: i64,
    refunded: i64,
    commission: i64,
    listing_fees: i64,
    tax: i64,
    paid_out: i64,
}

/// A shop's quarters between two moments of one year, the first included, by currency.
pub async fn quarters(
    conn: &mut PgConnection,
    tenant: TenantId,
    span: [Timestamp; 2],
) -> Result<Vec<(u8, Takings)>, Error> {
    let Parts { days, rest } = Parts::of(conn, span).await?;
    let rows: Vec<QuarterRow> = sqlx::query_as(include_str!("../sql/quarters.sql"))
        .bind(tenant)
        .bind(days[0])
        .bind(days[1])
        .bind(rest[0])
        .bind(rest[1])
        .persistent(false)
        .fetch_all(conn)
        .await?;
    rows.iter().map(takings).collect()
}

fn takings(row: &QuarterRow) -> Result<(u8, Takings), Error> {
    let currency = currency(&row.currency)?;
    let money = |amount| Money::new(amount, currency);
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let takings = Takings {
        sales: count(row.sales),
        sold: money(row.sold),
        refunds: count(row.refunds),
        refunded: money(row.refunded),
        commission: money(row.commission),
        listing_fees: money(row.listing_fees),
        tax: money(row.tax),
        paid_out: money(row.paid_out),
    };
    Ok((u8::try_from(row.quarter).unwrap_or(1), takings))
}
