//! Orders make products popular, and time makes them less so.

use crate::world::{Running, World, append, listing, product_id, shop_id, test_db};
use contracts::orders::{CancelReason, OrderCancelled, OrderConfirmed, SoldProduct, SubOrderUnitsCancelled};
use kernel::{Clock, Currency, FixedClock, Money, OrderId, SubOrderId, SystemClock};
use std::sync::Arc;
use std::time::Duration;
use store::Db;
use testkit::{TestDb, eventually};
use tokio_util::sync::CancellationToken;

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn sell(db: &Db, n: u32, units: u32) {
    let confirmed = OrderConfirmed {
        cart: None,
        order: OrderId::new(SystemClock.now()),
        buyer: None,
        total: Money::new(1500, Currency::EUR),
        tenants: vec![shop_id()],
        sold: vec![SoldProduct {
            product: product_id(n),
            units,
        }],
    };
    append(db, &[confirmed]).await;
}

/// Counts sales until `done`.
async fn counting(db: &Db, clock: &Arc<FixedClock>, done: impl AsyncFn()) {
    let stop = CancellationToken::new();
    let work = search::count_sales(db.clone(), clock.clone(), stop.clone());
    let watch = async {
        done().await;
        stop.cancel();
    };
    futures::join!(work, watch);
}

async fn told(db: &TestDb) -> i64 {
    sqlx::query_scalar("select count(*) from log.event where topic = 'search.popularity_changed'")
        .fetch_one(&mut db.owner().await)
        .await
        .unwrap()
}

async fn units(db: &TestDb, n: u32) -> Option<f64> {
    sqlx::query_scalar("select units from search.popularity where product_id = $1")
        .bind(product_id(n).0)
        .fetch_optional(&mut db.owner().await)
        .await
        .unwrap()
}

fn now() -> Arc<FixedClock> {
    Arc::new(FixedClock::at(SystemClock.now()))
}

#[tokio::test]
async fn what_sells_comes_first_among_equals_and_not_before_better_answers() {
    let (test, world) = (test_db().await, World::new());
    let db = test.db(search::CONTEXT);
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(world.sources(), db.clone(), folder.path());
    for (n, title) in [(1, "Blue bowl"), (2, "Blue bowl"), (3, "Tray")] {
        let mut listing = listing(n, title);
        listing.slug = format!("p{n}");
        listing.description_html = "<p>Goes with a blue bowl</p>".to_owned();
        world.publish(&db, listing).await;
    }
    running.holds(3).await;
    let order = async || -> Vec<String> {
        let page = running
            .searches
            .find(crate::corpus::words("blue bowl"), SystemClock.now())
            .await
            .unwrap();
        page.hits.into_iter().map(|hit| hit.slug).collect()
    };
    eventually("the younger one leads", async || {
        (order().await == ["p2", "p1", "p3"]).then_some(())
    })
    .await;
    counting(&db, &now(), async || {
        sell(&db, 1, 40).await;
        // Thousands sold do not outweigh a better answer.
        sell(&db, 3, 5_000).await;
        eventually("the one that sells leads", async || {
            (order().await == ["p1", "p2", "p3"]).then_some(())
        })
        .await;
    })
    .await;
    running.stop().await;
}

#[tokio::test]
async fn a_sale_is_counted_once_and_indexes_are_told_of_steps_alone() {
    let test = test_db().await;
    let db = test.db(search::CONTEXT);
    let clock = now();
    counting(&db, &clock, async || {
        for _ in 0..20 {
            sell(&db, 1, 1).await;
        }
        eventually("all are counted", async || {
            units(&test, 1).await.filter(|u| (u - 20.0).abs() < 0.01)
        })
        .await;
    })
    .await;
    let steps = told(&test).await;
    assert!((1..=9).contains(&steps), "{steps} for twenty orders");
    // Whoever takes over goes on where the first one stopped.
    counting(&db, &clock, async || {
        tokio::time::sleep(Duration::from_millis(300)).await;
    })
    .await;
    assert!((units(&test, 1).await.unwrap() - 20.0).abs() < 0.01);
}

#[tokio::test]
async fn what_is_cancelled_was_not_sold() {
    let test = test_db().await;
    let db = test.db(search::CONTEXT);
    let of = |n: u32, units: u32| SoldProduct {
        product: product_id(n),
        units,
    };
    let is_about = async |n: u32, expected: f64| {
        eventually(&format!("{expected} of {n} count"), async || {
            units(&test, n).await.filter(|u| (u - expected).abs() < 0.01)
        })
        .await;
    };
    counting(&db, &now(), async || {
        sell(&db, 1, 8).await;
        sell(&db, 2, 3).await;
        is_about(1, 8.0).await;
        let (order, sub_order) = (
            OrderId::new(SystemClock.now()),
            SubOrderId::new(SystemClock.now()),
        );
        let reason = CancelReason::Buyer;
        let units_cancelled = SubOrderUnitsCancelled {
            order,
            sub_order,
            tenant: shop_id(),
            buyer: None,
            units: Vec::new(),
            reason,
            note: String::new(),
            unsold: vec![of(1, 2)],
        };
        append(&db, &[units_cancelled]).await;
        is_about(1, 6.0).await;
        let cancelled = |unsold| OrderCancelled {
            order,
            buyer: None,
            reason,
            tenants: vec![shop_id()],
            unsold,
        };
        // More than is left takes nothing from others, and one that was never counted begins at nothing.
        append(&db, &[cancelled(vec![of(1, 5), of(2, 9), of(3, 1)])]).await;
        is_about(1, 1.0).await;
        is_about(2, 0.0).await;
        // Unpaid orders tell of nothing.
        append(&db, &[cancelled(Vec::new())]).await;
        sell(&db, 4, 1).await;
        is_about(4, 1.0).await;
        is_about(1, 1.0).await;
    })
    .await;
    assert!(units(&test, 3).await.is_none_or(|units| units == 0.0));
}

#[tokio::test]
async fn popularity_fades_and_is_forgotten() {
    let test = test_db().await;
    let db = test.db(search::CONTEXT);
    let clock = now();
    counting(&db, &clock, async || {
        sell(&db, 1, 16).await;
        eventually("it is counted", async || units(&test, 1).await.map(|_| ())).await;
    })
    .await;
    let before = told(&test).await;
    clock.advance(DAY * 60);
    counting(&db, &clock, async || {
        eventually("it is told", async || (told(&test).await > before).then_some(())).await;
        sell(&db, 2, 1).await;
        eventually("new sales are counted", async || {
            units(&test, 2).await.map(|_| ())
        })
        .await;
    })
    .await;
    clock.advance(DAY * 600);
    counting(&db, &clock, async || {
        eventually("it is forgotten", async || {
            units(&test, 1).await.is_none().then_some(())
        })
        .await;
    })
    .await;
}
