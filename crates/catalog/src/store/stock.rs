//! Stock as sellers state it with their products, until inventory has it.

use contracts::inventory::StockCount;
use kernel::{ProductId, SkuId, TenantId, Timestamp};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// Notes counts to be passed on, and numbers them; a later one of the same SKU replaces an earlier one. The shop must be
/// locked, so that the later one has the higher number.
pub async fn give(
    conn: &mut PgConnection,
    tenant: TenantId,
    due_at: Timestamp,
    counts: &mut [StockCount],
) -> Result<(), sqlx::Error> {
    let skus: Vec<Uuid> = counts.iter().map(|c| c.sku.0).collect();
    let products: Vec<Uuid> = counts.iter().map(|c| c.product.0).collect();
    let on_hand: Vec<i64> = counts.iter().map(|c| c.on_hand).collect();
    let rows = sqlx::query!(
        r#"with noted as (
            update catalog.variant v
               set stock_given = c.on_hand
              from unnest($3::uuid[], $5::bigint[]) as c (sku, on_hand)
             where v.tenant_id = $1 and v.sku = c.sku)
         insert into catalog.stock_to_count as s (tenant_id, sku, product_id, on_hand, number, due_at)
         select $1, c.sku, c.product_id, c.on_hand, nextval('catalog.stock_statement'), $2
           from unnest($3::uuid[], $4::uuid[], $5::bigint[]) as c (sku, product_id, on_hand)
         on conflict (tenant_id, sku) do update
            set on_hand = excluded.on_hand, number = excluded.number, due_at = excluded.due_at
         returning s.sku as "sku: SkuId", s.number"#,
        tenant.0,
        due_at,
        &skus,
        &products,
        &on_hand
    )
    .fetch_all(conn)
    .await?;
    let numbers: HashMap<SkuId, i64> = rows.into_iter().map(|row| (row.sku, row.number)).collect();
    for count in counts {
        count.stated = numbers.get(&count.sku).copied();
    }
    Ok(())
}

/// Forgets counts that inventory has answered, save where the seller has stated another since; says which it forgot.
pub async fn settle(
    conn: &mut PgConnection,
    tenant: TenantId,
    counts: &[StockCount],
) -> Result<Vec<SkuId>, sqlx::Error> {
    let (skus, numbers): (Vec<Uuid>, Vec<i64>) =
        counts.iter().filter_map(|c| Some((c.sku.0, c.stated?))).unzip();
    sqlx::query_scalar!(
        r#"delete from catalog.stock_to_count s
          using unnest($2::uuid[], $3::bigint[]) as c (sku, number)
          where s.tenant_id = $1 and s.sku = c.sku and s.number = c.number
         returning s.sku as "sku: SkuId""#,
        tenant.0,
        &skus,
        &numbers
    )
    .fetch_all(conn)
    .await
}

/// Forgets that stock was given with these SKUs, so that the same stock given again is passed on again. The shop must
/// be locked.
pub async fn take_back(conn: &mut PgConnection, tenant: TenantId, skus: &[SkuId]) -> Result<(), sqlx::Error> {
    let skus: Vec<Uuid> = skus.iter().map(|sku| sku.0).collect();
    sqlx::query!(
        "update catalog.variant set stock_given = null where tenant_id = $1 and sku = any($2)",
        tenant.0,
        &skus
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes counts, of any shop, about which inventory has not answered in time. Until `until` they are the caller's:
/// others leave them alone.
pub async fn take_overdue(
    conn: &mut PgConnection,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<(TenantId, StockCount)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"with due as materialized (
               select tenant_id, sku
                 from catalog.stock_to_count
                where due_at <= $1
                order by due_at
                limit $3
                  for update skip locked)
           update catalog.stock_to_count s
              set due_at = $2
             from due
            where s.tenant_id = due.tenant_id and s.sku = due.sku
           returning s.tenant_id as "tenant: TenantId", s.sku as "sku: SkuId", s.product_id as "product: ProductId",
                     s.on_hand, s.number"#,
        now,
        until,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let count = StockCount {
                sku: row.sku,
                product: row.product,
                on_hand: row.on_hand,
                stated: Some(row.number),
            };
            (row.tenant, count)
        })
        .collect())
}
