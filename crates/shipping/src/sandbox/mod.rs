//! The built-in carrier: behaves as its services say, and remembers its parcels as a real one does. A parcel is fetched a
//! step after its label was booked, and goes on a step at a time ([`STEP`]).
//!
//! | service | behaviour |
//! |---|---|
//! | `standard` | fetched, carried, brought |
//! | `express` | the same, without a stop on the way |
//! | `test_delayed` | stands still for a while, then goes on |
//! | `test_lost` | lost on the way |
//! | `test_returned` | nobody is there, twice; it goes back to its sender |
//! | `test_troubled` | its messages come three times each, late, and in the wrong order |
//! | `test_timeout` | the label is booked but the answer is lost |
//! | `test_unheard` | the first request never arrives: no label, no answer |
//! | `test_refused` | not taken |
//!
//! It tells of every step by webhook (`news`), signed with its secret, and sends again what was not heard.

mod books;
mod news;

use crate::carrier::{Answer, Booking, Carrier, News};
use crate::error::Error;
use crate::label;
use ::store::{Db, Scope};
use books::Parcel;
use chrono::TimeDelta;
use contracts::Language;
use contracts::shipping::{CarrierService, TrackingKind};
use futures::future::{BoxFuture, join_all};
use httpkit::webhook::{Message, Secret};
use kernel::{SharedClock, Timestamp};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two things that happen to a parcel.
pub const STEP: TimeDelta = TimeDelta::minutes(1);
/// How often is looked for something to tell.
const TELL_PERIOD: Duration = Duration::from_millis(500);

/// Lost requests remembered.
const UNHEARD_MAX: usize = 10_000;

const NAME: &str = "sandbox";

const SERVICES: [(&str, &str); 9] = [
    ("standard", "Standard"),
    ("express", "Express"),
    ("test_delayed", "Test: delayed"),
    ("test_lost", "Test: lost"),
    ("test_returned", "Test: returned to sender"),
    ("test_troubled", "Test: messages in disorder"),
    ("test_timeout", "Test: answer lost"),
    ("test_unheard", "Test: request lost"),
    ("test_refused", "Test: refused"),
];

#[derive(Clone)]
pub struct Sandbox {
    db: Db,
    secret: Secret,
    /// Bookings of `test_unheard` that came once: the second time they arrive.
    unheard: Arc<Mutex<HashSet<String>>>,
}

impl Sandbox {
    /// Its books live in the shipping schema, where nothing of ours reads them.
    #[must_use]
    pub fn new(db: Db, secret: Secret) -> Self {
        Self {
            db,
            secret,
            unheard: Arc::default(),
        }
    }

    /// Sends webhooks until told to stop. `listener` says whether it heard; what it did not hear is sent again.
    pub async fn tell<L, F>(self, listener: L, clock: SharedClock, stop: CancellationToken)
    where
        L: Fn(Message) -> F,
        F: Future<Output = bool>,
    {
        while !stop.is_cancelled() {
            let sent = self
                .tell_due(&listener, clock.now())
                .await
                .unwrap_or_else(|error| {
                    tracing::warn!(%error, "the sandbox carrier's webhooks could not be sent");
                    0
                });
            if sent < news::BATCH as usize {
                tokio::select! {
                    () = tokio::time::sleep(TELL_PERIOD) => {}
                    () = stop.cancelled() => return,
                }
            }
        }
    }

    /// Sends what is due, and says how much it was.
    pub async fn tell_due<L, F>(&self, listener: &L, now: Timestamp) -> Result<usize, sqlx::Error>
    where
        L: Fn(Message) -> F,
        F: Future<Output = bool>,
    {
        let due = news::take(&self.db, now).await?;
        let sent = due.into_iter().map(|due| async {
            let heard = listener(due.signed(&self.secret, now)).await;
            (due, heard)
        });
        let sent = join_all(sent).await;
        if !sent.is_empty() {
            news::heard(&self.db, &sent, now).await?;
        }
        Ok(sent.len())
    }

    async fn booked(&self, booking: &Booking, now: Timestamp) -> Result<Answer, sqlx::Error> {
        match booking.service.as_str() {
            "test_refused" => {
                return Ok(Answer::Refused {
                    reason: "This carrier does not go there.".to_owned(),
                });
            }
            "test_unheard" if self.comes_first(&booking.key) => return Ok(Answer::Unknown),
            _ => {}
        }
        let mut tx = self.db.begin(Scope::System).await?;
        let steps = way(&booking.service);
        let arrives = STEP * i32::try_from(steps.len()).unwrap_or(1);
        let (parcel, is_new) = books::book(&mut tx, booking, now + arrives).await?;
        if is_new {
            news::plan(&mut tx, &parcel, &steps, now).await?;
        }
        tx.commit().await?;
        match booking.service.as_str() {
            "test_timeout" => Ok(Answer::Unknown),
            _ => Ok(answer_of(&parcel)),
        }
    }

    fn comes_first(&self, key: &str) -> bool {
        let mut unheard = self.unheard.lock().unwrap_or_else(PoisonError::into_inner);
        if unheard.len() >= UNHEARD_MAX {
            unheard.clear();
        }
        unheard.insert(key.to_owned())
    }

    async fn found(&self, key: &str) -> Result<Option<Parcel>, sqlx::Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let parcel = books::find(&mut tx, key).await?;
        tx.commit().await?;
        Ok(parcel)
    }
}

fn answer_of(parcel: &Parcel) -> Answer {
    Answer::Booked {
        tracking: parcel.tracking.clone(),
        eta: Some(parcel.eta),
    }
}

/// What happens to a parcel, step by step.
fn way(service: &str) -> Vec<TrackingKind> {
    use TrackingKind as K;
    match service {
        "express" => vec![K::Accepted, K::OutForDelivery, K::Delivered],
        "test_delayed" => vec![
            K::Accepted,
            K::InTransit,
            K::Exception,
            K::InTransit,
            K::OutForDelivery,
            K::Delivered,
        ],
        "test_lost" => vec![K::Accepted, K::InTransit, K::Exception],
        "test_returned" => vec![
            K::Accepted,
            K::OutForDelivery,
            K::Attempted,
            K::OutForDelivery,
            K::Attempted,
            K::Returned,
        ],
        _ => vec![K::Accepted, K::InTransit, K::OutForDelivery, K::Delivered],
    }
}

/// The sandbox's books are ours: when they cannot be read, it is as silent as a carrier that is down.
fn or_unknown(outcome: Result<Answer, sqlx::Error>) -> Answer {
    outcome.unwrap_or_else(|error| {
        tracing::warn!(%error, "the sandbox carrier is down");
        Answer::Unknown
    })
}

impl Carrier for Sandbox {
    fn name(&self) -> &'static str {
        NAME
    }

    fn services(&self) -> Vec<CarrierService> {
        let service = |(code, name): (&str, &str)| CarrierService {
            code: code.to_owned(),
            name: name.to_owned(),
        };
        SERVICES.map(service).into()
    }

    fn book(&self, booking: Booking, now: Timestamp) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(self.booked(&booking, now).await) })
    }

    fn inquire(&self, key: String) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            let found = self.found(&key).await;
            or_unknown(found.map(|parcel| parcel.as_ref().map_or(Answer::NotFound, answer_of)))
        })
    }

    fn label(&self, key: String, language: Language) -> BoxFuture<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            let parcel = self.found(&key).await.ok().flatten()?;
            let mut services = SERVICES.iter();
            let service = services.find(|(code, _)| *code == parcel.booking.service);
            let service = service.map_or(NAME, |(_, name)| name);
            Some(label::draw(&parcel.booking, &parcel.tracking, service, language))
        })
    }

    fn read_webhook(&self, message: &Message, now: Timestamp) -> Result<News, Error> {
        self.secret.believe(message, now)?;
        news::read(message)
    }
}
