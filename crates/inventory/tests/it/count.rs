use crate::world::{World, main, once};
use contracts::inventory::{Inventory, StockCount};
use inventory::{Adjustment, Error, LevelQuery, Stock};
use kernel::{PageLimit, SkuId};

#[tokio::test]
async fn a_count_sets_the_level_and_tells_the_difference() {
    let world = World::new().await;
    let tenant = world.tenant();
    let mut count = world.count(10);
    world
        .stock
        .count(&world.ctx, tenant, &[count], None)
        .await
        .unwrap();
    count.on_hand = 7;
    let levels = world
        .stock
        .count(&world.ctx, tenant, &[count], Some("stock-taking"))
        .await
        .unwrap();
    assert_eq!((levels[0].on_hand, levels[0].available()), (7, 7));
    let moved: Vec<(i64, String, Option<String>)> = sqlx::query_as(
        "select delta_on_hand, reason, note from inventory.movement order by delta_on_hand desc",
    )
    .fetch_all(&mut world.system().await)
    .await
    .unwrap();
    let expected = [
        (10, "count".to_owned(), None),
        (-3, "count".to_owned(), Some("stock-taking".to_owned())),
    ];
    assert_eq!(moved, expected);
    assert_eq!(inventory::verify(&world.stock).await.unwrap(), []);
}

#[tokio::test]
async fn counting_the_same_again_changes_nothing() {
    let world = World::new().await;
    let (tenant, count) = (world.tenant(), world.count(10));
    for _ in 0..3 {
        world
            .stock
            .count(&world.ctx, tenant, &[count], None)
            .await
            .unwrap();
    }
    assert_eq!(world.crossings().await, [(count.sku, true)]);
}

#[tokio::test]
async fn a_stated_count_is_applied_once_and_never_after_a_later_one() {
    let world = World::new().await;
    let tenant = world.tenant();
    let first = StockCount {
        stated: Some(3),
        ..world.count(10)
    };
    let count = async |count: StockCount| {
        world
            .stock
            .count(&world.ctx, tenant, &[count], None)
            .await
            .unwrap()[0]
            .on_hand
    };
    assert_eq!(count(first).await, 10);
    let sold = Adjustment {
        sku: first.sku,
        product: first.product,
        delta: -4,
    };
    world
        .stock
        .adjust(&world.ctx, tenant, main(tenant), &[sold], None, once("sold"))
        .await
        .unwrap();
    assert_eq!(count(first).await, 6, "its answer was lost, and it comes again");
    let later = StockCount {
        on_hand: 20,
        stated: Some(7),
        ..first
    };
    assert_eq!(count(later).await, 20);
    let overtaken = StockCount {
        on_hand: 15,
        stated: Some(5),
        ..first
    };
    assert_eq!(count(overtaken).await, 20);
    let by_hand = StockCount {
        on_hand: 2,
        stated: None,
        ..first
    };
    assert_eq!(count(by_hand).await, 2, "a count without a number is made now");
    assert_eq!(inventory::verify(&world.stock).await.unwrap(), []);
}

#[tokio::test]
async fn of_two_writers_who_invert_the_later_statement_stands() {
    let world = World::new().await;
    let tenant = world.tenant();
    let (bowl, vase) = (world.count(0), world.count(0));
    let stated = |of: StockCount, number: i64| StockCount {
        on_hand: number,
        stated: Some(number),
        ..of
    };
    for number in (1..=5).rev() {
        let counts = [stated(bowl, number), stated(vase, 6 - number)];
        world
            .stock
            .count(&world.ctx, tenant, &counts, None)
            .await
            .unwrap();
    }
    let levels = world
        .stock
        .count(&world.ctx, tenant, &[stated(bowl, 1), stated(vase, 1)], None)
        .await
        .unwrap();
    assert_eq!((levels[0].on_hand, levels[1].on_hand), (5, 5));
}

#[tokio::test]
async fn others_learn_only_when_a_sku_runs_out_or_comes_back() {
    let world = World::new().await;
    let (tenant, mut count) = (world.tenant(), world.count(0));
    for on_hand in [0, 5, 3, 0, 0, 2] {
        count.on_hand = on_hand;
        world
            .stock
            .count(&world.ctx, tenant, &[count], None)
            .await
            .unwrap();
    }
    let sku = count.sku;
    assert_eq!(world.crossings().await, [(sku, true), (sku, false), (sku, true)]);
}

#[tokio::test]
async fn a_count_below_what_is_reserved_is_refused_with_all_others() {
    let world = World::new().await;
    let tenant = world.tenant();
    let (mut bowl, mut vase) = (world.count(10), world.count(10));
    world
        .stock
        .count(&world.ctx, tenant, &[bowl, vase], None)
        .await
        .unwrap();
    world.reserve(tenant, vase.sku, 4).await;
    (bowl.on_hand, vase.on_hand) = (1, 3);
    let refused = world
        .stock
        .count(&world.ctx, tenant, &[bowl, vase], None)
        .await
        .unwrap_err();
    let Error::BelowReserved {
        pointer, reserved, ..
    } = refused
    else {
        panic!("{refused}");
    };
    assert_eq!((pointer.as_str(), reserved), ("/counts/1/on_hand", 4));
    let left = world
        .stock
        .availability(&world.ctx, vec![bowl.sku, vase.sku])
        .await
        .unwrap();
    assert_eq!(left.iter().map(|a| a.available).collect::<Vec<_>>(), [10, 6]);
}

#[tokio::test]
async fn impossible_counts_are_refused() {
    let world = World::new().await;
    let (tenant, count) = (world.tenant(), world.count(-1));
    let refuse = async |counts: &[_]| {
        world
            .stock
            .count(&world.ctx, tenant, counts, None)
            .await
            .unwrap_err()
    };
    assert!(matches!(refuse(&[count]).await, Error::OutOfRange { .. }));
    assert!(matches!(
        refuse(&[world.count(i64::MAX)]).await,
        Error::OutOfRange { .. }
    ));
    let twice = world.count(1);
    assert!(matches!(refuse(&[twice, twice]).await, Error::NamedTwice { .. }));
}

#[tokio::test]
async fn the_same_adjustment_twice_is_one() {
    let world = World::new().await;
    let (tenant, count) = (world.tenant(), world.count(10));
    world
        .stock
        .count(&world.ctx, tenant, &[count], None)
        .await
        .unwrap();
    let adjust = async |delta, key: &str| {
        let adjustment = Adjustment {
            sku: count.sku,
            product: count.product,
            delta,
        };
        world
            .stock
            .adjust(
                &world.ctx,
                tenant,
                main(tenant),
                &[adjustment],
                Some("broken"),
                once(key),
            )
            .await
    };
    for _ in 0..3 {
        assert_eq!(adjust(-2, "a").await.unwrap()[0].on_hand, 8);
    }
    assert_eq!(adjust(5, "b").await.unwrap()[0].on_hand, 13);
    assert!(matches!(
        adjust(-14, "c").await,
        Err(Error::Insufficient { available: 13, .. })
    ));
    assert!(matches!(
        adjust(i64::MAX, "d").await,
        Err(Error::OutOfRange { .. })
    ));
    assert_eq!(inventory::verify(&world.stock).await.unwrap(), []);
}

#[tokio::test]
async fn what_nobody_counted_is_not_available() {
    let world = World::new().await;
    let unknown = SkuId::new(world.ctx.now);
    let available = world.stock.availability(&world.ctx, vec![unknown]).await.unwrap();
    assert_eq!((available[0].sku, available[0].available), (unknown, 0));
}

#[tokio::test]
async fn a_first_count_elsewhere_is_seen_at_once() {
    let world = World::new().await;
    let elsewhere = Stock::new(world.db.db(inventory::CONTEXT));
    let (tenant, count) = (world.tenant(), world.count(100));
    let here = async || {
        let asked = world.stock.availability(&world.ctx, vec![count.sku]).await;
        asked.unwrap()[0].available
    };
    assert_eq!(here().await, 0);
    elsewhere.count(&world.ctx, tenant, &[count], None).await.unwrap();
    assert_eq!(here().await, 100);
}

#[tokio::test]
async fn stock_is_listed_page_by_page() {
    let world = World::new().await;
    let tenant = world.tenant();
    let counts: Vec<_> = (0..5).map(|n| world.count(n)).collect();
    world
        .stock
        .count(&world.ctx, tenant, &counts, None)
        .await
        .unwrap();
    let two = PageLimit::new(2).unwrap();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = world
            .stock
            .levels(
                tenant,
                LevelQuery {
                    after,
                    limit: two,
                    ..LevelQuery::default()
                },
            )
            .await
            .unwrap();
        after = page.items.last().map(|level| (level.sku, level.warehouse));
        seen.extend(page.items.iter().map(|level| level.sku));
        if page.next.is_none() {
            break;
        }
    }
    let mut expected: Vec<_> = counts.iter().map(|count| count.sku).collect();
    expected.sort();
    assert_eq!(seen, expected);
    let low = world
        .stock
        .levels(
            tenant,
            LevelQuery {
                below: Some(2),
                limit: two,
                ..LevelQuery::default()
            },
        )
        .await
        .unwrap();
    assert_eq!(low.items.len(), 2);
}
