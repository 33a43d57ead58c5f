//! The index with an OpenSearch (2.x, or what speaks its API), for all processes of the marketplace.
//!
//! What is asked of it is kept small: documents come analysed by the chain of [`crate::engine::analysis`], so that both
//! indexes know the same words, and attributes are values of one field, so that thousands of keys do not make thousands of
//! fields. One shard, because counts of several are estimates. Reference:
//! <https://docs.opensearch.org/latest/api-reference/>.

mod answer;
mod facets;
mod index;
mod keeper;
mod query;
mod suggest;

use crate::error::Error;
use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::http::request::Builder;
use kernel::{Fault, Kind, SharedClock};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use wire::breaker::Circuit;
use wire::{Hidden, Line, NoAnswer, Said};

pub const NAME: &str = "opensearch";
/// Bytes of an answer: a page of cards, or a thousand values of two dozen attributes.
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Times that it is asked anew while it has too much to do.
const TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// However long it says: whoever searches does not wait for more.
const LONGEST_PAUSE: Duration = Duration::from_millis(400);
const JSON: &str = "application/json";
const LINES: &str = "application/x-ndjson";

/// Where it is and who asks.
#[derive(Clone, Debug)]
pub struct Config {
    /// Such as `https://search.example:9200`.
    pub url: String,
    /// The alias by which the index in use goes; indexes are called so with something behind it.
    pub index: String,
    pub user: Option<String>,
    pub password: Option<Hidden>,
    /// Of one call.
    pub timeout: Duration,
    /// The name of this process among those that could keep the index up.
    pub holder: String,
}

/// An OpenSearch: cheap to clone.
#[derive(Clone)]
pub struct Cluster(Arc<Inner>);

struct Inner {
    line: Line,
    index: String,
    authorization: Option<Hidden>,
    holder: String,
    clock: SharedClock,
    /// Products in the index in use, as last counted.
    documents: std::sync::atomic::AtomicU64,
}

/// Why it did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    #[error("it has too much to do, or is broken: status {0}")]
    Busy(u16),
    #[error("it refused with {status}, {kind}: {reason}")]
    Refused {
        status: u16,
        kind: String,
        reason: String,
    },
    #[error("an answer of another shape than was expected: {0}")]
    Odd(String),
}

impl Trouble {
    fn is(&self, wanted: u16) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == wanted)
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        Self::Elsewhere(trouble)
    }
}

impl From<&Trouble> for Fault {
    /// Whoever searches is told that it does not go now; why is for the log.
    fn from(trouble: &Trouble) -> Self {
        match trouble {
            Trouble::NoAnswer(_) | Trouble::Busy(_) => {
                tracing::warn!(%trouble, "OpenSearch does not answer");
                let mut fault = Self::new(
                    Kind::Unavailable,
                    "search_unavailable",
                    "The search does not answer at the moment. Everything else does; please try again.",
                );
                fault.retry_after_s = Some(5);
                fault
            }
            Trouble::Refused { .. } | Trouble::Odd(_) => {
                tracing::error!(%trouble, "OpenSearch was not understood");
                Self::internal()
            }
        }
    }
}

impl Cluster {
    pub fn new(config: Config, clock: SharedClock) -> Result<Self, String> {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if !config.index.starts_with(|c: char| c.is_ascii_lowercase()) || !config.index.chars().all(is_name) {
            return Err(format!(
                "`{}` cannot be the index's name: take small letters, digits, - and _, a letter first",
                config.index
            ));
        }
        let authorization = match (&config.user, &config.password) {
            (Some(user), Some(password)) => {
                use base64::Engine as _;
                let pair = format!("{user}:{}", password.reveal());
                let pair = base64::engine::general_purpose::STANDARD.encode(pair);
                Some(Hidden::new(format!("Basic {pair}")))
            }
            (None, None) => None,
            _ => {
                return Err(
                    "user and password of OpenSearch belong together; one of them is missing".to_owned(),
                );
            }
        };
        let line = Line::new(NAME, &config.url, config.timeout, ANSWER_BYTES_MAX, clock.clone())?;
        Ok(Self(Arc::new(Inner {
            line,
            index: config.index,
            authorization,
            holder: config.holder,
            clock,
            documents: std::sync::atomic::AtomicU64::new(0),
        })))
    }

    /// The alias of the index in use.
    fn alias(&self) -> &str {
        &self.0.index
    }

    #[must_use]
    pub fn circuit(&self) -> &Circuit {
        self.0.line.circuit()
    }

    async fn get(&self, path: &str) -> Result<Value, Trouble> {
        self.ask(&|| self.0.line.get(path), Bytes::new(), JSON).await
    }

    async fn delete(&self, path: &str) -> Result<Value, Trouble> {
        self.ask(&|| self.0.line.delete(path), Bytes::new(), JSON).await
    }

    async fn put(&self, path: &str, body: &Value) -> Result<Value, Trouble> {
        self.ask(&|| self.0.line.put(path), body.to_string().into(), JSON)
            .await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, Trouble> {
        self.ask(&|| self.0.line.post(path), body.to_string().into(), JSON)
            .await
    }

    /// Without a body, which some paths refuse.
    async fn do_post(&self, path: &str) -> Result<Value, Trouble> {
        self.ask(&|| self.0.line.post(path), Bytes::new(), JSON).await
    }

    async fn post_lines(&self, path: &str, lines: String) -> Result<Value, Trouble> {
        self.ask(&|| self.0.line.post(path), lines.into(), LINES).await
    }

    /// Asks once more, after a pause, where it has too much to do: everything that is asked may be asked twice.
    async fn ask(
        &self,
        request: &(dyn Fn() -> Builder + Send + Sync),
        body: Bytes,
        content: &'static str,
    ) -> Result<Value, Trouble> {
        let mut pause = FIRST_PAUSE;
        for tried in 1.. {
            let mut builder = request();
            if !body.is_empty() {
                builder = builder.header(CONTENT_TYPE, content);
            }
            if let Some(authorization) = &self.0.authorization {
                builder = builder.header(AUTHORIZATION, authorization.reveal());
            }
            let said = self.0.line.send(builder, body.clone()).await?;
            let is_busy =
                [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&said.status);
            if !is_busy || tried == TRIES {
                return read(&said);
            }
            metrics::counter!("search_opensearch_retries_total").increment(1);
            let told = said.retry_after.as_deref().and_then(|s| s.parse().ok());
            let told = told.map_or(pause, Duration::from_secs);
            tokio::time::sleep(told.min(LONGEST_PAUSE)).await;
            pause *= 2;
        }
        Err(Trouble::Odd("it was not asked".to_owned()))
    }
}

fn read(said: &Said) -> Result<Value, Trouble> {
    let status = said.status.as_u16();
    if said.is_trouble() {
        return Err(Trouble::Busy(status));
    }
    let body: Value = serde_json::from_slice(&said.body)
        .map_err(|error| Trouble::Odd(format!("status {status}, {error}: {}", said.beginning())))?;
    if said.status.is_success() {
        return Ok(body);
    }
    let (kind, reason) = refusal(&body["error"]);
    Err(Trouble::Refused { status, kind, reason })
}

/// An error is an object with a type and a reason, or a sentence.
fn refusal(error: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match error.as_str() {
        Some(sentence) => (String::new(), sentence.to_owned()),
        None => (text(&error["type"]), text(&error["reason"])),
    }
}
