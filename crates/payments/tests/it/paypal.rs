//! PayPal's part of the contract, kept strictly: <https://developer.paypal.com/docs/api/orders/v2/>.

mod captures;
mod cases;

use crate::house::{Buyer, Call, House, Remote, charge, key, pay, whole, word};
use crate::line::{Fault, Line};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use kernel::{Clock, FixedClock, Timestamp};
use payments::paypal::{Config, PayPal};
use payments::webhook::{NoticeKind, Refusal, Webhook};
use payments::{Hidden, Provider};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::TestDb;

const CLIENT: &str = "client-1";
const SECRET: &str = "paypal-secret";
const WEBHOOK_ID: &str = "9XL90610J3647323C";

type Books = Arc<Mutex<Account>>;

#[derive(Default)]
struct Account {
    slow_refunds: bool,
    orders: Vec<Order>,
    /// What was answered to a request id, by path.
    requests: BTreeMap<String, (u16, Value)>,
    tokens: usize,
    /// Tokens that are refused although their time is not over.
    revoked: usize,
}

struct Order {
    id: String,
    unit: Value,
    status: &'static str,
    authorization: Option<&'static str>,
    capture: Option<&'static str>,
    /// What was captured in parts.
    takes: Vec<Value>,
    refunds: Vec<Value>,
    /// The means the buyer chose will be declined.
    bad_means: bool,
    /// What a capture is refused with; a status is answered, and an issue refused.
    no_capture: Option<&'static str>,
    /// What a void is refused with.
    no_void: Option<&'static str>,
}

impl Order {
    fn json(&self) -> Value {
        let part = |name: &str, status: &Option<&str>| match status {
            Some(status) => {
                json!([{ "id": format!("{name}-{}", self.id), "status": status, "amount": self.unit["amount"],
                "custom_id": self.unit["custom_id"] }])
            }
            None => json!([]),
        };
        let mut unit = self.unit.clone();
        unit["reference_id"] = json!("default");
        if self.authorization.is_some() {
            let mut authorizations = part("AUTH", &self.authorization);
            authorizations[0]["create_time"] = json!("2026-01-01T10:00:00Z");
            authorizations[0]["expiration_time"] = json!("2026-01-30T10:00:00Z");
            let captures = match self.takes.is_empty() {
                true => part("CAP", &self.capture),
                false => json!(self.takes),
            };
            unit["payments"] =
                json!({ "authorizations": authorizations, "captures": captures, "refunds": self.refunds });
        }
        json!({ "id": self.id, "intent": "AUTHORIZE", "status": self.status, "purchase_units": [unit], "links": [
            { "href": format!("https://api-m.paypal.com/v2/checkout/orders/{}", self.id), "rel": "self", "method": "GET" },
            { "href": format!("https://www.paypal.com/checkoutnow?token={}", self.id), "rel": "payer-action", "method": "GET" } ] })
    }
}

fn cents(amount: &Value) -> i64 {
    let value = amount["value"].as_str().unwrap();
    value.replace('.', "").parse().unwrap()
}

impl Order {
    /// What went back or is on its way.
    fn refunded(&self) -> i64 {
        let refunds = self.refunds.iter();
        let good = refunds.filter(|refund| refund["status"] != "FAILED");
        good.map(|refund| cents(&refund["amount"])).sum()
    }

    fn count_refunds(&mut self) {
        self.capture = Some(match self.refunded() {
            0 => "COMPLETED",
            all if all == cents(&self.unit["amount"]) => "REFUNDED",
            _ => "PARTIALLY_REFUNDED",
        });
    }
}

fn issue(issue: &str) -> (u16, Value) {
    (
        422,
        json!({ "name": "UNPROCESSABLE_ENTITY", "message": "The requested action could not be performed.",
            "details": [{ "issue": issue, "description": "Refused." }], "debug_id": "90957fca61718", "links": [] }),
    )
}

fn not_found() -> (u16, Value) {
    (
        404,
        json!({ "name": "RESOURCE_NOT_FOUND", "details": [{ "issue": "INVALID_RESOURCE_ID" }] }),
    )
}

fn answer((status, body): (u16, Value)) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    match status {
        StatusCode::NO_CONTENT => status.into_response(),
        _ => (status, Json(body)).into_response(),
    }
}

fn stranger(books: &Books, headers: &HeaderMap) -> Option<Response> {
    let account = books.lock().unwrap();
    let held = headers.get("authorization").and_then(|held| held.to_str().ok());
    let number = held.and_then(|held| held.strip_prefix("Bearer A21AA-")?.parse::<usize>().ok());
    let good = number.is_some_and(|number| number > account.revoked && number <= account.tokens);
    (!good).then(|| {
        answer((
            401,
            json!({ "error": "invalid_token", "error_description": "Token signature verification failed" }),
        ))
    })
}

/// A call, done once for each request id.
fn once(
    books: &Books,
    path: &str,
    headers: &HeaderMap,
    work: impl FnOnce(&mut Account) -> (u16, Value),
) -> Response {
    if let Some(refusal) = stranger(books, headers) {
        return refusal;
    }
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["prefer"], "return=representation");
    let request = format!("{path} {}", headers["paypal-request-id"].to_str().unwrap());
    let mut account = books.lock().unwrap();
    if let Some(before) = account.requests.get(&request) {
        return answer(before.clone());
    }
    let said = work(&mut account);
    if said.0 < 400 {
        account.requests.insert(request, said.clone());
    }
    answer(said)
}

fn router(books: Books) -> Router {
    Router::new()
        .route("/v1/oauth2/token", post(token))
        .route("/v2/checkout/orders", post(make))
        .route("/v2/checkout/orders/{id}", get(look))
        .route("/v2/checkout/orders/{id}/authorize", post(authorize))
        .route("/v2/payments/authorizations/{id}/{verb}", post(settle))
        .route("/v2/payments/captures/{id}/refund", post(refund))
        .route("/v1/notifications/verify-webhook-signature", post(verify))
        .with_state(books)
}

async fn token(State(books): State<Books>, headers: HeaderMap, body: String) -> Response {
    let expected = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    if headers["authorization"] != expected {
        return answer((
            401,
            json!({ "error": "invalid_client", "error_description": "Client Authentication failed" }),
        ));
    }
    assert_eq!(body, "grant_type=client_credentials");
    let mut account = books.lock().unwrap();
    account.tokens += 1;
    answer((
        200,
        json!({ "access_token": format!("A21AA-{}", account.tokens), "token_type": "Bearer", "app_id": "APP-1", "expires_in": 32400 }),
    ))
}

async fn make(State(books): State<Books>, headers: HeaderMap, body: Bytes) -> Response {
    once(&books, "make", &headers, |account| {
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["intent"], "AUTHORIZE");
        let context = &body["payment_source"]["paypal"]["experience_context"];
        assert_eq!(context["return_url"], "https://shop.example/back");
        let value = body["purchase_units"][0]["amount"]["value"].as_str().unwrap();
        assert!(
            value.split_once('.').is_some_and(|(_, cents)| cents.len() == 2),
            "{value}"
        );
        let order = Order {
            id: format!("5O19{}", account.orders.len() + 1),
            unit: body["purchase_units"][0].clone(),
            status: "PAYER_ACTION_REQUIRED",
            authorization: None,
            capture: None,
            takes: Vec::new(),
            refunds: Vec::new(),
            bad_means: false,
            no_capture: None,
            no_void: None,
        };
        let said = order.json();
        account.orders.push(order);
        (200, said)
    })
}

async fn look(State(books): State<Books>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if let Some(refusal) = stranger(&books, &headers) {
        return refusal;
    }
    let account = books.lock().unwrap();
    let order = account.orders.iter().find(|order| order.id == id);
    answer(order.map_or_else(not_found, |order| (200, order.json())))
}

async fn authorize(State(books): State<Books>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    once(&books, &format!("{id}/authorize"), &headers, |account| {
        let Some(order) = account.orders.iter_mut().find(|order| order.id == id) else {
            return not_found();
        };
        match (order.status, order.bad_means) {
            ("APPROVED", true) => issue("INSTRUMENT_DECLINED"),
            ("APPROVED", false) => {
                order.status = "COMPLETED";
                order.authorization = Some("CREATED");
                (201, order.json())
            }
            ("COMPLETED", _) => issue("ORDER_ALREADY_AUTHORIZED"),
            _ => issue("ORDER_NOT_APPROVED"),
        }
    })
}

async fn settle(
    State(books): State<Books>,
    headers: HeaderMap,
    Path((id, verb)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    once(&books, &format!("{id}/{verb}"), &headers, |account| {
        let body: Value = serde_json::from_slice(&body).unwrap();
        let order = account
            .orders
            .iter_mut()
            .find(|order| id == format!("AUTH-{}", order.id));
        let Some(order) = order else { return not_found() };
        if order.takes_part(&verb, &body) {
            return order.take_part(&verb, &body);
        }
        match (verb.as_str(), order.authorization) {
            ("capture", Some("CREATED")) if order.no_capture == Some("DECLINED") => {
                order.capture = Some("DECLINED");
                (
                    201,
                    json!({ "id": format!("CAP-{}", order.id), "status": "DECLINED" }),
                )
            }
            ("capture", Some("CREATED")) if order.no_capture.is_some() => issue(order.no_capture.unwrap()),
            ("void", Some("CREATED")) if order.no_void.is_some() => issue(order.no_void.unwrap()),
            ("capture", Some("CREATED")) => {
                assert_eq!(
                    (&body["amount"], &body["final_capture"]),
                    (&order.unit["amount"], &json!(true))
                );
                order.authorization = Some("CAPTURED");
                order.capture = Some("COMPLETED");
                (
                    201,
                    json!({ "id": format!("CAP-{}", order.id), "status": "COMPLETED", "final_capture": true }),
                )
            }
            ("void", Some("CREATED")) => {
                order.authorization = Some("VOIDED");
                (204, Value::Null)
            }
            ("void", Some("VOIDED")) => issue("PREVIOUSLY_VOIDED"),
            (_, Some("VOIDED")) => issue("AUTHORIZATION_VOIDED"),
            _ => issue("AUTHORIZATION_ALREADY_CAPTURED"),
        }
    })
}

async fn refund(
    State(books): State<Books>,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    once(&books, &format!("{id}/refund"), &headers, |account| {
        let body: Value = serde_json::from_slice(&body).unwrap();
        let slow = account.slow_refunds;
        if let Some(said) = captures::refund(account, &id, &body) {
            return said;
        }
        let order = account
            .orders
            .iter_mut()
            .find(|order| id == format!("CAP-{}", order.id));
        let Some(order) = order else { return not_found() };
        if order.capture == Some("REFUNDED") {
            return issue("CAPTURE_FULLY_REFUNDED");
        }
        if cents(&body["amount"]) > cents(&order.unit["amount"]) - order.refunded() {
            return issue("REFUND_AMOUNT_EXCEEDED");
        }
        assert!(body["custom_id"].as_str().unwrap().len() <= 127);
        let status = if slow { "PENDING" } else { "COMPLETED" };
        let refund = json!({ "id": format!("1JU0890278169141{}", order.refunds.len()), "status": status,
            "amount": body["amount"], "custom_id": body["custom_id"], "note_to_payer": body["note_to_payer"] });
        order.refunds.push(refund.clone());
        order.count_refunds();
        (201, refund)
    })
}

/// What stands for PayPal's certificate.
fn sign(id: &str, time: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"the certificate").unwrap();
    for part in [
        id.as_bytes(),
        b"|",
        time.as_bytes(),
        b"|",
        WEBHOOK_ID.as_bytes(),
        b"|",
        body,
    ] {
        mac.update(part);
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

async fn verify(State(books): State<Books>, headers: HeaderMap, body: Bytes) -> Response {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Question<'a> {
        auth_algo: String,
        cert_url: String,
        transmission_id: String,
        transmission_sig: String,
        transmission_time: String,
        webhook_id: String,
        #[serde(borrow)]
        webhook_event: &'a serde_json::value::RawValue,
    }
    if let Some(refusal) = stranger(&books, &headers) {
        return refusal;
    }
    let asked: Question = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&*asked.webhook_id, &*asked.auth_algo),
        (WEBHOOK_ID, "SHA256withRSA")
    );
    assert!(asked.cert_url.starts_with("https://api.paypal.com/"));
    let expected = sign(
        &asked.transmission_id,
        &asked.transmission_time,
        asked.webhook_event.get().as_bytes(),
    );
    let status = if asked.transmission_sig == expected {
        "SUCCESS"
    } else {
        "FAILURE"
    };
    answer((200, json!({ "verification_status": status })))
}

pub struct PayPalHouse {
    db: TestDb,
    books: Books,
    line: Line,
    base: String,
    clock: Arc<FixedClock>,
    paypal: PayPal,
}

fn config(base: &str, secret: &str, timeout: Duration) -> Config {
    Config {
        base: base.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: Hidden::new(secret),
        webhook_id: WEBHOOK_ID.to_owned(),
        public_url: "https://shop.example".to_owned(),
        captures_max: 10,
        timeout,
    }
}

impl PayPalHouse {
    fn adapter(db: &TestDb, base: &str, clock: &Arc<FixedClock>, secret: &str, timeout: Duration) -> PayPal {
        let config = config(base, secret, timeout);
        assert!(!format!("{config:?}").contains(secret), "a credential is printed");
        PayPal::new(config, db.db(payments::CONTEXT), clock.clone()).unwrap()
    }

    /// The adapter of an account that captures an authorisation so often.
    fn capturing(&self, captures_max: u32) -> PayPal {
        let config = Config {
            captures_max,
            ..config(&self.base, SECRET, Duration::from_secs(20))
        };
        PayPal::new(config, self.db.db(payments::CONTEXT), self.clock.clone()).unwrap()
    }
}

impl House for PayPalHouse {
    async fn open() -> Self {
        let db = TestDb::new(&[payments::schema()]).await;
        let clock = testkit::clock();
        let books = Books::default();
        let line = Line::default();
        let base = testkit::spawn_router(line.over(router(books.clone()))).await;
        let paypal = Self::adapter(&db, &base, &clock, SECRET, Duration::from_secs(20));
        Self {
            db,
            books,
            line,
            base,
            clock,
            paypal,
        }
    }

    fn provider(&self) -> &dyn Provider {
        &self.paypal
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn method(&self, buyer: Buyer) -> &'static str {
        match buyer {
            Buyer::IsDeclined => "card",
            _ => "wallet",
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
        for order in &mut account.orders {
            let pending = order
                .refunds
                .iter_mut()
                .filter(|refund| refund["status"] == "PENDING");
            for refund in pending {
                refund["status"] = json!(if takes_them { "COMPLETED" } else { "FAILED" });
            }
            if order.capture.is_some() {
                order.count_refunds();
            }
        }
    }

    async fn at_bank(&self, reference: &str, buyer: Buyer) {
        let mut account = self.books.lock().unwrap();
        let order = account
            .orders
            .iter_mut()
            .find(|order| order.id == reference)
            .unwrap();
        order.status = "APPROVED";
        order.bad_means = buyer == Buyer::IsDeclined;
    }

    async fn books(&self) -> (i64, i64, i64) {
        let account = self.books.lock().unwrap();
        let took = |order: &&Order| !matches!(order.capture, None | Some("DECLINED"));
        let taken = account.orders.iter().filter(took);
        let whole: i64 = taken.map(|order| cents(&order.unit["amount"])).sum();
        let in_parts: i64 = account.orders.iter().map(Order::taken_in_parts).sum();
        let taken = whole + in_parts;
        let refunded = account.orders.iter().map(Order::refunded).sum();
        let charges = i64::try_from(account.orders.len()).unwrap();
        (charges, taken, refunded)
    }

    async fn webhook(&self, kind: NoticeKind, key: &str, at: Timestamp) -> Webhook {
        let kind = match kind {
            NoticeKind::Captured => "PAYMENT.CAPTURE.COMPLETED",
            NoticeKind::Authorized => "PAYMENT.AUTHORIZATION.CREATED",
            NoticeKind::Refunded => "PAYMENT.CAPTURE.REFUNDED",
            NoticeKind::RefundFailed => "PAYMENT.REFUND.FAILED",
            other => panic!("{other:?}"),
        };
        let account = self.books.lock().unwrap();
        let order = account
            .orders
            .iter()
            .find(|order| order.unit["custom_id"] == key)
            .unwrap();
        let resource = order.shown(kind);
        // With a space that must come back as it is.
        let body = json!({ "id": "WH-1", "event_version": "1.0", "event_type": kind, "resource": resource });
        let body = body.to_string().replacen("{", "{ ", 1).into_bytes();
        let time = at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let signature = sign("69cd13f0", &time, &body);
        let headers = [
            ("paypal-auth-algo", "SHA256withRSA".to_owned()),
            (
                "paypal-cert-url",
                "https://api.paypal.com/v1/notifications/certs/CERT-1".to_owned(),
            ),
            ("paypal-transmission-id", "69cd13f0".to_owned()),
            ("paypal-transmission-sig", signature),
            ("paypal-transmission-time", time),
        ];
        Webhook {
            id: String::new(),
            timestamp: String::new(),
            signature: String::new(),
            headers: headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            body,
        }
    }

    fn webhook_age_max_s(&self) -> i64 {
        3 * 24 * 60 * 60 + 300
    }
}

impl Remote for PayPalHouse {
    fn disturb(&self, call: Call, fault: Fault) {
        let call = match call {
            Call::Authorize => "POST /v2/checkout/orders",
            Call::Capture => "POST /v2/payments/*/capture",
            Call::Void => "POST /v2/payments/*/void",
            Call::Refund => "POST /v2/payments/*/refund",
            Call::InquireRefund => "GET /v2/checkout/orders/*",
            Call::Inquire => "GET /v2/checkout/orders/*",
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
        Box::new(Self::adapter(&self.db, &self.base, &self.clock, SECRET, timeout))
    }

    fn db(&self) -> &TestDb {
        &self.db
    }
}
