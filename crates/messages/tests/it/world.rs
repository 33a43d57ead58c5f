//! Messages over a database of their own, with shops, products and orders that others would know of.

use contracts::catalog::RemoteCatalog;
use contracts::identity::{RemoteIdentity, UserCard};
use contracts::messages::{Conversation, MessageSent, NewThread, Party};
use contracts::notifications::Direct;
use contracts::orders::{OrderConfirmed, RemoteOrders};
use contracts::tenants::{RemoteShopDesk, RemoteTenants};
use contracts::{PublicEvent, Reply, Transport};
use kernel::{
    Actor, Clock, Ctx, Currency, Fault, FixedClock, Money, OrderId, ProductId, Role, SubOrderId, TenantId,
    UserId,
};
use messages::{Conversations, Parts};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use store::Scope;
use testkit::TestDb;
use tokio_util::sync::CancellationToken;

/// What other contexts would answer.
#[derive(Default)]
pub struct Others {
    /// Shops by id: their status and country.
    shops: Mutex<HashMap<TenantId, (&'static str, &'static str)>>,
    products: Mutex<HashMap<ProductId, TenantId>>,
    orders: Mutex<HashMap<OrderId, (UserId, TenantId, SubOrderId)>>,
    /// Address, subject, body.
    pub mails: Mutex<Vec<(String, String, String)>>,
}

fn shop(id: TenantId, status: &str, country: &str) -> Value {
    json!({
        "id": id, "slug": format!("shop-{id}"), "name": "Three Ovens", "story": "", "status": status, "tier": "pool",
        "currency": "EUR", "location": {"country": country, "postcode": "41001", "town": "Sevilla"}, "delivery": [],
    })
}

fn eur(amount: i64) -> Value {
    json!(Money::new(amount, Currency::EUR))
}

impl Others {
    fn answer(&self, service: &str, method: &str, body: &Value) -> Result<Value, Fault> {
        let now = testkit::clock().now();
        let ids = || body[0].as_array().cloned().unwrap_or_default();
        let read = |value: &Value| serde_json::from_value(value.clone()).expect("an id");
        match (service, method) {
            ("identity", "users") => Ok(ids()
                .iter()
                .map(|id| {
                    json!(UserCard {
                        id: read(id),
                        email: format!("{}@post.example", id.as_str().unwrap()),
                        name: "Ana María Ruiz".to_owned(),
                    })
                })
                .collect()),
            ("identity", "send_mail") => {
                let text = |at: usize| body[at].as_str().unwrap_or_default().to_owned();
                self.mails.lock().unwrap().push((text(0), text(1), text(2)));
                Ok(Value::Null)
            }
            ("tenants", "shops") => {
                let shops = self.shops.lock().unwrap();
                let known = ids().into_iter().filter_map(|id| {
                    let id: TenantId = serde_json::from_value(id).ok()?;
                    let (status, country) = shops.get(&id)?;
                    Some(shop(id, status, country))
                });
                Ok(known.collect())
            }
            ("shop_desk", "dossier") => {
                let id: TenantId = serde_json::from_value(body[0].clone()).unwrap();
                let (status, country) = self.shops.lock().unwrap()[&id];
                Ok(json!({
                    "shop": shop(id, status, country), "owner": id, "version": 1, "applied_at": now, "checks": [], "history": [],
                }))
            }
            ("catalog", "listings") => {
                let products = self.products.lock().unwrap();
                let known = ids().into_iter().filter_map(|id| {
                    let id: ProductId = serde_json::from_value(id).ok()?;
                    let tenant = products.get(&id)?;
                    Some(json!({
                        "id": id, "tenant": tenant, "version": 1, "status": "active", "slug": "bowl", "title": "Wide bowl",
                        "description_html": "", "brand": "", "category": null, "attributes": {}, "tags": [], "images": [],
                        "variants": [], "created_at": now, "updated_at": now,
                    }))
                });
                Ok(known.collect())
            }
            ("orders", "order") => {
                let id: OrderId = serde_json::from_value(body[1].clone()).unwrap();
                let orders = self.orders.lock().unwrap();
                let known = orders.get(&id).filter(|(buyer, ..)| {
                    body[0] == json!({"user": buyer}) || body[0].to_string().contains(&buyer.to_string())
                });
                let (_, tenant, part) = known.ok_or_else(|| Fault::not_found("order"))?;
                let zero = eur(0);
                let part = json!({
                    "id": part, "order": id, "tenant": tenant, "number": "K7F3-9QXA-1", "status": "confirmed", "lines": [],
                    "delivery_code": "standard", "delivery_name": "Standard", "subtotal": zero, "delivery": zero,
                    "discount": zero, "total": zero, "tax": zero, "taxes": [], "tax_owed_by": "seller", "tax_refunded": zero,
                    "funded": zero, "funded_refunded": zero, "refunded": zero, "placed_at": now, "parcels": [], "refunds": [],
                    "returns": [], "returnable": [], "timeline": [],
                });
                Ok(json!({
                    "id": id, "number": "K7F3-9QXA", "status": "confirmed", "fulfilment": "pending", "version": 2, "email": "a@b.example",
                    "address": {"name": "A", "line1": "B", "postcode": "1", "city": "C", "country": "ES"},
                    "subtotal": zero, "delivery": zero, "discount": zero, "total": zero, "tax": zero, "taxes": [], "refunded": zero,
                    "payment": id, "charged": zero, "placed_at": now,
                    "sub_orders": [part],
                }))
            }
            other => panic!("{other:?} is asked of nobody"),
        }
    }
}

struct Line(Arc<Others>);

impl Transport for Line {
    fn call<'a>(
        &'a self,
        service: &'static str,
        method: &'static str,
        _: &'a Ctx,
        body: Value,
    ) -> Reply<'a, Value> {
        let answer = self.0.answer(service, method, &body);
        Box::pin(async move { answer })
    }
}

pub struct World {
    pub clock: Arc<FixedClock>,
    pub talks: Conversations,
    pub others: Arc<Others>,
    pub db: TestDb,
}

impl World {
    pub async fn new() -> Self {
        let db = TestDb::new(&[messages::schema()]).await;
        let others = Arc::new(Others::default());
        let line = || Arc::new(Line(Arc::clone(&others)));
        let talks = Conversations::new(Parts {
            db: db.db(messages::CONTEXT),
            identity: Arc::new(RemoteIdentity(line())),
            letters: Arc::new(Direct(Arc::new(RemoteIdentity(line())))),
            tenants: Arc::new(RemoteTenants(line())),
            shops: Arc::new(RemoteShopDesk(line())),
            catalog: Arc::new(RemoteCatalog(line())),
            orders: Arc::new(RemoteOrders(line())),
            public_url: "https://market.example/".to_owned(),
        });
        Self {
            clock: testkit::clock(),
            talks,
            others,
            db,
        }
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::system("test", self.clock.now())
    }

    /// What follows is later.
    pub fn tick(&self) {
        self.clock.advance(std::time::Duration::from_secs(1));
    }

    pub fn moderator(&self) -> Ctx {
        Ctx {
            actor: Actor::Operator {
                user: self.user(),
                role: Role::Moderator,
            },
            ..self.ctx()
        }
    }

    pub fn user(&self) -> UserId {
        UserId::new(self.clock.now())
    }

    pub fn shop(&self) -> TenantId {
        self.shop_in("GB", "active")
    }

    pub fn shop_in(&self, country: &'static str, status: &'static str) -> TenantId {
        let id = TenantId::new(self.clock.now());
        self.others.shops.lock().unwrap().insert(id, (status, country));
        id
    }

    pub fn set_status(&self, shop: TenantId, status: &'static str) {
        self.others.shops.lock().unwrap().insert(shop, (status, "GB"));
    }

    pub fn product(&self, of: TenantId) -> ProductId {
        let id = ProductId::new(self.clock.now());
        self.others.products.lock().unwrap().insert(id, of);
        id
    }

    pub fn order(&self, buyer: UserId, shop: TenantId) -> OrderId {
        let id = OrderId::new(self.clock.now());
        let part = SubOrderId::new(self.clock.now());
        self.others.orders.lock().unwrap().insert(id, (buyer, shop, part));
        id
    }

    /// The log tells that a buyer has paid an order of a shop; twice.
    pub async fn pay(&self, buyer: UserId, shop: TenantId) {
        let ctx = self.ctx();
        let event = OrderConfirmed {
            order: self.order(buyer, shop),
            buyer: Some(buyer),
            total: Money::new(1, Currency::EUR),
            tenants: vec![shop],
            sold: Vec::new(),
            cart: None,
        };
        let db = self.db.db(messages::CONTEXT);
        let mut tx = db.begin(Scope::System).await.unwrap();
        for _ in 0..2 {
            store::log::append(&mut tx, &ctx, &event).await.unwrap();
        }
        tx.commit().await.unwrap();
        let stop = CancellationToken::new();
        let hearing = messages::note_purchases(self.talks.clone(), stop.clone());
        let waiting = async {
            testkit::eventually("the log is heard", async || {
                let known: bool = sqlx::query_scalar(
                    "select exists (select from messages.purchase where buyer_id = $1 and shop_id = $2)",
                )
                .bind(buyer)
                .bind(shop)
                .fetch_one(&mut self.db.owner().await)
                .await
                .unwrap();
                known.then_some(())
            })
            .await;
            stop.cancel();
        };
        tokio::join!(hearing, waiting);
    }

    /// A buyer begins to write to a shop about itself.
    pub async fn start(&self, buyer: UserId, shop: TenantId, text: &str) -> Conversation {
        self.talks
            .start(&self.ctx(), buyer, new(shop, text))
            .await
            .unwrap()
    }

    pub async fn say(&self, who: Party, of: &Conversation, text: &str) -> contracts::messages::Message {
        self.tick();
        self.talks
            .send(&self.ctx(), who, of.thread.id, text, None)
            .await
            .unwrap()
    }

    pub async fn read(&self, who: Party, of: &Conversation) -> Conversation {
        self.talks
            .conversation(&self.ctx(), who, of.thread.id, None, 100)
            .await
            .unwrap()
    }

    /// Sends the mails that wait, and answers them: address, subject, body.
    pub async fn mails(&self) -> Vec<(String, String, String)> {
        let stop = CancellationToken::new();
        let sending = messages::send_mails(self.talks.clone(), self.clock.clone(), stop.clone());
        let waiting = async {
            testkit::eventually("mails are sent", async || {
                let left: i64 = sqlx::query_scalar("select count(*) from store.job")
                    .fetch_one(&mut self.db.owner().await)
                    .await
                    .unwrap();
                (left == 0).then_some(())
            })
            .await;
            stop.cancel();
        };
        tokio::join!(sending, waiting);
        std::mem::take(&mut *self.others.mails.lock().unwrap())
    }

    /// What the log tells of messages, the oldest first.
    pub async fn told(&self) -> Vec<MessageSent> {
        let payloads: Vec<Value> =
            sqlx::query_scalar("select payload from log.event where topic = $1 order by xid, id")
                .bind(MessageSent::TOPIC)
                .fetch_all(&mut self.db.owner().await)
                .await
                .unwrap();
        payloads
            .into_iter()
            .map(|payload| serde_json::from_value(payload).unwrap())
            .collect()
    }
}

pub fn new(shop: TenantId, text: &str) -> NewThread {
    NewThread {
        shop,
        product: None,
        order: None,
        custom: None,
        text: text.to_owned(),
        language: None,
    }
}

/// The stable code of a refusal.
pub fn code<T: std::fmt::Debug>(outcome: Result<T, messages::Error>) -> String {
    Fault::from(outcome.expect_err("refused")).code
}
