//! Rate limits: per caller, told in headers, refused with `Retry-After`.

use crate::{Problem, RequestInfo};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use kernel::{Fault, Kind};
use sha2::{Digest, Sha256};
use std::num::NonZeroU32;
use std::sync::Arc;

type Limiter = RateLimiter<u64, DashMapStateStore<u64>, DefaultClock, StateInformationMiddleware>;

/// Calls per second and caller: one bucket per access token, or per address for callers without one.
#[derive(Clone)]
pub struct RateLimits {
    limiter: Arc<Limiter>,
    per_second: NonZeroU32,
}

impl RateLimits {
    /// `per_second` calls, in bursts of up to ten seconds' worth.
    #[must_use]
    pub fn new(per_second: NonZeroU32) -> Self {
        let burst = per_second.saturating_mul(NonZeroU32::MIN.saturating_add(9));
        let quota = Quota::per_second(per_second).allow_burst(burst);
        let limiter = RateLimiter::dashmap(quota).with_middleware::<StateInformationMiddleware>();
        Self {
            limiter: Arc::new(limiter),
            per_second,
        }
    }

    /// Drops the buckets of callers who went away; to be called now and then.
    pub fn forget_idle(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

/// Middleware: counts the call, refuses it with 429 when the bucket is empty.
pub async fn rate_limit(State(limits): State<RateLimits>, request: Request, next: Next) -> Response {
    let caller = caller_of(&request);
    match limits.limiter.check_key(&caller) {
        Ok(snapshot) => {
            let remaining = snapshot.remaining_burst_capacity();
            let mut response = next.run(request).await;
            tell(&mut response, limits.per_second, remaining);
            response
        }
        Err(denied) => {
            metrics::counter!("http_rate_limited_total").increment(1);
            let wait = denied.wait_time_from(DefaultClock::default().now());
            let mut fault = Fault::new(
                Kind::TooMany,
                "rate_limited",
                format!(
                    "At most {} calls per second. Wait as long as Retry-After says.",
                    limits.per_second
                ),
            );
            fault.retry_after_s = Some(
                u32::try_from(wait.as_secs())
                    .unwrap_or(u32::MAX)
                    .saturating_add(1),
            );
            let mut response = Problem(fault).into_response();
            tell(&mut response, limits.per_second, 0);
            response
        }
    }
}

fn tell(response: &mut Response, per_second: NonZeroU32, remaining: u32) {
    let headers = response.headers_mut();
    headers.insert("ratelimit-limit", HeaderValue::from(per_second.get()));
    headers.insert("ratelimit-remaining", HeaderValue::from(remaining));
    headers.insert("ratelimit-reset", HeaderValue::from(1u32));
}

/// 64 bits of a hash tell callers apart without keeping their tokens or addresses.
fn caller_of(request: &Request) -> u64 {
    let mut hash = Sha256::new();
    match request.headers().get(header::AUTHORIZATION) {
        Some(token) => hash.update(token.as_bytes()),
        None => {
            let address = request.extensions().get::<RequestInfo>().map(|info| info.client);
            hash.update(format!("{address:?}"));
        }
    }
    let digest = hash.finalize();
    u64::from_be_bytes(digest[..8].try_into().unwrap_or_default())
}
