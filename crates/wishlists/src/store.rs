//! All SQL of wish lists.

use crate::error::Error;
use contracts::wishlists::{VIEWED_MAX, WishItem};
use kernel::{Currency, Money, ProductId, Timestamp, UserId};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

#[derive(FromRow)]
struct ItemRow {
    product_id: ProductId,
    added_at: Timestamp,
    price: i64,
    currency: String,
}

impl ItemRow {
    fn item(self) -> Result<WishItem, Error> {
        let currency: Currency = self
            .currency
            .parse()
            .map_err(|_| Error::Broken(format!("`{}` is no currency", self.currency)))?;
        Ok(WishItem {
            product: self.product_id,
            added_at: self.added_at,
            price: Money::new(self.price, currency),
        })
    }
}

pub async fn items(conn: &mut PgConnection, buyer: UserId) -> Result<Vec<WishItem>, Error> {
    let rows: Vec<ItemRow> = sqlx::query_as(
        "select product_id, added_at, price, currency from wishlists.item where buyer_id = $1 order by place desc",
    )
    .bind(buyer)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(ItemRow::item).collect()
}

pub async fn wished(conn: &mut PgConnection, buyer: UserId) -> Result<Vec<ProductId>, sqlx::Error> {
    sqlx::query_scalar("select product_id from wishlists.item where buyer_id = $1 order by place desc")
        .bind(buyer)
        .fetch_all(conn)
        .await
}

/// Holds a buyer's list until the transaction ends, so that two of their browsers do not fill it beyond its end.
pub async fn lock(conn: &mut PgConnection, buyer: UserId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into wishlists.list (buyer_id) values ($1)
         on conflict on constraint list_pkey do update set buyer_id = excluded.buyer_id",
    )
    .bind(buyer)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds products with what they cost, in order; what is there already stays as it is.
pub async fn add(
    conn: &mut PgConnection,
    buyer: UserId,
    wishes: &[(ProductId, Money)],
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let products: Vec<Uuid> = wishes.iter().map(|(product, _)| product.0).collect();
    let prices: Vec<i64> = wishes.iter().map(|(_, price)| price.amount).collect();
    let currencies: Vec<&str> = wishes.iter().map(|(_, price)| price.currency.code()).collect();
    let added = sqlx::query(
        "insert into wishlists.item (buyer_id, product_id, added_at, price, currency)
         select $1, d.product_id, $5, d.price, d.currency
           from unnest($2::uuid[], $3::bigint[], $4::text[]) with ordinality as d (product_id, price, currency, place)
          order by d.place
         on conflict on constraint item_pkey do nothing",
    )
    .bind(buyer)
    .bind(products)
    .bind(prices)
    .bind(currencies)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(added.rows_affected())
}

pub async fn remove(
    conn: &mut PgConnection,
    buyer: UserId,
    products: &[ProductId],
) -> Result<u64, sqlx::Error> {
    let products: Vec<Uuid> = products.iter().map(|product| product.0).collect();
    let removed = sqlx::query("delete from wishlists.item where buyer_id = $1 and product_id = any($2)")
        .bind(buyer)
        .bind(products)
        .execute(conn)
        .await?;
    Ok(removed.rows_affected())
}

pub async fn token(conn: &mut PgConnection, buyer: UserId) -> Result<Option<String>, sqlx::Error> {
    let found: Option<Option<String>> =
        sqlx::query_scalar("select token from wishlists.list where buyer_id = $1")
            .bind(buyer)
            .fetch_optional(conn)
            .await?;
    Ok(found.flatten())
}

/// Gives the list a token, if it has none, or takes it away.
pub async fn set_token(
    conn: &mut PgConnection,
    buyer: UserId,
    token: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into wishlists.list as l (buyer_id, token) values ($1, $2)
         on conflict on constraint list_pkey do update
            set token = case when excluded.token is null then null else coalesce(l.token, excluded.token) end",
    )
    .bind(buyer)
    .bind(token)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn by_token(conn: &mut PgConnection, token: &str) -> Result<Option<UserId>, sqlx::Error> {
    sqlx::query_scalar("select buyer_id from wishlists.list where token = $1")
        .bind(token)
        .fetch_optional(conn)
        .await
}

/// Notes what was looked at, in order, where the buyer keeps that, and forgets what is too long ago.
pub async fn view(conn: &mut PgConnection, buyer: UserId, products: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into wishlists.viewed (buyer_id, product_id, place)
         select $1, d.product_id, nextval('wishlists.viewed_place')
           from (select product_id from unnest($2::uuid[]) with ordinality as u (product_id, place)
                  group by product_id order by max(place)) d
          where not exists (select from wishlists.list l where l.buyer_id = $1 and not l.keeps_viewed)
         on conflict on constraint viewed_pkey do update set place = excluded.place",
    )
    .bind(buyer)
    .bind(products)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "delete from wishlists.viewed
          where buyer_id = $1
            and place <= (select place from wishlists.viewed where buyer_id = $1 order by place desc offset $2 limit 1)",
    )
    .bind(buyer)
    .bind(i64::try_from(VIEWED_MAX).unwrap_or(i64::MAX))
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn viewed(conn: &mut PgConnection, buyer: UserId) -> Result<Vec<ProductId>, sqlx::Error> {
    sqlx::query_scalar("select product_id from wishlists.viewed where buyer_id = $1 order by place desc")
        .bind(buyer)
        .fetch_all(conn)
        .await
}

pub async fn keeps_viewed(conn: &mut PgConnection, buyer: UserId) -> Result<bool, sqlx::Error> {
    let kept: Option<bool> =
        sqlx::query_scalar("select keeps_viewed from wishlists.list where buyer_id = $1")
            .bind(buyer)
            .fetch_optional(conn)
            .await?;
    Ok(kept.unwrap_or(true))
}

pub async fn set_keeps_viewed(conn: &mut PgConnection, buyer: UserId, kept: bool) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into wishlists.list (buyer_id, keeps_viewed) values ($1, $2)
         on conflict on constraint list_pkey do update set keeps_viewed = excluded.keeps_viewed",
    )
    .bind(buyer)
    .bind(kept)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn clear_viewed(conn: &mut PgConnection, buyer: UserId) -> Result<(), sqlx::Error> {
    sqlx::query("delete from wishlists.viewed where buyer_id = $1")
        .bind(buyer)
        .execute(conn)
        .await?;
    Ok(())
}
