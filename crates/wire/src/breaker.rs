//! A circuit breaker: a service that keeps failing to answer is left alone for a while, then tried with one call.
//!
//! It is on the wire, so that it counts what happens there and nothing else: silence, and answers that say "busy" or
//! "broken". An answer that takes its time, an odd one or a fault of our own says nothing about the line.

use chrono::TimeDelta;
use kernel::{SharedClock, Timestamp};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// When a service is left alone, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Unanswered calls within `window_s` that open it.
    pub failures: usize,
    pub window_s: i64,
    /// Seconds for which nothing is sent.
    pub rest_s: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            failures: 5,
            window_s: 30,
            rest_s: 30,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Calls pass.
    Closed,
    /// None does.
    Open,
    /// One is under way that decides.
    HalfOpen,
}

/// The breaker on a service's line, shared by all who call there.
#[derive(Clone)]
pub struct Circuit {
    service: &'static str,
    breaker: Arc<Mutex<Breaker>>,
    clock: SharedClock,
}

/// Leave to make one call. Dropped without having been heard, the call counts as unanswered: also when nobody waited for
/// its end.
pub struct Pass<'a> {
    circuit: &'a Circuit,
    heard: bool,
}

impl Circuit {
    #[must_use]
    pub fn new(service: &'static str, limits: Limits, clock: SharedClock) -> Self {
        Self {
            service,
            breaker: Arc::new(Mutex::new(Breaker::new(limits))),
            clock,
        }
    }

    #[must_use]
    pub fn phase(&self) -> Phase {
        self.with(|breaker| breaker.phase())
    }

    /// Whether a call would not be made now.
    #[must_use]
    pub fn rests(&self) -> bool {
        let at = self.clock.now();
        self.with(|breaker| breaker.rests(at))
    }

    /// Leave to make a call now, if the service is not left alone.
    #[must_use]
    pub fn admit(&self) -> Option<Pass<'_>> {
        let at = self.clock.now();
        if self.with(|breaker| breaker.admits(at)) {
            return Some(Pass {
                circuit: self,
                heard: false,
            });
        }
        metrics::counter!("breaker_refusals_total", "service" => self.service).increment(1);
        None
    }

    fn with<T>(&self, work: impl FnOnce(&mut Breaker) -> T) -> T {
        work(&mut self.breaker.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Pass<'_> {
    /// The call was answered, whatever the answer.
    pub fn heard(mut self) {
        self.heard = true;
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let (circuit, at) = (self.circuit, self.circuit.clock.now());
        let service = circuit.service;
        let opened = circuit.with(|breaker| match self.heard {
            true => {
                breaker.answered();
                false
            }
            false => breaker.failed(at),
        });
        if opened {
            tracing::warn!(
                service,
                "a service of others does not answer and is left alone for a while"
            );
            metrics::counter!("breaker_opened_total", "service" => service).increment(1);
        }
        let open = f64::from(u8::from(circuit.phase() != Phase::Closed));
        metrics::gauge!("breaker_open", "service" => service).set(open);
    }
}

/// The state of one breaker; `at` is always the present time.
#[derive(Debug)]
struct Breaker {
    limits: Limits,
    failed: VecDeque<Timestamp>,
    /// Until when nothing is sent; a probe moves it on, so that a lost probe is followed by another.
    rests_until: Option<Timestamp>,
    probing: bool,
}

impl Breaker {
    fn new(limits: Limits) -> Self {
        Self {
            limits,
            failed: VecDeque::new(),
            rests_until: None,
            probing: false,
        }
    }

    fn phase(&self) -> Phase {
        match (self.rests_until, self.probing) {
            (None, _) => Phase::Closed,
            (Some(_), false) => Phase::Open,
            (Some(_), true) => Phase::HalfOpen,
        }
    }

    fn rests(&self, at: Timestamp) -> bool {
        self.rests_until.is_some_and(|until| at < until)
    }

    /// Whether a call may be made now. Whoever is admitted says how it went.
    fn admits(&mut self, at: Timestamp) -> bool {
        match self.rests_until {
            None => true,
            Some(_) if self.rests(at) => false,
            Some(_) => {
                self.probing = true;
                self.rests_until = Some(at + TimeDelta::seconds(self.limits.rest_s));
                true
            }
        }
    }

    /// A call was answered, whatever the answer.
    fn answered(&mut self) {
        self.failed.clear();
        self.rests_until = None;
        self.probing = false;
    }

    /// A call was not. True if that opened it.
    fn failed(&mut self, at: Timestamp) -> bool {
        let rest = Some(at + TimeDelta::seconds(self.limits.rest_s));
        if self.rests_until.is_some() {
            // The probe, or a call from before.
            let opened = self.probing;
            self.probing = false;
            self.rests_until = if opened { rest } else { self.rests_until };
            return opened;
        }
        let since = at - TimeDelta::seconds(self.limits.window_s);
        self.failed.retain(|failed| *failed > since);
        self.failed.push_back(at);
        if self.failed.len() < self.limits.failures {
            return false;
        }
        self.failed.clear();
        self.rests_until = rest;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        failures: 3,
        window_s: 10,
        rest_s: 60,
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000 + seconds, 0).expect("in range")
    }

    fn open_at(seconds: i64) -> Breaker {
        let mut breaker = Breaker::new(LIMITS);
        assert!(!breaker.failed(at(seconds)));
        assert!(!breaker.failed(at(seconds)));
        assert!(breaker.failed(at(seconds)), "the third opens it");
        breaker
    }

    #[test]
    fn it_opens_after_failures_within_the_window_only() {
        let mut breaker = Breaker::new(LIMITS);
        for second in [0, 6, 12, 18, 24] {
            assert!(!breaker.failed(at(second)), "two within any ten seconds");
        }
        assert!(breaker.admits(at(24)));
        assert!(breaker.failed(at(25)));
        assert!(!breaker.admits(at(26)));
        assert_eq!(breaker.phase(), Phase::Open);
    }

    #[test]
    fn an_answer_forgets_failures() {
        let mut breaker = Breaker::new(LIMITS);
        breaker.failed(at(0));
        breaker.failed(at(0));
        breaker.answered();
        assert!(!breaker.failed(at(1)));
        assert_eq!(breaker.phase(), Phase::Closed);
    }

    #[test]
    fn after_its_rest_one_call_decides() {
        let mut breaker = open_at(0);
        assert!(!breaker.admits(at(59)));
        assert!(breaker.admits(at(60)));
        assert_eq!(breaker.phase(), Phase::HalfOpen);
        assert!(!breaker.admits(at(60)), "one is enough");
        breaker.answered();
        assert!(breaker.admits(at(61)) && breaker.admits(at(61)));
    }

    #[test]
    fn a_probe_that_fails_or_is_lost_is_followed_by_another() {
        let mut breaker = open_at(0);
        assert!(breaker.admits(at(60)));
        assert!(breaker.failed(at(70)));
        assert!(!breaker.admits(at(129)));
        assert!(breaker.admits(at(130)), "sixty seconds after it failed");
        assert!(!breaker.admits(at(189)));
        assert!(breaker.admits(at(190)), "nothing was heard of the last one");
    }

    #[test]
    fn calls_from_before_do_not_lengthen_the_rest() {
        let mut breaker = open_at(0);
        assert!(!breaker.failed(at(50)));
        assert!(breaker.admits(at(60)));
    }
}
