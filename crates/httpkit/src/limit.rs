//! Rate limits: per caller, told in headers, refused with `Retry-After`.

use crate::{Problem, RequestInfo};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::future::{BoxFuture, Either};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{NotUntil, Quota, RateLimiter};
use kernel::{Fault, Kind};
use std::convert::Infallible;
use std::hash::{BuildHasher as _, RandomState};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tower::{Layer, Service};

type Limiter = RateLimiter<u64, DashMapStateStore<u64>, DefaultClock, StateInformationMiddleware>;

/// The calls that are counted.
const LIMITED: &str = "/v1/";
/// Callers of one address, who may be many behind one router, have so many times what one of them has.
const CALLERS_PER_ADDRESS: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// Seconds' worth of calls that a bucket holds.
const BURST_S: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// Calls per second and caller: one bucket per access token, or per address for callers without one. Tokens are not
/// looked into here, so that each call with one counts for its address as well: invented tokens gain nothing.
#[derive(Clone)]
pub struct RateLimits {
    callers: Arc<Limiter>,
    addresses: Arc<Limiter>,
    per_second: NonZeroU32,
    /// 64 bits of a hash tell callers apart without keeping their tokens; a secret of the process's own keeps them from
    /// choosing whose bucket they share.
    keys: RandomState,
}

impl RateLimits {
    /// `per_second` calls, in bursts of up to ten seconds' worth.
    #[must_use]
    pub fn new(per_second: NonZeroU32) -> Self {
        Self {
            callers: Arc::new(limiter(per_second)),
            addresses: Arc::new(limiter(per_second.saturating_mul(CALLERS_PER_ADDRESS))),
            per_second,
            keys: RandomState::new(),
        }
    }

    /// Drops the buckets of callers who went away; to be called now and then.
    pub fn forget_idle(&self) {
        for limiter in [&self.callers, &self.addresses] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    /// What is left to the caller, or how long they have to wait.
    fn charge(&self, request: &Request) -> Result<u32, Duration> {
        let address = request.extensions().get::<RequestInfo>().map(|info| info.client);
        let address = self.keys.hash_one(address);
        let wait = |denied: NotUntil<_>| denied.wait_time_from(DefaultClock::default().now());
        let caller = match request.headers().get(header::AUTHORIZATION) {
            Some(token) => {
                self.addresses.check_key(&address).map_err(wait)?;
                self.keys.hash_one(token.as_bytes())
            }
            None => address,
        };
        let left = self.callers.check_key(&caller).map_err(wait)?;
        Ok(left.remaining_burst_capacity())
    }
}

fn limiter(per_second: NonZeroU32) -> Limiter {
    let quota = Quota::per_second(per_second).allow_burst(per_second.saturating_mul(BURST_S));
    RateLimiter::dashmap(quota).with_middleware::<StateInformationMiddleware>()
}

/// What [`RateLimits`] make of a service: calls of the API are counted, and refused with 429 when the bucket is empty.
#[derive(Clone)]
pub struct Limited<S> {
    limits: RateLimits,
    inner: S,
}

impl<S> Layer<S> for RateLimits {
    type Service = Limited<S>;

    fn layer(&self, inner: S) -> Limited<S> {
        Limited {
            limits: self.clone(),
            inner,
        }
    }
}

impl<S> Service<Request> for Limited<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<S::Future, BoxFuture<'static, Result<Response, Infallible>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if !request.uri().path().starts_with(LIMITED) {
            return Either::Left(self.inner.call(request));
        }
        let per_second = self.limits.per_second;
        Either::Right(match self.limits.charge(&request) {
            Ok(remaining) => {
                let answer = self.inner.call(request);
                Box::pin(async move {
                    let Ok(mut response) = answer.await;
                    tell(&mut response, per_second, remaining);
                    Ok(response)
                })
            }
            Err(wait) => Box::pin(std::future::ready(Ok(refused(per_second, wait)))),
        })
    }
}

fn refused(per_second: NonZeroU32, wait: Duration) -> Response {
    metrics::counter!("http_rate_limited_total").increment(1);
    let mut fault = Fault::new(
        Kind::TooMany,
        "rate_limited",
        format!("At most {per_second} calls per second. Wait as long as Retry-After says."),
    );
    fault.retry_after_s = Some(
        u32::try_from(wait.as_secs())
            .unwrap_or(u32::MAX)
            .saturating_add(1),
    );
    let mut response = Problem(fault).into_response();
    tell(&mut response, per_second, 0);
    response
}

/// The bucket's size, what is left in it, and the seconds until it is full again.
fn tell(response: &mut Response, per_second: NonZeroU32, remaining: u32) {
    let limit = per_second.saturating_mul(BURST_S).get();
    let reset = limit.saturating_sub(remaining).div_ceil(per_second.get());
    let headers = response.headers_mut();
    headers.insert("ratelimit-limit", HeaderValue::from(limit));
    headers.insert("ratelimit-remaining", HeaderValue::from(remaining));
    headers.insert("ratelimit-reset", HeaderValue::from(reset));
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn call(token: Option<&str>) -> Request {
        let request = Request::builder();
        let request = match token {
            Some(token) => request.header(header::AUTHORIZATION, token),
            None => request,
        };
        request.body(Body::empty()).expect("a request")
    }

    #[test]
    fn a_caller_has_a_burst_and_then_waits() {
        let limits = RateLimits::new(NonZeroU32::new(2).expect("two"));
        let taken = (0..30).filter(|_| limits.charge(&call(None)).is_ok()).count();
        assert!((20..25).contains(&taken), "{taken}");
        assert!(limits.charge(&call(None)).expect_err("empty") <= Duration::from_secs(1));
    }

    #[test]
    fn invented_tokens_gain_nothing() {
        let limits = RateLimits::new(NonZeroU32::new(2).expect("two"));
        let taken = (0..1_000)
            .filter(|n| limits.charge(&call(Some(&format!("Bearer {n}")))).is_ok())
            .count();
        assert!((200..250).contains(&taken), "{taken}");
    }
}
