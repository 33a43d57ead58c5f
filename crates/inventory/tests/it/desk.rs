//! What a shop's own pages ask.

use crate::warehouses::{count_in, open};
use crate::world::{World, main};
use contracts::inventory::{StockQuery, StockRoom, StockTally};
use kernel::SkuId;

#[tokio::test]
async fn stock_is_shown_by_sku_with_all_its_warehouses() {
    let world = World::new().await;
    let (tenant, stranger) = (world.tenant(), world.tenant());
    let madrid = open(&world, tenant, "madrid", "ES-M").await.id;
    let goods: Vec<_> = (1..=5).map(|n| world.count(n * 2)).collect();
    for good in &goods {
        count_in(&world, tenant, main(tenant), *good).await;
    }
    count_in(&world, tenant, madrid, goods[0]).await;
    count_in(&world, stranger, main(stranger), world.count(1)).await;
    let room: &dyn StockRoom = &world.stock;
    let ask = async |query: StockQuery| room.stock(&world.ctx, tenant, query).await.unwrap();
    let query = StockQuery {
        limit: 2,
        ..StockQuery::default()
    };
    let mut seen: Vec<SkuId> = Vec::new();
    let mut after = None;
    loop {
        let page = ask(StockQuery {
            after,
            ..query.clone()
        })
        .await;
        seen.extend(page.items.iter().map(|item| item.sku));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut expected: Vec<SkuId> = goods.iter().map(|good| good.sku).collect();
    expected.sort();
    assert_eq!(seen, expected);
    let there = ask(StockQuery {
        warehouse: Some(madrid),
        ..query.clone()
    })
    .await
    .items;
    assert_eq!(
        (there.len(), there[0].sku, there[0].levels.len()),
        (1, goods[0].sku, 2)
    );
    let low = ask(StockQuery {
        low: true,
        ..query.clone()
    })
    .await
    .items;
    // 2 and 2, and 4, of 5.
    assert_eq!(low.len(), 2);
    let named = StockQuery {
        skus: Some(vec![goods[3].sku]),
        ..query
    };
    assert_eq!(ask(named).await.items.len(), 1);
    let tally = room.tally(&world.ctx, tenant).await.unwrap();
    assert_eq!(tally, StockTally { skus: 5, low: 2 });
    let places = room.places(&world.ctx, tenant).await.unwrap();
    let told: Vec<_> = places.iter().map(|p| (p.warehouse, p.is_default)).collect();
    assert_eq!(told, [(main(tenant), true), (madrid, false)]);
}
