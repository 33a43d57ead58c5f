//! Shipping on a database of its own; orders and shops are played, and so is a carrier that says what it is told to.

use contracts::orders::{NewParcel, OrderLine, RemoteOrders, SubOrder, SubOrderStatus};
use contracts::shipping::{CarrierService, NewShipment, Shipment, TrackingEvent, TrackingKind};
use contracts::tenants::{RemoteTenants, Shop};
use contracts::{Address, Language, Reply, Transport};
use futures::future::BoxFuture;
use httpkit::webhook::{Message, Secret};
use kernel::*;
use serde_json::{Value, json};
use shipping::carrier::News;
use shipping::{Answer, Booking, Carrier, Carriers, Error, Sandbox, Shipments};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use testkit::TestDb;

/// What the sandbox signs its webhooks with.
pub const SECRET: [u8; 32] = [7; 32];

/// Stands for orders and tenants.
#[derive(Default)]
pub struct Elsewhere {
    pub sub_orders: Mutex<HashMap<SubOrderId, SubOrder>>,
    /// What was sent, in order.
    pub sent: Mutex<Vec<NewParcel>>,
}

impl Transport for Elsewhere {
    fn call<'a>(
        &'a self,
        service: &'static str,
        method: &'static str,
        _: &'a Ctx,
        body: Value,
    ) -> Reply<'a, Value> {
        let answer = match (service, method) {
            ("orders", "sub_order") => self.sub_order(&body),
            ("orders", "ship_booked") => {
                self.sent
                    .lock()
                    .unwrap()
                    .push(serde_json::from_value(body[2].clone()).unwrap());
                self.sub_order(&body)
            }
            ("tenants", "shops") => {
                let ids: Vec<TenantId> = serde_json::from_value(body[0].clone()).unwrap();
                let shops: Vec<Shop> = ids.into_iter().map(testkit::shop).collect();
                Ok(json!(shops))
            }
            other => panic!("nobody plays {other:?}"),
        };
        Box::pin(async move { answer })
    }
}

impl Elsewhere {
    fn sub_order(&self, body: &Value) -> Result<Value, Fault> {
        let tenant: TenantId = serde_json::from_value(body[0].clone()).unwrap();
        let id: SubOrderId = serde_json::from_value(body[1].clone()).unwrap();
        let known = self.sub_orders.lock().unwrap();
        let own = known.get(&id).filter(|sub_order| sub_order.tenant == tenant);
        own.map(|sub_order| json!(sub_order))
            .ok_or_else(|| Fault::not_found("order"))
    }
}

/// A carrier that answers what it is told to, call by call; when nothing is left to say, nothing.
#[derive(Default)]
pub struct Moody {
    pub answers: Mutex<VecDeque<Answer>>,
    /// `book` and `inquire`, with their keys.
    pub calls: Mutex<Vec<(&'static str, String)>>,
}

impl Moody {
    pub fn says(&self, answers: impl IntoIterator<Item = Answer>) {
        self.answers.lock().unwrap().extend(answers);
    }

    fn called(&self, what: &'static str, key: String) -> Answer {
        self.calls.lock().unwrap().push((what, key));
        self.answers
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or(Answer::Unknown)
    }

    pub fn said(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().iter().map(|(what, _)| *what).collect()
    }
}

impl Carrier for Moody {
    fn name(&self) -> &'static str {
        "moody"
    }

    fn services(&self) -> Vec<CarrierService> {
        vec![CarrierService {
            code: "standard".into(),
            name: "Standard".into(),
        }]
    }

    fn book(&self, booking: Booking, _: Timestamp) -> BoxFuture<'_, Answer> {
        Box::pin(async move { self.called("book", booking.key) })
    }

    fn inquire(&self, key: String) -> BoxFuture<'_, Answer> {
        Box::pin(async move { self.called("inquire", key) })
    }

    fn label(&self, _: String, _: Language) -> BoxFuture<'_, Option<Vec<u8>>> {
        Box::pin(async { None })
    }

    fn read_webhook(&self, _: &Message, _: Timestamp) -> Result<News, Error> {
        Err(Error::Body("it has none".into()))
    }
}

pub struct World {
    pub db: TestDb,
    pub clock: Arc<FixedClock>,
    pub elsewhere: Arc<Elsewhere>,
    pub sandbox: Sandbox,
    pub moody: Arc<Moody>,
    pub shipments: Shipments,
}

impl World {
    pub async fn new() -> Self {
        let db = TestDb::new(&[shipping::schema()]).await;
        let elsewhere = Arc::new(Elsewhere::default());
        let sandbox = Sandbox::new(db.db(shipping::CONTEXT), Secret::new(SECRET.to_vec()));
        let moody = Arc::new(Moody::default());
        let shipments = Shipments::new(
            db.db(shipping::CONTEXT),
            Arc::new(RemoteOrders(elsewhere.clone())),
            Arc::new(RemoteTenants(elsewhere.clone())),
            Carriers::new(vec![Arc::new(sandbox.clone()), moody.clone()]),
        );
        Self {
            clock: testkit::clock(),
            db,
            elsewhere,
            sandbox,
            moody,
            shipments,
        }
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::system("test", self.clock.now())
    }

    pub fn minutes(&self, minutes: u64) {
        self.clock.advance(std::time::Duration::from_secs(60 * minutes));
    }

    /// A packed sub-order of a new shop: two bowls and three plates.
    pub fn packed(&self) -> SubOrder {
        let now = self.clock.now();
        let line = |title: &str, quantity| OrderLine {
            id: LineId::new(now),
            sku: SkuId::new(now),
            product: ProductId::new(now),
            title: title.into(),
            options: String::new(),
            code: title.into(),
            quantity,
            shipped: 0,
            cancelled: 0,
            unit_price: eur(1000),
            list_total: eur(1000),
            discounts: Vec::new(),
            total: eur(1000),
            tax: None,
            made: None,
            digital: None,
        };
        let sub_order = SubOrder {
            id: SubOrderId::new(now),
            order: OrderId::new(now),
            tenant: TenantId::new(now),
            number: "K7F3-9QXA-1".into(),
            status: SubOrderStatus::Packed,
            lines: vec![line("bowl", 2), line("plate", 3)],
            delivery_code: "standard".into(),
            delivery_name: "Standard".into(),
            subtotal: eur(5000),
            delivery: eur(0),
            discount: eur(0),
            delivery_discounts: Vec::new(),
            delivery_tax: None,
            tax: eur(0),
            taxes: Vec::new(),
            tax_owed_by: contracts::taxes::TaxOwner::Seller,
            tax_refunded: eur(0),
            funded: eur(0),
            funded_refunded: eur(0),
            total: eur(5000),
            commission: None,
            refunded: eur(0),
            commission_refunded: None,
            placed_at: now,
            address: Some(address()),
            cancellations: Vec::new(),
            parcels: Vec::new(),
            refunds: Vec::new(),
            returns: Vec::new(),
            return_until: None,
            returnable: Vec::new(),
            timeline: Vec::new(),
            cancel_reason: None,
            cancel_note: None,
        };
        self.know(&sub_order);
        sub_order
    }

    pub fn know(&self, sub_order: &SubOrder) {
        let mut known = self.elsewhere.sub_orders.lock().unwrap();
        known.insert(sub_order.id, sub_order.clone());
    }

    pub fn wanted(&self, carrier: &str, service: &str) -> NewShipment {
        NewShipment {
            id: ShipmentId::new(self.clock.now()),
            lines: None,
            carrier: carrier.into(),
            service: service.into(),
            weight_g: 1_250,
            exchange: None,
        }
    }

    pub async fn book(&self, sub_order: &SubOrder, new: &NewShipment) -> Result<Shipment, Fault> {
        let booked = self
            .shipments
            .book(&self.ctx(), sub_order.tenant, sub_order.id, new.clone())
            .await;
        booked.map_err(Fault::from)
    }

    /// A label with the sandbox.
    pub async fn label(&self, service: &str) -> Shipment {
        let sub_order = self.packed();
        self.book(&sub_order, &self.wanted("sandbox", service))
            .await
            .unwrap()
    }

    pub async fn seen(&self, shipment: &Shipment) -> Shipment {
        let mut all = self.shipments.of_order(shipment.order).await.unwrap();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    pub async fn push(
        &self,
        shipment: &Shipment,
        events: &[TrackingEvent],
    ) -> Result<(usize, String), Fault> {
        let number = shipment.tracking.clone().unwrap();
        let told = self
            .shipments
            .tracked(&self.ctx(), &shipment.carrier, &number, events.to_vec(), None)
            .await;
        told.map(|told| (told.new, word(told.state))).map_err(Fault::from)
    }

    pub fn event(&self, id: &str, minutes_ago: i64, kind: TrackingKind) -> TrackingEvent {
        TrackingEvent {
            id: id.into(),
            kind,
            at: self.clock.now() - chrono::TimeDelta::minutes(minutes_ago),
            place: "Sevilla".into(),
            note: String::new(),
            proof: None,
        }
    }

    /// The states told to others, in order.
    pub async fn published(&self) -> Vec<String> {
        sqlx::query_scalar("select payload ->> 'state' from log.event order by id")
            .fetch_all(&mut self.db.owner().await)
            .await
            .unwrap()
    }
}

pub fn word(value: impl serde::Serialize) -> String {
    json!(value).as_str().unwrap().to_owned()
}

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

pub fn address() -> Address {
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
