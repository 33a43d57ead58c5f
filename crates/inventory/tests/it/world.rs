use contracts::inventory::StockCount;
use inventory::{Once, Stock};
use kernel::{Clock, Ctx, ProductId, SkuId, TenantId, WarehouseId};
use testkit::TestDb;

pub struct World {
    pub db: TestDb,
    pub stock: Stock,
    pub ctx: Ctx,
}

impl World {
    pub async fn new() -> Self {
        let db = TestDb::new(&[inventory::schema()]).await;
        Self {
            stock: Stock::new(db.db(inventory::CONTEXT)),
            ctx: Ctx::system("test", testkit::clock().now()),
            db,
        }
    }

    pub fn tenant(&self) -> TenantId {
        TenantId::new(self.ctx.now)
    }

    pub fn count(&self, on_hand: i64) -> StockCount {
        StockCount {
            sku: SkuId::new(self.ctx.now),
            product: ProductId::new(self.ctx.now),
            on_hand,
            stated: None,
        }
    }

    /// The public events so far: SKU and whether it is in stock.
    pub async fn crossings(&self) -> Vec<(SkuId, bool)> {
        sqlx::query_as(
            "select (payload->>'sku')::uuid, (payload->>'in_stock')::bool from log.event
              where topic = 'inventory.availability_changed' order by xid, id",
        )
        .fetch_all(&mut self.db.owner().await)
        .await
        .unwrap()
    }

    /// Reserves units as an order would.
    pub async fn reserve(&self, tenant: TenantId, sku: SkuId, units: i64) {
        let mut conn = self.system().await;
        sqlx::query(
            "update inventory.level set reserved = reserved + $3 where tenant_id = $1 and sku_id = $2",
        )
        .bind(tenant)
        .bind(sku)
        .bind(units)
        .execute(&mut conn)
        .await
        .unwrap();
    }

    pub async fn system(&self) -> sqlx::PgConnection {
        let mut conn = self.db.owner().await;
        sqlx::query("set role stoa_inventory_system")
            .execute(&mut conn)
            .await
            .unwrap();
        conn
    }
}

/// A shop's default warehouse.
pub fn main(tenant: TenantId) -> WarehouseId {
    WarehouseId(tenant.0)
}

pub fn once(key: &str) -> Once {
    Once {
        key: key.to_owned(),
        request_hash: key.as_bytes().to_vec(),
    }
}
