//! A day at the market: everything at once, on two instances, over few SKUs; and the books are right in the evening.

use crate::world::{Instance, World};
use contracts::catalog::Offer;
use contracts::checkout::Checkout;
use contracts::orders::{AsOf, OrderStatus, Orders as _};
use futures::future::join_all;
use kernel::{Fault, Kind, OrderId};
use std::time::Duration;
use testkit::eventually;

const BUYERS: usize = 240;

/// What a buyer does, by their number.
async fn shop(world: &World, instances: &[Instance], stock: &[Offer], n: usize) -> Option<OrderId> {
    let instance = &instances[n % instances.len()];
    let (a, b) = (&stock[n % stock.len()], &stock[(n / 3) % stock.len()]);
    let owner = world.guest();
    let cart = world.cart(&owner, &[(a, 1), (b, 1 + (n % 2) as u32)]);
    let order = match instance.place(world, &owner, &cart).await {
        Ok(order) => order,
        Err(refused) => {
            assert_eq!(refused.code, "out_of_stock");
            return None;
        }
    };
    let methods = [
        "tok_visa",
        "tok_declined",
        "tok_3ds",
        "tok_timeout",
        "tok_visa",
        "tok_timeout_declined",
    ];
    let other = &instances[(n + 1) % instances.len()];
    let pay = async {
        if !n.is_multiple_of(7) {
            expected(
                instance
                    .pay(world, &owner, &order, methods[n % methods.len()])
                    .await,
            );
        }
    };
    let change_mind = async {
        if n.is_multiple_of(5) {
            expected(
                other
                    .checkouts
                    .cancel(&world.ctx(), owner.clone(), order.id)
                    .await,
            );
        }
        if n.is_multiple_of(4) {
            expected(other.pay(world, &owner, &order, "tok_visa").await);
        }
    };
    futures::join!(pay, change_mind);
    Some(order.id)
}

/// Whoever pays a cancelled order is refused; nothing breaks.
fn expected<T>(outcome: Result<T, Fault>) {
    if let Err(refused) = outcome {
        assert_eq!(
            (refused.kind, refused.code.as_str()),
            (Kind::Conflict, "transition_illegal")
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_evening_the_books_are_right() {
    let world = World::new().await;
    let instances = [world.instance(), world.instance()];
    let mut stock = Vec::new();
    for n in 0..7 {
        stock.push(world.offer(20 + n * 10).await);
    }
    let buyers = (0..BUYERS).map(|n| shop(&world, &instances, &stock, n));
    let orders: Vec<OrderId> = join_all(buyers).await.into_iter().flatten().collect();
    assert!(orders.len() > 100, "{}", orders.len());
    // Holds run out, and what waits for a bank or a provider is let go.
    world.clock.advance(Duration::from_secs(16 * 60));
    eventually("no order is open", async || {
        for &order in &orders {
            let order = world
                .orders
                .order(&world.ctx(), None, order, AsOf::default())
                .await
                .unwrap();
            if order.status == OrderStatus::Placed {
                return None;
            }
        }
        Some(())
    })
    .await;
    eventually("the provider holds money of sold orders only", async || {
        world.clock.advance(Duration::from_secs(1));
        let stray: i64 = sqlx::query_scalar(
            "select count(*)
               from payments.sandbox_charge c
               join payments.payment p on c.key like p.id || '-%'
              where c.state in ('authorized', 'requires_action') or c.state = 'captured' and p.status <> 'captured'",
        )
        .fetch_one(&mut world.system().await)
        .await
        .unwrap();
        (stray == 0).then_some(())
    })
    .await;
    for offer in &stock {
        assert_eq!(world.level(offer).await.1, 0, "nothing is held any more");
    }
    world.assert_clean(&instances[0]).await;
}
