//! What a shop has sold since some time, by one statement.

use chrono::NaiveDate;
use kernel::{TenantId, Timestamp, uuid_floor};
use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// Products that are named.
const TOP_PRODUCTS: i64 = 5;

#[derive(sqlx::FromRow)]
pub struct TakingsRow {
    pub totals: Json<Vec<TotalRow>>,
    pub days: Json<Vec<DayRow>>,
    pub top: Json<Vec<TopRow>>,
}

#[derive(Deserialize)]
pub struct TotalRow {
    pub currency: String,
    pub orders: u64,
    pub units: u64,
    pub paid: i64,
    pub share: i64,
}

#[derive(Deserialize)]
pub struct DayRow {
    pub day: NaiveDate,
    pub currency: String,
    pub paid: i64,
}

#[derive(Deserialize)]
pub struct TopRow {
    pub product: Uuid,
    pub title: String,
    pub units: u64,
    pub currency: String,
    pub paid: i64,
}

pub async fn takings_of_shop(
    conn: &mut PgConnection,
    tenant: TenantId,
    since: Timestamp,
) -> Result<TakingsRow, sqlx::Error> {
    sqlx::query_as(include_str!("../sql/takings.sql"))
        .bind(tenant)
        .bind(uuid_floor(since))
        .bind(TOP_PRODUCTS)
        .fetch_one(conn)
        .await
}
