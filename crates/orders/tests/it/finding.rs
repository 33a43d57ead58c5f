//! Orders found by what somebody knows of them.

use super::World;
use contracts::PublicEvent;
use contracts::orders::{
    FoundOrder, MarketDesk as _, NewParcel, OrderPlaced, OrderSearch, OrderStanding, Orders as _,
};
use contracts::payments::PaymentCaptured;
use kernel::{Kind, OrderId, ParcelId, TenantId};
use orders::domain::{Command, Order};
use sqlx::{AssertSqlSafe, Row};
use store::Scope;
use store::log::Outbox;
use testkit::eventually;
use tokio_util::sync::CancellationToken;

impl World {
    /// Until what was told is kept for those who look.
    async fn desk_heard(&self) {
        let all: i64 = sqlx::query_scalar("select max(id) from log.event")
            .fetch_one(&mut self.db.owner().await)
            .await
            .unwrap();
        let stop = CancellationToken::new();
        let heard = eventually("the desk hears of orders", async || {
            let behind: Option<bool> = sqlx::query_scalar(
                "select exists (select from log.event e where e.topic = any(c.topics) and e.id <= $1 and (e.xid, e.id) > (c.xid, c.id))
                   from log.cursor c where c.consumer = 'orders.desk'",
            )
            .bind(all)
            .fetch_optional(&mut self.db.owner().await)
            .await
            .unwrap();
            (behind == Some(false)).then(|| stop.cancel())
        });
        futures::join!(
            orders::work(self.orders.clone(), testkit::clock(), stop.clone()),
            heard
        );
    }

    async fn found(&self, search: OrderSearch) -> Vec<FoundOrder> {
        let search = OrderSearch { limit: 50, ..search };
        self.orders.find(&self.ctx, search).await.unwrap().items
    }

    async fn by_words(&self, words: &str) -> Vec<OrderId> {
        let search = OrderSearch {
            words: Some(words.to_owned()),
            ..OrderSearch::default()
        };
        self.found(search)
            .await
            .into_iter()
            .map(|one| one.order.id)
            .collect()
    }

    async fn by_standing(&self, standing: OrderStanding) -> Vec<OrderId> {
        let search = OrderSearch {
            standing: Some(standing),
            ..OrderSearch::default()
        };
        self.found(search)
            .await
            .into_iter()
            .map(|one| one.order.id)
            .collect()
    }

    async fn publish<E: PublicEvent>(&self, event: &E) {
        let mut tx = self.db.db(orders::CONTEXT).begin(Scope::System).await.unwrap();
        let mut outbox = Outbox::new();
        outbox.push(&self.ctx, event).unwrap();
        outbox.append(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// As the till places an order, which tells of it.
    async fn place_aloud(&self, shops: &[TenantId]) -> Order {
        let order = self.place(&self.buyer(), shops).await;
        let placed = OrderPlaced {
            order: order.id,
            buyer: order.placed.buyer,
            total: order.total(),
            tenants: shops.to_vec(),
            reserved_until: order.placed.reserved_until,
        };
        self.publish(&placed).await;
        order
    }

    async fn captured(&self, order: &Order, reference: &str) {
        let captured = PaymentCaptured {
            payment: order.placed.payment,
            order: order.id,
            amount: order.total(),
            reference: Some(reference.to_owned()),
        };
        self.publish(&captured).await;
    }
}

#[tokio::test]
async fn an_order_is_found_by_whatever_is_known_of_it() {
    let world = World::new().await;
    let (shop, other) = (world.shop(), world.shop());
    let first = world.place_aloud(&[shop]).await;
    let second = world.place_aloud(&[shop, other]).await;
    let second = world.tell(second, Command::Confirm).await;
    world.captured(&second, "ch_1AbC").await;
    let part = &second.placed.parts[0];
    world.orders.pack(&world.ctx, shop, part.id).await.unwrap();
    let parcel = NewParcel {
        id: ParcelId::new(world.ctx.now),
        lines: None,
        carrier: "Correos".into(),
        tracking: "PK 43-17".into(),
        exchange: None,
    };
    world
        .orders
        .ship(&world.ctx, shop, part.id, parcel)
        .await
        .unwrap();
    world.desk_heard().await;

    for words in [
        second.number(),
        second.number().to_lowercase(),
        format!("{}-2", second.number()),
    ] {
        assert_eq!(world.by_words(&words).await, [second.id], "{words}");
    }
    assert_eq!(
        world.orders.by_number(&world.ctx, second.number()).await.unwrap(),
        second.id
    );
    let none = world
        .orders
        .by_number(&world.ctx, "ZZZZ-ZZZZ".into())
        .await
        .unwrap_err();
    assert_eq!(none.kind, Kind::NotFound);
    assert_eq!(world.by_words("ch_1AbC").await, [second.id]);
    assert!(
        world.by_words("ch_1abc").await.is_empty(),
        "providers tell letters apart"
    );
    assert_eq!(world.by_words("pk4317").await, [second.id]);
    assert_eq!(world.by_words("Lucia@Example.org").await.len(), 2);
    assert!(world.by_words("nobody@example.org").await.is_empty());
    let of_shop = |shop| OrderSearch {
        shop: Some(shop),
        ..OrderSearch::default()
    };
    assert_eq!(world.found(of_shop(shop)).await.len(), 2);
    let of_other = world.found(of_shop(other)).await;
    assert_eq!((of_other.len(), of_other[0].order.id), (1, second.id));
    assert_eq!(
        (of_other[0].email.as_str(), of_other[0].standing),
        ("lucia@example.org", OrderStanding::ToSend)
    );

    // How it stands is what it stands at now, and nothing it stood at before.
    assert_eq!(world.by_standing(OrderStanding::Unpaid).await, [first.id]);
    assert_eq!(world.by_standing(OrderStanding::ToSend).await, [second.id]);
    let both = OrderSearch {
        standing: Some(OrderStanding::Unpaid),
        ..of_shop(other)
    };
    assert!(world.found(both).await.is_empty());
    let kept: i64 = sqlx::query_scalar("select count(*) from orders.desk_term where term like 'standing:%'")
        .fetch_one(&mut world.db.owner().await)
        .await
        .unwrap();
    assert_eq!(kept, 2);
}

#[tokio::test]
async fn pages_follow_one_another_and_times_bound_them() {
    let world = World::new().await;
    for _ in 0..5 {
        world.place_aloud(&[world.shop()]).await;
    }
    world.desk_heard().await;
    for standing in [None, Some(OrderStanding::Unpaid)] {
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let search = OrderSearch {
                standing,
                after,
                limit: 2,
                ..OrderSearch::default()
            };
            let page = world.orders.find(&world.ctx, search).await.unwrap();
            assert!(page.items.len() <= 2);
            seen.extend(page.items.into_iter().map(|one| one.order.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert!(
            seen.windows(2).all(|two| two[0] > two[1]),
            "newest first, none twice: {seen:?}"
        );
        assert_eq!(seen.len(), 5);
    }
    let now = world.ctx.now;
    let from = OrderSearch {
        from: Some(now),
        ..OrderSearch::default()
    };
    assert_eq!(world.found(from.clone()).await.len(), 5);
    let later = now + std::time::Duration::from_secs(1);
    assert!(
        world
            .found(OrderSearch {
                from: Some(later),
                ..from
            })
            .await
            .is_empty()
    );
    let before = OrderSearch {
        until: Some(now),
        ..OrderSearch::default()
    };
    assert!(world.found(before).await.is_empty());
}

/// Every list of the desk is read by an index, however many orders there are.
#[tokio::test]
async fn the_first_page_is_read_by_its_index() {
    const ROWS: i64 = 20_000;
    let world = World::new().await;
    let owner = &mut world.db.owner().await;
    let fill = format!(
        "insert into orders.order (id, version, number, status, currency, total, sellers, units, payment_id, placed_at, reserved_until)
         select overlay(store.uuid_floor(now() - i * interval '1 second')::text placing lpad(to_hex(i), 12, '0') from 25 for 12)::uuid,
                1, 'AAAA-AAAA', 'confirmed', 'EUR', 100, 1, 1, gen_random_uuid(), now(), now()
           from generate_series(1, {ROWS}) i;
         insert into orders.desk_term (term, order_id)
         select 'standing:to_send', id from orders.order
         union all select 'shop:' || (total + row_number() over () % 50), id from orders.order;
         analyze orders.order; analyze orders.desk_term"
    );
    sqlx::raw_sql(AssertSqlSafe(fill))
        .execute(&mut *owner)
        .await
        .unwrap();
    let from = "'00000000-0000-0000-0000-000000000000'";
    let below = "'ffffffff-ffff-ffff-ffff-ffffffffffff'";
    let by_term = include_str!("../../src/sql/find_by_term.sql");
    let all = include_str!("../../src/sql/find_all.sql");
    let filled = |terms: &str, each: &str| {
        let with = by_term.replace("$1", terms).replace("$2", each);
        with.replace("$3", from).replace("$4", below).replace("$5", "51")
    };
    let lists = [
        all.replace("$1", from).replace("$2", below).replace("$3", "51"),
        filled("array['standing:to_send']", "array[]"),
        filled("array['shop:107']", "array['standing:to_send']"),
        filled("array['number:AAAA-AAAB', 'tracking:AAAAAAAB']", "array[]"),
    ];
    // Partitions without rows are read from front to back: there is nothing to read.
    let filled_ones: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'orders' and c.relkind = 'r' and c.reltuples > 1000",
    )
    .fetch_all(&mut *owner)
    .await
    .unwrap();
    assert!(filled_ones.len() >= 2, "{filled_ones:?}");
    for list in lists {
        let explain = format!("explain (analyze, costs off) {list}");
        let rows = sqlx::raw_sql(AssertSqlSafe(explain))
            .fetch_all(&mut *owner)
            .await
            .unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let plan = plan.join("\n");
        let walked: Vec<&String> = filled_ones
            .iter()
            .filter(|table| plan.contains(&format!("Seq Scan on {table} ")))
            .collect();
        assert!(walked.is_empty() && plan.contains("pkey"), "{walked:?}:\n{plan}");
    }
}
