//! Reorder points.

use crate::app::{ReorderPoint, ReorderProposal};
use kernel::{PageLimit, SkuId, TenantId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Sets them on the levels in the default warehouse, which must be locked.
pub async fn set(
    conn: &mut PgConnection,
    tenant: TenantId,
    points: &[ReorderPoint],
) -> Result<(), sqlx::Error> {
    let skus: Vec<Uuid> = points.iter().map(|p| p.sku.0).collect();
    let low_below: Vec<i64> = points.iter().map(|p| p.low_below).collect();
    let order_up_to: Vec<Option<i64>> = points.iter().map(|p| p.order_up_to).collect();
    sqlx::query(
        "update inventory.level l
            set low_below = p.low_below, order_up_to = p.order_up_to
           from unnest($2::uuid[], $3::bigint[], $4::bigint[]) as p (sku_id, low_below, order_up_to)
          where l.tenant_id = $1 and l.warehouse_id = $1 and l.sku_id = p.sku_id",
    )
    .bind(tenant)
    .bind(skus)
    .bind(low_below)
    .bind(order_up_to)
    .execute(conn)
    .await?;
    Ok(())
}

/// One more than asked for, if there are more.
pub async fn proposals(
    conn: &mut PgConnection,
    tenant: TenantId,
    after: Option<SkuId>,
    limit: PageLimit,
) -> Result<Vec<ReorderProposal>, sqlx::Error> {
    sqlx::query_as(
        "select sku_id as sku, (array_agg(product_id))[1] as product,
                sum(on_hand - reserved)::bigint as available, sum(incoming)::bigint as incoming,
                max(low_below) filter (where warehouse_id = tenant_id) as low_below,
                max(order_up_to) filter (where warehouse_id = tenant_id) as order_up_to
           from inventory.level
          where tenant_id = $1 and ($2::uuid is null or sku_id > $2)
          group by sku_id
         having sum(on_hand - reserved) < max(low_below) filter (where warehouse_id = tenant_id)
          order by sku_id
          limit $3",
    )
    .bind(tenant)
    .bind(after)
    .bind(limit.plus_one())
    .fetch_all(conn)
    .await
}
