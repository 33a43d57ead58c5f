//! Units that are not sent: their goods are for sale again, what was paid for them goes back with its commission, once,
//! and nothing else moves.

use crate::world::{Instance, World};
use contracts::cart::CartOwner;
use contracts::catalog::Offer;
use contracts::checkout::{CancelUnits, Checkout};
use contracts::orders::{
    AsOf, CancelReason, Order, OrderStatus, Orders as _, ParcelLine, SubOrder, SubOrderStatus,
};
use contracts::payments::PaymentStatus;
use kernel::{Currency, Fault, Money};

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

/// Three of each, for 10.00 a piece and 5.00 of delivery per shop, of which the marketplace keeps 3.00.
async fn bought(world: &World, instance: &Instance, offers: &[&Offer]) -> (CartOwner, Order) {
    let lines: Vec<(&Offer, u32)> = offers.iter().map(|offer| (*offer, 3)).collect();
    let (owner, order) = instance.order(world, &lines).await;
    instance.pay(world, &owner, &order, "tok_visa").await.unwrap();
    (owner, order)
}

fn part<'a>(order: &'a Order, offer: &Offer) -> &'a SubOrder {
    let mut parts = order.sub_orders.iter();
    parts.find(|part| part.tenant == offer.tenant).unwrap()
}

fn units(part: &SubOrder, quantity: u32, key: &str) -> CancelUnits {
    CancelUnits {
        sub_order: part.id,
        lines: vec![ParcelLine {
            line: part.lines[0].id,
            quantity,
        }],
        note: "One broke.".to_owned(),
        idempotency_key: key.to_owned(),
    }
}

async fn as_shop(
    world: &World,
    instance: &Instance,
    offer: &Offer,
    request: CancelUnits,
) -> Result<SubOrder, Fault> {
    let till = &instance.checkouts;
    till.cancel_sale_units(&world.ctx(), offer.tenant, request).await
}

async fn now(world: &World, order: &Order) -> Order {
    let ctx = world.ctx();
    let now = world.orders.order(&ctx, None, order.id, AsOf::default());
    now.await.unwrap()
}

/// What a shop is owed, and what the marketplace earned with it.
async fn owed(world: &World, offer: &Offer) -> (i64, i64) {
    sqlx::query_as(
        "select -coalesce(sum(amount) filter (where account = 'seller_payable'), 0)::bigint,
                -coalesce(sum(amount) filter (where account = 'commission_revenue'), 0)::bigint
           from ledger.posting where tenant_id = $1",
    )
    .bind(offer.tenant)
    .fetch_one(&mut world.system().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_shop_cancels_one_of_three_and_the_rest_goes_on() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let (_, order) = bought(&world, &instance, &[&bowl, &vase]).await;
    let bowls = part(&order, &bowl);
    for _ in 0..2 {
        let cancelled = as_shop(&world, &instance, &bowl, units(bowls, 1, "k"))
            .await
            .unwrap();
        assert_eq!(
            (cancelled.status, cancelled.lines[0].cancelled),
            (SubOrderStatus::Confirmed, 1)
        );
        let told = &cancelled.cancellations;
        assert_eq!(
            (told.len(), told[0].reason, told[0].note.as_str()),
            (1, CancelReason::Seller, "One broke.")
        );
        assert_eq!(
            cancelled.refunded,
            eur(1_000),
            "asked twice with one key, cancelled once"
        );
        assert_eq!(world.level(&bowl).await, (3, 0), "it is for sale again");
        assert_eq!(owed(&world, &bowl).await, (2_500 - 200, 200));
    }
    let seen = now(&world, &order).await;
    assert_eq!(part(&seen, &vase), part(&order_paid(&seen, &order), &vase));
    assert_eq!(
        (world.level(&vase).await, owed(&world, &vase).await),
        ((2, 0), (3_200, 300))
    );
    let payment = world.payment(&order).await;
    assert_eq!(
        (payment.status, payment.refunded),
        (PaymentStatus::Captured, eur(1_000))
    );
    let other = as_shop(&world, &instance, &bowl, units(bowls, 2, "k"))
        .await
        .unwrap_err();
    assert_eq!(other.code, "id_taken");
    let many = as_shop(&world, &instance, &bowl, units(bowls, 3, "k3"))
        .await
        .unwrap_err();
    assert_eq!(
        (many.code.as_str(), &many.extra["left"]),
        ("units_too_many", &2.into())
    );
    world.assert_clean(&instance).await;
}

/// The other part, as it is while nothing happens to it.
fn order_paid(seen: &Order, order: &Order) -> Order {
    let mut paid = order.clone();
    for (part, seen) in paid.sub_orders.iter_mut().zip(&seen.sub_orders) {
        part.status = SubOrderStatus::Confirmed;
        part.timeline.clone_from(&seen.timeline);
    }
    paid
}

#[tokio::test]
async fn with_its_last_unit_goes_the_part_and_its_delivery() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let (owner, order) = bought(&world, &instance, &[&bowl]).await;
    let bowls = part(&order, &bowl);
    let as_buyer = async |quantity, key: &str| {
        let request = CancelUnits {
            note: String::new(),
            ..units(bowls, quantity, key)
        };
        let till = &instance.checkouts;
        till.cancel_units(&world.ctx(), owner.clone(), order.id, request)
            .await
    };
    let fewer = as_buyer(2, "a").await.unwrap();
    assert_eq!(
        (fewer.status, fewer.refunded),
        (OrderStatus::Confirmed, eur(2_000))
    );
    assert_eq!(world.level(&bowl).await, (4, 0));
    // The same key is another one of the shop's.
    let cancelled = as_shop(&world, &instance, &bowl, units(bowls, 1, "a"))
        .await
        .unwrap();
    assert_eq!(
        (cancelled.status, cancelled.refunded),
        (SubOrderStatus::Cancelled, eur(3_500))
    );
    assert_eq!(cancelled.cancel_note.as_deref(), Some("One broke."));
    assert_eq!(as_buyer(1, "b").await.unwrap().status, OrderStatus::Cancelled);
    assert_eq!(
        (world.level(&bowl).await, owed(&world, &bowl).await),
        ((5, 0), (0, 0))
    );
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Refunded);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn once_packed_the_shop_alone_cancels_units_and_what_is_left_is_sent() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let (owner, order) = bought(&world, &instance, &[&bowl]).await;
    let bowls = part(&order, &bowl);
    world
        .orders
        .pack(&world.ctx(), bowl.tenant, bowls.id)
        .await
        .unwrap();
    let till = &instance.checkouts;
    let late = till
        .cancel_units(&world.ctx(), owner, order.id, units(bowls, 1, "a"))
        .await;
    let late = late.unwrap_err();
    assert_eq!(
        (late.code.as_str(), &late.extra["from"]),
        ("transition_illegal", &"packed".into())
    );
    as_shop(&world, &instance, &bowl, units(bowls, 1, "b"))
        .await
        .unwrap();
    // The rest is cancelled as a whole: the unit that is back is not counted again.
    let note = "All broke.".to_owned();
    let cancelled = till
        .cancel_sale(&world.ctx(), bowl.tenant, bowls.id, note)
        .await
        .unwrap();
    assert_eq!(
        (cancelled.status, cancelled.refunded),
        (SubOrderStatus::Cancelled, eur(3_500))
    );
    assert_eq!(world.level(&bowl).await, (5, 0));
    world.assert_clean(&instance).await;
}
