//! Stock in several places.

use crate::cashier::Cashier;
use crate::world::World;
use contracts::inventory::StockCount;
use inventory::domain::Rule;
use inventory::till::{Line, Settlement};
use inventory::{Error, LevelQuery, Warehouse, WarehouseDraft};
use kernel::{SkuId, TenantId, WarehouseId};

pub fn draft(code: &str, region: &str) -> WarehouseDraft {
    WarehouseDraft {
        code: code.to_owned(),
        name: format!("Warehouse {code}"),
        priority: 0,
        country: Some("ES".to_owned()),
        region: Some(region.to_owned()),
        postcode: None,
        town: None,
        parcel_cost: 0,
    }
}

pub async fn open(world: &World, tenant: TenantId, code: &str, region: &str) -> Warehouse {
    world
        .stock
        .open_warehouse(&world.ctx, tenant, &draft(code, region))
        .await
        .unwrap()
}

pub async fn count_in(world: &World, tenant: TenantId, warehouse: WarehouseId, count: StockCount) {
    world
        .stock
        .count_in(&world.ctx, tenant, warehouse, &[count], None)
        .await
        .unwrap();
}

/// Warehouse, on hand and reserved of each level, the default one first.
async fn levels(world: &World, tenant: TenantId, sku: SkuId) -> Vec<(WarehouseId, i64, i64)> {
    let query = LevelQuery {
        sku: Some(sku),
        ..LevelQuery::default()
    };
    let page = world.stock.levels(tenant, query).await.unwrap();
    let mut levels: Vec<_> = page
        .items
        .iter()
        .map(|l| (l.warehouse, l.on_hand, l.reserved))
        .collect();
    levels.sort_by_key(|level| level.0 != WarehouseId(tenant.0));
    levels
}

#[tokio::test]
async fn orders_leave_from_where_the_rule_says() {
    let world = World::new().await;
    let (tenant, bowl) = (world.tenant(), world.count(3));
    let main = WarehouseId(tenant.0);
    let near = open(&world, tenant, "cordoba", "ES-CO").await.id;
    let second = WarehouseDraft {
        priority: 1,
        ..draft("girona", "ES-GI")
    };
    let far = world
        .stock
        .open_warehouse(&world.ctx, tenant, &second)
        .await
        .unwrap()
        .id;
    for warehouse in [main, near, far] {
        count_in(&world, tenant, warehouse, bowl).await;
    }
    let till = Cashier::new(&world).await;
    let place = async |rule: Rule, quantity: i64| {
        world.stock.set_rule(tenant, rule).await.unwrap();
        let line = Line {
            tenant,
            sku: bowl.sku,
            quantity,
        };
        let (_, mut held) = till.place(&world, &[line]).await.unwrap();
        let from: Vec<(WarehouseId, i64)> = held.iter().map(|r| (r.warehouse, r.quantity)).collect();
        till.settle(&world, &mut held, Settlement::Released).await;
        from
    };
    assert_eq!(place(Rule::Preference, 2).await, [(main, 2)]);
    assert_eq!(
        place(Rule::Nearest, 5).await,
        [(near, 3), (far, 2)],
        "nobody said where main is"
    );
    let stands = |known: Warehouse| {
        Ok(WarehouseDraft {
            parcel_cost: 900,
            ..draft(&known.code, "ES-SE")
        })
    };
    world.stock.change_warehouse(tenant, main, stands).await.unwrap();
    assert_eq!(place(Rule::Nearest, 4).await, [(main, 3), (near, 1)]);
    assert_eq!(place(Rule::Cheapest, 4).await, [(near, 3), (far, 1)]);
    assert_eq!(
        place(Rule::FewestParcels, 7).await,
        [(main, 3), (near, 3), (far, 1)]
    );
    assert_eq!(
        levels(&world, tenant, bowl.sku)
            .await
            .iter()
            .map(|l| (l.1, l.2))
            .collect::<Vec<_>>(),
        [(3, 0); 3]
    );
    assert_eq!(inventory::verify(&world.stock).await.unwrap(), []);
}

#[tokio::test]
async fn what_comes_back_to_a_closed_warehouse_goes_to_the_default_one() {
    let world = World::new().await;
    let (tenant, bowl) = (world.tenant(), world.count(2));
    let other = open(&world, tenant, "other", "ES-M").await.id;
    count_in(&world, tenant, other, bowl).await;
    let till = Cashier::new(&world).await;
    let line = Line {
        tenant,
        sku: bowl.sku,
        quantity: 2,
    };
    let (order, mut held) = till.place(&world, &[line]).await.unwrap();
    let refused = world.stock.close_warehouse(&world.ctx, tenant, other).await;
    assert!(matches!(refused, Err(Error::WarehouseInUse { on_hand: 2, .. })));
    till.settle(&world, &mut held, Settlement::Sold).await;
    for _ in 0..2 {
        let closed = world
            .stock
            .close_warehouse(&world.ctx, tenant, other)
            .await
            .unwrap();
        assert_eq!(closed.closed_at, Some(world.ctx.now));
    }
    let mut sold = till.reservations(tenant, order).await;
    till.settle(&world, &mut sold, Settlement::Returned).await;
    assert_eq!(
        levels(&world, tenant, bowl.sku).await,
        [(WarehouseId(tenant.0), 2, 0), (other, 0, 0)]
    );
    let counted = world
        .stock
        .count_in(&world.ctx, tenant, other, &[bowl], None)
        .await;
    assert!(matches!(counted, Err(Error::WarehouseClosed(id)) if id == other));
    assert_eq!(inventory::verify(&world.stock).await.unwrap(), []);
}

#[tokio::test]
async fn warehouses_are_opened_renamed_and_kept_apart() {
    let world = World::new().await;
    let (ours, theirs) = (world.tenant(), world.tenant());
    let madrid = open(&world, ours, "madrid", "ES-M").await;
    let again = world
        .stock
        .open_warehouse(&world.ctx, ours, &draft("madrid", "ES-M"))
        .await;
    assert!(matches!(again, Err(Error::WarehouseCodeTaken)));
    open(&world, theirs, "madrid", "ES-M").await;
    let renamed = world
        .stock
        .change_warehouse(ours, madrid.id, |known| {
            Ok(draft(&format!("{}-2", known.code), "ES-B"))
        })
        .await
        .unwrap();
    assert_eq!(
        (renamed.code.as_str(), renamed.region.as_deref()),
        ("madrid-2", Some("ES-B"))
    );
    let foreign = world
        .stock
        .change_warehouse(theirs, madrid.id, |_| Ok(draft("mine", "ES-B")))
        .await;
    assert!(matches!(foreign, Err(Error::NoSuchWarehouse(_))));
    let foreign = world
        .stock
        .count_in(&world.ctx, theirs, madrid.id, &[world.count(1)], None)
        .await;
    assert!(matches!(foreign, Err(Error::NoSuchWarehouse(_))));
    let main = world
        .stock
        .close_warehouse(&world.ctx, ours, WarehouseId(ours.0))
        .await;
    assert!(matches!(main, Err(Error::DefaultWarehouse)));
    let names = |all: inventory::Warehouses| all.warehouses.into_iter().map(|w| w.code).collect::<Vec<_>>();
    assert_eq!(
        names(world.stock.warehouses(ours).await.unwrap()),
        ["main", "madrid-2"]
    );
    assert_eq!(
        names(world.stock.warehouses(theirs).await.unwrap()),
        ["main", "madrid"]
    );
}

#[tokio::test]
async fn a_shop_opens_twenty_warehouses_and_no_more() {
    let world = World::new().await;
    let tenant = world.tenant();
    for n in 2..=20 {
        open(&world, tenant, &format!("w{n}"), "ES-M").await;
    }
    let one_more = world
        .stock
        .open_warehouse(&world.ctx, tenant, &draft("w21", "ES-M"))
        .await;
    assert!(matches!(one_more, Err(Error::TooManyWarehouses)));
    let closed = world.stock.warehouses(tenant).await.unwrap().warehouses[5].id;
    world
        .stock
        .close_warehouse(&world.ctx, tenant, closed)
        .await
        .unwrap();
    open(&world, tenant, "w21", "ES-M").await;
}
