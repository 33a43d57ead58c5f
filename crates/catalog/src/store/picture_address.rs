//! Addresses of pictures, and what became of them.

use crate::domain::ImageAddress;
use contracts::catalog::Picture;
use kernel::{ImageId, ProductId, TenantId, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, Row};
use std::collections::HashMap;
use uuid::Uuid;

/// An address whose turn it is.
#[derive(Clone, Debug)]
pub struct Due {
    pub tenant: TenantId,
    pub product: ProductId,
    pub url: String,
    pub alt: String,
    /// 1 in the first attempt.
    pub attempts: i32,
}

fn hash(url: &str) -> Vec<u8> {
    Sha256::digest(url.as_bytes()).to_vec()
}

/// Notes addresses of products; those that are noted stay as they are.
pub async fn note(
    conn: &mut PgConnection,
    tenant: TenantId,
    now: Timestamp,
    addresses: &[(ProductId, &ImageAddress)],
) -> Result<(), sqlx::Error> {
    if addresses.is_empty() {
        return Ok(());
    }
    let products: Vec<Uuid> = addresses.iter().map(|(product, _)| product.0).collect();
    let hashes: Vec<Vec<u8>> = addresses.iter().map(|(_, a)| hash(&a.url)).collect();
    let urls: Vec<String> = addresses.iter().map(|(_, a)| a.url.clone()).collect();
    let alts: Vec<String> = addresses.iter().map(|(_, a)| a.alt.clone()).collect();
    sqlx::query(
        "insert into catalog.picture_address (tenant_id, product_id, url_hash, url, alt, due_at)
         select $1, a.product_id, a.url_hash, a.url, a.alt, $2
           from unnest($3::uuid[], $4::bytea[], $5::text[], $6::text[]) as a (product_id, url_hash, url, alt)
         on conflict do nothing",
    )
    .bind(tenant.0)
    .bind(now)
    .bind(&products)
    .bind(&hashes)
    .bind(&urls)
    .bind(&alts)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes addresses whose turn it is; they come again at `again_at` if nobody settles them.
pub async fn take_due(
    conn: &mut PgConnection,
    now: Timestamp,
    again_at: Timestamp,
    limit: i64,
) -> Result<Vec<Due>, sqlx::Error> {
    let rows = sqlx::query(
        "with due as (
            select tenant_id, product_id, url_hash
              from catalog.picture_address
             where state = 'waiting' and due_at <= $1
             order by due_at
             limit $3
               for update skip locked)
         update catalog.picture_address a
            set due_at = $2, attempts = attempts + 1
           from due
          where a.tenant_id = due.tenant_id and a.product_id = due.product_id and a.url_hash = due.url_hash
      returning a.tenant_id, a.product_id, a.url, a.alt, a.attempts",
    )
    .bind(now)
    .bind(again_at)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Due {
                tenant: TenantId(row.try_get("tenant_id")?),
                product: ProductId(row.try_get("product_id")?),
                url: row.try_get("url")?,
                alt: row.try_get("alt")?,
                attempts: row.try_get("attempts")?,
            })
        })
        .collect()
}

/// The picture is here.
pub async fn keep(conn: &mut PgConnection, due: &Due, image: ImageId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update catalog.picture_address set state = 'kept', image_id = $4, failure = null
          where tenant_id = $1 and product_id = $2 and url_hash = $3",
    )
    .bind(due.tenant.0)
    .bind(due.product.0)
    .bind(hash(&due.url))
    .bind(image.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// There is none: for now until `again_at`, for ever without it.
pub async fn fail(
    conn: &mut PgConnection,
    due: &Due,
    failure: &str,
    again_at: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update catalog.picture_address
            set state = case when $5::timestamptz is null then 'refused' else 'waiting' end,
                due_at = coalesce($5, due_at), failure = $4
          where tenant_id = $1 and product_id = $2 and url_hash = $3",
    )
    .bind(due.tenant.0)
    .bind(due.product.0)
    .bind(hash(&due.url))
    .bind(failure.replace('\0', "").chars().take(300).collect::<String>())
    .bind(again_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether some address of the product was never tried.
pub async fn is_untried(
    conn: &mut PgConnection,
    tenant: TenantId,
    product: ProductId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from catalog.picture_address
                         where tenant_id = $1 and product_id = $2 and state = 'waiting' and failure is null)",
    )
    .bind(tenant.0)
    .bind(product.0)
    .fetch_one(conn)
    .await
}

/// Pictures that are here, by the product's key and their address.
pub async fn kept(
    conn: &mut PgConnection,
    tenant: TenantId,
    keys: &[String],
) -> Result<HashMap<(String, String), Picture>, sqlx::Error> {
    let rows = sqlx::query(
        "select p.key, a.url, a.alt, i.id, i.name, i.width, i.height
           from catalog.product p
           join catalog.picture_address a on a.tenant_id = p.tenant_id and a.product_id = p.id and a.state = 'kept'
           join catalog.image i on i.id = a.image_id
          where p.tenant_id = $1 and p.key = any($2)",
    )
    .bind(tenant.0)
    .bind(keys)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let image = super::image::StoredImage {
                id: ImageId(row.try_get("id")?),
                name: row.try_get("name")?,
                width: row.try_get("width")?,
                height: row.try_get("height")?,
            };
            Ok((
                (row.try_get("key")?, row.try_get("url")?),
                image.picture(row.try_get("alt")?),
            ))
        })
        .collect()
}
