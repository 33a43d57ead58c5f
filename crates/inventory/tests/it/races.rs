//! Everybody at once, and everything in any order: no unit is lost, none appears, nothing is negative.

use crate::cashier::Cashier;
use crate::inbound::{purchase, transfer};
use crate::warehouses::{count_in, open};
use crate::world::{World, main, once};
use contracts::inventory::StockCount;
use inventory::domain::{InboundState, Receipt};
use inventory::till::{Line, Reservation, Settlement};
use inventory::{Adjustment, Error, InboundQuery, LevelQuery};
use kernel::{TenantId, WarehouseId};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::VecDeque;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_be_the_first_to_count_in_a_new_shop() {
    const SHOPS: usize = 20;
    const AT_ONCE: usize = 6;
    let world = World::new().await;
    for _ in 0..SHOPS {
        let tenant = world.tenant();
        let counted = futures::future::join_all((0..AT_ONCE).map(async |_| {
            let first = [world.count(1)];
            world
                .stock
                .count_in(&world.ctx, tenant, main(tenant), &first, None)
                .await
        }));
        for one in counted.await {
            one.unwrap();
        }
        assert_eq!(world.stock.warehouses(tenant).await.unwrap().warehouses.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transfers_counts_and_sales_of_one_sku_lose_no_unit() {
    const ROUNDS: usize = 25;
    let world = World::new().await;
    let (tenant, bowl) = (world.tenant(), world.count(40));
    let madrid = open(&world, tenant, "madrid", "ES-M").await.id;
    for warehouse in [main(tenant), madrid] {
        count_in(&world, tenant, warehouse, bowl).await;
    }
    let sales = async |_: u8| {
        let till = Cashier::new(&world).await;
        let mut sold = 0;
        for _ in 0..ROUNDS {
            let line = Line {
                tenant,
                sku: bowl.sku,
                quantity: 1,
            };
            if let Ok((_, mut held)) = till.place(&world, &[line]).await {
                till.settle(&world, &mut held, Settlement::Sold).await;
                sold += 1;
            }
        }
        sold
    };
    let transfers = async |name: &str, from: WarehouseId, to: WarehouseId| {
        for round in 0..ROUNDS {
            let new = transfer(from, to, bowl, 3);
            let key = format!("{name} {round}");
            let sent = world
                .stock
                .begin_inbound(&world.ctx, tenant, new, once(&key))
                .await;
            let Ok(sent) = sent else { continue };
            let all = Receipt {
                sku: bowl.sku,
                quantity: 3,
            };
            world
                .stock
                .receive(&world.ctx, tenant, sent.id, &[all], once("all"))
                .await
                .unwrap();
        }
    };
    let counts = async |warehouse: WarehouseId| {
        for round in 0..ROUNDS {
            let count = StockCount {
                on_hand: 30 + (round as i64 % 7),
                ..bowl
            };
            match world
                .stock
                .count_in(&world.ctx, tenant, warehouse, &[count], None)
                .await
            {
                Ok(_) | Err(Error::BelowReserved { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    let (one, two, (), (), ()) = tokio::join!(
        sales(1),
        sales(2),
        transfers("there", main(tenant), madrid),
        transfers("back", madrid, main(tenant)),
        counts(madrid),
    );
    let (counted, there): (i64, i64) = sqlx::query_as(
        "select (select sum(delta_on_hand)::bigint from inventory.movement where reason = 'count'),
                (select sum(on_hand + incoming)::bigint from inventory.level)",
    )
    .fetch_one(&mut world.system().await)
    .await
    .unwrap();
    assert!(one + two > 0);
    assert_eq!(there, counted - one - two);
    assert_eq!(inventory::verify(&world.stock).await.unwrap(), []);
}

#[derive(Clone, Debug)]
enum Step {
    Count(usize, i64),
    Adjust(usize, i64),
    Hold(i64),
    /// Of the oldest open order.
    Settle(Settlement),
    /// The oldest sold one comes back.
    Return,
    Send(usize, usize, i64),
    Buy(usize, i64),
    /// Of the newest delivery under way.
    Receive(i64),
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0usize..3, 0i64..30).prop_map(|(w, n)| Step::Count(w, n)),
        (0usize..3, -10i64..10).prop_map(|(w, n)| Step::Adjust(w, n)),
        (1i64..12).prop_map(Step::Hold),
        Just(Step::Settle(Settlement::Sold)),
        Just(Step::Settle(Settlement::Released)),
        Just(Step::Return),
        (0usize..3, 0usize..3, 1i64..12).prop_map(|(a, b, n)| Step::Send(a, b, n)),
        (0usize..3, 1i64..12).prop_map(|(w, n)| Step::Buy(w, n)),
        (1i64..12).prop_map(Step::Receive),
        Just(Step::Close),
    ]
}

struct Shop {
    world: World,
    till: Cashier,
    tenant: TenantId,
    bowl: StockCount,
    warehouses: [WarehouseId; 3],
    open: VecDeque<Vec<Reservation>>,
    sold: VecDeque<Vec<Reservation>>,
}

impl Shop {
    /// Does a step; refusals are as good as any outcome.
    async fn take(&mut self, step: Step, key: &str) {
        let (world, tenant, bowl) = (&self.world, self.tenant, self.bowl);
        let stock = &world.stock;
        match step {
            Step::Count(w, on_hand) => {
                let count = StockCount { on_hand, ..bowl };
                let _ = stock
                    .count_in(&world.ctx, tenant, self.warehouses[w], &[count], None)
                    .await;
            }
            Step::Adjust(w, delta) => {
                let adjustment = Adjustment {
                    sku: bowl.sku,
                    product: bowl.product,
                    delta,
                };
                let warehouse = self.warehouses[w];
                let _ = stock
                    .adjust(&world.ctx, tenant, warehouse, &[adjustment], None, once(key))
                    .await;
            }
            Step::Hold(quantity) => {
                let line = Line {
                    tenant,
                    sku: bowl.sku,
                    quantity,
                };
                if let Ok((_, held)) = self.till.place(world, &[line]).await {
                    self.open.push_back(held);
                }
            }
            Step::Settle(to) => {
                if let Some(mut held) = self.open.pop_front() {
                    self.till.settle(world, &mut held, to).await;
                    if to == Settlement::Sold {
                        self.sold.push_back(held);
                    }
                }
            }
            Step::Return => {
                if let Some(mut sold) = self.sold.pop_front() {
                    self.till.settle(world, &mut sold, Settlement::Returned).await;
                }
            }
            Step::Send(from, to, quantity) => {
                let new = transfer(self.warehouses[from], self.warehouses[to], bowl, quantity);
                let _ = stock.begin_inbound(&world.ctx, tenant, new, once(key)).await;
            }
            Step::Buy(to, quantity) => {
                let new = purchase(self.warehouses[to], bowl, quantity);
                let _ = stock.begin_inbound(&world.ctx, tenant, new, once(key)).await;
            }
            Step::Receive(quantity) => {
                if let Some(id) = self.under_way().await {
                    let receipt = Receipt {
                        sku: bowl.sku,
                        quantity,
                    };
                    let _ = stock.receive(&world.ctx, tenant, id, &[receipt], once(key)).await;
                }
            }
            Step::Close => {
                if let Some(id) = self.under_way().await {
                    let _ = stock.close_inbound(&world.ctx, tenant, id).await;
                }
            }
        }
    }

    async fn under_way(&self) -> Option<kernel::InboundId> {
        let query = InboundQuery {
            state: Some(InboundState::UnderWay),
            ..InboundQuery::default()
        };
        let page = self.world.stock.inbounds(self.tenant, query).await.unwrap();
        page.items.first().map(|inbound| inbound.id)
    }

    async fn check(&self, after: &str) {
        assert_eq!(inventory::verify(&self.world.stock).await.unwrap(), [], "{after}");
        for level in self
            .world
            .stock
            .levels(self.tenant, LevelQuery::default())
            .await
            .unwrap()
            .items
        {
            let sane = level.reserved >= 0 && level.incoming >= 0 && level.on_hand >= level.reserved;
            assert!(sane, "{after}: {level:?}");
        }
    }
}

/// Whatever is done in whatever order, levels are the sum of their movements, and nothing is negative.
#[tokio::test]
async fn any_history_adds_up() {
    let world = World::new().await;
    let tenant = world.tenant();
    let warehouses = [
        main(tenant),
        open(&world, tenant, "madrid", "ES-M").await.id,
        open(&world, tenant, "girona", "ES-GI").await.id,
    ];
    let mut shop = Shop {
        till: Cashier::new(&world).await,
        tenant,
        bowl: world.count(0),
        warehouses,
        open: VecDeque::new(),
        sold: VecDeque::new(),
        world,
    };
    let mut runner = TestRunner::deterministic();
    let histories = prop::collection::vec(step(), 20..60);
    for history in 0..6 {
        let steps = histories.new_tree(&mut runner).unwrap().current();
        shop.bowl = shop.world.count(0);
        shop.open.clear();
        shop.sold.clear();
        for (n, step) in steps.into_iter().enumerate() {
            let told = format!("history {history}, step {n}: {step:?}");
            shop.take(step, &told).await;
            shop.check(&told).await;
        }
    }
}
