//! Several providers as one: who is asked, and that a charge is never sent to a second one.

use crate::house::{charge, key, request, word};
use chrono::TimeDelta;
use futures::FutureExt;
use futures::future::BoxFuture;
use kernel::{FixedClock, Timestamp};
use payments::fallback::{Limits, Phase};
use payments::webhook::{Notice, Refusal, Webhook};
use payments::{Answer, Authorize, Fallback, Provider, ProviderCharge, Refund};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::TestDb;
use tokio::sync::Notify;

/// A provider with a switch.
struct Switched {
    name: &'static str,
    takes: &'static str,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    silent: bool,
    charges: HashMap<String, Answer>,
    asked: Vec<String>,
}

impl Switched {
    fn new(name: &'static str, takes: &'static str) -> Arc<Self> {
        Arc::new(Self {
            name,
            takes,
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

    /// It is done whether or not it is answered.
    fn done(&self, key: &str, becomes: Option<Answer>) -> BoxFuture<'_, Answer> {
        let mut state = self.state.lock().unwrap();
        if let Some(becomes) = becomes {
            state.charges.insert(key.to_owned(), becomes);
        }
        let stands = state.charges.get(key).cloned().unwrap_or(Answer::NotFound);
        let answer = if state.silent { Answer::Unknown } else { stands };
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
        self.state.lock().unwrap().asked.push(request.key.clone());
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
    fn takes(&self, method: &str) -> bool {
        self.takes.split(' ').any(|takes| takes == method)
    }
}

struct Desk {
    _db: TestDb,
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
            Switched::new("first", "card token"),
            Switched::new("second", "card upi"),
        );
        let both = Fallback::new(
            vec![first.clone(), second.clone()],
            LIMITS,
            db.db(payments::CONTEXT),
            clock.clone(),
        )
        .unwrap();
        Self {
            _db: db,
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
async fn an_unanswered_charge_is_never_sent_to_another() {
    let desk = Desk::open().await;
    desk.first.silence(true);
    for _ in 0..5 {
        assert_eq!(desk.authorize(1, "card").await, Answer::Unknown);
    }
    assert_eq!(desk.both.phase("first"), Some(Phase::Open));
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
    assert_eq!(desk.both.phase("first"), Some(Phase::Closed));
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
        behind: Switched::new("stuck", "card"),
        begun: Notify::new(),
    });
    let both = Fallback::new(
        vec![stuck.clone(), desk.second.clone()],
        LIMITS,
        desk._db.db(payments::CONTEXT),
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
    assert_eq!(both.phase("stuck"), Some(Phase::Open));
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
        self.begun.notify_one();
        futures::future::pending().boxed()
    }
    fn capture(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        self.behind.capture(charge)
    }
    fn void(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        self.behind.void(charge)
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
