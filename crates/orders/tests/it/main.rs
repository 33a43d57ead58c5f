//! Orders against a real database: their histories, the tables made from them, and who sees what.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod finding;
mod fulfil;
mod links;
mod papers;
mod parcels;
mod returns;
mod sales;
mod standing;

use contracts::Address;
use contracts::cart::CartOwner;
use contracts::orders::{AsOf, CancelReason, OrderDesk as _, OrderStatus, Orders as _, SubOrderStatus};
use contracts::taxes::TaxOwner;
use kernel::{
    CartId, Clock, Ctx, Currency, Cursor, Kind, LineId, OrderId, PaymentId, ProductId, SkuId, SubOrderId,
    TenantId, Timestamp, UserId, secret,
};
use orders::Orders;
use orders::domain::{Command, Delivery, Line, Order, Part, Placed, decide};
use orders::till::{Change, NewOrder, NewOrders, Statements, Writes, inserts};
use sqlx::AssertSqlSafe;
use std::time::Duration;
use store::Scope;
use store::rows::together;
use testkit::TestDb;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls, Statement};

struct World {
    db: TestDb,
    orders: Orders,
    client: Client,
    statements: Statements,
    insert: Statement,
    ctx: Ctx,
}

impl World {
    async fn new() -> Self {
        let db = TestDb::new(&[orders::schema()]).await;
        let (client, connection) = tokio_postgres::connect(db.url(), NoTls).await.unwrap();
        #[allow(clippy::disallowed_methods, reason = "the wire dies with the test")]
        tokio::spawn(connection);
        client.batch_execute("set role stoa_orders_system").await.unwrap();
        let inserts = inserts();
        let insert = together(&inserts.each_ref().map(String::as_str));
        Self {
            orders: Orders::new(db.db(orders::CONTEXT), b"a key".to_vec()),
            statements: Statements::prepare(&client).await.unwrap(),
            insert: client.prepare(&insert).await.unwrap(),
            ctx: Ctx::system("test", testkit::clock().now()),
            client,
            db,
        }
    }

    /// Places an order of one line per shop.
    async fn place(&self, owner: &CartOwner, shops: &[TenantId]) -> Order {
        let new = self.new_order(owner, shops);
        self.write(&new).await.unwrap();
        new.order
    }

    fn new_order(&self, owner: &CartOwner, shops: &[TenantId]) -> NewOrder {
        let now = self.ctx.now;
        let (buyer, guest) = match owner {
            CartOwner::User(user) => (Some(*user), None),
            CartOwner::Guest(secret) => (None, Some(orders::guest_hash(secret))),
        };
        let placed = Placed {
            buyer,
            guest,
            cart: CartId::new(now),
            email: "lucia@example.org".into(),
            address: address(),
            currency: Currency::EUR,
            payment: PaymentId::new(now),
            reserved_until: now + Duration::from_secs(900),
            tenders: Vec::new(),
            language: contracts::Language::En,
            parts: shops.iter().map(|&tenant| part(now, tenant)).collect(),
        };
        NewOrder::new(&self.ctx, OrderId::new(now), placed).unwrap()
    }

    async fn write(&self, new: &NewOrder) -> Result<u64, tokio_postgres::Error> {
        let mut placed = NewOrders::default();
        placed.place(&self.ctx, new);
        let (events, orders, sub_orders, lines) = placed.rows();
        self.client
            .execute(&self.insert, &[&events, &orders, &sub_orders, &lines])
            .await
    }

    async fn tell(&self, order: Order, command: Command) -> Order {
        self.tell_at(order, command, self.ctx.now).await
    }

    /// By another clock.
    async fn tell_at(&self, order: Order, command: Command, now: Timestamp) -> Order {
        let ctx = Ctx::system("test", now);
        let events = decide(Some(&order), &command, now).unwrap();
        let change = Change::new(&ctx, order, events).unwrap();
        let mut writes = Writes::default();
        writes.change(&change).unwrap();
        self.commit(&writes).await;
        change.order
    }

    async fn commit(&self, writes: &Writes<'_>) {
        self.client.batch_execute("begin").await.unwrap();
        self.statements.write(&self.client, writes).await.unwrap();
        self.client.batch_execute("commit").await.unwrap();
    }

    fn shop(&self) -> TenantId {
        TenantId::new(self.ctx.now)
    }

    fn buyer(&self) -> CartOwner {
        CartOwner::User(UserId::new(self.ctx.now))
    }
}

fn part(now: Timestamp, tenant: TenantId) -> Part {
    Part {
        id: SubOrderId::new(now),
        tenant,
        lines: vec![Line {
            id: LineId::new(now),
            sku: SkuId::new(now),
            product: ProductId::new(now),
            title: "Stoneware bowl".into(),
            options: "Glaze: moss".into(),
            code: "B-1".into(),
            quantity: 2,
            unit_price: 1000,
            commission: 0,
            commission_tax: 0,
            rule: None,
            discounts: Vec::new(),
            tax: None,
            made: None,
            digital: None,
        }],
        delivery: Delivery {
            code: "standard".into(),
            name: "Standard delivery".into(),
            price: 500,
            discounts: Vec::new(),
            tax: None,
        },
        commission: 200,
        commission_tax: 0,
        return_days: 14,
        tax_owed_by: TaxOwner::Seller,
    }
}

fn address() -> Address {
    Address {
        name: "Lucía Romero".into(),
        line1: "Calle Betis 12".into(),
        line2: None,
        postcode: "41010".into(),
        city: "Sevilla".into(),
        region: Some("ES-SE".into()),
        country: "ES".into(),
        phone: None,
    }
}

/// Each table that the one statement writes keeps its own policy, and what one of them refuses is refused whole.
#[tokio::test]
async fn whoever_acts_for_a_shop_places_no_order_and_no_part_of_one() {
    let world = World::new().await;
    let shop = world.shop();
    let new = world.new_order(&world.buyer(), &[shop]);
    let act = format!("set role stoa_orders; set stoa.tenant = '{shop}'");
    world.client.batch_execute(&act).await.unwrap();
    let refused = world.write(&new).await.unwrap_err();
    assert_eq!(refused.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    let kept: i64 = sqlx::query_scalar(
        "select (select count(*) from orders.sub_order) + (select count(*) from orders.line)
              + (select count(*) from orders.order) + (select count(*) from orders.event)",
    )
    .fetch_one(&mut world.db.owner().await)
    .await
    .unwrap();
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn a_seller_sees_their_share_and_the_address_only_while_it_is_paid() {
    let world = World::new().await;
    let (ours, theirs) = (world.shop(), world.shop());
    let order = world.place(&world.buyer(), &[ours, theirs]).await;
    let id = order.placed.parts[0].id;
    let seen = async || world.orders.sub_order(&world.ctx, ours, id).await.unwrap();
    let placed = seen().await;
    assert_eq!(
        (placed.status, placed.total.amount, placed.address),
        (SubOrderStatus::Placed, 2500, None)
    );
    assert_eq!(placed.lines[0].title, "Stoneware bowl");
    let order = world.tell(order, Command::Confirm).await;
    let confirmed = seen().await;
    assert_eq!(
        (confirmed.status, confirmed.address),
        (SubOrderStatus::Confirmed, Some(address()))
    );
    let reason = CancelReason::Buyer;
    world.tell(order, Command::Cancel { reason }).await;
    let cancelled = seen().await;
    assert_eq!(
        (cancelled.status, cancelled.address),
        (SubOrderStatus::Cancelled, None)
    );

    let foreign = world.orders.sub_order(&world.ctx, theirs, id).await.unwrap_err();
    assert_eq!(foreign.kind, Kind::NotFound);
}

#[tokio::test]
async fn sellers_list_their_sub_orders_newest_first() {
    let world = World::new().await;
    let (ours, theirs) = (world.shop(), world.shop());
    let mut placed = Vec::new();
    for shops in [vec![ours], vec![theirs], vec![ours, theirs], vec![ours]] {
        let order = world.place(&world.buyer(), &shops).await;
        placed.extend(
            order
                .placed
                .parts
                .iter()
                .filter(|p| p.tenant == ours)
                .map(|p| p.id),
        );
    }
    placed.sort();
    placed.reverse();
    let first = world
        .orders
        .of_seller(&world.ctx, ours, None, None, 2)
        .await
        .unwrap();
    let second = world
        .orders
        .of_seller(&world.ctx, ours, None, first.next.clone(), 2)
        .await
        .unwrap();
    assert!(first.next.is_some() && second.next.is_none());
    let seen: Vec<_> = first.items.iter().chain(&second.items).map(|s| s.id).collect();
    assert_eq!(seen, placed);
    let confirmed = Some(SubOrderStatus::Confirmed);
    assert_eq!(
        world
            .orders
            .of_seller(&world.ctx, ours, confirmed, None, 2)
            .await
            .unwrap()
            .items,
        []
    );
}

#[tokio::test]
async fn buyers_list_their_orders() {
    let world = World::new().await;
    let buyer = UserId::new(world.ctx.now);
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(
            world
                .place(&CartOwner::User(buyer), &[world.shop(), world.shop()])
                .await
                .id,
        );
        world.place(&world.buyer(), &[world.shop()]).await;
    }
    ids.sort();
    ids.reverse();
    let first = world.orders.of_buyer(&world.ctx, buyer, None, 2).await.unwrap();
    let second = world
        .orders
        .of_buyer(&world.ctx, buyer, first.next.clone(), 2)
        .await
        .unwrap();
    let seen: Vec<_> = first.items.iter().chain(&second.items).map(|o| o.id).collect();
    assert_eq!(seen, ids);
    let newest = &first.items[0];
    assert_eq!((newest.total.amount, newest.sellers, newest.units), (5000, 2, 4));
    assert_eq!(newest.status, OrderStatus::Placed);
    let bad = Some(Cursor("here".into()));
    assert_eq!(
        world
            .orders
            .of_buyer(&world.ctx, buyer, bad, 2)
            .await
            .unwrap_err()
            .code,
        "cursor_invalid"
    );
}

#[tokio::test]
async fn the_address_book_offers_where_orders_went_in_the_end() {
    let world = World::new().await;
    let buyer = UserId::new(world.ctx.now);
    let order = world.place(&CartOwner::User(buyer), &[world.shop()]).await;
    let moved = Address {
        line1: "Calle Feria 3".into(),
        ..address()
    };
    let readdress = |address: &Address| Command::Readdress {
        address: Box::new(address.clone()),
    };
    // Two orders of one moment have no order in time.
    let book = async || {
        let mut offered = world.orders.addresses(&world.ctx, buyer).await.unwrap();
        offered.sort_by(|one, other| one.line1.cmp(&other.line1));
        offered
    };
    assert_eq!(book().await, [address()]);
    let order = world.tell(order, readdress(&moved)).await;
    assert_eq!(book().await, std::slice::from_ref(&moved));
    world.place(&CartOwner::User(buyer), &[world.shop()]).await;
    assert_eq!(book().await, [address(), moved]);
    world.tell(order, readdress(&address())).await;
    assert_eq!(book().await, [address()]);
}

#[tokio::test]
async fn a_guests_order_belongs_to_the_holder_of_the_secret() {
    let world = World::new().await;
    let guest = CartOwner::Guest(secret::token());
    let order = world.place(&guest, &[world.shop()]).await;
    let read = async |owner| {
        world
            .orders
            .order(&world.ctx, Some(owner), order.id, AsOf::default())
            .await
    };
    assert_eq!(read(guest).await.unwrap().id, order.id);
    for stranger in [CartOwner::Guest(secret::token()), world.buyer()] {
        assert_eq!(read(stranger).await.unwrap_err().kind, Kind::NotFound);
    }
}

#[tokio::test]
async fn a_shop_sees_its_own_rows_only_even_without_a_where() {
    let world = World::new().await;
    let (ours, theirs) = (world.shop(), world.shop());
    world.place(&world.buyer(), &[ours, theirs]).await;
    let db = world.db.db(orders::CONTEXT);
    for table in ["sub_order", "line"] {
        let count = |whose: &str| AssertSqlSafe(format!("select count(*) from orders.{table} {whose}"));
        let mut tx = db.begin(Scope::Tenant(ours)).await.unwrap();
        let seen: i64 = sqlx::query_scalar(count("")).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(seen, 1, "{table}");
        let foreign: i64 = sqlx::query_scalar(count(&format!("where tenant_id = '{theirs}'")))
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        assert_eq!(foreign, 0, "{table}");
        let unscoped: i64 = sqlx::query_scalar(count("")).fetch_one(db.pool()).await.unwrap();
        assert_eq!(unscoped, 0, "{table}");
    }
}

#[tokio::test]
async fn verification_finds_what_was_tampered_with() {
    let world = World::new().await;
    let order = world.place(&world.buyer(), &[world.shop(), world.shop()]).await;
    world.tell(order, Command::Confirm).await;
    for _ in 0..3 {
        world.place(&world.buyer(), &[world.shop()]).await;
    }
    let verify = async || orders::verify(&world.orders).await.unwrap();
    let none: [String; 0] = [];
    assert_eq!(verify().await, none);
    for (spoil, finding) in [
        (
            "update orders.order set total = total + 1 where status = 'confirmed'",
            "differs",
        ),
        ("update orders.line set quantity = quantity + 1", "orders.line"),
        ("delete from orders.line", "is missing"),
        (
            "delete from orders.sub_order where status = 'confirmed'",
            "orders.sub_order",
        ),
    ] {
        world.client.batch_execute(spoil).await.unwrap();
        let findings = verify().await;
        assert!(
            findings.iter().any(|f| f.contains(finding)),
            "{spoil}: {findings:?}"
        );
    }
}
