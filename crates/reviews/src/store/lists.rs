//! Lists of reviews.

use super::{ReviewRow, columns};
use crate::error::Error;
use contracts::reviews::{ReviewSort, Reviewable};
use kernel::{Cursor, OrderId, ProductId, ReviewId, TenantId, Timestamp, UserId};
use sqlx::{AssertSqlSafe, FromRow, PgConnection};
use uuid::Uuid;

/// Where a page of published reviews begins: after a review, and after what it is sorted by.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    key: i32,
    id: Uuid,
}

impl Place {
    /// Reads a cursor that [`Place::after`] made.
    pub fn read(cursor: &Cursor) -> Result<Self, Error> {
        let parts = cursor
            .0
            .split_once('.')
            .and_then(|(key, id)| Some((key.parse().ok()?, id.parse().ok()?)));
        let (key, id) = parts.ok_or_else(|| Error::Field {
            code: "cursor_invalid",
            field: "after",
            detail: "Pass `next` of the page before, unchanged.".to_owned(),
        })?;
        Ok(Self { key, id })
    }

    /// The cursor of what follows a review.
    pub fn after(row: &ReviewRow, sort: ReviewSort) -> Cursor {
        let key = match sort {
            ReviewSort::Newest => 0,
            ReviewSort::Helpful => row.helpful,
            ReviewSort::Highest => i32::from(row.stars),
            ReviewSort::Lowest => -i32::from(row.stars),
        };
        Cursor(format!("{key}.{}", row.id))
    }
}

/// What comes first is greatest.
fn key(sort: ReviewSort) -> &'static str {
    match sort {
        ReviewSort::Newest => "0",
        ReviewSort::Helpful => "helpful",
        ReviewSort::Highest => "stars::int",
        ReviewSort::Lowest => "-stars::int",
    }
}

async fn published(
    conn: &mut PgConnection,
    of: &'static str,
    id: Uuid,
    sort: ReviewSort,
    stars: Option<u8>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<ReviewRow>, sqlx::Error> {
    let (list, key) = (columns!(), key(sort));
    // Only words of this file are put together here. The newest first is the order of the index.
    let order = match sort {
        ReviewSort::Newest => "id desc".to_owned(),
        _ => format!("{key} desc, id desc"),
    };
    let sql = format!(
        "select {list} from reviews.review
          where {of} = $1 and status = 'published' and deleted_at is null and ($2::smallint is null or stars = $2)
            and ($4::uuid is null or ({key}, id) < ($3, $4))
          order by {order} limit $5"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(id)
        .bind(stars.map(i16::from))
        .bind(after.map(|place| place.key))
        .bind(after.map(|place| place.id))
        .bind(limit)
        .fetch_all(conn)
        .await
}

pub async fn of_product(
    conn: &mut PgConnection,
    product: ProductId,
    sort: ReviewSort,
    stars: Option<u8>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<ReviewRow>, sqlx::Error> {
    published(conn, "product_id", product.0, sort, stars, after, limit).await
}

pub async fn of_shop(
    conn: &mut PgConnection,
    shop: TenantId,
    sort: ReviewSort,
    stars: Option<u8>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<ReviewRow>, sqlx::Error> {
    published(conn, "tenant_id", shop.0, sort, stars, after, limit).await
}

/// A shop's published reviews, as its staff sees them, the latest first.
pub async fn of_seller(
    conn: &mut PgConnection,
    unanswered: bool,
    before: Option<ReviewId>,
    limit: i64,
) -> Result<Vec<ReviewRow>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from reviews.review
           where status = 'published' and deleted_at is null and (not $1 or reply is null) and ($2::uuid is null or id < $2)
           order by id desc limit $3"
    ))
    .bind(unanswered)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

pub async fn of_buyer(
    conn: &mut PgConnection,
    buyer: UserId,
    before: Option<ReviewId>,
    limit: i64,
) -> Result<Vec<ReviewRow>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from reviews.review
           where buyer_id = $1 and deleted_at is null and ($2::uuid is null or id < $2)
           order by id desc limit $3"
    ))
    .bind(buyer)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// What a buyer has said of an order.
pub async fn of_orders(
    conn: &mut PgConnection,
    buyer: UserId,
    order: OrderId,
) -> Result<Vec<ReviewRow>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from reviews.review where order_id = $1 and buyer_id = $2 and deleted_at is null order by id"
    ))
    .bind(order)
    .bind(buyer)
    .fetch_all(conn)
    .await
}

#[derive(FromRow)]
struct PurchaseRow {
    order_id: OrderId,
    product_id: ProductId,
    shop_id: TenantId,
    delivered_at: Timestamp,
}

/// What a buyer received and has not reviewed, the latest first; of one order, if one is named.
pub async fn reviewable(
    conn: &mut PgConnection,
    buyer: UserId,
    order: Option<OrderId>,
    limit: i64,
) -> Result<Vec<Reviewable>, sqlx::Error> {
    let rows: Vec<PurchaseRow> = sqlx::query_as(
        "select order_id, product_id, shop_id, delivered_at from reviews.purchase p
          where buyer_id = $1 and ($2::uuid is null or order_id = $2)
            and not exists (select from reviews.review r
                             where r.order_id = p.order_id and r.product_id = p.product_id and r.deleted_at is null)
          order by delivered_at desc, order_id, product_id limit $3",
    )
    .bind(buyer)
    .bind(order)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let reviewable = rows.into_iter().map(|row| Reviewable {
        order: row.order_id,
        product: row.product_id,
        shop: row.shop_id,
        delivered_at: row.delivered_at,
    });
    Ok(reviewable.collect())
}

/// Those of some reviews that a buyer finds helpful.
pub async fn votes(
    conn: &mut PgConnection,
    buyer: UserId,
    ids: &[Uuid],
) -> Result<Vec<ReviewId>, sqlx::Error> {
    sqlx::query_scalar("select review_id from reviews.vote where buyer_id = $1 and review_id = any($2)")
        .bind(buyer)
        .bind(ids)
        .fetch_all(conn)
        .await
}
