//! Running low.

use crate::cashier::Cashier;
use crate::inbound::purchase;
use crate::warehouses::{count_in, open};
use crate::world::{World, main, once};
use inventory::till::{Line, Settlement};
use inventory::{LevelQuery, ReorderPoint, ReorderProposal};
use kernel::{PageLimit, SkuId};

async fn low_events(world: &World) -> Vec<(SkuId, i64, i64)> {
    sqlx::query_as(
        "select (payload->>'sku')::uuid, (payload->>'available')::bigint, (payload->>'low_below')::bigint
           from log.event where topic = 'inventory.low_stock' order by xid, id",
    )
    .fetch_all(&mut world.db.owner().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn others_learn_once_each_time_a_sku_runs_low() {
    let world = World::new().await;
    let (tenant, mut bowl) = (world.tenant(), world.count(3));
    for on_hand in [3, 0, 8, 5, 4, 3, 5, 2] {
        bowl.on_hand = on_hand;
        count_in(&world, tenant, main(tenant), bowl).await;
    }
    assert_eq!(low_events(&world).await, [(bowl.sku, 4, 5), (bowl.sku, 2, 5)]);
}

#[tokio::test]
async fn orders_run_a_sku_low_over_all_its_warehouses_together() {
    let world = World::new().await;
    let (tenant, bowl) = (world.tenant(), world.count(6));
    let other = open(&world, tenant, "other", "ES-M").await.id;
    for warehouse in [main(tenant), other] {
        count_in(&world, tenant, warehouse, bowl).await;
    }
    let point = ReorderPoint {
        sku: bowl.sku,
        product: bowl.product,
        low_below: 10,
        order_up_to: None,
    };
    world
        .stock
        .set_reorder_points(&world.ctx, tenant, &[point])
        .await
        .unwrap();
    let till = Cashier::new(&world).await;
    let place = async |quantity| {
        let line = Line {
            tenant,
            sku: bowl.sku,
            quantity,
        };
        till.place(&world, &[line]).await.unwrap().1
    };
    place(2).await;
    assert_eq!(low_events(&world).await, [], "10 of 10");
    let mut held = place(4).await;
    till.settle(&world, &mut held, Settlement::Released).await;
    place(1).await;
    assert_eq!(low_events(&world).await, [(bowl.sku, 6, 10), (bowl.sku, 9, 10)]);
}

#[tokio::test]
async fn what_to_order_counts_what_is_on_its_way() {
    let world = World::new().await;
    let (tenant, bowl, vase, plate) = (world.tenant(), world.count(3), world.count(40), world.count(5));
    for good in [bowl, vase, plate] {
        count_in(&world, tenant, main(tenant), good).await;
    }
    let point = |good: contracts::inventory::StockCount, low_below, order_up_to| ReorderPoint {
        sku: good.sku,
        product: good.product,
        low_below,
        order_up_to,
    };
    let points = [point(vase, 50, Some(120)), point(plate, 5, None)];
    world
        .stock
        .set_reorder_points(&world.ctx, tenant, &points)
        .await
        .unwrap();
    let ordered = purchase(main(tenant), vase, 30);
    world
        .stock
        .begin_inbound(&world.ctx, tenant, ordered, once("buy"))
        .await
        .unwrap();
    let page = world
        .stock
        .reorder_proposals(tenant, None, PageLimit::DEFAULT)
        .await
        .unwrap();
    let mut told: Vec<_> = page
        .items
        .iter()
        .map(|p| (p.available, p.incoming, p.proposed()))
        .collect();
    told.sort();
    assert_eq!(told, [(3, 0, 7), (40, 30, 50)], "5 plates of 5 are enough");
    let low = LevelQuery {
        low: true,
        ..LevelQuery::default()
    };
    let levels = world.stock.levels(tenant, low).await.unwrap().items;
    let mut listed: Vec<i64> = levels.iter().map(|l| l.on_hand).collect();
    listed.sort();
    assert_eq!(listed, [3, 40]);
    let refused = world
        .stock
        .set_reorder_points(&world.ctx, tenant, &[point(bowl, 5, Some(4))])
        .await;
    assert!(matches!(refused, Err(inventory::Error::OrderUpTo { .. })));
}

#[test]
fn a_proposal_is_never_negative() {
    let id = uuid::Uuid::nil();
    let proposal = ReorderProposal {
        sku: SkuId(id),
        product: kernel::ProductId(id),
        available: 2,
        incoming: 90,
        low_below: 5,
        order_up_to: None,
    };
    assert_eq!(proposal.proposed(), 0);
}
