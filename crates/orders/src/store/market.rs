//! What the marketplace has sold, and orders found by what is known of them: each by one statement.

use crate::project::OrderRow;
use kernel::{OrderId, Timestamp, uuid_floor};
use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
pub struct TotalRow {
    pub currency: String,
    pub orders: i64,
    pub shops: i64,
    pub paid: i64,
}

#[derive(sqlx::FromRow)]
pub struct SalesRow {
    pub places: Json<Vec<PlaceRow>>,
    pub shops: Json<Vec<ShopRow>>,
    pub products: Json<Vec<ProductRow>>,
    pub sold: Option<i64>,
    pub goods: Option<i64>,
}

#[derive(Deserialize)]
pub struct PlaceRow {
    pub country: String,
    pub region: Option<String>,
    pub orders: u64,
    pub paid: i64,
}

#[derive(Deserialize)]
pub struct ShopRow {
    pub tenant: Uuid,
    pub orders: u64,
    pub paid: i64,
}

#[derive(Deserialize)]
pub struct ProductRow {
    pub tenant: Uuid,
    pub product: Uuid,
    pub title: String,
    pub units: u64,
    pub paid: i64,
}

/// Of sub-orders as they stand, however many: for times that are not summed up.
pub async fn sales(
    conn: &mut PgConnection,
    [from, until]: [Timestamp; 2],
    currency: &str,
    [shops, products]: [i64; 2],
) -> Result<SalesRow, sqlx::Error> {
    sqlx::query_as(include_str!("../sql/market_sales.sql"))
        .bind(uuid_floor(from))
        .bind(uuid_floor(until))
        .bind(currency)
        .bind(shops)
        .bind(products)
        .fetch_one(conn)
        .await
}

/// Orders placed, of them paid, of those delivered.
pub async fn funnel(
    conn: &mut PgConnection,
    [from, until]: [Timestamp; 2],
) -> Result<(i64, i64, i64), sqlx::Error> {
    // What was cancelled after it was paid was paid: only then has it been given back, or has parts that were confirmed.
    sqlx::query_as(
        "select count(*), count(*) filter (where paid), count(*) filter (where paid and fulfilment = 'delivered' and status = 'confirmed')
           from (select fulfilment, status, status = 'confirmed' or refunded > 0 as paid
                   from orders.order where id >= $1 and id < $2) o",
    )
    .bind(uuid_floor(from))
    .bind(uuid_floor(until))
    .fetch_one(conn)
    .await
}

/// What is asked of the list.
pub struct Wanted<'a> {
    /// Any of these; all orders where there are none.
    pub any: &'a [String],
    /// And each of these.
    pub all: &'a [String],
    pub from: Option<Timestamp>,
    /// Below this id: what came before on the list, or the end of the time.
    pub below: Option<Uuid>,
    pub limit: i64,
}

#[derive(sqlx::FromRow)]
pub struct FoundRow {
    #[sqlx(flatten)]
    pub order: OrderRow,
    pub email: String,
    pub standing: String,
}

pub async fn find(conn: &mut PgConnection, wanted: &Wanted<'_>) -> Result<Vec<FoundRow>, sqlx::Error> {
    let floor = wanted.from.map_or(Uuid::nil(), uuid_floor);
    let below = wanted.below.unwrap_or(Uuid::max());
    let mut terms = wanted.any.to_vec();
    let mut all = wanted.all.to_vec();
    if terms.is_empty() {
        terms.extend(all.pop());
    }
    let statement = match terms.is_empty() {
        true => sqlx::query_as(include_str!("../sql/find_all.sql")),
        false => sqlx::query_as(include_str!("../sql/find_by_term.sql"))
            .bind(terms)
            .bind(all),
    };
    statement
        .bind(floor)
        .bind(below)
        .bind(wanted.limit)
        .fetch_all(conn)
        .await
}

pub async fn by_number(conn: &mut PgConnection, term: &str) -> Result<Option<OrderId>, sqlx::Error> {
    sqlx::query_scalar("select order_id from orders.desk_term where term = $1 order by order_id desc limit 1")
        .bind(term)
        .fetch_optional(conn)
        .await
}
