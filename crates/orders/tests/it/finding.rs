//! Orders found by what somebody knows of them.

use super::World;
use contracts::PublicEvent;
use contracts::orders::{
    CancelReason, FoundOrder, MarketDesk as _, NewParcel, OrderCancelled, OrderConfirmed, OrderPlaced,
    OrderSearch, OrderStanding, Orders as _,
};
use contracts::payments::PaymentCaptured;
use kernel::{Kind, OrderId, ParcelId, TenantId};
use orders::domain::{Command, Order};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row};
use store::Scope;
use store::consumer::move_cursor;
use store::log::{Outbox, Position};
use testkit::eventually;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What orders are found by from their placing on and as they stand, as their own rows and histories have it.
const FOUND_BY: &str = "
select 'standing:' || orders.standing(o.status, o.fulfilment) as term, o.id from orders.order o
union all
select 'number:' || o.number, o.id from orders.order o
union all
select 'email:' || encode(sha256(convert_to(lower(e.payload -> 'placed' ->> 'email'), 'UTF8')), 'hex'), e.stream_id
  from orders.event e where e.version = 1
union all
select 'shop:' || (p ->> 'tenant'), e.stream_id
  from orders.event e, json_array_elements(e.payload -> 'placed' -> 'parts') as p where e.version = 1";

impl World {
    /// Until what was told is kept for those who look.
    async fn desk_heard(&self) {
        self.heard_by("orders.desk").await;
    }

    /// Until a reader of the log has heard what was told.
    pub(super) async fn heard_by(&self, reader: &str) {
        let all: i64 = sqlx::query_scalar("select max(id) from log.event")
            .fetch_one(&mut self.db.owner().await)
            .await
            .unwrap();
        let stop = CancellationToken::new();
        let heard = eventually("orders are heard of", async || {
            let behind: Option<bool> = sqlx::query_scalar(
                "select exists (select from log.event e where e.topic = any(c.topics) and e.id <= $1 and (e.xid, e.id) > (c.xid, c.id))
                   from log.cursor c where c.consumer = $2",
            )
            .bind(all)
            .bind(reader)
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

    pub(super) async fn publish<E: PublicEvent>(&self, event: &E) {
        let mut tx = self.db.db(orders::CONTEXT).begin(Scope::System).await.unwrap();
        let mut outbox = Outbox::new();
        outbox.push(&self.ctx, event).unwrap();
        outbox.append(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// As the till places an order, which tells of it.
    pub(super) async fn place_aloud(&self, shops: &[TenantId]) -> Order {
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

    pub(super) async fn confirmed(&self, order: &Order) {
        let confirmed = OrderConfirmed {
            order: order.id,
            buyer: order.placed.buyer,
            total: order.total(),
            tenants: order.placed.tenants().collect(),
            sold: Vec::new(),
            cart: None,
        };
        self.publish(&confirmed).await;
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

impl World {
    async fn read_terms(&self, statement: &'static str) -> Vec<(String, Uuid)> {
        let mut terms: Vec<(String, Uuid)> = sqlx::query_as(statement)
            .fetch_all(&mut self.db.owner().await)
            .await
            .unwrap();
        terms.sort();
        terms
    }

    async fn kept(&self) -> Vec<(String, Uuid)> {
        self.read_terms("select term, order_id from orders.desk_term")
            .await
    }
}

#[tokio::test]
async fn what_is_kept_is_what_orders_say_and_is_the_same_when_the_log_is_heard_once_more() {
    let world = World::new().await;
    let (shop, other) = (world.shop(), world.shop());
    let first = world.place_aloud(&[shop]).await;
    let second = world.place_aloud(&[shop, other]).await;
    world.desk_heard().await;
    let said = world.read_terms(FOUND_BY).await;
    assert_eq!(said.len(), 9, "a shop more in the second: {said:?}");
    assert_eq!(world.kept().await, said);

    // Paid, and on its way in part; and another one that comes to nothing, while a third is placed and paid at once.
    let (second, reason) = (world.tell(second, Command::Confirm).await, CancelReason::Buyer);
    world.confirmed(&second).await;
    world.captured(&second, "ch_1AbC").await;
    let part = second.placed.parts[0].id;
    world.orders.pack(&world.ctx, shop, part).await.unwrap();
    let parcel = NewParcel {
        id: ParcelId::new(world.ctx.now),
        lines: None,
        carrier: "Correos".into(),
        tracking: "PK 43-17".into(),
        exchange: None,
    };
    world.orders.ship(&world.ctx, shop, part, parcel).await.unwrap();
    let first = world.tell(first, Command::Cancel { reason }).await;
    let cancelled = OrderCancelled {
        order: first.id,
        buyer: first.placed.buyer,
        reason,
        tenants: vec![shop],
        unsold: Vec::new(),
    };
    world.publish(&cancelled).await;
    let third = world.place_aloud(&[other]).await;
    let third = world.tell(third, Command::Confirm).await;
    world.confirmed(&third).await;
    world.desk_heard().await;
    let mut said = world.read_terms(FOUND_BY).await;
    said.push(("reference:ch_1AbC".to_owned(), second.id.0));
    said.push(("tracking:PK4317".to_owned(), second.id.0));
    said.sort();
    assert_eq!(world.kept().await, said);

    // Beside what is kept, where orders are said to stand as they do not, and from nothing.
    for before in [
        "select",
        "insert into orders.desk_term (term, order_id)
         select 'standing:' || said, id from orders.order, unnest(array['unpaid', 'delivered']) as said on conflict do nothing",
        "truncate orders.desk_term",
    ] {
        let owner = &mut world.db.owner().await;
        sqlx::raw_sql(before).execute(&mut *owner).await.unwrap();
        move_cursor(owner, "orders.desk", Position::START).await.unwrap();
        world.desk_heard().await;
        assert_eq!(world.kept().await, said, "{before}");
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
         insert into orders.event (stream_id, version, name, payload, actor, correlation_id, at)
         select id, 1, 'placed', '{{\"placed\": {{\"email\": \"lucia@example.org\"}}}}', '{{}}', id, now() from orders.order;
         analyze orders.order; analyze orders.desk_term; analyze orders.event"
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
    // As many as are heard of at once.
    let newest: Vec<Uuid> = sqlx::query_scalar("select id from orders.order order by id desc limit 200")
        .fetch_all(&mut *owner)
        .await
        .unwrap();
    let ids: Vec<String> = newest.iter().map(|id| format!("'{id}'")).collect();
    let ids = format!("array[{}]", ids.join(", "));
    let lists = [
        include_str!("../../src/sql/standings.sql").replace("$1", &ids),
        include_str!("../../src/sql/beginnings.sql").replace("$1", &ids),
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
    // By a connection of its own, which counts what it has done itself.
    lets_terms_go_by_their_key(&mut world.db.owner().await, &newest).await;
}

/// Each in the one month of its order, and no table from front to back.
async fn lets_terms_go_by_their_key(owner: &mut PgConnection, orders: &[Uuid]) {
    let mut tx = owner.begin().await.unwrap();
    let terms = vec!["standing:to_send"; orders.len()];
    sqlx::query("select orders.forget_terms($1, $2)")
        .bind(terms)
        .bind(orders)
        .execute(&mut *tx)
        .await
        .unwrap();
    let (walked, looked): (i64, i64) = sqlx::query_as(
        "select sum(seq_scan)::bigint, sum(idx_scan)::bigint
           from pg_stat_xact_user_tables where schemaname = 'orders' and relname like 'desk_term%'",
    )
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    let once = i64::try_from(orders.len()).unwrap();
    assert_eq!(walked, 0);
    assert!((once..2 * once).contains(&looked), "{looked} for {once}");
    let left: i64 = sqlx::query_scalar("select count(*) from orders.desk_term where order_id = any($1)")
        .bind(orders)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(left, once, "their shops are kept");
    tx.rollback().await.unwrap();
}
