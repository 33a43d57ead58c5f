//! A provider as tests know it: the adapter, and the company behind it with its books and its buyers.

use crate::line::Fault;
use contracts::payments::CaptureTime;
use kernel::{Currency, Money, PaymentId, Timestamp};
use payments::provider::{charge_key, take_key};
use payments::webhook::{NoticeKind, Secret, Webhook};
use payments::{Answer, Authorize, Provider, ProviderCharge, Refund, Rest, Sandbox, Take};
use std::future::Future;
use testkit::TestDb;
use uuid::Uuid;

/// What the buyer's means of payment does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buyer {
    Pays,
    IsDeclined,
    ConfirmsAtBank,
}

pub trait House: Sized {
    fn open() -> impl Future<Output = Self>;
    fn provider(&self) -> &dyn Provider;
    fn now(&self) -> Timestamp;
    fn method(&self, buyer: Buyer) -> &'static str;
    /// The means whose authorisation takes effect without an answer.
    fn lost_method(&self) -> &'static str;
    /// The means whose refunds are under way until they are settled.
    fn slow_refunds(&self) -> &'static str;
    /// The bank decides about refunds that are under way.
    fn settle_refunds(&self, takes_them: bool) -> impl Future<Output = ()>;
    /// What the buyer does at the address they were sent to.
    fn at_bank(&self, reference: &str, buyer: Buyer) -> impl Future<Output = ()>;
    /// Charges in the provider's books, and the minor units that it took and gave back.
    fn books(&self) -> impl Future<Output = (i64, i64, i64)>;
    /// A webhook about a charge that is in the provider's books, or its latest refund, signed at `at`.
    fn webhook(&self, kind: NoticeKind, key: &str, at: Timestamp) -> impl Future<Output = Webhook>;
    /// Seconds after which a webhook is too old.
    fn webhook_age_max_s(&self) -> i64;
}

/// A house at the other end of a line.
pub trait Remote: House {
    fn disturb(&self, step: Call, fault: Fault);
    /// The adapter with other credentials.
    fn stranger(&self) -> Box<dyn Provider>;
    /// The adapter with no patience.
    fn impatient(&self) -> Box<dyn Provider>;
    fn db(&self) -> &TestDb;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Authorize,
    Capture,
    Void,
    Refund,
    Inquire,
    InquireRefund,
}

const PAYMENT: PaymentId = PaymentId(Uuid::from_u128(7));

pub fn key(attempt: u32) -> String {
    charge_key(PAYMENT, attempt)
}

pub fn request(attempt: u32, method: &str) -> Authorize {
    Authorize {
        key: key(attempt),
        payment: PAYMENT,
        amount: Money::new(1234, Currency::EUR),
        method: method.to_owned(),
        return_path: "/back".to_owned(),
        capture: CaptureTime::AtOnce,
    }
}

pub fn charge(attempt: u32) -> ProviderCharge {
    ProviderCharge {
        key: key(attempt),
        amount: Money::new(1234, Currency::EUR),
    }
}

/// Part of a charge, under a key of its own.
pub fn part(attempt: u32, number: u32, amount: i64) -> Refund {
    Refund {
        key: format!("refund-{attempt}-{number}"),
        charge: charge(attempt),
        of: None,
        amount: Money::new(amount, Currency::EUR),
        reason: "A cup was broken.".to_owned(),
    }
}

/// Takes some of a charge of which some was taken, under a key of its own.
pub fn take(attempt: u32, number: u32, amount: i64, taken: i64, rest: Rest) -> Take {
    let charge = charge(attempt);
    Take {
        key: take_key(&charge.key, number),
        amount: Money::new(amount, Currency::EUR),
        taken: Money::new(taken, Currency::EUR),
        charge,
        rest,
    }
}

/// Some of what a take took, under a key of its own.
pub fn part_of(take: &Take, number: u32, amount: i64) -> Refund {
    Refund {
        key: format!("{}-{number}", take.key),
        charge: take.charge.clone(),
        of: Some(take.key.clone()),
        amount: Money::new(amount, Currency::EUR),
        reason: "A cup was broken.".to_owned(),
    }
}

/// All of a charge.
pub fn whole(attempt: u32) -> Refund {
    Refund::whole(charge(attempt), "The order was cancelled.")
}

/// An answer in one word.
pub fn word(answer: &Answer) -> &'static str {
    match answer {
        Answer::Authorized { .. } => "authorized",
        Answer::Captured { .. } => "captured",
        Answer::Voided { .. } => "voided",
        Answer::Refunded { .. } => "refunded",
        Answer::Pending { .. } => "pending",
        Answer::Declined { .. } => "declined",
        Answer::RequiresAction { .. } => "requires_action",
        Answer::Unknown => "unknown",
        Answer::NotFound => "not_found",
    }
}

/// Asks for a charge, and does what the buyer does.
pub async fn pay(house: &impl House, attempt: u32, buyer: Buyer) -> Answer {
    let answer = house
        .provider()
        .authorize(request(attempt, house.method(buyer)))
        .await;
    follow(house, attempt, buyer, answer).await
}

/// Goes where the answer sends the buyer.
pub async fn follow(house: &impl House, attempt: u32, buyer: Buyer, answer: Answer) -> Answer {
    let Answer::RequiresAction { reference, .. } = answer else {
        return answer;
    };
    house.at_bank(&reference, buyer).await;
    house.provider().inquire(key(attempt)).await
}

pub struct SandboxHouse {
    db: TestDb,
    sandbox: Sandbox,
    now: Timestamp,
}

impl House for SandboxHouse {
    async fn open() -> Self {
        let db = TestDb::new(&[payments::schema()]).await;
        let sandbox = Sandbox::new(db.db(payments::CONTEXT), Secret::new(vec![7; 32]));
        let now = kernel::Clock::now(&*testkit::clock());
        Self { db, sandbox, now }
    }

    fn provider(&self) -> &dyn Provider {
        &self.sandbox
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn method(&self, buyer: Buyer) -> &'static str {
        match buyer {
            Buyer::Pays => "tok_visa",
            Buyer::IsDeclined => "tok_declined",
            Buyer::ConfirmsAtBank => "tok_3ds",
        }
    }

    fn lost_method(&self) -> &'static str {
        "tok_timeout"
    }

    fn slow_refunds(&self) -> &'static str {
        "tok_refund_slow"
    }

    async fn settle_refunds(&self, takes_them: bool) {
        sqlx::query(
            "update payments.sandbox_refund
                set settles_at = now(), settles_as = case when $1 then 'succeeded' else 'failed' end
              where state = 'pending'",
        )
        .bind(takes_them)
        .execute(&mut self.db.owner().await)
        .await
        .unwrap();
    }

    async fn at_bank(&self, reference: &str, buyer: Buyer) {
        let approves = buyer != Buyer::IsDeclined;
        // Refused where the charge was let go.
        let _ = self.sandbox.answer(reference, approves).await;
    }

    async fn books(&self) -> (i64, i64, i64) {
        sqlx::query_as(
            "select count(*), coalesce(sum(captured), 0)::bigint, coalesce(sum(refunded), 0)::bigint
               from payments.sandbox_charge",
        )
        .fetch_one(&mut self.db.owner().await)
        .await
        .unwrap()
    }

    async fn webhook(&self, kind: NoticeKind, key: &str, at: Timestamp) -> Webhook {
        let refund: Option<String> =
            sqlx::query_scalar("select key from payments.sandbox_refund where charge = $1")
                .bind(key)
                .fetch_optional(&mut self.db.owner().await)
                .await
                .unwrap();
        let body = serde_json::json!({ "type": kind, "data": { "key": key, "refund": refund } });
        Secret::new(vec![7; 32]).sign("msg_1", at, body.to_string().into_bytes())
    }

    fn webhook_age_max_s(&self) -> i64 {
        payments::webhook::TOLERANCE_S
    }
}
