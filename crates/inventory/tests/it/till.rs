//! The till's statements, over its own driver.

use crate::world::World;
use inventory::till::{Line, Reservation, ReservationState, Settlement, Statements, Writes};
use kernel::{OrderId, TenantId};
use std::time::Duration;
use tokio_postgres::{Client, NoTls};

async fn client(world: &World) -> Client {
    let (client, connection) = tokio_postgres::connect(world.db.url(), NoTls).await.unwrap();
    #[allow(clippy::disallowed_methods, reason = "the wire dies with the test")]
    tokio::spawn(connection);
    client
        .batch_execute("set role stoa_inventory_system")
        .await
        .unwrap();
    client
}

async fn reservations(
    statements: &Statements,
    client: &Client,
    tenant: TenantId,
    order: OrderId,
) -> Vec<Reservation> {
    statements
        .reservations(client, &[tenant], &[order])
        .await
        .unwrap()
}

async fn settle(
    world: &World,
    statements: &Statements,
    client: &Client,
    held: &mut [Reservation],
    to: Settlement,
) {
    let (tenants, orders): (Vec<_>, Vec<_>) = held.iter().map(|r| (r.tenant, r.order)).unzip();
    client.batch_execute("begin").await.unwrap();
    let mut shelves = statements
        .lock_of_orders(client, &tenants, &orders)
        .await
        .unwrap();
    let mut writes = Writes::default();
    writes.settle(world.ctx.now, held, to, &mut shelves).unwrap();
    writes.finish(&shelves);
    statements.write(client, &writes).await.unwrap();
    client.batch_execute("commit").await.unwrap();
}

#[tokio::test]
async fn units_are_held_sold_and_returned() {
    let world = World::new().await;
    let (tenant, count) = (world.tenant(), world.count(5));
    world
        .stock
        .count(&world.ctx, tenant, &[count], None)
        .await
        .unwrap();
    let client = client(&world).await;
    let statements = Statements::prepare(&client).await.unwrap();
    let order = OrderId::new(world.ctx.now);
    let line = Line {
        tenant,
        sku: count.sku,
        quantity: 2,
    };

    client.batch_execute("begin").await.unwrap();
    let mut shelves = statements.lock(&client, &[tenant], &[count.sku]).await.unwrap();
    let picks = shelves.hold(&[line]).unwrap();
    let mut writes = Writes::default();
    writes.hold(
        world.ctx.now,
        order,
        &[line],
        &picks,
        world.ctx.now + Duration::from_secs(900),
    );
    writes.finish(&shelves);
    statements.write(&client, &writes).await.unwrap();
    client.batch_execute("commit").await.unwrap();

    let level = async || {
        let page = world
            .stock
            .levels(tenant, None, None, Default::default())
            .await
            .unwrap();
        (page.items[0].on_hand, page.items[0].reserved)
    };
    assert_eq!(level().await, (5, 2));
    let mut held = reservations(&statements, &client, tenant, order).await;
    // Once more is not twice; and what was sold is not released.
    for settlement in [Settlement::Sold, Settlement::Sold, Settlement::Released] {
        settle(&world, &statements, &client, &mut held, settlement).await;
        assert_eq!(level().await, (3, 0));
    }
    settle(&world, &statements, &client, &mut held, Settlement::Returned).await;
    assert_eq!(level().await, (5, 0));
    assert_eq!(
        reservations(&statements, &client, tenant, order).await[0].state,
        ReservationState::Returned
    );
    assert_eq!(inventory::verify(&world.stock).await.unwrap(), []);
}

#[tokio::test]
async fn whoever_locks_second_sees_what_the_first_one_left() {
    let world = World::new().await;
    let (tenant, count) = (world.tenant(), world.count(1));
    world
        .stock
        .count(&world.ctx, tenant, &[count], None)
        .await
        .unwrap();
    let (first, second) = (client(&world).await, client(&world).await);
    let (ours, theirs) = (
        Statements::prepare(&first).await.unwrap(),
        Statements::prepare(&second).await.unwrap(),
    );
    first.batch_execute("begin").await.unwrap();
    second.batch_execute("begin").await.unwrap();
    let mut shelves = ours.lock(&first, &[tenant], &[count.sku]).await.unwrap();
    let (tenants, skus) = ([tenant], [count.sku]);
    let mut waiting = Box::pin(theirs.lock(&second, &tenants, &skus));
    assert!(
        tokio::time::timeout(Duration::from_millis(200), &mut waiting)
            .await
            .is_err()
    );
    let line = Line {
        tenant,
        sku: count.sku,
        quantity: 1,
    };
    let picks = shelves.hold(&[line]).unwrap();
    let mut writes = Writes::default();
    writes.hold(
        world.ctx.now,
        OrderId::new(world.ctx.now),
        &[line],
        &picks,
        world.ctx.now,
    );
    writes.finish(&shelves);
    ours.write(&first, &writes).await.unwrap();
    first.batch_execute("commit").await.unwrap();
    assert_eq!(waiting.await.unwrap().available(tenant, count.sku), 0);
}
