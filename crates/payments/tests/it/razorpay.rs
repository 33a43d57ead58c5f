//! Razorpay's part of the contract, kept strictly: <https://razorpay.com/docs/api/>.

use crate::house::{Buyer, Call, House, Remote, charge, key, request, word};
use crate::line::{Fault, Line};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contracts::payments::CaptureTime;
use hmac::{Hmac, Mac};
use kernel::{Clock, FixedClock, Timestamp};
use payments::razorpay::{Config, Razorpay};
use payments::webhook::{NoticeKind, Webhook};
use payments::{Answer, Hidden, Provider};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{Client, TestDb};

const KEY_ID: &str = "rzp_test_1";
const KEY_SECRET: &str = "razorpay-secret";
const SIGNING: &str = "razorpay-webhooks";

type Books = Arc<Mutex<Account>>;

#[derive(Default)]
struct Account {
    now: i64,
    orders: Vec<Order>,
    refunds: Vec<Value>,
    /// The refund that a key made, by its place among them.
    refund_keys: BTreeMap<String, usize>,
    slow_refunds: bool,
}

struct Order {
    id: String,
    body: Value,
    payments: Vec<Payment>,
}

struct Payment {
    id: String,
    status: &'static str,
    created: i64,
    refunded: i64,
    error_reason: Option<&'static str>,
}

impl Order {
    fn json(&self, now: i64) -> Value {
        json!({ "id": self.id, "entity": "order", "amount": self.body["amount"], "amount_paid": 0,
            "amount_due": self.body["amount"], "currency": self.body["currency"], "receipt": self.body["receipt"],
            "offer_id": null, "status": if self.payments.is_empty() { "created" } else { "attempted" },
            "attempts": self.payments.len(), "notes": self.body["notes"], "created_at": now })
    }

    fn payment_json(&self, payment: &Payment) -> Value {
        let all = self.body["amount"] == payment.refunded;
        let refund_status = (payment.refunded > 0).then_some(if all { "full" } else { "partial" });
        json!({ "id": payment.id, "entity": "payment", "amount": self.body["amount"], "currency": self.body["currency"],
            "status": payment.status, "order_id": self.id, "method": "card", "amount_refunded": payment.refunded,
            "refund_status": refund_status, "captured": payment.status == "captured", "notes": [],
            "error_code": payment.error_reason.map(|_| "BAD_REQUEST_ERROR"), "error_reason": payment.error_reason,
            "created_at": payment.created })
    }
}

fn error(status: u16, code: &str, description: &str) -> Response {
    let body = json!({ "error": { "code": code, "description": description, "source": "business",
        "step": "payment_initiation", "reason": "input_validation_failed", "metadata": {} } });
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

fn stranger(headers: &HeaderMap) -> Option<Response> {
    let expected = format!("Basic {}", STANDARD.encode(format!("{KEY_ID}:{KEY_SECRET}")));
    let known = headers
        .get("authorization")
        .is_some_and(|held| held == &*expected);
    (!known).then(|| error(401, "BAD_REQUEST_ERROR", "Authentication failed"))
}

fn router(books: Books) -> Router {
    Router::new()
        .route("/v1/orders", post(make).get(list))
        .route("/v1/orders/{id}/payments", get(payments))
        .route("/v1/payments/{id}/capture", post(capture))
        .route("/v1/payments/{id}/refund", post(refund))
        .route("/v1/payments/{id}/refunds", get(refunds))
        .with_state(books)
}

async fn make(State(books): State<Books>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    assert!(body["receipt"].as_str().unwrap().len() <= 40);
    assert_eq!(body["notes"]["stoa_key"], body["receipt"]);
    assert_eq!(body["payment"]["capture"], "manual");
    let expiry = body["payment"]["capture_options"]["manual_expiry_period"].as_u64();
    assert!((12..=7200).contains(&expiry.unwrap()), "minutes");
    if body["amount"].as_i64().unwrap() < 100 {
        return error(
            400,
            "BAD_REQUEST_ERROR",
            "Order amount less than minimum amount allowed",
        );
    }
    let mut account = books.lock().unwrap();
    let order = Order {
        id: format!("order_{}", account.orders.len() + 1),
        body,
        payments: Vec::new(),
    };
    let answer = order.json(account.now);
    account.orders.push(order);
    Json(answer).into_response()
}

async fn list(State(books): State<Books>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    let query: BTreeMap<String, String> = form_urlencoded::parse(query.unwrap().as_bytes())
        .into_owned()
        .collect();
    let account = books.lock().unwrap();
    let items = account
        .orders
        .iter()
        .filter(|order| order.body["receipt"] == query["receipt"].as_str());
    let items: Vec<Value> = items.map(|order| order.json(account.now)).collect();
    Json(json!({ "entity": "collection", "count": items.len(), "items": items })).into_response()
}

async fn payments(State(books): State<Books>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    let account = books.lock().unwrap();
    let Some(order) = account.orders.iter().find(|order| order.id == id) else {
        return error(400, "BAD_REQUEST_ERROR", "The id provided does not exist");
    };
    let items: Vec<Value> = order
        .payments
        .iter()
        .map(|payment| order.payment_json(payment))
        .collect();
    Json(json!({ "entity": "collection", "count": items.len(), "items": items })).into_response()
}

/// Changes a payment; none if there is no such one.
fn change(books: &Books, id: &str, work: impl FnOnce(&mut Payment, &Value) -> Option<Response>) -> Response {
    let mut account = books.lock().unwrap();
    for order in &mut account.orders {
        let body = order.body.clone();
        if let Some(at) = order.payments.iter().position(|payment| payment.id == id) {
            if let Some(answer) = work(&mut order.payments[at], &body) {
                return answer;
            }
            return Json(order.payment_json(&order.payments[at])).into_response();
        }
    }
    error(400, "BAD_REQUEST_ERROR", "The id provided does not exist")
}

async fn capture(
    State(books): State<Books>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    change(&books, &id, |payment, order| {
        if payment.status != "authorized" {
            return Some(error(
                400,
                "BAD_REQUEST_ERROR",
                "This payment has already been captured",
            ));
        }
        assert_eq!(
            (&body["amount"], &body["currency"]),
            (&order["amount"], &order["currency"])
        );
        payment.status = "captured";
        None
    })
}

async fn refund(
    State(books): State<Books>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    let key = headers["x-refund-idempotency"].to_str().unwrap().to_owned();
    assert!(key.len() >= 10);
    let (number, slow) = {
        let account = books.lock().unwrap();
        if let Some(before) = account.refund_keys.get(&key) {
            return Json(account.refunds[*before].clone()).into_response();
        }
        (account.refunds.len() + 1, account.slow_refunds)
    };
    let status = if slow { "pending" } else { "processed" };
    let refund = json!({ "id": format!("rfnd_{number}"), "entity": "refund", "amount": body["amount"],
        "currency": "EUR", "payment_id": id, "notes": body["notes"], "receipt": null, "status": status });
    let answer = change(&books, &id, |payment, order| {
        let amount = body["amount"].as_i64().unwrap();
        if payment.status != "captured" || amount > order["amount"].as_i64().unwrap() - payment.refunded {
            return Some(error(
                400,
                "BAD_REQUEST_ERROR",
                "The total refund amount is greater than the refund payment amount",
            ));
        }
        payment.refunded += amount;
        Some(Json(refund.clone()).into_response())
    });
    if answer.status() == StatusCode::OK {
        let mut account = books.lock().unwrap();
        account.refunds.push(refund);
        let place = account.refunds.len() - 1;
        account.refund_keys.insert(key, place);
    }
    answer
}

async fn refunds(
    State(books): State<Books>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    let query: BTreeMap<String, String> = form_urlencoded::parse(query.unwrap().as_bytes())
        .into_owned()
        .collect();
    let number = |name: &str| query[name].parse::<usize>().unwrap();
    let account = books.lock().unwrap();
    let items = account
        .refunds
        .iter()
        .filter(|refund| refund["payment_id"] == id.as_str());
    let items: Vec<&Value> = items.skip(number("skip")).take(number("count")).collect();
    Json(json!({ "entity": "collection", "count": items.len(), "items": items })).into_response()
}

pub struct RazorpayHouse {
    db: TestDb,
    books: Books,
    line: Line,
    base: String,
    clock: Arc<FixedClock>,
    razorpay: Razorpay,
}

impl RazorpayHouse {
    fn adapter(
        db: &TestDb,
        base: &str,
        clock: &Arc<FixedClock>,
        secret: &str,
        timeout: Duration,
    ) -> Razorpay {
        let config = Config {
            base: base.to_owned(),
            key_id: KEY_ID.to_owned(),
            key_secret: Hidden::new(secret),
            webhook_secret: Hidden::new(SIGNING),
            public_url: "https://shop.example".to_owned(),
            timeout,
        };
        assert!(!format!("{config:?}").contains(secret), "a credential is printed");
        Razorpay::new(config, db.db(payments::CONTEXT), clock.clone()).unwrap()
    }

    /// A try at an order, so many seconds ago.
    fn tries(&self, order: &str, status: &'static str, ago: i64) {
        let mut account = self.books.lock().unwrap();
        let created = account.now - ago;
        let order = account.orders.iter_mut().find(|known| known.id == order).unwrap();
        let id = format!("pay_{}_{}", order.id, order.payments.len());
        order.payments.push(Payment {
            id,
            status,
            created,
            refunded: 0,
            error_reason: (status == "failed").then_some("insufficient_funds"),
        });
    }
}

impl House for RazorpayHouse {
    async fn open() -> Self {
        let db = TestDb::new(&[payments::schema()]).await;
        let clock = testkit::clock();
        let books = Books::default();
        books.lock().unwrap().now = clock.now().timestamp();
        let line = Line::default();
        let base = testkit::spawn_router(line.over(router(books.clone()))).await;
        let razorpay = Self::adapter(&db, &base, &clock, KEY_SECRET, Duration::from_secs(20));
        Self {
            db,
            books,
            line,
            base,
            clock,
            razorpay,
        }
    }

    fn provider(&self) -> &dyn Provider {
        &self.razorpay
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn method(&self, buyer: Buyer) -> &'static str {
        match buyer {
            Buyer::Pays => "upi",
            Buyer::IsDeclined => "card",
            Buyer::ConfirmsAtBank => "net_banking",
        }
    }

    fn lost_method(&self) -> &'static str {
        self.disturb(Call::Authorize, Fault::Lost);
        self.method(Buyer::Pays)
    }

    fn slow_refunds(&self) -> &'static str {
        self.books.lock().unwrap().slow_refunds = true;
        self.method(Buyer::Pays)
    }

    async fn settle_refunds(&self, takes_them: bool) {
        let mut account = self.books.lock().unwrap();
        let Account { refunds, orders, .. } = &mut *account;
        for refund in refunds.iter_mut().filter(|refund| refund["status"] == "pending") {
            refund["status"] = json!(if takes_them { "processed" } else { "failed" });
            if !takes_them {
                let mut payments = orders.iter_mut().flat_map(|order| &mut order.payments);
                let payment = payments
                    .find(|payment| refund["payment_id"] == payment.id.as_str())
                    .unwrap();
                payment.refunded -= refund["amount"].as_i64().unwrap();
            }
        }
    }

    async fn at_bank(&self, reference: &str, buyer: Buyer) {
        match buyer {
            Buyer::IsDeclined => self.tries(reference, "failed", 120),
            _ => self.tries(reference, "authorized", 0),
        }
    }

    async fn books(&self) -> (i64, i64, i64) {
        let account = self.books.lock().unwrap();
        let (mut captured, mut refunded) = (0, 0);
        for order in &account.orders {
            let amount = order.body["amount"].as_i64().unwrap();
            for payment in &order.payments {
                captured += if payment.status == "captured" { amount } else { 0 };
                refunded += payment.refunded;
            }
        }
        (i64::try_from(account.orders.len()).unwrap(), captured, refunded)
    }

    async fn webhook(&self, kind: NoticeKind, key: &str, at: Timestamp) -> Webhook {
        let kind = match kind {
            NoticeKind::Captured => "payment.captured",
            NoticeKind::Authorized => "payment.authorized",
            NoticeKind::Refunded => "refund.processed",
            NoticeKind::RefundFailed => "refund.failed",
            other => panic!("{other:?}"),
        };
        let account = self.books.lock().unwrap();
        let order = account
            .orders
            .iter()
            .find(|order| order.body["receipt"] == key)
            .unwrap();
        // Its notes are an empty list, as where nobody filled them: the order says what it is about.
        let payment = order.payment_json(&order.payments[0]);
        let mut payload = json!({ "payment": { "entity": payment } });
        if kind.starts_with("refund.") {
            let refund = account
                .refunds
                .iter()
                .rfind(|refund| refund["payment_id"] == payment["id"]);
            payload["refund"] = json!({ "entity": refund.unwrap() });
        }
        let body = json!({ "entity": "event", "account_id": "acc_1", "event": kind, "contains": ["payment"],
            "payload": payload, "created_at": at.timestamp() })
        .to_string();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SIGNING.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        let signature = format!("{:x}", mac.finalize().into_bytes());
        Webhook {
            id: String::new(),
            timestamp: String::new(),
            signature: String::new(),
            headers: vec![("x-razorpay-signature".to_owned(), signature)],
            body: body.into_bytes(),
        }
    }

    fn webhook_age_max_s(&self) -> i64 {
        24 * 60 * 60 + 300
    }
}

impl Remote for RazorpayHouse {
    fn disturb(&self, call: Call, fault: Fault) {
        let call = match call {
            Call::Authorize => "POST /v1/orders",
            Call::Capture => "POST /v1/payments/*/capture",
            Call::Void | Call::Inquire => "GET /v1/orders/*/payments",
            Call::Refund => "POST /v1/payments/*/refund",
            Call::InquireRefund => "GET /v1/payments/*/refunds",
        };
        self.line.disturb(call, fault);
    }

    fn stranger(&self) -> Box<dyn Provider> {
        let timeout = Duration::from_secs(20);
        Box::new(Self::adapter(
            &self.db,
            &self.base,
            &self.clock,
            "another",
            timeout,
        ))
    }

    fn impatient(&self) -> Box<dyn Provider> {
        let timeout = Duration::from_secs(2);
        Box::new(Self::adapter(
            &self.db,
            &self.base,
            &self.clock,
            KEY_SECRET,
            timeout,
        ))
    }

    fn db(&self) -> &TestDb {
        &self.db
    }
}

#[tokio::test]
async fn a_failed_try_is_not_the_end_while_the_buyer_may_try_again() {
    let house = RazorpayHouse::open().await;
    let asked = house.razorpay.authorize(request(1, "card")).await;
    house.tries("order_1", "failed", 5);
    assert_eq!(house.razorpay.inquire(key(1)).await, asked);
    house.tries("order_1", "authorized", 0);
    assert_eq!(word(&house.razorpay.inquire(key(1)).await), "authorized");
    assert_eq!(word(&house.razorpay.capture(charge(1)).await), "captured");
}

#[tokio::test]
async fn what_is_taken_later_is_set_aside_for_longer() {
    for (capture, days) in [(CaptureTime::AtOnce, 1), (CaptureTime::OnDispatch, 5)] {
        let house = RazorpayHouse::open().await;
        let mut asked = request(1, "upi");
        asked.capture = capture;
        house.razorpay.authorize(asked).await;
        assert_eq!(house.razorpay.terms(charge(1)).await, None, "not paid yet");
        house.tries("order_1", "authorized", 0);
        let terms = house.razorpay.terms(charge(1)).await.unwrap();
        let now = house.clock.now().timestamp();
        assert_eq!(terms.lapses_at.timestamp(), now + days * 24 * 60 * 60);
    }
}

#[tokio::test]
async fn an_amount_that_razorpay_refuses_is_declined() {
    let house = RazorpayHouse::open().await;
    let mut asked = request(1, "upi");
    asked.amount.amount = 99;
    assert_eq!(word(&house.razorpay.authorize(asked).await), "declined");
}

#[tokio::test]
async fn the_way_to_the_hosted_page_is_a_form_without_a_script() {
    let house = RazorpayHouse::open().await;
    let Answer::RequiresAction { url, .. } = house.razorpay.authorize(request(1, "upi")).await else {
        panic!("not sent anywhere")
    };
    let pages = payments::razorpay::pages(house.razorpay.clone());
    let site = Client::new(testkit::spawn_router(pages).await);
    let page = site.get(&url).await;
    assert_eq!(page.status, 200);
    let text = String::from_utf8(page.body.to_vec()).unwrap();
    assert!(!text.contains("<script"), "{text}");
    let action = format!(r#"action="{}/v1/checkout/embedded""#, house.base);
    for part in [
        &*action,
        r#"name="order_id" value="order_1""#,
        r#"name="key_id" value="rzp_test_1""#,
        r#"value="https://shop.example/pay/razorpay/order_1/back""#,
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains(KEY_SECRET));
    let back = site.get(&format!("{url}/back")).await;
    assert_eq!(
        (back.status, &back.headers["location"]),
        (303, &"https://shop.example/back".parse().unwrap())
    );
    assert_eq!(site.get("/pay/razorpay/order_9").await.status, 404);
}
