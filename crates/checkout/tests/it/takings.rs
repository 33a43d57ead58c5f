//! What a seller reads of the month is what orders and ledger have, to the cent.

use crate::world::World;
use contracts::checkout::{Checkout, RefundOrder, RefundTo, RefundUnits, RefundWish};
use contracts::orders::{OrderDesk as _, Orders as _, Takings};
use kernel::{Currency, Money, TenantId, secret};
use std::time::Duration;

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

/// What the ledger says that a shop is owed.
async fn owed(world: &World, tenant: TenantId) -> i64 {
    sqlx::query_scalar(
        "select -sum(amount)::bigint from ledger.posting where tenant_id = $1 and account = 'seller_payable'",
    )
    .bind(tenant)
    .fetch_one(&mut world.system().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn the_months_takings_are_what_orders_and_ledger_have() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(20).await, world.offer(20).await);
    let since = world.ctx().now;
    world.clock.advance(Duration::from_secs(1));

    // Two bowls; two of each, of which one bowl's price goes back with its delivery; one that is cancelled; one not paid.
    let (owner, order) = instance.order(&world, &[(&bowl, 2)]).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let (owner, order) = instance.order(&world, &[(&bowl, 2), (&vase, 2)]).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let mut parts = order.sub_orders.iter();
    let part = parts.find(|part| part.tenant == bowl.tenant).unwrap();
    let request = RefundOrder {
        to: RefundTo::Origin,
        sub_order: part.id,
        wish: RefundWish::Lines {
            lines: vec![RefundUnits {
                line: part.lines[0].id,
                quantity: 1,
            }],
            delivery: true,
        },
        reason: "cracked".to_owned(),
        idempotency_key: secret::token(),
    };
    let till = &instance.checkouts;
    till.refund_sale(&world.ctx(), bowl.tenant, request)
        .await
        .unwrap();
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let part = order.sub_orders[0].id;
    till.cancel_sale(&world.ctx(), bowl.tenant, part, "It broke.".to_owned())
        .await
        .unwrap();
    instance.order(&world, &[(&bowl, 1)]).await;

    let ctx = world.ctx();
    let taken = world.orders.takings(&ctx, bowl.tenant, since).await.unwrap();
    let [total] = taken.totals.as_slice() else {
        panic!("{taken:?}");
    };
    assert_eq!((total.orders, total.units, total.sold), (2, 4, eur(3_500)));
    assert_eq!(total.share, eur(owed(&world, bowl.tenant).await));
    let listed = world
        .orders
        .of_seller(&ctx, bowl.tenant, None, None, 10)
        .await
        .unwrap();
    assert_eq!(listed.items.len(), 4);
    let kept = listed
        .items
        .iter()
        .filter(|part| part.commission.is_some() && part.address.is_some());
    let kept: i64 = kept.map(|part| part.total.amount - part.refunded.amount).sum();
    assert_eq!(total.sold, eur(kept));
    assert_eq!((taken.days.len(), taken.days[0].sold), (1, total.sold));
    assert_eq!(
        (taken.top.len(), taken.top[0].units, taken.top[0].sold),
        (1, 4, eur(3_000)),
        "without delivery"
    );
    let other = world.orders.takings(&ctx, vase.tenant, since).await.unwrap();
    assert_eq!(other.totals[0].share, eur(owed(&world, vase.tenant).await));
    // What was sold before is not of this month.
    world.clock.advance(Duration::from_secs(1));
    let later = world.orders.takings(&ctx, bowl.tenant, world.ctx().now).await;
    assert_eq!(later.unwrap(), Takings::default());
    world.assert_clean(&instance).await;
}
