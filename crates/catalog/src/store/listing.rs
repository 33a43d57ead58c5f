//! What buyers read.

use super::rows::status_name;
use crate::cache::{Head, Standing};
use ::store::Reads;
use bytes::Bytes;
use contracts::catalog::{Listing, ProductAddress, ProductStatus};
use kernel::{DateTime, ProductId, SkuId, TenantId};
use sqlx::types::Json;
use sqlx::{PgPool, Row};
use uuid::Uuid;

pub async fn by_id(pool: &PgPool, ids: &[Uuid]) -> Result<Vec<Listing>, sqlx::Error> {
    let rows = sqlx::query_scalar!(
        r#"select document as "document: Json<Listing>" from catalog.listing where product_id = any($1)"#,
        ids
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

const PAGE: &str = "
select l.document::text, array(select o.sku from catalog.offer o where o.product_id = l.product_id and o.in_stock),
       array(select other.product_id
               from catalog.item_product own
               join catalog.item_product other on other.item_id = own.item_id and other.product_id <> own.product_id
              where own.product_id = l.product_id
              order by other.product_id
              limit 50)
  from catalog.listing l
 where l.product_id = $1";

/// A listing as it was written, its head, and how it stands.
pub async fn page(reads: &Reads, id: ProductId) -> Result<Option<(Head, Bytes, Standing)>, sqlx::Error> {
    let rows = reads.query(PAGE, &[&id]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let decode = |error: tokio_postgres::Error| sqlx::Error::Decode(Box::new(error));
    let document: &str = row.try_get(0).map_err(decode)?;
    let head = serde_json::from_str(document).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    let json = Bytes::copy_from_slice(document.as_bytes());
    let in_stock: Vec<SkuId> = row.try_get(1).map_err(decode)?;
    let others: Vec<ProductId> = row.try_get(2).map_err(decode)?;
    let standing = Standing {
        in_stock: in_stock.into(),
        others: others.into(),
    };
    Ok(Some((head, json, standing)))
}

/// Which SKUs of products are in stock, and which products are offers of the same items.
pub async fn standings(pool: &PgPool, ids: &[Uuid]) -> Result<Vec<(ProductId, Standing)>, sqlx::Error> {
    let rows = sqlx::query(
        "select p.id,
                array(select o.sku from catalog.offer o where o.product_id = p.id and o.in_stock) as in_stock,
                array(select other.product_id
                        from catalog.item_product own
                        join catalog.item_product other on other.item_id = own.item_id and other.product_id <> own.product_id
                       where own.product_id = p.id
                       order by other.product_id
                       limit 50) as others
           from unnest($1::uuid[]) as p (id)",
    )
    .bind(ids)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            let in_stock: Vec<Uuid> = row.try_get("in_stock")?;
            let others: Vec<Uuid> = row.try_get("others")?;
            let standing = Standing {
                in_stock: in_stock.into_iter().map(SkuId).collect(),
                others: others.into_iter().map(ProductId).collect(),
            };
            Ok((ProductId(row.try_get("id")?), standing))
        })
        .collect()
}

/// Notes which SKUs ran out and which came back.
pub async fn set_in_stock(
    conn: &mut sqlx::PgConnection,
    skus: &[Uuid],
    in_stock: &[bool],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update catalog.offer o
            set in_stock = s.in_stock
           from unnest($1::uuid[], $2::boolean[]) as s (sku, in_stock)
          where o.sku = s.sku and o.in_stock <> s.in_stock",
        skus,
        in_stock
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The listings that these SKUs belong to.
pub async fn by_sku(pool: &PgPool, skus: &[Uuid]) -> Result<Vec<(SkuId, Listing)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select o.sku as "sku: SkuId", l.document as "document: Json<Listing>"
             from catalog.offer o
             join catalog.listing l on l.product_id = o.product_id
            where o.sku = any($1)"#,
        skus
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.sku, row.document.0)).collect())
}

pub async fn newest(pool: &PgPool, limit: i64) -> Result<Vec<Listing>, sqlx::Error> {
    let rows = sqlx::query_scalar!(
        r#"select document as "document: Json<Listing>"
             from catalog.listing
            where status = 'active'
            order by created_at desc, product_id desc
            limit $1"#,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

pub async fn newest_of_shop(
    pool: &PgPool,
    tenant: TenantId,
    limit: i64,
) -> Result<Vec<Listing>, sqlx::Error> {
    let rows = sqlx::query_scalar!(
        r#"select document as "document: Json<Listing>"
             from catalog.listing
            where tenant_id = $1 and status = 'active'
            order by created_at desc, product_id desc
            limit $2"#,
        tenant.0,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Ids above `after`, in order.
pub async fn scan(
    pool: &PgPool,
    after: Option<ProductId>,
    limit: i64,
) -> Result<Vec<ProductId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select product_id as "id: ProductId"
             from catalog.listing
            where product_id > $1
            order by product_id
            limit $2"#,
        after.map_or(Uuid::nil(), |id| id.0),
        limit
    )
    .fetch_all(pool)
    .await
}

/// One shop's ids above `after`, in order.
pub async fn scan_shop(
    pool: &PgPool,
    tenant: TenantId,
    after: Option<ProductId>,
    limit: i64,
) -> Result<Vec<ProductId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select product_id as "id: ProductId"
             from catalog.listing
            where tenant_id = $1 and product_id > $2
            order by product_id
            limit $3"#,
        tenant.0,
        after.map_or(Uuid::nil(), |id| id.0),
        limit
    )
    .fetch_all(pool)
    .await
}

/// The addresses of one shop's products that are for sale, above `after`, in order.
pub async fn addresses(
    pool: &PgPool,
    tenant: TenantId,
    after: Option<ProductId>,
    limit: i64,
) -> Result<Vec<ProductAddress>, sqlx::Error> {
    let rows: Vec<(ProductId, String, DateTime)> = sqlx::query_as(
        "select l.product_id, d.slug, d.updated_at
           from catalog.listing l
          cross join json_to_record(l.document) as d (slug text, updated_at timestamptz)
          where l.tenant_id = $1 and l.product_id > $2 and l.status = 'active'
          order by l.product_id
          limit $3",
    )
    .bind(tenant)
    .bind(after.map_or(Uuid::nil(), |id| id.0))
    .bind(limit)
    .fetch_all(pool)
    .await?;
    let address = |(id, slug, updated_at)| ProductAddress { id, slug, updated_at };
    Ok(rows.into_iter().map(address).collect())
}

/// One shop's listings in any status but deleted, newest first, below `before`.
pub async fn of_shop(
    conn: &mut sqlx::PgConnection,
    tenant: TenantId,
    status: Option<ProductStatus>,
    before: Option<ProductId>,
    limit: i64,
) -> Result<Vec<Listing>, sqlx::Error> {
    let rows: Vec<Json<Listing>> = sqlx::query_scalar(
        "select coalesce(h.document, l.document)
           from catalog.newest_of_shop($1, $2, $3, $4) p
           join catalog.listing l on l.product_id = p.id
           left join catalog.held h on h.tenant_id = $1 and h.product_id = p.id
          order by p.id desc",
    )
    .bind(tenant)
    .bind(status.map(status_name))
    .bind(before.map_or(Uuid::max(), |id| id.0))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.0.without_prices()).collect())
}

/// As their shop has them, newest first: those of [`super::word::find`].
pub async fn of_products(
    conn: &mut sqlx::PgConnection,
    tenant: TenantId,
    products: &[ProductId],
) -> Result<Vec<Listing>, sqlx::Error> {
    let products: Vec<Uuid> = products.iter().map(|id| id.0).collect();
    let rows: Vec<Json<Listing>> = sqlx::query_scalar(
        "select coalesce(h.document, l.document)
           from catalog.listing l
           left join catalog.held h on h.tenant_id = $1 and h.product_id = l.product_id
          where l.product_id = any($2)
          order by l.product_id desc",
    )
    .bind(tenant)
    .bind(products)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.0.without_prices()).collect())
}

/// What is counted of each status: one more than is ever told, so that "more than so many" can be.
const COUNTED_MAX: i64 = 5_001;

/// A shop's products by status, each counted no further than [`COUNTED_MAX`]: by an index of nothing else.
pub async fn tally_of_shop(
    conn: &mut sqlx::PgConnection,
    tenant: TenantId,
) -> Result<Vec<(String, u64)>, sqlx::Error> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select s.status, (select count(*)
                             from (select from catalog.product p
                                    where p.tenant_id = $1 and p.status = s.status and p.deleted_at is null
                                    limit $2) as counted)
           from unnest(array['draft', 'active', 'inactive', 'archived']) as s (status)",
    )
    .bind(tenant)
    .bind(COUNTED_MAX)
    .fetch_all(conn)
    .await?;
    let count = |(status, count)| (status, u64::try_from(count).unwrap_or(0));
    Ok(rows.into_iter().map(count).collect())
}
