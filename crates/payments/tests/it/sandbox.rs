use contracts::payments::CaptureTime;
use kernel::{Currency, Money, PaymentId};
use payments::provider::charge_key;
use payments::webhook::Secret;
use payments::{Answer, Authorize, Provider, ProviderCharge, Refund, Sandbox};
use testkit::TestDb;
use uuid::Uuid;

pub struct Shop {
    pub db: TestDb,
    pub sandbox: Sandbox,
}

pub const SECRET: [u8; 32] = [7; 32];

impl Shop {
    pub async fn new() -> Self {
        let db = TestDb::new(&[payments::schema()]).await;
        let sandbox = Sandbox::new(db.db(payments::CONTEXT), Secret::new(SECRET.to_vec()));
        Self { db, sandbox }
    }

    /// 12.34 by `method`, under a key of its own.
    pub async fn authorize(&self, attempt: u32, method: &str) -> Answer {
        self.sandbox.authorize(request(attempt, method)).await
    }

    async fn capture(&self, attempt: u32) -> Answer {
        self.sandbox.capture(charge(attempt)).await
    }

    async fn void(&self, attempt: u32) -> Answer {
        self.sandbox.void(charge(attempt)).await
    }

    async fn refund(&self, attempt: u32) -> Answer {
        self.sandbox.refund(whole(attempt)).await
    }

    async fn inquire(&self, attempt: u32) -> Answer {
        self.sandbox.inquire(key(attempt)).await
    }

    /// Charges in the provider's books, and the minor units that it took and gave back.
    async fn books(&self) -> (i64, i64, i64) {
        sqlx::query_as(
            "select count(*), coalesce(sum(captured), 0)::bigint, coalesce(sum(refunded), 0)::bigint
               from payments.sandbox_charge",
        )
        .fetch_one(&mut self.db.owner().await)
        .await
        .unwrap()
    }
}

const PAYMENT: PaymentId = PaymentId(Uuid::from_u128(7));

pub fn key(attempt: u32) -> String {
    charge_key(PAYMENT, attempt)
}

fn request(attempt: u32, method: &str) -> Authorize {
    Authorize {
        key: key(attempt),
        payment: PAYMENT,
        amount: Money::new(1234, Currency::EUR),
        method: method.to_owned(),
        return_path: "/back".to_owned(),
        capture: CaptureTime::AtOnce,
    }
}

fn charge(attempt: u32) -> ProviderCharge {
    ProviderCharge {
        key: key(attempt),
        amount: Money::new(1234, Currency::EUR),
    }
}

fn whole(attempt: u32) -> Refund {
    Refund::whole(charge(attempt), "The order was cancelled.")
}

/// An answer in one word; a decline with its reason.
fn word(answer: &Answer) -> &str {
    match answer {
        Answer::Authorized { .. } => "authorized",
        Answer::Captured { .. } => "captured",
        Answer::Voided { .. } => "voided",
        Answer::Refunded { .. } => "refunded",
        Answer::Pending { .. } => "pending",
        Answer::Declined { reason } => reason,
        Answer::RequiresAction { .. } => "requires_action",
        Answer::Unknown => "unknown",
        Answer::NotFound => "not_found",
    }
}

/// The bank's name for a challenge.
fn reference(answer: &Answer) -> String {
    let Answer::RequiresAction { reference, url } = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(*url, format!("/sandbox/3ds/{reference}"));
    reference.clone()
}

#[tokio::test]
async fn a_good_card_is_authorised_captured_and_refunded_once() {
    let shop = Shop::new().await;
    assert_eq!(word(&shop.authorize(1, "tok_visa").await), "authorized");
    assert_eq!(shop.books().await, (1, 0, 0), "set aside is not taken");
    for _ in 0..3 {
        assert_eq!(word(&shop.capture(1).await), "captured");
    }
    assert_eq!(shop.books().await, (1, 1234, 0));
    for _ in 0..3 {
        assert_eq!(word(&shop.refund(1).await), "refunded");
    }
    assert_eq!(shop.books().await, (1, 1234, 1234));
    assert_eq!(
        word(&shop.capture(1).await),
        "refunded",
        "what went back is not taken again"
    );
    assert_eq!(shop.books().await, (1, 1234, 1234));
}

#[tokio::test]
async fn a_declined_card_stays_declined_and_says_why() {
    let shop = Shop::new().await;
    let why = "The card has insufficient funds.";
    assert_eq!(word(&shop.authorize(1, "tok_declined").await), why);
    assert_eq!(word(&shop.capture(1).await), why);
    assert_eq!(word(&shop.inquire(1).await), why);
    let unknown = shop.authorize(2, "tok_of_nobody").await;
    assert_eq!(word(&unknown), "The means of payment is not known.");
    assert_eq!(shop.books().await, (2, 0, 0));
}

#[tokio::test]
async fn the_same_key_is_the_same_charge() {
    let shop = Shop::new().await;
    let first = shop.authorize(1, "tok_visa").await;
    assert_eq!(shop.authorize(1, "tok_visa").await, first);
    // Even with another means: the key decides, so a confused caller charges nobody twice.
    assert_eq!(shop.authorize(1, "tok_declined").await, first);
    let both = futures::join!(shop.authorize(2, "tok_visa"), shop.authorize(2, "tok_visa"));
    assert_eq!(both.0, both.1);
    assert_eq!(shop.books().await, (2, 0, 0));
    shop.capture(1).await;
    assert_eq!(word(&shop.authorize(1, "tok_visa").await), "captured");
    assert_eq!(shop.books().await, (2, 1234, 0));
}

#[tokio::test]
async fn a_key_with_another_amount_is_refused() {
    let shop = Shop::new().await;
    shop.authorize(1, "tok_visa").await;
    let mut other = request(1, "tok_visa");
    other.amount = Money::new(9999, Currency::EUR);
    let answer = shop.sandbox.authorize(other).await;
    assert_eq!(
        word(&answer),
        "The key was used for another amount.",
        "nobody believes that 99.99 were set aside"
    );
    let mut other = charge(1);
    other.amount = Money::new(1234, Currency::USD);
    let answer = shop.sandbox.capture(other).await;
    assert_eq!(word(&answer), "The key was used for another amount.");
    assert_eq!(shop.books().await, (1, 0, 0));
    assert_eq!(word(&shop.capture(1).await), "captured");
}

#[tokio::test]
async fn a_lost_answer_is_learnt_by_asking_and_charged_once() {
    let shop = Shop::new().await;
    assert_eq!(word(&shop.authorize(1, "tok_timeout").await), "unknown");
    assert_eq!(word(&shop.inquire(1).await), "authorized", "the charge was made");
    // Whoever asks again instead gets no answer again, and makes no second charge.
    assert_eq!(word(&shop.authorize(1, "tok_timeout").await), "unknown");
    assert_eq!(word(&shop.capture(1).await), "captured");
    assert_eq!(word(&shop.inquire(1).await), "captured");
    assert_eq!(shop.books().await, (1, 1234, 0));

    assert_eq!(word(&shop.authorize(2, "tok_timeout_declined").await), "unknown");
    assert_eq!(word(&shop.inquire(2).await), "The card has insufficient funds.");
    assert_eq!(shop.books().await, (2, 1234, 0));
}

#[tokio::test]
async fn a_request_that_never_arrived_is_known_as_such() {
    let shop = Shop::new().await;
    assert_eq!(word(&shop.authorize(1, "tok_lost").await), "unknown");
    for answer in [
        shop.inquire(1).await,
        shop.capture(1).await,
        shop.void(1).await,
        shop.refund(1).await,
    ] {
        assert_eq!(word(&answer), "not_found");
    }
    assert_eq!(shop.books().await, (0, 0, 0));
    assert_eq!(
        word(&shop.authorize(1, "tok_visa").await),
        "authorized",
        "it may be asked for again"
    );
}

#[tokio::test]
async fn the_buyer_approves_at_their_bank() {
    let shop = Shop::new().await;
    let asked = reference(&shop.authorize(1, "tok_3ds").await);
    assert_eq!(
        word(&shop.capture(1).await),
        "requires_action",
        "nothing is taken before"
    );
    let challenge = shop.sandbox.challenge(&asked).await.unwrap();
    assert_eq!((challenge.amount.amount, challenge.open), (1234, true));
    assert_eq!(shop.sandbox.answer(&asked, true).await.unwrap(), "/back");
    assert_eq!(word(&shop.inquire(1).await), "authorized");
    assert!(!shop.sandbox.challenge(&asked).await.unwrap().open);
    assert!(
        shop.sandbox.answer(&asked, false).await.is_err(),
        "an answer is an answer"
    );
    assert_eq!(word(&shop.capture(1).await), "captured");
    assert_eq!(shop.books().await, (1, 1234, 0));
}

#[tokio::test]
async fn the_buyer_denies_at_their_bank() {
    let shop = Shop::new().await;
    let asked = reference(&shop.authorize(1, "tok_3ds").await);
    shop.sandbox.answer(&asked, false).await.unwrap();
    let why = "The payment was not confirmed with the bank.";
    assert_eq!(word(&shop.inquire(1).await), why);
    assert_eq!(word(&shop.capture(1).await), why);
    assert!(
        shop.sandbox.answer(&asked, true).await.is_err(),
        "a denial is final"
    );
    assert_eq!(shop.books().await, (1, 0, 0));
}

#[tokio::test]
async fn the_buyer_abandons_their_bank() {
    let shop = Shop::new().await;
    let asked = reference(&shop.authorize(1, "tok_3ds").await);
    assert_eq!(reference(&shop.inquire(1).await), asked, "it waits for them");
    for _ in 0..2 {
        assert_eq!(word(&shop.void(1).await), "voided");
    }
    assert!(shop.sandbox.answer(&asked, true).await.is_err(), "too late");
    assert_eq!(word(&shop.capture(1).await), "voided");
    assert!(shop.sandbox.challenge("ch_of_nobody").await.is_err());
    assert!(shop.sandbox.answer("ch_of_nobody", true).await.is_err());
    assert_eq!(shop.books().await, (1, 0, 0));
}

#[tokio::test]
async fn what_was_taken_is_refunded_and_never_voided() {
    let shop = Shop::new().await;
    shop.authorize(1, "tok_visa").await;
    shop.capture(1).await;
    assert_eq!(word(&shop.void(1).await), "captured");
    shop.authorize(2, "tok_visa").await;
    let nothing = "Nothing was taken that could go back.";
    assert_eq!(word(&shop.refund(2).await), nothing, "not yet");
    assert_eq!(word(&shop.void(2).await), "voided");
    assert_eq!(word(&shop.refund(2).await), nothing);
    assert_eq!(shop.books().await, (2, 1234, 0));
}

#[tokio::test]
async fn capture_and_void_at_once_leave_one_outcome() {
    let shop = Shop::new().await;
    for attempt in 1..=10 {
        shop.authorize(attempt, "tok_visa").await;
        let (captured, voided) = futures::join!(shop.capture(attempt), shop.void(attempt));
        let stands = shop.inquire(attempt).await;
        assert!(["captured", "voided"].contains(&word(&stands)));
        // Whoever came second was told how it stands.
        assert!(captured == stands || voided == stands);
        assert_eq!(shop.capture(attempt).await, stands);
    }
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_made_once_and_learnt_by_asking() {
    let shop = Shop::new().await;
    shop.authorize(1, "tok_refund_timeout").await;
    shop.capture(1).await;
    for _ in 0..2 {
        assert_eq!(word(&shop.refund(1).await), "unknown");
    }
    assert_eq!(word(&shop.sandbox.inquire_refund(whole(1)).await), "refunded");
    assert_eq!(shop.books().await, (1, 1234, 1234));
}

#[tokio::test]
async fn parts_asked_for_at_once_never_exceed_what_was_taken() {
    let shop = Shop::new().await;
    shop.authorize(1, "tok_visa").await;
    shop.capture(1).await;
    let part = |number: u32| {
        shop.sandbox.refund(Refund {
            key: format!("refund-{number}"),
            amount: Money::new(500, Currency::EUR),
            ..whole(1)
        })
    };
    let answers = futures::future::join_all((0..6).map(part)).await;
    let refunded = answers.iter().filter(|answer| word(answer) == "refunded");
    assert_eq!(refunded.count(), 2, "{answers:?}");
    assert_eq!(shop.books().await, (1, 1234, 1000));
}
