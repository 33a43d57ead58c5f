//! A clock that is told the time (`stoa serve --clock TIME`, hidden): for replaying what happened over months in minutes,
//! and for proofs that would otherwise wait for a hold to run out. It starts at that time, runs as the machine's does, and
//! any request moves it on with the header `stoa-clock`, never back. The option is refused where anybody else could call
//! or real money moves. The demo's clock is one too: it begins half a year ago, and is told each day that passes.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::map_request;
use kernel::{Clock, SystemClock, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// RFC 3339.
pub const HEADER: &str = "stoa-clock";

#[derive(Debug)]
pub struct ToldClock {
    /// Microseconds by which it is ahead of the machine's.
    ahead: AtomicI64,
}

impl ToldClock {
    #[must_use]
    pub fn at(time: Timestamp) -> Self {
        let ahead = (time - SystemClock.now()).num_microseconds().unwrap_or(0);
        Self {
            ahead: AtomicI64::new(ahead),
        }
    }

    /// It is at least so late.
    pub fn tell(&self, time: Timestamp) {
        let ahead = (time - SystemClock.now()).num_microseconds().unwrap_or(0);
        self.ahead.fetch_max(ahead, Ordering::SeqCst);
    }

    fn heed(&self, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
        let Some(told) = headers.get(HEADER) else {
            return Ok(());
        };
        let time = told.to_str().ok().and_then(|text| text.parse().ok());
        self.tell(time.ok_or((StatusCode::BAD_REQUEST, "stoa-clock is not a time of RFC 3339"))?);
        Ok(())
    }

    /// Lets requests tell the time before anything else is done about them.
    pub fn heeded(self: &Arc<Self>, routes: Router) -> Router {
        let clock = Arc::clone(self);
        routes.layer(map_request(move |request: Request| {
            let heard = clock.heed(request.headers()).map(|()| request);
            std::future::ready(heard)
        }))
    }
}

impl Clock for ToldClock {
    fn now(&self) -> Timestamp {
        let now = SystemClock.now();
        let told = now.timestamp_micros() + self.ahead.load(Ordering::SeqCst);
        Timestamp::from_timestamp_micros(told).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn told(text: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(
            axum::http::HeaderName::from_static(HEADER),
            axum::http::HeaderValue::from_static(text),
        )])
    }

    #[test]
    fn it_is_moved_on_and_never_back() {
        let start = "2030-01-01T00:00:00Z".parse().expect("a time");
        let clock = ToldClock::at(start);
        assert!(clock.now() >= start && clock.now() < start + Duration::from_secs(60));
        clock.heed(&told("2030-06-01T00:00:00Z")).expect("heard");
        clock.heed(&told("2030-03-01T00:00:00Z")).expect("heard");
        let june: Timestamp = "2030-06-01T00:00:00Z".parse().expect("a time");
        assert!(clock.now() >= june && clock.now() < june + Duration::from_secs(60));
        assert!(clock.heed(&told("tomorrow")).is_err());
        assert!(clock.heed(&HeaderMap::new()).is_ok());
    }
}
