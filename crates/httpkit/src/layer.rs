//! What every request carries: its time, its correlation id, its caller's address; and what is told about it.

use axum::extract::{ConnectInfo, MatchedPath, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use kernel::{CorrelationId, SharedClock, Timestamp, uuid_at};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

/// The circumstances of one request, put there by [`observe`].
#[derive(Clone, Copy, Debug)]
pub struct Request {
    pub now: Timestamp,
    pub correlation: CorrelationId,
    pub client: IpAddr,
}

/// This process, as answers name it.
#[derive(Clone)]
pub struct Instance {
    pub id: HeaderValue,
    pub clock: SharedClock,
    /// Whether `X-Forwarded-For` is believed: only behind a proxy of one's own.
    pub behind_proxy: bool,
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
    let client = client_of(&request, instance.behind_proxy);
    request.extensions_mut().insert(Request {
        now,
        correlation,
        client,
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
        ("method", method.to_string()),
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

fn client_of(request: &axum::extract::Request, behind_proxy: bool) -> IpAddr {
    let forwarded = || {
        let value = request.headers().get("x-forwarded-for")?.to_str().ok()?;
        // The last address is the one our own proxy saw; those before it are what the caller claims.
        value.rsplit(',').next()?.trim().parse().ok()
    };
    let direct = || {
        request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map(|c| c.0.ip())
    };
    behind_proxy
        .then(forwarded)
        .flatten()
        .or_else(direct)
        .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}
