//! What every request carries: its time, its correlation id, its caller's address; and what is told about it.

use crate::transport::{Transport, TrustedProxies};
use axum::extract::{ConnectInfo, MatchedPath, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use kernel::{CorrelationId, SharedClock, Timestamp, uuid_at};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

/// The circumstances of one request, put there by [`observe`].
#[derive(Clone, Copy, Debug)]
pub struct Request {
    pub now: Timestamp,
    pub correlation: CorrelationId,
    /// Who called, behind trusted proxies.
    pub client: IpAddr,
    pub transport: Transport,
}

/// This process, as answers name it.
#[derive(Clone)]
pub struct Instance {
    pub id: HeaderValue,
    pub clock: SharedClock,
    /// Whose word about callers is believed.
    pub trusted_proxies: TrustedProxies,
}

/// Middleware over everything: gives the request its [`Request`], measures it, logs it, names the instance.
pub async fn observe(
    State(instance): State<Instance>,
    mut request: axum::extract::Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let now = instance.clock.now();
    let correlation = request
        .headers()
        .get("x-correlation-id")
        .and_then(|v| v.to_str().ok())
        .and_then(|v| Uuid::parse_str(v).ok())
        .map_or_else(|| CorrelationId(uuid_at(now)), CorrelationId);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let (client, transport) = instance
        .trusted_proxies
        .read(peer.map(|peer| peer.0.ip()), request.headers());
    request.extensions_mut().insert(Request {
        now,
        correlation,
        client,
        transport,
    });

    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let method = request.method().clone();
    let span = tracing::info_span!("request", %method, route, correlation_id = %correlation);
    let mut response = next.run(request).instrument(span.clone()).await;

    let status = response.status();
    let took = started.elapsed();
    let labels = [
        ("method", known(&method)),
        ("route", route),
        ("status", status.as_u16().to_string()),
    ];
    metrics::histogram!("http_request_duration_seconds", &labels).record(took.as_secs_f64());
    span.in_scope(|| {
        tracing::debug!(
            status = status.as_u16(),
            took_us = took.as_micros() as u64,
            "answered"
        );
    });

    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&correlation.to_string()) {
        headers.insert("x-correlation-id", value);
    }
    headers.insert("x-stoa-instance", instance.id.clone());
    headers
        .entry("x-content-type-options")
        .or_insert(HeaderValue::from_static("nosniff"));
    headers
        .entry("referrer-policy")
        .or_insert(HeaderValue::from_static("strict-origin-when-cross-origin"));
    headers
        .entry("x-frame-options")
        .or_insert(HeaderValue::from_static("DENY"));
    response
}

/// The method as a label. What callers make up is one of them: each label's values stay in memory.
fn known(method: &Method) -> String {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS => method.to_string(),
        _ => "other".to_owned(),
    }
}
