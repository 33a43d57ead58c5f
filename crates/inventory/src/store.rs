//! All SQL of sellers' and buyers' requests. The till has its own way in: [`crate::till`].

use crate::columns::{APPLY, Deltas, LOCK, MOVE, Movements};
use crate::domain::{Level, Shelves};
use kernel::{PageLimit, ProductId, SkuId, TenantId, WarehouseId};
use sqlx::PgConnection;
use std::collections::HashSet;
use uuid::Uuid;

/// Available units by SKU over all its warehouses; SKUs nobody counted are left out.
pub async fn availability(conn: &mut PgConnection, skus: &[Uuid]) -> Result<Vec<(SkuId, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select sku_id, sum(on_hand - reserved)::bigint as "available!"
             from inventory.level
            where sku_id = any($1)
            group by sku_id"#,
        skus,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (SkuId(r.sku_id), r.available)).collect())
}

/// Available units of each counted SKU of a product.
pub async fn availability_of_product(
    conn: &mut PgConnection,
    product: ProductId,
) -> Result<Vec<(SkuId, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select sku_id, sum(on_hand - reserved)::bigint as "available!"
             from inventory.level
            where product_id = $1
            group by sku_id
            order by sku_id"#,
        product.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (SkuId(r.sku_id), r.available)).collect())
}

/// The shop's default warehouse, which carries the shop's id.
pub async fn ensure_default_warehouse(conn: &mut PgConnection, tenant: TenantId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into inventory.warehouse (tenant_id, id, code, name)
         values ($1, $1, 'main', 'Main warehouse')
         on conflict on constraint warehouse_pkey do nothing",
        tenant.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Empty levels for SKUs that were never counted in that warehouse.
pub async fn ensure_levels(
    conn: &mut PgConnection,
    tenant: TenantId,
    warehouse: WarehouseId,
    skus: &[Uuid],
    products: &[Uuid],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into inventory.level (tenant_id, sku_id, warehouse_id, product_id, priority, on_hand, reserved)
         select w.tenant_id, counted.sku_id, w.id, counted.product_id, w.priority, 0, 0
           from unnest($3::uuid[], $4::uuid[]) as counted (sku_id, product_id), inventory.warehouse w
          where w.tenant_id = $1 and w.id = $2
          order by counted.sku_id
         on conflict on constraint level_pkey do nothing",
        tenant.0,
        warehouse.0,
        skus,
        products,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Locks all levels of a shop's SKUs.
pub async fn lock(conn: &mut PgConnection, tenant: TenantId, skus: &[Uuid]) -> Result<Shelves, sqlx::Error> {
    let tenants = vec![tenant.0; skus.len()];
    let rows: Vec<LevelRow> = sqlx::query_as(LOCK)
        .bind(tenants)
        .bind(skus)
        .fetch_all(conn)
        .await?;
    Ok(Shelves::new(rows.into_iter().map(Level::from).collect()))
}

/// Takes statements of stock under their numbers; says of which SKUs they are news. The levels are locked, so a repeat
/// or an older statement finds the number that went before it.
pub async fn take_statements(
    conn: &mut PgConnection,
    tenant: TenantId,
    warehouse: WarehouseId,
    skus: &[Uuid],
    numbers: &[i64],
) -> Result<HashSet<SkuId>, sqlx::Error> {
    let news = sqlx::query_scalar!(
        r#"update inventory.level l
              set stated = s.number
             from unnest($3::uuid[], $4::bigint[]) as s (sku_id, number)
            where l.tenant_id = $1 and l.warehouse_id = $2 and l.sku_id = s.sku_id and l.stated < s.number
           returning l.sku_id as "sku: SkuId""#,
        tenant.0,
        warehouse.0,
        skus,
        numbers,
    )
    .fetch_all(conn)
    .await?;
    Ok(news.into_iter().collect())
}

/// Writes what happened to the locked levels.
pub async fn write(
    conn: &mut PgConnection,
    shelves: &Shelves,
    movements: &Movements,
) -> Result<(), sqlx::Error> {
    let deltas = Deltas::of(shelves);
    if !deltas.tenants.is_empty() {
        sqlx::query(APPLY)
            .bind(&deltas.tenants)
            .bind(&deltas.skus)
            .bind(&deltas.warehouses)
            .bind(&deltas.on_hand)
            .bind(&deltas.reserved)
            .execute(&mut *conn)
            .await?;
    }
    if !movements.tenants.is_empty() {
        sqlx::query(MOVE)
            .bind(&movements.tenants)
            .bind(&movements.ids)
            .bind(&movements.skus)
            .bind(&movements.warehouses)
            .bind(&movements.on_hand)
            .bind(&movements.reserved)
            .bind(&movements.reasons)
            .bind(&movements.references)
            .bind(&movements.notes)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// A shop's levels by SKU, starting above `after`; with `below`, only those with fewer units available.
pub async fn levels(
    conn: &mut PgConnection,
    tenant: TenantId,
    after: Option<(SkuId, WarehouseId)>,
    below: Option<i64>,
    limit: PageLimit,
) -> Result<Vec<Level>, sqlx::Error> {
    let (sku, warehouse) = after.unzip();
    let rows = sqlx::query_as!(
        LevelRow,
        r#"select tenant_id as "tenant_id: _", sku_id as "sku_id: _", warehouse_id as "warehouse_id: _",
                  product_id as "product_id: _", priority, on_hand, reserved
             from inventory.level
            where tenant_id = $1
              and ($2::uuid is null or (sku_id, warehouse_id) > ($2, $3::uuid))
              and ($4::bigint is null or on_hand - reserved < $4)
            order by sku_id, warehouse_id
            limit $5"#,
        tenant.0,
        sku.map(|id| id.0),
        warehouse.map(|id| id.0),
        below,
        limit.plus_one(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Level::from).collect())
}

/// What lies on a shop's shelves of some SKUs, over its warehouses.
pub async fn shelf(
    conn: &mut PgConnection,
    tenant: TenantId,
    skus: &[Uuid],
) -> Result<Vec<contracts::inventory::ShelfLevel>, sqlx::Error> {
    sqlx::query_as!(
        contracts::inventory::ShelfLevel,
        r#"select sku_id as "sku: SkuId", sum(on_hand)::bigint as "on_hand!", sum(reserved)::bigint as "reserved!"
             from inventory.level
            where tenant_id = $1 and sku_id = any($2)
            group by sku_id"#,
        tenant.0,
        skus,
    )
    .fetch_all(conn)
    .await
}

/// How many of a shop's SKUs have fewer than `below` units available.
pub async fn count_low(conn: &mut PgConnection, tenant: TenantId, below: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!"
             from (select 1
                     from inventory.level
                    where tenant_id = $1
                    group by sku_id
                   having sum(on_hand - reserved)::bigint < $2) as low"#,
        tenant.0,
        below,
    )
    .fetch_one(conn)
    .await
}

/// Levels that differ from the sum of their movements, or whose reserved units differ from their held reservations.
pub async fn mismatches(conn: &mut PgConnection, limit: i64) -> Result<Vec<crate::Mismatch>, sqlx::Error> {
    sqlx::query_file_as!(crate::Mismatch, "src/sql/mismatches.sql", limit)
        .fetch_all(conn)
        .await
}

#[derive(sqlx::FromRow)]
struct LevelRow {
    tenant_id: TenantId,
    sku_id: SkuId,
    warehouse_id: WarehouseId,
    product_id: ProductId,
    priority: i16,
    on_hand: i64,
    reserved: i64,
}

impl From<LevelRow> for Level {
    fn from(row: LevelRow) -> Self {
        Self {
            tenant: row.tenant_id,
            sku: row.sku_id,
            warehouse: row.warehouse_id,
            product: row.product_id,
            priority: row.priority,
            on_hand: row.on_hand,
            reserved: row.reserved,
        }
    }
}
