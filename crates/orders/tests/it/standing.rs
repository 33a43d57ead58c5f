//! A shop's sub-orders by how they stand, those too that are not among its newest.

use super::World;
use contracts::orders::{CancelReason, OrderCancelled};
use kernel::TenantId;
use orders::domain::{Command, Order};
use sqlx::{AssertSqlSafe, PgConnection};
use store::Scope;
use store::consumer::move_cursor;
use store::log::Position;
use uuid::Uuid;

const NOTED: &str = "select tenant_id, status, id from orders.sub_order_standing order by 1, 2, 3";
const STANDS: &str = "select tenant_id, status, id from orders.sub_order order by 1, 2, 3";

impl World {
    async fn standings(&self, statement: &'static str) -> Vec<(Uuid, String, Uuid)> {
        let mut found: Vec<(Uuid, String, Uuid)> = sqlx::query_as(statement)
            .fetch_all(&mut self.db.owner().await)
            .await
            .unwrap();
        found.sort();
        found
    }

    /// As a shop asks that looks at no more than its newest sub-order.
    async fn in_state(&self, shop: TenantId, status: &str, at_most: i64) -> Vec<Uuid> {
        let mut tx = self
            .db
            .db(orders::CONTEXT)
            .begin(Scope::Tenant(shop))
            .await
            .unwrap();
        sqlx::query_scalar("select orders.sub_orders_in_state($1, $2, $3, $4, 1)")
            .bind(shop)
            .bind(status)
            .bind(Uuid::max())
            .bind(at_most)
            .fetch_all(&mut *tx)
            .await
            .unwrap()
    }

    async fn cancelled_aloud(&self, order: &Order, shops: &[TenantId]) {
        let cancelled = OrderCancelled {
            order: order.id,
            buyer: order.placed.buyer,
            reason: CancelReason::Buyer,
            tenants: shops.to_vec(),
            unsold: Vec::new(),
        };
        self.publish(&cancelled).await;
    }
}

/// The shop's parts of orders, newest first.
fn parts<'a>(orders: impl IntoIterator<Item = &'a Order>, shop: TenantId) -> Vec<Uuid> {
    let parts = orders.into_iter().flat_map(|order| &order.placed.parts);
    let mut ids: Vec<Uuid> = parts
        .filter(|part| part.tenant == shop)
        .map(|part| part.id.0)
        .collect();
    ids.sort();
    ids.reverse();
    ids
}

#[tokio::test]
async fn a_state_is_listed_by_what_was_noted_and_as_it_is_now() {
    let world = World::new().await;
    let (shop, other) = (world.shop(), world.shop());
    let mut orders = Vec::new();
    for _ in 0..6 {
        let order = world.place_aloud(&[shop, other]).await;
        orders.push(order);
    }
    for order in orders.iter_mut().take(3) {
        let confirmed = world.tell(order.clone(), Command::Confirm).await;
        world.confirmed(&confirmed).await;
        *order = confirmed;
    }
    world.heard_by("orders.standing").await;
    assert_eq!(world.standings(NOTED).await, world.standings(STANDS).await);
    assert_eq!(
        world.in_state(shop, "confirmed", 10).await,
        parts(&orders[..3], shop)
    );
    assert_eq!(
        world.in_state(shop, "placed", 10).await,
        parts(&orders[3..], shop)
    );
    assert_eq!(
        world.in_state(shop, "placed", 2).await,
        parts(&orders[3..], shop)[..2]
    );
    assert!(world.in_state(shop, "refunded", 10).await.is_empty());
    assert!(world.in_state(world.shop(), "placed", 10).await.is_empty());

    // What happened since shows in no list of before.
    let reason = CancelReason::Buyer;
    let gone = world.tell(orders[0].clone(), Command::Cancel { reason }).await;
    assert_eq!(world.in_state(shop, "confirmed", 1).await.len(), 1);
    assert_eq!(
        world.in_state(shop, "confirmed", 10).await,
        parts(&orders[1..3], shop)
    );
    world.cancelled_aloud(&gone, &[shop, other]).await;
    let none: [String; 0] = [];
    assert_eq!(
        orders::verify(&world.orders).await.unwrap(),
        none,
        "it is told, and not heard yet"
    );
    world.heard_by("orders.standing").await;
    assert_eq!(world.in_state(shop, "cancelled", 10).await, parts([&gone], shop));
    assert_eq!(world.standings(NOTED).await, world.standings(STANDS).await);

    // The log heard once more changes nothing, and makes anew what is not there.
    for before in ["select", "truncate orders.sub_order_standing"] {
        let owner = &mut world.db.owner().await;
        sqlx::raw_sql(before).execute(&mut *owner).await.unwrap();
        move_cursor(owner, "orders.standing", Position::START)
            .await
            .unwrap();
        world.heard_by("orders.standing").await;
        assert_eq!(
            world.standings(NOTED).await,
            world.standings(STANDS).await,
            "{before}"
        );
    }
}

#[tokio::test]
async fn verification_names_what_is_noted_wrongly() {
    let world = World::new().await;
    let order = world.place_aloud(&[world.shop()]).await;
    world.heard_by("orders.standing").await;
    let none: [String; 0] = [];
    assert_eq!(orders::verify(&world.orders).await.unwrap(), none);
    let part = order.placed.parts[0].id;
    for (spoil, what) in [
        (
            "update orders.sub_order_standing set status = 'refunded'",
            "differs from what its history says",
        ),
        ("truncate orders.sub_order_standing", "is missing"),
    ] {
        let owner = &mut world.db.owner().await;
        sqlx::raw_sql(spoil).execute(owner).await.unwrap();
        let expected = format!("order {}: orders.sub_order_standing {part} {what}", order.id);
        let found = orders::verify(&world.orders).await.unwrap();
        assert!(found.contains(&expected), "{spoil}: {found:?}");
        let replayed = orders::replay(&world.orders, |_| ()).await.unwrap();
        let named: Vec<String> = replayed.differences.iter().map(ToString::to_string).collect();
        assert_eq!(named, found, "{spoil}");
    }
}

/// What was read of sub-orders by an index, by this transaction and those of its connection that were not counted yet; none from front to back.
async fn rows_read(conn: &mut PgConnection) -> i64 {
    let (walked, fetched): (i64, i64) = sqlx::query_as(
        "select coalesce(sum(seq_scan), 0)::bigint, coalesce(sum(idx_tup_fetch), 0)::bigint
           from pg_stat_xact_user_tables where schemaname = 'orders' and relname like 'sub_order%'",
    )
    .fetch_one(conn)
    .await
    .unwrap();
    assert_eq!(walked, 0);
    fetched
}

#[tokio::test]
async fn a_rare_state_is_found_without_reading_all_that_a_shop_ever_sold() {
    const ROWS: i64 = 5_000;
    let world = World::new().await;
    let shop = world.shop();
    let owner = &mut world.db.owner().await;
    // Of the oldest, three are yet to be sent.
    let fill = format!(
        "insert into orders.sub_order (tenant_id, id, order_id, number, status, currency, subtotal, delivery, total, commission, delivery_code,
                                       delivery_name, placed_at, address)
         select '{shop}', overlay(store.uuid_floor(now() - i * interval '1 second')::text placing lpad(to_hex(i), 12, '0') from 25 for 12)::uuid,
                gen_random_uuid(), 'AAAA-AAAA-1', case when i > {ROWS} - 3 then 'packed' else 'delivered' end, 'EUR', 100, 0, 100, 0, 'standard',
                'Standard', now(), '{{}}'
           from generate_series(1, {ROWS}) i;
         insert into orders.sub_order_standing (tenant_id, status, id) select tenant_id, status, id from orders.sub_order"
    );
    sqlx::raw_sql(AssertSqlSafe(fill)).execute(owner).await.unwrap();
    let db = world.db.db(orders::CONTEXT);
    for (status, expected) in [("packed", 3), ("refunded", 0), ("delivered", 26)] {
        let mut tx = db.begin(Scope::Tenant(shop)).await.unwrap();
        let before = rows_read(&mut tx).await;
        let found: Vec<Uuid> = sqlx::query_scalar("select orders.sub_orders_in_state($1, $2, $3, 26, 1000)")
            .bind(shop)
            .bind(status)
            .bind(Uuid::max())
            .fetch_all(&mut *tx)
            .await
            .unwrap();
        assert_eq!(found.len(), expected, "{status}");
        let read = rows_read(&mut tx).await - before;
        // The newest thousand, once for where they end and once for how they stand, and what was noted of others.
        assert!(read <= 2_010, "{status}: {read}");
    }
}
