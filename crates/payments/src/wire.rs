//! HTTP to a payment provider: one client, one timeout, and a plain division between what was answered and what was not.
//!
//! 429 and 5xx are no answers about money: the call may have taken effect or not. Redirects are not followed.

use crate::breaker::Circuit;
use crate::error::Error;
use crate::provider::Answer;
use ::wire::{Line, NoAnswer};
use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::CONTENT_TYPE;
use hyper::http::request::Builder;
use kernel::SharedClock;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Bytes of an answer. Providers' are a few KiB.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Shorter than the patience of those who ask, so that it is this side that gives up and knows it.
pub const TIMEOUT: Duration = Duration::from_secs(8);

#[derive(Clone)]
pub struct Wire {
    provider: &'static str,
    line: Line,
}

/// What was answered: anything but 429 and 5xx.
#[derive(Debug)]
pub struct Said {
    pub status: StatusCode,
    pub body: Bytes,
}

/// Why it is not known how a charge stands.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("no answer: {0}")]
    Silence(String),
    #[error("it is left alone for a while: it has not been answering")]
    Resting,
    #[error("status {0}{1}")]
    Busy(StatusCode, String),
    /// An answer, and that it is not decided yet.
    #[error("not decided yet: {0}")]
    Undecided(String),
    /// An answer that the contract does not provide for, such as one about our credentials.
    #[error("an answer that was not expected: {0}")]
    Odd(String),
    #[error("our own books: {0}")]
    Books(#[from] Error),
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        Self::Books(error.into())
    }
}

impl Said {
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Trouble> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Trouble::Odd(format!("status {}, {error}", self.status)))
    }

    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// For what the contract does not provide for. The beginning of the body is told; providers put no secrets there.
    pub fn odd(&self) -> Trouble {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(300).collect();
        Trouble::Odd(format!("status {}: {body}", self.status))
    }
}

impl Said {
    /// For an answer that says to ask again later.
    pub fn undecided(&self) -> Trouble {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(300).collect();
        Trouble::Undecided(body)
    }
}

impl From<NoAnswer> for Trouble {
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::Silence(why) => Self::Silence(why),
            NoAnswer::Resting => Self::Resting,
            NoAnswer::Request(why) => Self::Odd(format!("the request cannot be made: {why}")),
        }
    }
}

impl Wire {
    /// `base` is such as `https://api.provider.example`. Plain HTTP is for this machine alone.
    pub fn new(
        provider: &'static str,
        base: &str,
        timeout: Duration,
        clock: SharedClock,
    ) -> Result<Self, String> {
        let line = Line::new(provider, base, timeout, ANSWER_BYTES_MAX, clock)?;
        Ok(Self { provider, line })
    }

    pub fn circuit(&self) -> &Circuit {
        self.line.circuit()
    }

    pub fn get(&self, path: &str) -> Builder {
        self.line.get(path)
    }

    pub fn post(&self, path: &str) -> Builder {
        self.line.post(path)
    }

    pub async fn ask(&self, request: Builder) -> Result<Said, Trouble> {
        self.send(request, Bytes::new()).await
    }

    pub async fn send_json(&self, request: Builder, body: &serde_json::Value) -> Result<Said, Trouble> {
        self.send_text(request, body.to_string()).await
    }

    /// JSON, as it is.
    pub async fn send_text(&self, request: Builder, json: String) -> Result<Said, Trouble> {
        let request = request.header(CONTENT_TYPE, "application/json");
        self.send(request, json.into()).await
    }

    pub async fn send_form(&self, request: Builder, fields: &[(&str, String)]) -> Result<Said, Trouble> {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, body.into()).await
    }

    async fn send(&self, request: Builder, body: Bytes) -> Result<Said, Trouble> {
        let said = self.line.send(request, body).await;
        let outcome = match &said {
            Ok(said) if said.is_trouble() => "busy",
            Ok(_) => "answered",
            Err(NoAnswer::Resting) => "resting",
            Err(_) => "silent",
        };
        if outcome != "resting" {
            metrics::counter!("payment_provider_requests_total", "provider" => self.provider, "outcome" => outcome)
                .increment(1);
        }
        let said = said?;
        if said.is_trouble() {
            let wait = said.retry_after.as_ref();
            let wait = wait.map_or_else(String::new, |wait| format!(", to be asked again after {wait}"));
            return Err(Trouble::Busy(said.status, wait));
        }
        Ok(Said {
            status: said.status,
            body: said.body,
        })
    }
}

/// A provider that cannot be understood has not answered.
pub fn or_unknown(provider: &'static str, key: &str, outcome: Result<Answer, Trouble>) -> Answer {
    outcome.unwrap_or_else(|trouble| {
        match trouble {
            // A person has to see to these: asking again brings the same.
            Trouble::Odd(_) => {
                tracing::error!(provider, key, %trouble, "a payment provider was not understood");
            }
            _ => tracing::warn!(provider, key, %trouble, "a payment provider did not answer"),
        }
        Answer::Unknown
    })
}
