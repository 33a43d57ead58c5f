//! HTTP to a payment provider: one client, one timeout, and a plain division between what was answered and what was not.
//!
//! 429 and 5xx are no answers about money: the call may have taken effect or not. Redirects are not followed.

use crate::breaker::{Circuit, Limits};
use crate::error::Error;
use crate::provider::Answer;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{CONTENT_TYPE, RETRY_AFTER};
use hyper::http::request::Builder;
use hyper::{Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use kernel::SharedClock;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Bytes of an answer. Providers' are a few KiB.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Connecting takes longer only where nobody is.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Shorter than the patience of those who ask, so that it is this side that gives up and knows it.
pub const TIMEOUT: Duration = Duration::from_secs(8);

#[derive(Clone)]
pub struct Wire {
    provider: &'static str,
    base: String,
    timeout: Duration,
    circuit: Circuit,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
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

impl Wire {
    /// `base` is such as `https://api.provider.example`. Plain HTTP is for this machine alone.
    pub fn new(
        provider: &'static str,
        base: &str,
        timeout: Duration,
        clock: SharedClock,
    ) -> Result<Self, String> {
        let base = base.trim_end_matches('/').to_owned();
        let uri: Uri = base
            .parse()
            .map_err(|e| format!("`{base}` is no address of {provider}: {e}"))?;
        let local = matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if uri.scheme_str() != Some("https") && !local {
            return Err(format!(
                "`{base}` should begin with https://: {provider} is told credentials"
            ));
        }
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let tls = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
            .map_err(|e| format!("TLS cannot be set up: {e}"))?
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .build(tls);
        Ok(Self {
            provider,
            base,
            timeout,
            circuit: Circuit::new(provider, Limits::default(), clock),
            client,
        })
    }

    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    pub fn get(&self, path: &str) -> Builder {
        Request::get(format!("{}{path}", self.base))
    }

    pub fn post(&self, path: &str) -> Builder {
        Request::post(format!("{}{path}", self.base))
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
        let request = request
            .header("user-agent", concat!("stoa/", env!("CARGO_PKG_VERSION")))
            .body(Full::new(body))
            .map_err(|e| Trouble::Odd(format!("the request cannot be made: {e}")))?;
        let pass = self.circuit.admit().ok_or(Trouble::Resting)?;
        let said = tokio::time::timeout(self.timeout, self.exchange(request))
            .await
            .unwrap_or_else(|_| Err(Trouble::Silence("it took too long".to_owned())));
        let outcome = match &said {
            Ok(_) => "answered",
            Err(Trouble::Busy(..)) => "busy",
            Err(_) => "silent",
        };
        if !matches!(said, Err(Trouble::Silence(_) | Trouble::Busy(..))) {
            pass.heard();
        }
        metrics::counter!("payment_provider_requests_total", "provider" => self.provider, "outcome" => outcome)
            .increment(1);
        said
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Said, Trouble> {
        let response = self
            .client
            .request(request)
            .await
            .map_err(|e| Trouble::Silence(e.to_string()))?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            let wait = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok());
            let wait = wait.map_or_else(String::new, |wait| format!(", to be asked again after {wait}"));
            return Err(Trouble::Busy(status, wait));
        }
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX)
            .collect()
            .await
            .map_err(|e| Trouble::Silence(e.to_string()))?
            .to_bytes();
        Ok(Said { status, body })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_leave_this_machine_encrypted_only() {
        let clock: SharedClock = std::sync::Arc::new(kernel::SystemClock);
        let made = |base| Wire::new("stripe", base, TIMEOUT, clock.clone()).map(drop);
        assert!(made("https://api.stripe.com").is_ok());
        assert!(made("http://127.0.0.1:8081/").is_ok());
        assert!(made("http://api.stripe.com").is_err());
        assert!(made("api.stripe.com").is_err());
    }
}
