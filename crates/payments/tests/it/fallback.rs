//! Several providers as one: who is asked, and that a charge is never sent to a second one.

use crate::house::{Buyer, Call, House, Remote, charge, key, request, take, word};
use crate::line::Fault;
use chrono::TimeDelta;
use futures::FutureExt;
use futures::future::BoxFuture;
use kernel::{Clock, Currency, FixedClock, Money, OrderId, PaymentId, Timestamp};
use payments::breaker::{Circuit, Limits, Phase};
use payments::webhook::{Notice, Refusal, Webhook};
use payments::{Answer, Authorize, Captures, Fallback, Provider, ProviderCharge, Refund, Rest, Take, Terms};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::TestDb;
use tokio::sync::Notify;

/// A provider with a switch.
struct Switched {
    name: &'static str,
    takes: &'static str,
    circuit: Circuit,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    silent: bool,
    charges: HashMap<String, Answer>,
    asked: Vec<String>,
}

impl Switched {
    fn new(name: &'static str, takes: &'static str, clock: &Arc<FixedClock>) -> Arc<Self> {
        Arc::new(Self {
            name,
            takes,
            circuit: Circuit::new(name, LIMITS, clock.clone()),
            state: Mutex::default(),
        })
    }

    fn silence(&self, silent: bool) {
        self.state.lock().unwrap().silent = silent;
    }

    /// Keys of the charges that were asked for, in order.
    fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }

    /// Where it may be called, it is done whether or not it is answered.
    fn done(&self, key: &str, becomes: Option<Answer>) -> BoxFuture<'_, Answer> {
        let Some(pass) = self.circuit.admit() else {
            return async { Answer::Unknown }.boxed();
        };
        let mut state = self.state.lock().unwrap();
        if matches!(becomes, Some(Answer::Authorized { .. })) {
            state.asked.push(key.to_owned());
        }
        if let Some(becomes) = becomes {
            state.charges.insert(key.to_owned(), becomes);
        }
        let stands = state.charges.get(key).cloned().unwrap_or(Answer::NotFound);
        let answer = if state.silent {
            Answer::Unknown
        } else {
            pass.heard();
            stands
        };
        async { answer }.boxed()
    }

    fn reference(&self) -> String {
        format!("{}-1", self.name)
    }
}

impl Provider for Switched {
    fn name(&self) -> &'static str {
        self.name
    }
    fn authorize(&self, request: Authorize) -> BoxFuture<'_, Answer> {
        let reference = self.reference();
        self.done(&request.key, Some(Answer::Authorized { reference }))
    }
    fn capture(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        let reference = self.reference();
        self.done(&charge.key, Some(Answer::Captured { reference }))
    }
    fn void(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        let reference = self.reference();
        self.done(&charge.key, Some(Answer::Voided { reference }))
    }
    fn terms(&self, charge: ProviderCharge) -> BoxFuture<'_, Option<Terms>> {
        let known = self.state.lock().unwrap().charges.contains_key(&charge.key);
        let terms = known.then_some(Terms {
            captures: Captures::Parts { at_most: 2 },
            lapses_at: Timestamp::UNIX_EPOCH,
        });
        async move { terms }.boxed()
    }
    fn take(&self, take: Take) -> BoxFuture<'_, Answer> {
        let reference = self.reference();
        self.done(&take.charge.key, Some(Answer::Captured { reference }))
    }
    fn inquire_take(&self, take: Take) -> BoxFuture<'_, Answer> {
        self.done(&take.charge.key, None)
    }
    fn release(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        let reference = self.reference();
        self.done(&charge.key, Some(Answer::Captured { reference }))
    }
    fn refund(&self, refund: Refund) -> BoxFuture<'_, Answer> {
        let reference = self.reference();
        self.done(&refund.charge.key, Some(Answer::Refunded { reference }))
    }
    fn inquire_refund(&self, refund: Refund) -> BoxFuture<'_, Answer> {
        self.done(&refund.charge.key, None)
    }
    fn inquire(&self, key: String) -> BoxFuture<'_, Answer> {
        self.done(&key, None)
    }
    fn read_webhook<'a>(&'a self, _: &'a Webhook, _: Timestamp) -> BoxFuture<'a, Result<Notice, Refusal>> {
        async { Err(Refusal::Body(self.name.to_owned())) }.boxed()
    }
    fn called(&self, name: &str) -> Option<&dyn Provider> {
        (name == self.name).then_some(self)
    }
    /// It pays in euros.
    fn refuses(&self, method: &str, amount: Money) -> Option<String> {
        match self.takes.split(' ').any(|takes| takes == method) {
            false => Some("The means of payment cannot be used here.".to_owned()),
            true => {
                (amount.currency != Currency::EUR && self.name == "first").then(|| "Euros only.".to_owned())
            }
        }
    }
    fn circuit(&self) -> Option<&Circuit> {
        Some(&self.circuit)
    }
}

struct Desk {
    db: TestDb,
    clock: Arc<FixedClock>,
    first: Arc<Switched>,
    second: Arc<Switched>,
    both: Fallback,
}

const LIMITS: Limits = Limits {
    failures: 2,
    window_s: 30,
    rest_s: 60,
};

impl Desk {
    async fn open() -> Self {
        let db = TestDb::new(&[payments::schema()]).await;
        let clock = testkit::clock();
        let (first, second) = (
            Switched::new("first", "card token", &clock),
            Switched::new("second", "card upi", &clock),
        );
        let both = Fallback::new(
            vec![first.clone(), second.clone()],
            db.db(payments::CONTEXT),
            clock.clone(),
        )
        .unwrap();
        Self {
            db,
            clock,
            first,
            second,
            both,
        }
    }

    async fn authorize(&self, attempt: u32, method: &str) -> Answer {
        self.both.authorize(request(attempt, method)).await
    }
}

fn of(provider: &str) -> Answer {
    Answer::Authorized {
        reference: format!("{provider}-1"),
    }
}

#[tokio::test]
async fn the_first_that_takes_the_means_is_asked() {
    let desk = Desk::open().await;
    assert_eq!(desk.authorize(1, "card").await, of("first"));
    assert_eq!(desk.authorize(2, "upi").await, of("second"));
    assert_eq!(word(&desk.authorize(3, "cheque").await), "declined");
    assert_eq!(word(&desk.both.capture(charge(2)).await), "captured");
    assert_eq!(word(&desk.both.inquire(key(1)).await), "authorized");
    assert_eq!(word(&desk.both.inquire(key(9)).await), "not_found");
    assert_eq!(
        (desk.first.asked(), desk.second.asked()),
        (vec![key(1)], vec![key(2)])
    );
}

#[tokio::test]
async fn parts_of_a_charge_are_taken_by_whoever_has_it() {
    let desk = Desk::open().await;
    assert_eq!(desk.authorize(1, "upi").await, of("second"));
    assert!(desk.both.terms(charge(1)).await.is_some());
    assert_eq!(desk.both.terms(charge(2)).await, None, "nobody has it");
    let asked = take(1, 1, 400, 0, Rest::Kept);
    assert_eq!(desk.both.inquire_take(asked.clone()).await, of("second"));
    for answer in [desk.both.take(asked).await, desk.both.release(charge(1)).await] {
        let reference = "second-1".to_owned();
        assert_eq!(answer, Answer::Captured { reference });
    }
    assert_eq!(
        desk.both.take(take(2, 1, 400, 0, Rest::Kept)).await,
        Answer::NotFound
    );
}

#[tokio::test]
async fn a_currency_goes_to_whoever_takes_it() {
    let desk = Desk::open().await;
    let mut asked = request(1, "card");
    asked.amount.currency = Currency::USD;
    assert_eq!(desk.both.authorize(asked).await, of("second"));
    let mut asked = request(2, "token");
    asked.amount.currency = Currency::USD;
    let answer = desk.both.authorize(asked).await;
    let Answer::Declined { reason } = &answer else {
        panic!("{answer:?}")
    };
    assert_eq!(
        reason, "Euros only.",
        "which says more than that the means cannot be used"
    );
    assert_eq!((desk.first.asked(), desk.second.asked()), (vec![], vec![key(1)]));
}

#[tokio::test]
async fn a_charge_is_asked_of_nobody_else_after_a_restart_with_other_providers() {
    let desk = Desk::open().await;
    assert_eq!(desk.authorize(1, "card").await, of("first"));
    let alone = Fallback::new(
        vec![desk.second.clone()],
        desk.db.db(payments::CONTEXT),
        desk.clock.clone(),
    )
    .unwrap();
    assert_eq!(alone.authorize(request(1, "card")).await, Answer::Unknown);
    assert_eq!(alone.inquire(key(1)).await, Answer::Unknown);
    assert_eq!(alone.void(charge(1)).await, Answer::Unknown);
    assert_eq!(desk.second.asked(), Vec::<String>::new());
    // An adapter by itself says no more of it than that it does not know.
    let house = crate::stripe::StripeHouse::open().await;
    sqlx::query(
        "insert into payments.provider_charge (key, provider, reference, currency, amount, method, return_path, asked_at)
         values ($1, 'paypal', '5O191', 'EUR', 1234, 'wallet', '/back', now())",
    )
    .bind(key(1))
    .execute(&mut house.db().owner().await)
    .await
    .unwrap();
    let method = house.method(Buyer::Pays);
    assert_eq!(
        house.provider().authorize(request(1, method)).await,
        Answer::Unknown
    );
    assert_eq!(house.provider().inquire(key(1)).await, Answer::Unknown);
    assert_eq!(house.books().await, (0, 0, 0));
}

#[tokio::test]
async fn banks_that_take_their_time_and_odd_answers_are_no_silence() {
    let house = crate::stripe::StripeHouse::open().await;
    house.bank_takes_its_time();
    for _ in 0..10 {
        let asked = house
            .provider()
            .authorize(request(1, house.method(Buyer::Pays)))
            .await;
        assert_eq!(asked, Answer::Unknown);
    }
    let circuit = house.provider().circuit().unwrap();
    assert_eq!(circuit.phase(), Phase::Closed, "the bank has not decided");
    let stranger = house.stranger();
    for _ in 0..10 {
        assert_eq!(stranger.inquire(key(1)).await, Answer::Unknown);
    }
    let circuit = stranger.circuit().unwrap();
    assert_eq!(circuit.phase(), Phase::Closed, "Stripe does not know us");
    sqlx::query("alter table payments.provider_charge rename to hidden")
        .execute(&mut house.db().owner().await)
        .await
        .unwrap();
    for _ in 0..10 {
        assert_eq!(house.provider().inquire(key(1)).await, Answer::Unknown);
    }
    let circuit = house.provider().circuit().unwrap();
    assert_eq!(circuit.phase(), Phase::Closed, "our own books are closed");
}

#[tokio::test]
async fn silence_and_a_busy_provider_open_the_breaker() {
    for fault in [Fault::Busy, Fault::Broken, Fault::Lost] {
        let house = crate::stripe::StripeHouse::open().await;
        crate::house::pay(&house, 1, Buyer::Pays).await;
        for _ in 0..Limits::default().failures {
            house.disturb(Call::Inquire, fault);
            assert_eq!(house.provider().inquire(key(1)).await, Answer::Unknown);
        }
        let circuit = house.provider().circuit().unwrap();
        assert_eq!(circuit.phase(), Phase::Open, "{fault:?}");
    }
}

/// Who has a charge stands in the payment's row, whoever was to be asked first.
#[tokio::test]
async fn a_payment_names_the_provider_that_has_its_charge() {
    let desk = Desk::open().await;
    let payment = PaymentId::new(desk.clock.now());
    let mut asked = request(1, "upi");
    asked.key = payments::provider::charge_key(payment, 1);
    assert_eq!(desk.both.authorize(asked).await, of("second"));

    let client = till_client(desk.db.url()).await;
    let prepared = payments::till::prepare(&client).await.unwrap();
    let mut new = payments::till::NewPayments::default();
    let order = OrderId::new(desk.clock.now());
    let amount = Money::new(1234, Currency::EUR);
    new.push(payment, order, amount, desk.clock.now(), std::iter::empty());
    let insert = store::rows::together(&payments::till::INSERTS);
    let insert = client.prepare(&insert).await.unwrap();
    let (rows, shares) = new.rows();
    client.execute(&insert, &[&rows, &shares]).await.unwrap();
    let events = [
        payments::domain::Event::Started {
            attempt: 1,
            provider: "first".to_owned(),
            method: "upi".to_owned(),
        },
        payments::domain::Event::Authorized {
            reference: "second-1".to_owned(),
        },
    ];
    for event in &events {
        let mut moves = payments::till::Moves::default();
        let ctx = kernel::Ctx::system("test", desk.clock.now());
        moves.push(&ctx, payment, event).unwrap();
        let moved = payments::till::settle(&client, &prepared, &moves).await.unwrap();
        assert_eq!(moved, [payment]);
    }
    let named: String = sqlx::query_scalar("select provider from payments.payment where id = $1")
        .bind(payment)
        .fetch_one(&mut desk.db.owner().await)
        .await
        .unwrap();
    assert_eq!(named, "second");
}

pub async fn till_client(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    #[allow(clippy::disallowed_methods, reason = "a test has no runtime::Tasks")]
    tokio::spawn(async move { connection.await.unwrap() });
    client
        .batch_execute("set role stoa_payments_system")
        .await
        .unwrap();
    client
}

#[tokio::test]
async fn an_unanswered_charge_is_never_sent_to_another() {
    let desk = Desk::open().await;
    desk.first.silence(true);
    for _ in 0..5 {
        assert_eq!(desk.authorize(1, "card").await, Answer::Unknown);
    }
    assert_eq!(desk.first.circuit.phase(), Phase::Open);
    assert_eq!(desk.both.inquire(key(1)).await, Answer::Unknown);
    assert_eq!(desk.both.capture(charge(1)).await, Answer::Unknown);
    assert_eq!(desk.second.asked(), Vec::<String>::new());

    // Another charge goes to the second meanwhile.
    assert_eq!(desk.authorize(2, "card").await, of("second"));
    assert_eq!(
        desk.first.asked(),
        [key(1), key(1)],
        "and the first is left alone"
    );

    // The first comes back: the charge was made there all along.
    desk.first.silence(false);
    desk.clock.advance(Duration::from_secs(61));
    assert_eq!(desk.both.inquire(key(1)).await, of("first"));
    assert_eq!(desk.first.circuit.phase(), Phase::Closed);
    assert_eq!(
        desk.authorize(2, "card").await,
        of("second"),
        "who has it keeps it"
    );
    assert_eq!(desk.authorize(3, "card").await, of("first"));
}

#[tokio::test]
async fn one_call_probes_a_provider_that_was_left_alone() {
    let desk = Desk::open().await;
    desk.first.silence(true);
    for attempt in [1, 2] {
        desk.authorize(attempt, "card").await;
    }
    desk.clock.advance(Duration::from_secs(61));
    assert_eq!(desk.authorize(3, "card").await, Answer::Unknown, "the probe");
    assert_eq!(desk.authorize(4, "card").await, of("second"));
    assert_eq!(desk.first.asked(), [key(1), key(2), key(3)]);
}

#[tokio::test]
async fn with_everybody_left_alone_nothing_is_sent() {
    let desk = Desk::open().await;
    for (provider, means, attempts) in [(&desk.first, "token", [1, 2]), (&desk.second, "upi", [3, 4])] {
        provider.silence(true);
        for attempt in attempts {
            desk.authorize(attempt, means).await;
        }
    }
    assert_eq!(desk.authorize(5, "card").await, Answer::Unknown);
    assert_eq!((desk.first.asked().len(), desk.second.asked().len()), (2, 2));
    desk.first.silence(false);
    desk.second.silence(false);
    desk.clock.advance(Duration::from_secs(61));
    assert_eq!(desk.both.inquire(key(5)).await, Answer::NotFound);
    assert_eq!(desk.authorize(5, "card").await, of("first"));
}

#[tokio::test]
async fn a_call_that_nobody_waited_for_counts_as_unanswered() {
    let desk = Desk::open().await;
    let stuck = Arc::new(Stuck {
        behind: Switched::new("stuck", "card", &desk.clock),
        begun: Notify::new(),
    });
    let both = Fallback::new(
        vec![stuck.clone(), desk.second.clone()],
        desk.db.db(payments::CONTEXT),
        desk.clock.clone(),
    )
    .unwrap();
    for attempt in [1, 2] {
        // Whoever asked goes away once the call is under way.
        tokio::select! {
            answer = both.authorize(request(attempt, "card")) => panic!("{answer:?}"),
            () = stuck.begun.notified() => {}
        }
    }
    assert_eq!(stuck.behind.circuit.phase(), Phase::Open);
    assert_eq!(both.authorize(request(3, "card")).await, of("second"));
}

/// A provider whose calls never end.
struct Stuck {
    behind: Arc<Switched>,
    begun: Notify,
}

impl Provider for Stuck {
    fn name(&self) -> &'static str {
        self.behind.name
    }
    fn authorize(&self, _: Authorize) -> BoxFuture<'_, Answer> {
        async {
            let _pass = self.behind.circuit.admit();
            self.begun.notify_one();
            futures::future::pending().await
        }
        .boxed()
    }
    fn capture(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        self.behind.capture(charge)
    }
    fn void(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        self.behind.void(charge)
    }
    fn terms(&self, charge: ProviderCharge) -> BoxFuture<'_, Option<Terms>> {
        self.behind.terms(charge)
    }
    fn take(&self, take: Take) -> BoxFuture<'_, Answer> {
        self.behind.take(take)
    }
    fn inquire_take(&self, take: Take) -> BoxFuture<'_, Answer> {
        self.behind.inquire_take(take)
    }
    fn release(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        self.behind.release(charge)
    }
    fn refund(&self, refund: Refund) -> BoxFuture<'_, Answer> {
        self.behind.refund(refund)
    }
    fn inquire_refund(&self, refund: Refund) -> BoxFuture<'_, Answer> {
        self.behind.inquire_refund(refund)
    }
    fn inquire(&self, key: String) -> BoxFuture<'_, Answer> {
        self.behind.inquire(key)
    }
    fn read_webhook<'a>(
        &'a self,
        webhook: &'a Webhook,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Notice, Refusal>> {
        self.behind.read_webhook(webhook, now)
    }
    fn called(&self, name: &str) -> Option<&dyn Provider> {
        self.behind.called(name)
    }
    fn circuit(&self) -> Option<&Circuit> {
        self.behind.circuit()
    }
}

#[tokio::test]
async fn webhooks_go_to_whom_they_name() {
    let desk = Desk::open().await;
    let webhook = Webhook {
        id: String::new(),
        timestamp: String::new(),
        signature: String::new(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    let now = Timestamp::UNIX_EPOCH + TimeDelta::days(1);
    for name in ["first", "second"] {
        let provider = desk.both.called(name).unwrap();
        let heard = provider.read_webhook(&webhook, now).await;
        assert_eq!(heard, Err(Refusal::Body(name.to_owned())));
    }
    assert!(desk.both.called("third").is_none());
}
