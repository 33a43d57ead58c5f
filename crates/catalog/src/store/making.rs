//! How products are made to order. Most are not, and have no row.

use contracts::catalog::Listing;
use contracts::making::Making;
use kernel::{ProductId, TenantId};
use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashMap;
use uuid::Uuid;

/// How those of these products that are made to order are made.
pub async fn of_products(
    conn: &mut PgConnection,
    tenant: TenantId,
    products: &[Uuid],
) -> Result<HashMap<ProductId, Making>, sqlx::Error> {
    let rows: Vec<(ProductId, Json<Making>)> = sqlx::query_as(
        "select product_id, making
           from catalog.making
          where tenant_id = $1 and product_id = any($2)",
    )
    .bind(tenant)
    .bind(products)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id, making)| (id, making.0)).collect())
}

#[derive(Serialize)]
struct Row<'a> {
    product_id: ProductId,
    making: Option<&'a Making>,
}

/// Writes what changed of how products are made: those that are plain by now lose their row.
pub async fn put<'a>(
    conn: &mut PgConnection,
    tenant: TenantId,
    listings: impl Iterator<Item = &'a Listing>,
) -> Result<(), sqlx::Error> {
    let rows: Vec<Row<'_>> = listings
        .map(|listing| Row {
            product_id: listing.id,
            making: listing.making.as_deref(),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "with given as (
             select g.product_id, g.making from jsonb_to_recordset($2) as g (product_id uuid, making jsonb)
         ), gone as (
             delete from catalog.making m
              using given g
              where m.tenant_id = $1 and m.product_id = g.product_id and g.making is null
         )
         insert into catalog.making (tenant_id, product_id, making)
         select $1, g.product_id, g.making from given g where g.making is not null
         on conflict (tenant_id, product_id) do update set making = excluded.making",
    )
    .bind(tenant)
    .bind(Json(rows))
    .execute(conn)
    .await?;
    Ok(())
}
