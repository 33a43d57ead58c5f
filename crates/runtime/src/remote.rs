//! Calls between processes: `POST /internal/{service}/{method}` with a short-lived token made from a shared key.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::{Dispatch, Reply, Transport};
use hmac::{Hmac, Mac};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use kernel::{Ctx, Fault, Kind, SharedClock, Timestamp};
use serde_json::Value;
use sha2::Sha256;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// Seconds for which a service token is accepted.
const TOKEN_TTL_S: i64 = 30;
/// A call to another process that takes longer has failed.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of a call's body or answer: files of 60 MB fit, written as base64.
const CALL_BYTES_MAX: usize = 96 * 1024 * 1024;

/// What the processes of one marketplace share, and nobody else has.
#[derive(Clone)]
pub struct ServiceKey(Arc<[u8]>);

impl ServiceKey {
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(secret.into())
    }

    /// A secret of its own for another purpose, which all processes of the marketplace find alike.
    #[must_use]
    pub fn derived(&self, purpose: &str) -> Vec<u8> {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(format!("secret for {purpose}").as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    fn token(&self, service: &str, method: &str, now: Timestamp) -> String {
        let expires = now.timestamp() + TOKEN_TTL_S;
        format!(
            "{expires}.{}",
            URL_SAFE_NO_PAD.encode(self.sign(service, method, expires))
        )
    }

    fn accepts(&self, token: &str, service: &str, method: &str, now: Timestamp) -> bool {
        let Some((expires, signature)) = token.split_once('.') else {
            return false;
        };
        let (Ok(expires), Ok(signature)) = (expires.parse::<i64>(), URL_SAFE_NO_PAD.decode(signature)) else {
            return false;
        };
        let fresh = now.timestamp() <= expires && expires <= now.timestamp() + 2 * TOKEN_TTL_S;
        fresh && bool::from(signature.ct_eq(&self.sign(service, method, expires)))
    }

    fn sign(&self, service: &str, method: &str, expires: i64) -> Vec<u8> {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(format!("{service}/{method}/{expires}").as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

/// Another process of the same marketplace.
#[derive(Clone)]
pub struct Peer {
    base: String,
    key: ServiceKey,
    /// Dates the tokens: a request's own time may be long ago, as in a rebuild that takes minutes.
    clock: SharedClock,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Peer {
    /// `base` is such as `http://10.0.0.7:8080`.
    #[must_use]
    pub fn new(base: &str, key: ServiceKey, clock: SharedClock) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_secs(1)));
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .build(connector);
        Self {
            base: base.trim_end_matches('/').to_owned(),
            key,
            clock,
            client,
        }
    }

    async fn post(
        &self,
        service: &'static str,
        method: &'static str,
        ctx: &Ctx,
        body: &Value,
    ) -> Result<Value, Fault> {
        let payload = serde_json::to_vec(&(ctx, body)).map_err(|_| Fault::internal())?;
        let request = Request::post(format!("{}/internal/{service}/{method}", self.base))
            .header(header::CONTENT_TYPE, "application/json")
            .header(
                header::AUTHORIZATION,
                format!("Service {}", self.key.token(service, method, self.clock.now())),
            )
            .body(Full::new(Bytes::from(payload)))
            .map_err(|_| Fault::internal())?;
        let answer = tokio::time::timeout(CALL_TIMEOUT, async {
            let response = self.client.request(request).await.map_err(|e| e.to_string())?;
            let status = response.status();
            let bytes = Limited::new(response.into_body(), CALL_BYTES_MAX)
                .collect()
                .await
                .map_err(|e| e.to_string())?;
            Ok::<_, String>((status, bytes.to_bytes()))
        })
        .await
        .unwrap_or_else(|_| Err("no answer in time".to_owned()));
        let (status, bytes) = answer.map_err(|reason| {
            tracing::warn!(service, method, reason, "a call to another process failed");
            metrics::counter!("service_call_failures_total", "service" => service).increment(1);
            Fault::unavailable(service)
        })?;
        if status == StatusCode::OK {
            return serde_json::from_slice(&bytes).map_err(|_| Fault::unavailable(service));
        }
        Err(serde_json::from_slice(&bytes).unwrap_or_else(|_| Fault::unavailable(service)))
    }
}

impl Transport for Peer {
    fn call<'a>(
        &'a self,
        service: &'static str,
        method: &'static str,
        ctx: &'a Ctx,
        body: Value,
    ) -> Reply<'a, Value> {
        Box::pin(async move { self.post(service, method, ctx, &body).await })
    }
}

#[derive(Clone)]
struct Switchboard {
    services: Arc<HashMap<&'static str, Arc<dyn Dispatch>>>,
    key: ServiceKey,
    clock: SharedClock,
}

/// Answers the calls of other processes.
pub(crate) fn routes(services: Vec<Arc<dyn Dispatch>>, key: ServiceKey, clock: SharedClock) -> axum::Router {
    let services = services.into_iter().map(|s| (s.service(), s)).collect();
    axum::Router::new()
        .route("/internal/{service}/{method}", axum::routing::post(answer))
        .layer(axum::extract::DefaultBodyLimit::max(CALL_BYTES_MAX))
        .with_state(Switchboard {
            services: Arc::new(services),
            key,
            clock,
        })
}

async fn answer(
    State(board): State<Switchboard>,
    Path((service, method)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Service "))
        .unwrap_or("");
    // Whoever lacks the key learns nothing, not even which services exist.
    if !board.key.accepts(token, &service, &method, board.clock.now()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match dispatch(&board, &service, &method, &body).await {
        Ok(reply) => json(StatusCode::OK, &reply),
        Err(fault) => json(httpkit::status_of(fault.kind), &fault),
    }
}

async fn dispatch(board: &Switchboard, service: &str, method: &str, body: &[u8]) -> Result<Value, Fault> {
    let target = board
        .services
        .get(service)
        .ok_or_else(|| Fault::not_found("service"))?;
    let (ctx, arguments): (Ctx, Value) = serde_json::from_slice(body)
        .map_err(|e| Fault::new(Kind::Invalid, "malformed_call", e.to_string()))?;
    target.dispatch(method, &ctx, arguments).await
}

fn json(status: StatusCode, value: &impl serde::Serialize) -> Response {
    let body = serde_json::to_vec(value).unwrap_or_default();
    (
        status,
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        Body::from(body),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_one_method_for_a_short_while() {
        let key = ServiceKey::new(b"shared");
        let now = Timestamp::from_timestamp(1_790_000_000, 0).expect("in range");
        let later = Timestamp::from_timestamp(1_790_000_000 + TOKEN_TTL_S + 1, 0).expect("in range");
        let token = key.token("catalog", "offers", now);
        assert!(key.accepts(&token, "catalog", "offers", now));
        assert!(!key.accepts(&token, "catalog", "upsert", now));
        assert!(!key.accepts(&token, "catalog", "offers", later));
        assert!(!ServiceKey::new(b"other").accepts(&token, "catalog", "offers", now));
        assert!(!key.accepts("", "catalog", "offers", now));
    }
}
