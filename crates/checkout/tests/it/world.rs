//! One marketplace per test: a database of its own, any number of instances on it.

use crate::market::Market;
use crate::provider::Wire;
use checkout::{Checkouts, Config, Parts};
use contracts::Address;
use contracts::cart::{Cart, CartOwner, RemoteCart};
use contracts::catalog::{Offer, RemoteCatalog};
use contracts::checkout::{Checkout, Pay, PayOutcome, PlaceOrder};
use contracts::identity::RemoteIdentity;
use contracts::inventory::{Inventory, StockCount};
use contracts::notifications::Direct;
use contracts::orders::Order;
use contracts::payments::{Payment, Payments};
use contracts::purses::TenderWish;
use contracts::tenants::{RemoteShopDesk, RemoteTenants};
use inventory::Stock;
use kernel::*;
use ledger::{Ledger, Purses};
use orders::Orders;
use payments::webhook::Secret;
use payments::{PaymentBook, Sandbox};
use promotions::Promotions;
use runtime::Tasks;
use std::sync::Arc;
use std::time::Duration;
use taxes::Taxes;
use testkit::TestDb;

/// What the sandbox signs its webhooks with.
pub const SECRET: [u8; 32] = [7; 32];

pub struct World {
    pub db: TestDb,
    pub clock: Arc<FixedClock>,
    pub market: Arc<Market>,
    pub stock: Stock,
    pub orders: Orders,
    pub payments: PaymentBook,
    pub sandbox: Sandbox,
    pub wire: Arc<Wire>,
    pub ledger: Ledger,
    pub purses: Purses,
    pub promotions: Promotions,
    pub taxes: Taxes,
}

/// One process of several.
pub struct Instance {
    pub checkouts: Checkouts,
    tasks: Tasks,
}

impl World {
    pub async fn new() -> Self {
        let schemas = [
            inventory::schema(),
            orders::schema(),
            payments::schema(),
            ledger::schema(),
            promotions::schema(),
            taxes::schema(),
            checkout::schema(),
        ];
        let db = TestDb::new(&schemas).await;
        let secret = Secret::new(SECRET.to_vec());
        let sandbox = Sandbox::new(db.db(payments::CONTEXT), secret);
        Self {
            clock: testkit::clock(),
            market: Arc::default(),
            stock: Stock::new(db.db(inventory::CONTEXT)),
            orders: Orders::new(db.db(orders::CONTEXT), b"a key".to_vec()),
            payments: PaymentBook::new(db.db(payments::CONTEXT), sandbox.clone()),
            ledger: Ledger::new(db.db(ledger::CONTEXT)),
            purses: Purses::new(db.db(ledger::CONTEXT)),
            promotions: Promotions::new(db.db(promotions::CONTEXT)),
            taxes: Taxes::new(db.db(taxes::CONTEXT)),
            wire: Arc::new(Wire::new(sandbox.clone())),
            sandbox,
            db,
        }
    }

    /// A process with everything running in it.
    pub fn instance(&self) -> Instance {
        let instance = self.stopped_instance();
        instance.start();
        instance
    }

    /// A process that places orders and ends holds, and leaves payments lying.
    pub fn instance_without_payments(&self) -> Instance {
        let instance = self.stopped_instance();
        instance.start_all_but("till.payments");
        instance
    }

    /// A process whose queues nobody serves yet.
    pub fn stopped_instance(&self) -> Instance {
        self.configured(Config::default())
    }

    pub fn configured(&self, config: Config) -> Instance {
        let checkouts = Checkouts::new(Parts {
            db: self.db.db(checkout::CONTEXT),
            url: self.db.url().to_owned(),
            catalog: Arc::new(RemoteCatalog(self.market.clone())),
            tenants: Arc::new(RemoteTenants(self.market.clone())),
            inventory: Arc::new(self.stock.clone()),
            carts: Arc::new(RemoteCart(self.market.clone())),
            identity: Arc::new(RemoteIdentity(self.market.clone())),
            letters: Arc::new(Direct(Arc::new(RemoteIdentity(self.market.clone())))),
            shops: Arc::new(RemoteShopDesk(self.market.clone())),
            orders: self.orders.clone(),
            rates: self.ledger.rates().clone(),
            purses: self.purses.clone(),
            promotions: self.promotions.clone(),
            taxes: self.taxes.clone(),
            provider: self.wire.clone(),
            clock: self.clock.clone(),
            config,
        });
        Instance {
            checkouts,
            tasks: Tasks::new(),
        }
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::anonymous(self.clock.now())
    }

    /// An offer of a new shop, with so many on hand.
    pub async fn offer(&self, on_hand: i64) -> Offer {
        let now = self.clock.now();
        let offer = self.market.offer(now, self.market.open_shop(now));
        self.count(&offer, on_hand).await;
        offer
    }

    pub async fn count(&self, offer: &Offer, on_hand: i64) {
        let count = StockCount {
            sku: offer.sku,
            product: offer.product,
            on_hand,
            stated: None,
        };
        Inventory::count(&self.stock, &self.ctx(), offer.tenant, vec![count])
            .await
            .unwrap();
    }

    /// What is on hand and what of it is reserved, as the tables have it.
    pub async fn level(&self, offer: &Offer) -> (i64, i64) {
        sqlx::query_as(
            "select sum(on_hand)::bigint, sum(reserved)::bigint from inventory.level where sku_id = $1",
        )
        .bind(offer.sku)
        .fetch_one(&mut self.system().await)
        .await
        .unwrap()
    }

    /// A connection that sees every shop's rows of the contexts that the till composes.
    pub async fn system(&self) -> sqlx::PgConnection {
        let mut conn = self.db.owner().await;
        sqlx::query("set role stoa_checkout")
            .execute(&mut conn)
            .await
            .unwrap();
        conn
    }

    pub fn guest(&self) -> CartOwner {
        CartOwner::Guest(secret::token())
    }

    pub fn cart(&self, owner: &CartOwner, lines: &[(&Offer, u32)]) -> Cart {
        let lines: Vec<(SkuId, u32)> = lines.iter().map(|(offer, n)| (offer.sku, *n)).collect();
        self.market.cart(self.clock.now(), owner.clone(), &lines)
    }

    /// Everything that can be proved about the books, after whatever happened.
    pub async fn assert_clean(&self, instance: &Instance) {
        let none: [String; 0] = [];
        assert_eq!(inventory::verify(&self.stock).await.unwrap(), []);
        assert_eq!(orders::verify(&self.orders).await.unwrap(), none);
        assert_eq!(payments::verify(&self.payments).await.unwrap(), none);
        assert_eq!(ledger::verify(&self.ledger).await.unwrap(), none);
        assert_eq!(promotions::verify(&self.promotions).await.unwrap(), none);
        assert_eq!(checkout::verify(&instance.checkouts).await.unwrap(), none);
    }

    pub async fn payment(&self, order: &Order) -> Payment {
        self.payments.payment(&self.ctx(), order.payment).await.unwrap()
    }

    /// How many charges the provider made for an order, and how many of them hold the buyer's money.
    pub async fn charges(&self, order: &Order) -> (i64, i64) {
        sqlx::query_as(
            "select count(*), count(*) filter (where state = 'captured')
               from payments.sandbox_charge where key like $1 || '-%'",
        )
        .bind(order.payment.to_string())
        .fetch_one(&mut self.db.owner().await)
        .await
        .unwrap()
    }
}

impl Instance {
    pub fn start(&self) {
        self.start_all_but("nothing");
    }

    pub fn start_all_but(&self, left_out: &str) {
        let loops = self.checkouts.loops().into_iter();
        for background in loops.filter(|background| background.name != left_out) {
            self.tasks.keep(background.name, background.run);
        }
    }

    pub async fn stop(self) {
        self.tasks.stop(Duration::from_secs(5)).await;
    }

    pub async fn place(&self, world: &World, owner: &CartOwner, cart: &Cart) -> Result<Order, Fault> {
        self.checkouts
            .place(&world.ctx(), order_of(owner, cart, &secret::token()))
            .await
    }

    /// Places the order of a new guest's cart.
    pub async fn order(&self, world: &World, lines: &[(&Offer, u32)]) -> (CartOwner, Order) {
        let owner = world.guest();
        let cart = world.cart(&owner, lines);
        let order = self.place(world, &owner, &cart).await.unwrap();
        (owner, order)
    }

    pub async fn pay(
        &self,
        world: &World,
        owner: &CartOwner,
        order: &Order,
        method: &str,
    ) -> Result<PayOutcome, Fault> {
        let pay = Pay {
            owner: owner.clone(),
            order: order.id,
            method: method.to_owned(),
            return_path: "/checkout/return".to_owned(),
        };
        self.checkouts.pay(&world.ctx(), pay).await
    }
}

/// The request that orders a cart of 10.00 a piece and 5.00 of delivery per shop.
pub fn order_of(owner: &CartOwner, cart: &Cart, key: &str) -> PlaceOrder {
    let goods: i64 = cart
        .lines
        .iter()
        .map(|l| l.price_seen.amount * i64::from(l.quantity))
        .sum();
    let mut shops: Vec<TenantId> = cart.lines.iter().map(|l| l.tenant).collect();
    shops.sort_unstable();
    shops.dedup();
    PlaceOrder {
        owner: owner.clone(),
        buyer: match owner {
            CartOwner::User(user) => Some(*user),
            CartOwner::Guest(_) => None,
        },
        idempotency_key: key.to_owned(),
        cart: cart.id,
        cart_version: cart.version,
        expected_total: Money::new(goods + 500 * shops.len() as i64, Currency::EUR),
        email: "lucia@example.org".to_owned(),
        address: address(),
        delivery: Vec::new(),
        tender: TenderWish::default(),
        expected_due: None,
        consents_to_downloads: false,
        language: contracts::Language::En,
    }
}

pub fn address() -> Address {
    Address {
        name: "Lucía Romero".into(),
        line1: "Calle Betis 12, 2º".into(),
        line2: None,
        postcode: "41010".into(),
        city: "Sevilla".into(),
        region: Some("ES-SE".into()),
        country: "ES".into(),
        phone: None,
    }
}
