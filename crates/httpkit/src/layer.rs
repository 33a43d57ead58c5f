//! What every request carries: its time, its correlation id, its caller's address; and what is told about it.

use crate::transport::{Transport, TrustedProxies};
use axum::extract::{ConnectInfo, MatchedPath};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use futures::future::BoxFuture;
use kernel::{Actor, CorrelationId, Ctx, SharedClock, Timestamp, uuid_at};
use metrics::Histogram;
use std::cell::RefCell;
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tower::{Layer, Service};
use tracing::Instrument;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");
const INSTANCE: HeaderName = HeaderName::from_static("x-stoa-instance");

/// The circumstances of one request, put there by [`Observe`].
#[derive(Clone, Copy, Debug)]
pub struct Request {
    pub now: Timestamp,
    pub correlation: CorrelationId,
    /// Who called, behind trusted proxies.
    pub client: IpAddr,
    pub transport: Transport,
}

impl Request {
    /// Nobody that is known asks.
    #[must_use]
    pub fn anonymous(&self) -> Ctx {
        Ctx {
            actor: Actor::Anonymous,
            now: self.now,
            correlation: self.correlation,
        }
    }
}

/// This process, as answers name it.
#[derive(Clone)]
pub struct Instance {
    pub id: HeaderValue,
    pub clock: SharedClock,
    /// Whose word about callers is believed.
    pub trusted_proxies: TrustedProxies,
}

/// Layer over everything: gives the request its [`Request`], measures it, logs it, names the instance.
#[derive(Clone)]
pub struct Observe(pub Instance);

/// What [`Observe`] makes of a service.
#[derive(Clone)]
pub struct Observed<S> {
    instance: Instance,
    inner: S,
}

impl<S> Layer<S> for Observe {
    type Service = Observed<S>;

    fn layer(&self, inner: S) -> Observed<S> {
        Observed {
            instance: self.0.clone(),
            inner,
        }
    }
}

impl<S, B> Service<axum::extract::Request> for Observed<S>
where
    S: Service<axum::extract::Request, Response = axum::http::Response<B>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = axum::http::Response<B>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: axum::extract::Request) -> Self::Future {
        let started = Instant::now();
        let seen = self.instance.introduce(&mut request);
        let route = request
            .extensions()
            .get::<MatchedPath>()
            .map_or_else(|| "unmatched".into(), |path| Arc::from(path.as_str()));
        let method = request.method().clone();
        let span = tracing::info_span!("request", %method, %route, correlation_id = %seen.correlation);
        let answer = span
            .in_scope(|| self.inner.call(request))
            .instrument(span.clone());
        let id = self.instance.id.clone();
        Box::pin(async move {
            let Ok(mut response) = answer.await;
            let (status, took) = (response.status(), started.elapsed());
            record(&method, &route, status, took);
            span.in_scope(|| {
                tracing::debug!(
                    status = status.as_u16(),
                    took_us = took.as_micros() as u64,
                    "answered"
                );
            });
            sign(response.headers_mut(), seen.correlation, id);
            Ok(response)
        })
    }
}

impl Instance {
    /// Puts its [`Request`] into a request's extensions.
    fn introduce(&self, request: &mut axum::extract::Request) -> Request {
        let now = self.clock.now();
        let correlation = request
            .headers()
            .get("x-correlation-id")
            .and_then(|v| v.to_str().ok())
            .and_then(|v| Uuid::parse_str(v).ok())
            .map_or_else(|| CorrelationId(uuid_at(now)), CorrelationId);
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let (client, transport) = self
            .trusted_proxies
            .read(peer.map(|peer| peer.0.ip()), request.headers());
        let seen = Request {
            now,
            correlation,
            client,
            transport,
        };
        request.extensions_mut().insert(seen);
        seen
    }
}

fn sign(headers: &mut HeaderMap, correlation: CorrelationId, instance: HeaderValue) {
    let mut text = [0; Hyphenated::LENGTH];
    if let Ok(value) = HeaderValue::from_str(correlation.0.as_hyphenated().encode_lower(&mut text)) {
        headers.insert(CORRELATION_ID, value);
    }
    headers.insert(INSTANCE, instance);
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// Records how long an answer took. Finding a histogram by its labels takes longer than many an answer, so that each
/// thread remembers those that it has found.
fn record(method: &Method, route: &Arc<str>, status: StatusCode, took: Duration) {
    type Found = HashMap<Arc<str>, HashMap<(&'static str, u16), Histogram>>;
    thread_local! {
        static FOUND: RefCell<Found> = RefCell::default();
    }
    let (method, status) = (known(method), status.as_u16());
    FOUND.with_borrow_mut(|found| {
        let of_route = match found.get_mut(route) {
            Some(of_route) => of_route,
            None => found.entry(Arc::clone(route)).or_default(),
        };
        of_route
            .entry((method, status))
            .or_insert_with(|| {
                let labels = [
                    ("method", method.to_owned()),
                    ("route", route.to_string()),
                    ("status", status.to_string()),
                ];
                metrics::histogram!("http_request_duration_seconds", &labels)
            })
            .record(took.as_secs_f64());
    });
}

/// The method as a label. What callers make up is one of them: each label's values stay in memory.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
