//! Regions, categories and rates are made and ended here, and remembered by whoever prices baskets.

mod change;

pub use change::{NewCategory, NewLiability, NewRate, NewRegion};

use crate::domain::{Assessed, Book, WHOLE};
use crate::error::Error;
use crate::provider::{PATIENCE, Provider, Question, REST_S};
use crate::store;
use ::store::remembered::{self, Known, Remembered};
use ::store::{Db, Scope};
use chrono::TimeDelta;
use kernel::{SharedClock, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

/// Seconds after which what is remembered is looked at again before it is used: less than the lead, so that nobody sells by
/// what has ended, even where looking failed for a while.
const STALE_S: i64 = 8;
/// Seconds for which rates are kept in mind after their end: sales are dated a little before they are written.
const LINGER_S: i64 = 3_600;

/// The taxes context.
#[derive(Clone, Debug)]
pub struct Taxes(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    known: Remembered<Book>,
    provider: Option<Arc<dyn Provider>>,
    /// Until when the provider is left alone.
    resting: Mutex<Option<Timestamp>>,
}

impl Taxes {
    /// Taxes by the table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self::with(db, None)
    }

    /// Taxes as a service elsewhere says, and by the table where it does not answer.
    #[must_use]
    pub fn asking(db: Db, provider: Arc<dyn Provider>) -> Self {
        Self::with(db, Some(provider))
    }

    fn with(db: Db, provider: Option<Arc<dyn Provider>>) -> Self {
        Self(Arc::new(Inner {
            db,
            known: Remembered::default(),
            provider,
            resting: Mutex::default(),
        }))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    /// What holds or will. It is read once, and then remembered.
    pub async fn book(&self, now: Timestamp) -> Result<Arc<Book>, Error> {
        let is_fresh = |known: &Known<Book>| now < known.looked_at + TimeDelta::seconds(STALE_S);
        match self.0.known.known().filter(is_fresh) {
            Some(known) => Ok(known.value),
            None => self.refresh(now).await,
        }
    }

    /// Reads everything again if it is otherwise now.
    pub async fn refresh(&self, now: Timestamp) -> Result<Arc<Book>, Error> {
        let mut tx = self.0.db.begin(Scope::System).await?;
        // The number first: a change that comes between is then read again, never missed.
        let version = store::version(&mut tx).await?;
        let book = match self.0.known.of_version(version) {
            Some(book) => book,
            None => Arc::new(store::book(&mut tx, now - TimeDelta::seconds(LINGER_S)).await?),
        };
        tx.commit().await?;
        Ok(self.0.known.remember(Known {
            version,
            value: book,
            looked_at: now,
        }))
    }

    /// Keeps what is remembered as it is until `stop`.
    pub async fn keep(self, clock: SharedClock, stop: CancellationToken) {
        remembered::keep("tax rates", clock, stop, |now| self.refresh(now)).await;
    }

    /// At which rate each thing is taxed, in the order in which they are asked about.
    pub async fn assess(&self, question: &Question<'_>) -> Result<Vec<Option<Assessed>>, Error> {
        if let Some(answer) = self.ask_elsewhere(question).await {
            return Ok(answer);
        }
        let book = self.book(question.at).await?;
        let lines = question.lines.iter();
        Ok(lines
            .map(|line| book.assess(line.to, line.category, question.at))
            .collect())
    }

    /// What the provider says; none where there is none, or where it says nothing that can be used.
    async fn ask_elsewhere(&self, question: &Question<'_>) -> Option<Vec<Option<Assessed>>> {
        let provider = self
            .0
            .provider
            .as_ref()
            .filter(|_| !self.is_resting(question.at))?;
        let said = tokio::time::timeout(PATIENCE, provider.assess(question)).await;
        let trouble = match said {
            Ok(Ok(answer)) if is_sound(question, &answer) => return Some(answer),
            Ok(Ok(_)) => "its answer is not one to the question".to_owned(),
            Ok(Err(silent)) => silent.to_string(),
            Err(_) => format!("it said nothing for {} ms", PATIENCE.as_millis()),
        };
        tracing::warn!(
            provider = provider.name(),
            trouble,
            "the table says what is taxed for {REST_S} s"
        );
        metrics::counter!("tax_provider_silent_total", "provider" => provider.name()).increment(1);
        let mut resting = self.0.resting.lock().unwrap_or_else(PoisonError::into_inner);
        *resting = Some(question.at + TimeDelta::seconds(REST_S));
        None
    }

    fn is_resting(&self, now: Timestamp) -> bool {
        let resting = self.0.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.is_some_and(|until| now < until)
    }
}

/// Whether an answer has one line for each that was asked about, and rates that there can be.
fn is_sound(question: &Question<'_>, answer: &[Option<Assessed>]) -> bool {
    let possible =
        |tax: &Assessed| tax.rate_millionths <= WHOLE && !tax.name.is_empty() && !tax.region.is_empty();
    answer.len() == question.lines.len() && answer.iter().flatten().all(possible)
}
