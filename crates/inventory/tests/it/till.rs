//! The till's statements, over its own driver.

use crate::cashier::{Cashier, SEVILLA};
use crate::world::World;
use inventory::LevelQuery;
use inventory::till::{Line, ReservationState, Settlement, Writes};
use kernel::OrderId;
use std::time::Duration;

#[tokio::test]
async fn units_are_held_sold_and_returned() {
    let world = World::new().await;
    let (tenant, count) = (world.tenant(), world.count(5));
    world
        .stock
        .count(&world.ctx, tenant, &[count], None)
        .await
        .unwrap();
    let till = Cashier::new(&world).await;
    let line = Line {
        tenant,
        sku: count.sku,
        quantity: 2,
    };
    let (order, _) = till.place(&world, &[line]).await.unwrap();

    let level = async || {
        let page = world.stock.levels(tenant, LevelQuery::default()).await.unwrap();
        (page.items[0].on_hand, page.items[0].reserved)
    };
    assert_eq!(level().await, (5, 2));
    let mut held = till.reservations(tenant, order).await;
    // Once more is not twice; and what was sold is not released.
    for settlement in [Settlement::Sold, Settlement::Sold, Settlement::Released] {
        till.settle(&world, &mut held, settlement).await;
        assert_eq!(level().await, (3, 0));
    }
    till.settle(&world, &mut held, Settlement::Returned).await;
    assert_eq!(level().await, (5, 0));
    assert_eq!(
        till.reservations(tenant, order).await[0].state,
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
    let (ours, theirs) = (Cashier::new(&world).await, Cashier::new(&world).await);
    let (first, second) = (&ours.client, &theirs.client);
    first.batch_execute("begin").await.unwrap();
    second.batch_execute("begin").await.unwrap();
    let mut shelves = ours
        .statements
        .lock(first, &[tenant], &[count.sku])
        .await
        .unwrap();
    let (tenants, skus) = ([tenant], [count.sku]);
    let mut waiting = Box::pin(theirs.statements.lock(second, &tenants, &skus));
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
    let picks = shelves.hold(&[line], SEVILLA).unwrap();
    let mut writes = Writes::default();
    writes.hold(
        world.ctx.now,
        OrderId::new(world.ctx.now),
        &[line],
        &picks,
        world.ctx.now,
    );
    writes.finish(&shelves);
    ours.statements.write(first, &writes).await.unwrap();
    first.batch_execute("commit").await.unwrap();
    assert_eq!(waiting.await.unwrap().available(tenant, count.sku), 0);
}

#[tokio::test]
async fn what_one_order_lets_go_of_another_holds_in_the_same_batch() {
    let world = World::new().await;
    let (tenant, count) = (world.tenant(), world.count(2));
    world
        .stock
        .count(&world.ctx, tenant, &[count], None)
        .await
        .unwrap();
    let till = Cashier::new(&world).await;
    let line = Line {
        tenant,
        sku: count.sku,
        quantity: 2,
    };
    let (_, mut held) = till.place(&world, &[line]).await.unwrap();

    till.client.batch_execute("begin").await.unwrap();
    let mut shelves = till
        .statements
        .lock(&till.client, &[tenant], &[count.sku])
        .await
        .unwrap();
    let mut writes = Writes::default();
    writes
        .settle(world.ctx.now, &mut held, Settlement::Released, &mut shelves)
        .unwrap();
    let next = OrderId::new(world.ctx.now);
    let picks = shelves.hold(&[line], SEVILLA).unwrap();
    writes.hold(world.ctx.now, next, &[line], &picks, world.ctx.now);
    writes.finish(&shelves);
    till.statements.write(&till.client, &writes).await.unwrap();
    till.client.batch_execute("commit").await.unwrap();

    let page = world.stock.levels(tenant, LevelQuery::default()).await.unwrap();
    assert_eq!((page.items[0].on_hand, page.items[0].reserved), (2, 2));
    let kept = till.reservations(tenant, next).await;
    assert_eq!((kept[0].quantity, kept[0].state), (2, ReservationState::Held));
    assert_eq!(inventory::verify(&world.stock).await.unwrap(), []);
}
