//! Stripe's part of the contract, kept strictly: <https://docs.stripe.com/api>.

mod cases;

use crate::house::{Buyer, Call, House, Remote};
use crate::line::{Fault, Line};
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use hmac::{Hmac, Mac};
use kernel::{Clock, FixedClock, Timestamp};
use payments::stripe::{Config, Stripe};
use payments::webhook::{NoticeKind, Webhook};
use payments::{Hidden, Provider};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::TestDb;

const SECRET_KEY: &str = "sk_test_51";
const SIGNING: &str = "whsec_stripe_test";

type Fields = BTreeMap<String, String>;
type Books = Arc<Mutex<Account>>;

#[derive(Default)]
struct Account {
    now: i64,
    intents: Vec<Intent>,
    refunds: Vec<Value>,
    /// Refunds take their time.
    slow_refunds: bool,
    /// And so does the bank.
    slow_bank: bool,
    /// Search is not for this account.
    search_refused: bool,
    /// Cards can be captured several times.
    multicapture: bool,
    /// What captures are refused with, whatever they ask for.
    captures_meet: Option<(u16, &'static str)>,
    /// Idempotency keys: what was asked, and what was answered.
    keys: BTreeMap<String, (String, u16, Value)>,
    /// How many of the latest intents search does not know yet.
    unsearchable: usize,
}

#[derive(Clone)]
struct Intent {
    id: String,
    amount: i64,
    currency: String,
    status: &'static str,
    key: String,
    created: i64,
    captured: i64,
    /// Whether several captures were asked for, and the card allows them.
    multicapture: bool,
    /// Of which refunds that did not fail.
    refunded: i64,
    decline_code: Option<&'static str>,
}

impl Intent {
    fn json(&self, expanded: bool) -> Value {
        let charge = match expanded {
            true => json!({ "id": format!("ch_{}", self.id), "object": "charge", "amount": self.amount,
                "captured": self.status == "succeeded", "amount_captured": self.captured, "amount_refunded": self.refunded,
                "refunded": self.status == "succeeded" && self.refunded > 0 && self.refunded == self.captured,
                "payment_method_details": { "type": "card", "card": { "brand": "visa", "capture_before": self.created + 518_400,
                    "multicapture": { "status": if self.multicapture { "available" } else { "unavailable" } } } } }),
            false => json!(format!("ch_{}", self.id)),
        };
        let has_charge = ["requires_capture", "succeeded"].contains(&self.status);
        let next = (self.status == "requires_action").then(|| {
            json!({ "type": "redirect_to_url", "redirect_to_url": {
                "url": format!("https://hooks.stripe.com/3d_secure_2/hosted?payment_intent={}", self.id), "return_url": "" } })
        });
        let error = self.decline_code.map(
            |code| json!({ "type": "card_error", "code": "card_declined", "decline_code": code, "message": "Declined." }),
        );
        json!({
            "id": self.id, "object": "payment_intent", "amount": self.amount, "currency": self.currency,
            "amount_received": self.captured, "status": self.status, "capture_method": "manual", "created": self.created,
            "metadata": { "stoa_key": self.key }, "next_action": next, "last_payment_error": error,
            "latest_charge": has_charge.then_some(charge), "livemode": false,
        })
    }
}

fn error(status: u16, kind: &str, code: &str) -> (u16, Value) {
    (
        status,
        json!({ "error": { "type": kind, "code": code, "message": "Refused.", "doc_url": "https://stripe.com/docs" } }),
    )
}

fn answer((status, body): (u16, Value)) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

/// Whether the caller is who they should be; the refusal if not.
fn stranger(headers: &HeaderMap) -> Option<Response> {
    let expected = format!("Bearer {SECRET_KEY}");
    if headers.get("authorization").is_none_or(|held| held != &*expected) {
        return Some(answer(error(401, "invalid_request_error", "api_key_invalid")));
    }
    assert_eq!(headers["stripe-version"], "2024-06-20");
    None
}

/// A form, done once for each idempotency key.
fn once(
    books: &Books,
    path: &str,
    headers: &HeaderMap,
    body: &Bytes,
    work: impl FnOnce(&mut Account, &Fields) -> (u16, Value),
) -> Response {
    if let Some(refusal) = stranger(headers) {
        return refusal;
    }
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let fields: Fields = form_urlencoded::parse(body).into_owned().collect();
    let asked = format!("{path} {fields:?}");
    let mut account = books.lock().unwrap();
    if let Some((before, status, body)) = account.keys.get(&key) {
        return answer(match *before == asked {
            true => (*status, body.clone()),
            false => error(400, "idempotency_error", "idempotency_key_reused"),
        });
    }
    let (status, body) = work(&mut account, &fields);
    // That two meet is said to one of them, and kept for neither.
    if status != 409 {
        account.keys.insert(key, (asked, status, body.clone()));
    }
    answer((status, body))
}

fn create(account: &mut Account, fields: &Fields) -> (u16, Value) {
    let field = |name: &str| {
        fields
            .get(name)
            .unwrap_or_else(|| panic!("{name} is missing in {fields:?}"))
            .as_str()
    };
    assert_eq!(
        [
            field("capture_method"),
            field("confirm"),
            field("automatic_payment_methods[enabled]")
        ],
        ["manual", "true", "true"]
    );
    assert_eq!(field("return_url"), "https://shop.example/back");
    assert_eq!(
        field("metadata[stoa_payment]"),
        "00000000-0000-0000-0000-000000000007"
    );
    let (status, decline_code) = match field("payment_method") {
        "pm_card_visa" if account.slow_bank => ("processing", None),
        "pm_card_visa" => ("requires_capture", None),
        "pm_card_threeDSecure2Required" => ("requires_action", None),
        "pm_card_visa_chargeDeclinedInsufficientFunds" => {
            ("requires_payment_method", Some("insufficient_funds"))
        }
        _ => return error(400, "invalid_request_error", "resource_missing"),
    };
    let currency = field("currency").to_owned();
    assert_eq!(currency, currency.to_ascii_lowercase());
    let intent = Intent {
        id: format!("pi_{}", account.intents.len() + 1),
        amount: field("amount").parse().unwrap(),
        currency,
        status,
        key: field("metadata[stoa_key]").to_owned(),
        created: account.now,
        captured: 0,
        multicapture: account.multicapture
            && fields
                .get("payment_method_options[card][request_multicapture]")
                .is_some_and(|asked| asked == "if_available"),
        refunded: 0,
        decline_code,
    };
    account.intents.push(intent.clone());
    match decline_code {
        None => (200, intent.json(false)),
        Some(decline_code) => (
            402,
            json!({ "error": { "type": "card_error", "code": "card_declined", "decline_code": decline_code,
                "message": "Your card has insufficient funds.", "payment_intent": intent.json(false) } }),
        ),
    }
}

fn router(books: Books) -> Router {
    Router::new()
        .route("/v1/payment_intents", post(make).get(list))
        .route("/v1/payment_intents/search", get(search))
        .route("/v1/payment_intents/{id}", get(look))
        .route("/v1/payment_intents/{id}/{verb}", post(change))
        .route("/v1/refunds", post(refund).get(refunds))
        .with_state(books)
}

async fn make(State(books): State<Books>, headers: HeaderMap, body: Bytes) -> Response {
    once(&books, "make", &headers, &body, create)
}

async fn change(
    State(books): State<Books>,
    Path((id, verb)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    once(
        &books,
        &format!("{id}/{verb}"),
        &headers,
        &body,
        |account, fields| {
            if let Some((status, code)) = account.captures_meet.filter(|_| verb == "capture") {
                return error(status, "invalid_request_error", code);
            }
            let intent = account.intents.iter_mut().find(|intent| intent.id == id);
            let Some(intent) = intent else {
                return error(404, "invalid_request_error", "resource_missing");
            };
            match (verb.as_str(), intent.status) {
                ("capture", "requires_capture") => {
                    let left = intent.amount - intent.captured;
                    let asked = fields.get("amount_to_capture");
                    let amount = asked.map_or(left, |amount| amount.parse().unwrap());
                    let keeps = fields.get("final_capture").is_some_and(|last| last == "false");
                    if amount > left || (fields.contains_key("final_capture") && !intent.multicapture) {
                        return error(400, "invalid_request_error", "amount_too_large");
                    }
                    intent.captured += amount;
                    if !keeps {
                        intent.status = "succeeded";
                    }
                }
                ("cancel", "requires_capture" | "requires_action" | "requires_payment_method") => {
                    intent.status = "canceled";
                }
                _ => return error(400, "invalid_request_error", "payment_intent_unexpected_state"),
            }
            (200, intent.json(false))
        },
    )
}

async fn refund(State(books): State<Books>, headers: HeaderMap, body: Bytes) -> Response {
    once(&books, "refund", &headers, &body, |account, fields| {
        let id = &fields["payment_intent"];
        let intent = account.intents.iter_mut().find(|intent| &intent.id == id);
        let Some(intent) = intent else {
            return error(404, "invalid_request_error", "resource_missing");
        };
        assert!(
            intent.status == "succeeded" || intent.captured > 0,
            "a refund would cancel it"
        );
        let amount: i64 = fields["amount"].parse().unwrap();
        if intent.refunded == intent.captured {
            return error(400, "invalid_request_error", "charge_already_refunded");
        }
        if amount > intent.captured - intent.refunded {
            let mut refusal = error(400, "invalid_request_error", "");
            refusal.1["error"]["code"] = Value::Null;
            refusal.1["error"]["param"] = json!("amount");
            return refusal;
        }
        intent.refunded += amount;
        let status = if account.slow_refunds {
            "pending"
        } else {
            "succeeded"
        };
        let metadata: BTreeMap<&str, &String> = fields
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("metadata[")?.strip_suffix(']')?, value)))
            .collect();
        let refund = json!({ "id": format!("re_{}", account.refunds.len() + 1), "object": "refund", "status": status,
            "amount": amount, "currency": intent.currency, "payment_intent": id, "metadata": metadata });
        account.refunds.push(refund.clone());
        (200, refund)
    })
}

async fn refunds(State(books): State<Books>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    let query: Fields = form_urlencoded::parse(query.unwrap().as_bytes())
        .into_owned()
        .collect();
    let account = books.lock().unwrap();
    let of = account
        .refunds
        .iter()
        .rev()
        .filter(|refund| refund["payment_intent"] == query["payment_intent"].as_str());
    let rest: Vec<&Value> = match query.get("starting_after") {
        Some(after) => of
            .skip_while(|refund| refund["id"] != after.as_str())
            .skip(1)
            .collect(),
        None => of.collect(),
    };
    let data: Vec<&Value> = rest.iter().take(2).copied().collect();
    answer((
        200,
        json!({ "object": "list", "data": data, "has_more": rest.len() > 2 }),
    ))
}

async fn look(
    State(books): State<Books>,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    let expanded = query.is_some_and(|query| query.contains("expand%5B%5D=latest_charge"));
    let account = books.lock().unwrap();
    let intent = account.intents.iter().find(|intent| intent.id == id);
    answer(match intent {
        Some(intent) => (200, intent.json(expanded)),
        None => error(404, "invalid_request_error", "resource_missing"),
    })
}

async fn search(State(books): State<Books>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    let query: Fields = form_urlencoded::parse(query.unwrap().as_bytes())
        .into_owned()
        .collect();
    let key = query["query"]
        .strip_prefix("metadata['stoa_key']:'")
        .and_then(|rest| rest.strip_suffix('\''))
        .unwrap();
    let account = books.lock().unwrap();
    if account.search_refused {
        return answer(error(403, "invalid_request_error", "not_allowed"));
    }
    let known = account.intents.len() - account.unsearchable;
    let found = account.intents[..known].iter().filter(|intent| intent.key == key);
    let data: Vec<Value> = found.map(|intent| intent.json(false)).collect();
    answer((
        200,
        json!({ "object": "search_result", "data": data, "has_more": false }),
    ))
}

async fn list(State(books): State<Books>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    let query: Fields = form_urlencoded::parse(query.unwrap().as_bytes())
        .into_owned()
        .collect();
    assert_eq!(query["limit"], "100");
    let since: i64 = query["created[gte]"].parse().unwrap();
    let account = books.lock().unwrap();
    // Newest first; pages of two, so that leafing through is tried.
    let newest = account
        .intents
        .iter()
        .rev()
        .filter(|intent| intent.created >= since);
    let rest: Vec<&Intent> = match query.get("starting_after") {
        Some(after) => newest.skip_while(|intent| intent.id != *after).skip(1).collect(),
        None => newest.collect(),
    };
    let data: Vec<Value> = rest.iter().take(2).map(|intent| intent.json(false)).collect();
    answer((
        200,
        json!({ "object": "list", "data": data, "has_more": rest.len() > 2 }),
    ))
}

pub struct StripeHouse {
    db: TestDb,
    books: Books,
    pub line: Line,
    base: String,
    clock: Arc<FixedClock>,
    stripe: Stripe,
}

impl StripeHouse {
    fn adapter(db: &TestDb, base: &str, clock: &Arc<FixedClock>, key: &str, timeout: Duration) -> Stripe {
        let config = Config {
            base: base.to_owned(),
            key: Hidden::new(key),
            webhook_secret: Hidden::new(SIGNING),
            public_url: "https://shop.example".to_owned(),
            timeout,
        };
        assert!(!format!("{config:?}").contains(key), "a credential is printed");
        Stripe::new(config, db.db(payments::CONTEXT), clock.clone()).unwrap()
    }
}

impl StripeHouse {
    pub fn cards_are_captured_in_parts(&self) {
        self.books.lock().unwrap().multicapture = true;
    }

    pub fn bank_takes_its_time(&self) {
        self.books.lock().unwrap().slow_bank = true;
    }
}

impl House for StripeHouse {
    async fn open() -> Self {
        let db = TestDb::new(&[payments::schema()]).await;
        let clock = testkit::clock();
        let books = Books::default();
        books.lock().unwrap().now = clock.now().timestamp();
        let line = Line::default();
        let base = testkit::spawn_router(line.over(router(books.clone()))).await;
        let stripe = Self::adapter(&db, &base, &clock, SECRET_KEY, Duration::from_secs(20));
        Self {
            db,
            books,
            line,
            base,
            clock,
            stripe,
        }
    }

    fn provider(&self) -> &dyn Provider {
        &self.stripe
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn method(&self, buyer: Buyer) -> &'static str {
        match buyer {
            Buyer::Pays => "pm_card_visa",
            Buyer::IsDeclined => "pm_card_visa_chargeDeclinedInsufficientFunds",
            Buyer::ConfirmsAtBank => "pm_card_threeDSecure2Required",
        }
    }

    fn lost_method(&self) -> &'static str {
        // Search lags behind, as it does.
        self.books.lock().unwrap().unsearchable = 1;
        self.disturb(Call::Authorize, Fault::Lost);
        self.method(Buyer::Pays)
    }

    fn slow_refunds(&self) -> &'static str {
        self.books.lock().unwrap().slow_refunds = true;
        self.method(Buyer::Pays)
    }

    async fn settle_refunds(&self, takes_them: bool) {
        let mut account = self.books.lock().unwrap();
        let Account { refunds, intents, .. } = &mut *account;
        for refund in refunds.iter_mut().filter(|refund| refund["status"] == "pending") {
            refund["status"] = json!(if takes_them { "succeeded" } else { "failed" });
            if !takes_them {
                refund["failure_reason"] = json!("expired_or_canceled_card");
                let intent = intents
                    .iter_mut()
                    .find(|intent| refund["payment_intent"] == intent.id.as_str());
                intent.unwrap().refunded -= refund["amount"].as_i64().unwrap();
            }
        }
    }

    async fn at_bank(&self, reference: &str, buyer: Buyer) {
        let mut account = self.books.lock().unwrap();
        let intent = account
            .intents
            .iter_mut()
            .find(|intent| intent.id == reference)
            .unwrap();
        match (intent.status, buyer) {
            ("requires_action", Buyer::IsDeclined) => intent.status = "requires_payment_method",
            ("requires_action", _) => intent.status = "requires_capture",
            _ => {}
        }
    }

    async fn books(&self) -> (i64, i64, i64) {
        let account = self.books.lock().unwrap();
        let sum = |of: fn(&Intent) -> i64| account.intents.iter().map(of).sum();
        let charges = i64::try_from(account.intents.len()).unwrap();
        (charges, sum(|i| i.captured), sum(|i| i.refunded))
    }

    async fn webhook(&self, kind: NoticeKind, key: &str, at: Timestamp) -> Webhook {
        let kind = match kind {
            NoticeKind::Captured => "payment_intent.succeeded",
            NoticeKind::Authorized => "payment_intent.amount_capturable_updated",
            NoticeKind::Refunded => "refund.updated",
            NoticeKind::RefundFailed => "refund.failed",
            other => panic!("{other:?}"),
        };
        let account = self.books.lock().unwrap();
        let intent = account.intents.iter().find(|intent| intent.key == key).unwrap();
        let object = match kind.starts_with("refund.") {
            true => account
                .refunds
                .iter()
                .rfind(|refund| refund["payment_intent"] == intent.id.as_str())
                .unwrap()
                .clone(),
            false => intent.json(false),
        };
        let body =
            json!({ "id": "evt_1", "object": "event", "api_version": "2024-06-20", "created": at.timestamp(),
            "type": kind, "data": { "object": object } })
            .to_string();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SIGNING.as_bytes()).unwrap();
        mac.update(format!("{}.{body}", at.timestamp()).as_bytes());
        let signature = format!("{:x}", mac.finalize().into_bytes());
        let other = "0".repeat(64);
        let header = format!("t={},v1={other},v1={signature},v0={other}", at.timestamp());
        Webhook {
            id: String::new(),
            timestamp: String::new(),
            signature: String::new(),
            headers: vec![("stripe-signature".to_owned(), header)],
            body: body.into_bytes(),
        }
    }

    fn webhook_age_max_s(&self) -> i64 {
        300
    }
}

impl Remote for StripeHouse {
    fn disturb(&self, call: Call, fault: Fault) {
        let call = match call {
            Call::Authorize => "POST /v1/payment_intents",
            Call::Capture => "POST /v1/payment_intents/*/capture",
            Call::Void => "POST /v1/payment_intents/*/cancel",
            Call::Refund => "POST /v1/refunds",
            Call::InquireRefund => "GET /v1/refunds",
            Call::Inquire => "GET /v1/payment_intents/*",
        };
        self.line.disturb(call, fault);
    }

    fn stranger(&self) -> Box<dyn Provider> {
        let timeout = Duration::from_secs(20);
        Box::new(Self::adapter(
            &self.db,
            &self.base,
            &self.clock,
            "sk_other",
            timeout,
        ))
    }

    fn impatient(&self) -> Box<dyn Provider> {
        let timeout = Duration::from_secs(2);
        Box::new(Self::adapter(
            &self.db,
            &self.base,
            &self.clock,
            SECRET_KEY,
            timeout,
        ))
    }

    fn db(&self) -> &TestDb {
        &self.db
    }
}
