//! HTTP to a service of others.

use crate::breaker::{Circuit, Limits};
use crate::client::{self, Tls};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{HeaderMap, RETRY_AFTER};
use hyper::http::request::Builder;
use hyper::{Request, StatusCode, Uri};
use kernel::SharedClock;
use std::time::Duration;

/// Connecting takes longer only where nobody is.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The line to one service; a clone shares its connections and its breaker.
#[derive(Clone)]
pub struct Line {
    base: String,
    timeout: Duration,
    answer_bytes_max: usize,
    circuit: Circuit,
    client: Tls<Full<Bytes>>,
}

/// What was answered.
#[derive(Debug)]
pub struct Said {
    pub status: StatusCode,
    /// As the service puts it, where it says when to ask again.
    pub retry_after: Option<String>,
    pub body: Bytes,
}

/// Why nothing was.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    #[error("no answer: {0}")]
    Silence(String),
    #[error("it is left alone for a while: it has not been answering")]
    Resting,
    #[error("the request cannot be made: {0}")]
    Request(String),
}

impl Said {
    /// Whether the service has too much to do, or is broken: answers that say nothing of what was asked.
    #[must_use]
    pub fn is_trouble(&self) -> bool {
        self.status == StatusCode::TOO_MANY_REQUESTS || self.status.is_server_error()
    }

    /// The beginning of the body, for people.
    #[must_use]
    pub fn beginning(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(300).collect()
    }
}

impl Line {
    /// `base` is such as `https://api.provider.example`. Plain HTTP is for this machine alone.
    pub fn new(
        service: &'static str,
        base: &str,
        timeout: Duration,
        answer_bytes_max: usize,
        clock: SharedClock,
    ) -> Result<Self, String> {
        let base = base.trim_end_matches('/').to_owned();
        let uri: Uri = base
            .parse()
            .map_err(|e| format!("`{base}` is no address of {service}: {e}"))?;
        if uri.scheme_str() != Some("https") && !client::is_this_machine(&uri) {
            return Err(format!(
                "`{base}` should begin with https://: {service} is told credentials"
            ));
        }
        let client = client::client(CONNECT_TIMEOUT)?;
        Ok(Self {
            base,
            timeout,
            answer_bytes_max,
            circuit: Circuit::new(service, Limits::default(), clock),
            client,
        })
    }

    #[must_use]
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    #[must_use]
    pub fn get(&self, path: &str) -> Builder {
        Request::get(format!("{}{path}", self.base))
    }

    #[must_use]
    pub fn post(&self, path: &str) -> Builder {
        Request::post(format!("{}{path}", self.base))
    }

    #[must_use]
    pub fn put(&self, path: &str) -> Builder {
        Request::put(format!("{}{path}", self.base))
    }

    #[must_use]
    pub fn delete(&self, path: &str) -> Builder {
        Request::delete(format!("{}{path}", self.base))
    }

    /// Silence and trouble count against the line.
    pub async fn send(&self, request: Builder, body: Bytes) -> Result<Said, NoAnswer> {
        let request = request
            .header("user-agent", concat!("stoa/", env!("CARGO_PKG_VERSION")))
            .body(Full::new(body))
            .map_err(|e| NoAnswer::Request(e.to_string()))?;
        let pass = self.circuit.admit().ok_or(NoAnswer::Resting)?;
        let said = tokio::time::timeout(self.timeout, self.exchange(request))
            .await
            .unwrap_or_else(|_| Err(NoAnswer::Silence("it took too long".to_owned())));
        if said.as_ref().is_ok_and(|said| !said.is_trouble()) {
            pass.heard();
        }
        said
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Said, NoAnswer> {
        let silence = |e: &dyn std::fmt::Display| NoAnswer::Silence(e.to_string());
        let response = self.client.request(request).await.map_err(|e| silence(&e))?;
        let status = response.status();
        let retry_after = retry_after(response.headers());
        let body = Limited::new(response.into_body(), self.answer_bytes_max)
            .collect()
            .await
            .map_err(|e| silence(&e))?
            .to_bytes();
        Ok(Said {
            status,
            retry_after,
            body,
        })
    }
}

fn retry_after(headers: &HeaderMap) -> Option<String> {
    let wait = headers.get(RETRY_AFTER)?.to_str().ok()?;
    Some(wait.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_leave_this_machine_encrypted_only() {
        let clock: SharedClock = std::sync::Arc::new(kernel::SystemClock);
        let timeout = Duration::from_secs(1);
        let made = |base| Line::new("stripe", base, timeout, 1_024, clock.clone()).map(drop);
        assert!(made("https://api.stripe.com").is_ok());
        assert!(made("http://127.0.0.1:8081/").is_ok());
        assert!(made("http://api.stripe.com").is_err());
        assert!(made("api.stripe.com").is_err());
    }
}
