//! Goods on their way: sent or ordered, received in parts, short, twice.

use crate::warehouses::{count_in, open};
use crate::world::{World, main, once};
use contracts::inventory::StockCount;
use inventory::domain::{Inbound, InboundKind, InboundState, Receipt};
use inventory::{Error, InboundQuery, LevelQuery, NewInbound, Origin};
use kernel::{SkuId, TenantId, WarehouseId};

pub fn transfer(from: WarehouseId, to: WarehouseId, good: StockCount, quantity: i64) -> NewInbound {
    NewInbound {
        origin: Origin::Warehouse(from),
        warehouse: to,
        expected_on: None,
        note: None,
        lines: vec![((good.sku, good.product), quantity)],
    }
}

pub fn purchase(to: WarehouseId, good: StockCount, quantity: i64) -> NewInbound {
    NewInbound {
        origin: Origin::Supplier("Talleres Río".to_owned()),
        ..transfer(to, to, good, quantity)
    }
}

async fn begin(world: &World, tenant: TenantId, new: NewInbound, key: &str) -> Inbound {
    world
        .stock
        .begin_inbound(&world.ctx, tenant, new, once(key))
        .await
        .unwrap()
}

async fn receive(
    world: &World,
    tenant: TenantId,
    inbound: &Inbound,
    quantity: i64,
    key: &str,
) -> Result<Inbound, Error> {
    let receipt = Receipt {
        sku: inbound.lines[0].sku,
        quantity,
    };
    world
        .stock
        .receive(&world.ctx, tenant, inbound.id, &[receipt], once(key))
        .await
}

/// On hand and incoming, the default warehouse first.
async fn units(world: &World, tenant: TenantId, sku: SkuId) -> Vec<(i64, i64)> {
    let query = LevelQuery {
        sku: Some(sku),
        ..LevelQuery::default()
    };
    let mut levels = world.stock.levels(tenant, query).await.unwrap().items;
    levels.sort_by_key(|level| level.warehouse != main(tenant));
    levels.iter().map(|l| (l.on_hand, l.incoming)).collect()
}

#[tokio::test]
async fn a_transfer_is_in_one_place_or_on_its_way_and_never_twice() {
    let world = World::new().await;
    let (tenant, bowl) = (world.tenant(), world.count(10));
    let madrid = open(&world, tenant, "madrid", "ES-M").await.id;
    count_in(&world, tenant, main(tenant), bowl).await;
    let new = transfer(main(tenant), madrid, bowl, 6);
    let sent = begin(&world, tenant, new.clone(), "send").await;
    assert_eq!(units(&world, tenant, bowl.sku).await, [(4, 0), (0, 6)]);
    let again = begin(&world, tenant, new, "send").await;
    assert_eq!(again, sent, "asked twice, sent once");
    for _ in 0..2 {
        let part = receive(&world, tenant, &sent, 4, "first").await.unwrap();
        assert_eq!(part.state, InboundState::UnderWay);
        assert_eq!(units(&world, tenant, bowl.sku).await, [(4, 0), (4, 2)]);
    }
    let beyond = receive(&world, tenant, &sent, 3, "beyond").await;
    assert!(matches!(beyond, Err(Error::MoreThanExpected { to_come: 2, .. })));
    let whole = receive(&world, tenant, &sent, 2, "second").await.unwrap();
    assert_eq!(whole.state, InboundState::Received);
    assert_eq!(units(&world, tenant, bowl.sku).await, [(4, 0), (6, 0)]);
    let moved: Vec<(String, i64, i64)> = sqlx::query_as(
        "select reason, delta_on_hand, delta_incoming from inventory.movement where reference = $1
          order by reason, delta_on_hand",
    )
    .bind(sent.id)
    .fetch_all(&mut world.system().await)
    .await
    .unwrap();
    let told = |reason: &str, on_hand, incoming| (reason.to_owned(), on_hand, incoming);
    assert_eq!(
        moved,
        [
            told("dispatched", -6, 0),
            told("expected", 0, 6),
            told("received", 2, -2),
            told("received", 4, -4)
        ]
    );
    assert_eq!(inventory::verify(&world.stock).await.unwrap(), []);
}

#[tokio::test]
async fn what_never_comes_is_written_off_once() {
    let world = World::new().await;
    let (tenant, bowl) = (world.tenant(), world.count(10));
    let ordered = begin(&world, tenant, purchase(main(tenant), bowl, 12), "buy").await;
    assert_eq!(ordered.kind, InboundKind::Purchase);
    assert_eq!(units(&world, tenant, bowl.sku).await, [(0, 12)]);
    receive(&world, tenant, &ordered, 9, "came").await.unwrap();
    for _ in 0..2 {
        let closed = world
            .stock
            .close_inbound(&world.ctx, tenant, ordered.id)
            .await
            .unwrap();
        assert_eq!((closed.state, closed.lines[0].missing), (InboundState::Closed, 3));
        assert_eq!(units(&world, tenant, bowl.sku).await, [(9, 0)]);
    }
    let late = receive(&world, tenant, &ordered, 1, "late").await;
    assert!(matches!(late, Err(Error::InboundEnded(InboundState::Closed))));
    let listed = world
        .stock
        .inbounds(tenant, InboundQuery::default())
        .await
        .unwrap();
    assert_eq!(listed.items.len(), 1);
    assert_eq!(inventory::verify(&world.stock).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_not_there_is_not_sent() {
    let world = World::new().await;
    let (tenant, stranger, bowl) = (world.tenant(), world.tenant(), world.count(10));
    let madrid = open(&world, tenant, "madrid", "ES-M").await.id;
    count_in(&world, tenant, main(tenant), bowl).await;
    world.reserve(tenant, bowl.sku, 7).await;
    let send = async |tenant, new, key: &str| {
        world
            .stock
            .begin_inbound(&world.ctx, tenant, new, once(key))
            .await
            .unwrap_err()
    };
    let reserved = send(tenant, transfer(main(tenant), madrid, bowl, 4), "a").await;
    assert!(
        matches!(reserved, Error::Insufficient { available: 3, .. }),
        "{reserved}"
    );
    let same = send(tenant, transfer(madrid, madrid, bowl, 1), "b").await;
    assert!(matches!(same, Error::SameWarehouse));
    let none = send(tenant, transfer(main(tenant), madrid, bowl, 0), "c").await;
    assert!(matches!(none, Error::QuantityOutOfRange { .. }));
    let foreign = send(stranger, transfer(madrid, main(stranger), bowl, 1), "d").await;
    assert!(matches!(foreign, Error::NoSuchWarehouse(id) if id == madrid));
    assert_eq!(
        units(&world, tenant, bowl.sku).await,
        [(10, 0)],
        "nothing is half done"
    );
    let sent = begin(&world, tenant, transfer(main(tenant), madrid, bowl, 1), "e").await;
    let foreign = receive(&world, stranger, &sent, 1, "f").await;
    assert!(matches!(foreign, Err(Error::NoSuchInbound(_))));
    let busy = world.stock.close_warehouse(&world.ctx, tenant, madrid).await;
    assert!(matches!(busy, Err(Error::WarehouseInUse { incoming: 1, .. })));
}
