//! The till's part, played over its own driver.

use crate::world::World;
use inventory::till::{
    Destination, Line, Reservation, Settlement, Shelves, Shortage, Statements, Writes, publish_crossings,
};
use kernel::{OrderId, TenantId};
use std::time::Duration;
use store::log::Outbox;
use tokio_postgres::{Client, NoTls, Statement};

pub const SEVILLA: Destination<'static> = Destination {
    country: "ES",
    region: Some("ES-SE"),
};

/// One lane of the till.
pub struct Cashier {
    pub client: Client,
    pub statements: Statements,
    outbox: Statement,
}

impl Cashier {
    pub async fn new(world: &World) -> Self {
        let (client, connection) = tokio_postgres::connect(world.db.url(), NoTls).await.unwrap();
        #[allow(clippy::disallowed_methods, reason = "the wire dies with the test")]
        tokio::spawn(connection);
        client
            .batch_execute("set role stoa_inventory_system")
            .await
            .unwrap();
        let statements = Statements::prepare(&client).await.unwrap();
        let outbox = client.prepare(store::log::APPEND).await.unwrap();
        Self {
            client,
            statements,
            outbox,
        }
    }

    /// Places one order; says how many units of each line came from which warehouse.
    pub async fn place(
        &self,
        world: &World,
        lines: &[Line],
    ) -> Result<(OrderId, Vec<Reservation>), Vec<Shortage>> {
        let order = OrderId::new(world.ctx.now);
        let (mut tenants, mut skus) = (Vec::new(), Vec::new());
        for line in lines {
            if !skus.contains(&line.sku) {
                tenants.push(line.tenant);
                skus.push(line.sku);
            }
        }
        self.client.batch_execute("begin").await.unwrap();
        let mut shelves = self.statements.lock(&self.client, &tenants, &skus).await.unwrap();
        let picks = match shelves.hold(lines, SEVILLA) {
            Ok(picks) => picks,
            Err(shortages) => {
                self.client.batch_execute("rollback").await.unwrap();
                return Err(shortages);
            }
        };
        let mut writes = Writes::default();
        let ends = world.ctx.now + Duration::from_secs(900);
        let held = writes.hold_again(world.ctx.now, order, lines, &picks, ends);
        self.finish(world, writes, &shelves).await;
        Ok((order, held))
    }

    pub async fn reservations(&self, tenant: TenantId, order: OrderId) -> Vec<Reservation> {
        self.statements
            .reservations(&self.client, &[tenant], &[order])
            .await
            .unwrap()
    }

    pub async fn settle(&self, world: &World, held: &mut [Reservation], to: Settlement) {
        let (tenants, orders): (Vec<_>, Vec<_>) = held.iter().map(|r| (r.tenant, r.order)).unzip();
        self.client.batch_execute("begin").await.unwrap();
        let mut shelves = self
            .statements
            .lock_of_orders(&self.client, &tenants, &orders)
            .await
            .unwrap();
        let mut writes = Writes::default();
        writes.settle(world.ctx.now, held, to, &mut shelves).unwrap();
        self.finish(world, writes, &shelves).await;
    }

    /// Writes what was decided, and what others hear of it.
    async fn finish(&self, world: &World, mut writes: Writes, shelves: &Shelves) {
        writes.finish(shelves);
        self.statements.write(&self.client, &writes).await.unwrap();
        let mut outbox = Outbox::new();
        publish_crossings(&mut outbox, &world.ctx, &shelves.crossings()).unwrap();
        self.client
            .execute(&self.outbox, &[&outbox.rows()])
            .await
            .unwrap();
        self.client.batch_execute("commit").await.unwrap();
    }
}
