//! All SQL of sellers' and buyers' requests. The till has its own way in: [`crate::till`].

pub mod feeds;
pub mod inbound;
pub mod reorder;
pub mod warehouses;

use crate::app::LevelQuery;
use crate::columns::{APPLY, Deltas, LOCK, MOVE, Movements};
use crate::domain::{Level, Route, Shelves};
use ::store::Reads;
use contracts::inventory::StockQuery;
use kernel::{PageLimit, ProductId, SkuId, TenantId, WarehouseId};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashSet;
use uuid::Uuid;

/// Available units by SKU over all its warehouses; SKUs nobody counted are left out.
pub async fn availability(reads: &Reads, skus: &[Uuid]) -> Result<Vec<(SkuId, i64)>, sqlx::Error> {
    let rows = reads
        .query(
            "select sku_id, sum(on_hand - reserved)::bigint from inventory.level where sku_id = any($1) group by sku_id",
            &[&skus],
        )
        .await?;
    let level = |row: &tokio_postgres::Row| Ok((SkuId(row.try_get(0)?), row.try_get(1)?));
    let levels: Result<_, tokio_postgres::Error> = rows.iter().map(level).collect();
    levels.map_err(|error| sqlx::Error::Decode(Box::new(error)))
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

/// Empty levels for SKUs that were never counted in those warehouses.
pub async fn ensure_levels(
    conn: &mut PgConnection,
    tenant: TenantId,
    warehouses: &[Uuid],
    skus: &[Uuid],
    products: &[Uuid],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into inventory.level (tenant_id, sku_id, warehouse_id, product_id, on_hand, reserved)
         select $1, counted.sku_id, place.id, counted.product_id, 0, 0
           from unnest($3::uuid[], $4::uuid[]) as counted (sku_id, product_id), unnest($2::uuid[]) as place (id)
          order by counted.sku_id, place.id
         on conflict on constraint level_pkey do nothing",
    )
    .bind(tenant)
    .bind(warehouses)
    .bind(skus)
    .bind(products)
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
            .bind(&deltas.incoming)
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
            .bind(&movements.incoming)
            .bind(&movements.reasons)
            .bind(&movements.references)
            .bind(&movements.notes)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// A shop's levels by SKU and warehouse, starting above `query.after`; one more than asked for, if there are more.
pub async fn levels(
    conn: &mut PgConnection,
    tenant: TenantId,
    query: LevelQuery,
) -> Result<Vec<Level>, sqlx::Error> {
    let (sku, warehouse) = query.after.unzip();
    let rows: Vec<LevelRow> = sqlx::query_as(
        "select l.tenant_id, l.sku_id, l.warehouse_id, l.product_id, l.on_hand, l.reserved, l.incoming, l.low_below,
                null::jsonb as route
           from inventory.level l
          where l.tenant_id = $1
            and ($2::uuid is null or (l.sku_id, l.warehouse_id) > ($2, $3::uuid))
            and ($4::uuid is null or l.warehouse_id = $4)
            and ($5::uuid is null or l.sku_id = $5)
            and ($6::bigint is null or l.on_hand - l.reserved < $6)
            and (not $7 or exists (
                    select from inventory.level s
                     where s.tenant_id = l.tenant_id and s.sku_id = l.sku_id
                    having sum(s.on_hand - s.reserved) < max(s.low_below) filter (where s.warehouse_id = s.tenant_id)))
          order by l.sku_id, l.warehouse_id
          limit $8",
    )
    .bind(tenant)
    .bind(sku)
    .bind(warehouse)
    .bind(query.warehouse)
    .bind(query.sku)
    .bind(query.below)
    .bind(query.low)
    .bind(query.limit.plus_one())
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

/// SKUs that are counted: one more than is ever told, so that "more than so many" can be.
const COUNTED_MAX: i64 = 5_001;

/// How many SKUs a shop has levels of, and how many of those have fewer units available than their reorder point: of the
/// first [`COUNTED_MAX`]. No index can say what runs low, because every order moves it.
pub async fn tally(conn: &mut PgConnection, tenant: TenantId) -> Result<(i64, i64), sqlx::Error> {
    sqlx::query_as(
        "select count(*), count(*) filter (where available < low_below)
           from (select sum(on_hand - reserved) as available,
                        max(low_below) filter (where warehouse_id = tenant_id) as low_below
                   from inventory.level
                  where tenant_id = $1
                  group by sku_id
                  order by sku_id
                  limit $2) as sku",
    )
    .bind(tenant)
    .bind(COUNTED_MAX)
    .fetch_one(conn)
    .await
}

/// All levels of a page of SKUs, by SKU; of one SKU more than asked for, if there are more.
pub async fn by_sku(
    conn: &mut PgConnection,
    tenant: TenantId,
    query: &StockQuery,
    after: Option<SkuId>,
    limit: PageLimit,
) -> Result<Vec<Level>, sqlx::Error> {
    let skus: Option<Vec<Uuid>> = query
        .skus
        .as_ref()
        .map(|skus| skus.iter().map(|sku| sku.0).collect());
    let rows: Vec<LevelRow> = sqlx::query_as(
        "select l.tenant_id, l.sku_id, l.warehouse_id, l.product_id, l.on_hand, l.reserved, l.incoming, l.low_below,
                null::jsonb as route
           from (select sku_id
                   from inventory.level
                  where tenant_id = $1
                    and ($2::uuid is null or sku_id > $2)
                    and ($3::uuid[] is null or sku_id = any($3))
                  group by sku_id
                 having (not $4 or sum(on_hand - reserved) < max(low_below) filter (where warehouse_id = tenant_id))
                    and ($5::uuid is null or bool_or(warehouse_id = $5))
                  order by sku_id
                  limit $6) as page
           join inventory.level l on l.tenant_id = $1 and l.sku_id = page.sku_id
          order by l.sku_id, l.warehouse_id",
    )
    .bind(tenant)
    .bind(after)
    .bind(skus)
    .bind(query.low)
    .bind(query.warehouse)
    .bind(limit.plus_one())
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Level::from).collect())
}

/// Levels that differ from the sum of their movements, or whose reserved units differ from their held reservations, or
/// their incoming ones from what is under way.
pub async fn mismatches(conn: &mut PgConnection, limit: i64) -> Result<Vec<crate::Mismatch>, sqlx::Error> {
    sqlx::query_as(include_str!("../sql/mismatches.sql"))
        .bind(limit)
        .fetch_all(conn)
        .await
}

#[derive(sqlx::FromRow)]
struct LevelRow {
    tenant_id: TenantId,
    sku_id: SkuId,
    warehouse_id: WarehouseId,
    product_id: ProductId,
    on_hand: i64,
    reserved: i64,
    incoming: i64,
    low_below: i64,
    route: Option<Json<Route>>,
}

impl From<LevelRow> for Level {
    fn from(row: LevelRow) -> Self {
        Self {
            tenant: row.tenant_id,
            sku: row.sku_id,
            warehouse: row.warehouse_id,
            product: row.product_id,
            on_hand: row.on_hand,
            reserved: row.reserved,
            incoming: row.incoming,
            low_below: row.low_below,
            route: row.route.map(|Json(route)| Box::new(route)),
        }
    }
}
