//! Stock as sellers state it with their products, until inventory has it.

use contracts::inventory::StockCount;
use kernel::{ProductId, SkuId, TenantId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

/// Notes counts to be passed on; a later one of the same SKU replaces an earlier one.
pub async fn give(
    conn: &mut PgConnection,
    tenant: TenantId,
    now: Timestamp,
    counts: &[StockCount],
) -> Result<(), sqlx::Error> {
    let skus: Vec<Uuid> = counts.iter().map(|c| c.sku.0).collect();
    let products: Vec<Uuid> = counts.iter().map(|c| c.product.0).collect();
    let on_hand: Vec<i64> = counts.iter().map(|c| c.on_hand).collect();
    sqlx::query!(
        "with given as (
            insert into catalog.stock_to_count (tenant_id, sku, product_id, on_hand, given_at)
            select $1, c.sku, c.product_id, c.on_hand, $2
              from unnest($3::uuid[], $4::uuid[], $5::bigint[]) as c (sku, product_id, on_hand)
            on conflict (tenant_id, sku) do update set on_hand = excluded.on_hand, given_at = excluded.given_at)
         update catalog.variant v
            set stock_given = c.on_hand
           from unnest($3::uuid[], $5::bigint[]) as c (sku, on_hand)
          where v.tenant_id = $1 and v.sku = c.sku",
        tenant.0,
        now,
        &skus,
        &products,
        &on_hand
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets counts that inventory has, save where the seller has stated another since.
pub async fn settle(
    conn: &mut PgConnection,
    tenant: TenantId,
    counts: &[StockCount],
) -> Result<(), sqlx::Error> {
    let skus: Vec<Uuid> = counts.iter().map(|c| c.sku.0).collect();
    let on_hand: Vec<i64> = counts.iter().map(|c| c.on_hand).collect();
    sqlx::query!(
        "delete from catalog.stock_to_count s
          using unnest($2::uuid[], $3::bigint[]) as c (sku, on_hand)
          where s.tenant_id = $1 and s.sku = c.sku and s.on_hand = c.on_hand",
        tenant.0,
        &skus,
        &on_hand
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts that nobody has passed on since `given_before`, of any shop: their writer died.
pub async fn overdue(
    conn: &mut PgConnection,
    given_before: Timestamp,
    limit: i64,
) -> Result<Vec<(TenantId, StockCount)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select tenant_id as "tenant: TenantId", sku as "sku: SkuId", product_id as "product: ProductId", on_hand
             from catalog.stock_to_count
            where given_at < $1
            order by given_at
            limit $2"#,
        given_before,
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
            };
            (row.tenant, count)
        })
        .collect())
}
