//! At which endpoints this process is, and for which others it has room. An endpoint has one lane at a time. Those that let
//! it wait share a part of all lanes, and each shop's have a part of that: the rest is kept for those that answer at once.

use kernel::{TenantId, WebhookEndpointId};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Endpoints that are sent to at a time. Shops' servers are slow in many ways: waiting for one of them costs this program
/// next to nothing, so that many are waited for at a time.
pub const LANES: usize = 64;
/// Of these, those that are slow, or of which nobody knows.
const SLOW_MAX: usize = 48;
/// Of these, those of one shop.
const SLOW_OF_SHOP_MAX: usize = 8;
/// Whoever answered faster the last time is quick.
const QUICK: Duration = Duration::from_secs(2);
/// Endpoints whose pace is remembered; with more, all are learnt anew.
const KNOWN_MAX: usize = 10_000;

/// How an endpoint answered the last time, whatever it said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    Quick,
    /// Slow, or never asked.
    Slow,
}

impl Pace {
    pub fn of(took: Duration) -> Self {
        match took < QUICK {
            true => Self::Quick,
            false => Self::Slow,
        }
    }
}

/// The lanes of this process.
#[derive(Debug, Default)]
pub struct Lanes(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    taken: HashMap<WebhookEndpointId, (TenantId, Pace)>,
    known: HashMap<WebhookEndpointId, Pace>,
}

/// What becomes of somebody who wants a lane.
#[derive(Debug)]
pub enum Room<'l> {
    Lane(Lane<'l>),
    /// Somebody else of this process is at the endpoint.
    Busy,
    /// As many endpoints like it are waited for as may be.
    Full,
}

/// A lane, which is free again whatever becomes of whoever has it.
#[derive(Debug)]
pub struct Lane<'l> {
    lanes: &'l Lanes,
    endpoint: WebhookEndpointId,
}

impl Lanes {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How an endpoint answered this process, if it was asked.
    pub fn pace(&self, endpoint: WebhookEndpointId) -> Option<Pace> {
        self.inner().known.get(&endpoint).copied()
    }

    pub fn enter(&self, tenant: TenantId, endpoint: WebhookEndpointId, pace: Pace) -> Room<'_> {
        let mut inner = self.inner();
        if inner.taken.contains_key(&endpoint) {
            return Room::Busy;
        }
        inner.taken.insert(endpoint, (tenant, pace));
        if pace == Pace::Slow && !inner.is_within_bounds(tenant) {
            inner.taken.remove(&endpoint);
            return Room::Full;
        }
        Room::Lane(Lane {
            lanes: self,
            endpoint,
        })
    }
}

impl Inner {
    /// Whether no more slow ones are waited for than may be, of all shops and of this one.
    fn is_within_bounds(&self, tenant: TenantId) -> bool {
        let slow = || self.taken.values().filter(|(_, pace)| *pace == Pace::Slow);
        let of_shop = slow().filter(|(of, _)| *of == tenant).count();
        slow().count() <= SLOW_MAX && of_shop <= SLOW_OF_SHOP_MAX
    }
}

impl Lane<'_> {
    /// Notes how long its endpoint took. Whether it may be sent the next message at once: it has to make room where it has
    /// become slow, and is one too many of these.
    pub fn may_go_on(&self, took: Duration) -> bool {
        let pace = Pace::of(took);
        let mut inner = self.lanes.inner();
        if inner.known.len() >= KNOWN_MAX {
            inner.known.clear();
        }
        inner.known.insert(self.endpoint, pace);
        let Some(taken) = inner.taken.get_mut(&self.endpoint) else {
            return true;
        };
        taken.1 = pace;
        let tenant = taken.0;
        pace == Pace::Quick || inner.is_within_bounds(tenant)
    }
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        self.lanes.inner().taken.remove(&self.endpoint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Timestamp;

    fn shop() -> TenantId {
        TenantId::new(Timestamp::UNIX_EPOCH)
    }

    fn endpoint() -> WebhookEndpointId {
        WebhookEndpointId::new(Timestamp::UNIX_EPOCH)
    }

    fn lane(lanes: &Lanes, tenant: TenantId, pace: Pace) -> Option<Lane<'_>> {
        match lanes.enter(tenant, endpoint(), pace) {
            Room::Lane(lane) => Some(lane),
            Room::Busy | Room::Full => None,
        }
    }

    #[test]
    fn nobody_is_at_an_endpoint_twice() {
        let (lanes, shop, endpoint) = (Lanes::default(), shop(), endpoint());
        let first = lanes.enter(shop, endpoint, Pace::Slow);
        assert!(matches!(first, Room::Lane(_)));
        assert!(matches!(lanes.enter(shop, endpoint, Pace::Quick), Room::Busy));
        drop(first);
        assert!(matches!(lanes.enter(shop, endpoint, Pace::Slow), Room::Lane(_)));
    }

    #[test]
    fn slow_ones_leave_room_for_quick_ones() {
        let lanes = Lanes::default();
        let slow: Vec<_> = (0..SLOW_MAX)
            .map(|_| lane(&lanes, shop(), Pace::Slow).expect("there is room"))
            .collect();
        assert!(lane(&lanes, shop(), Pace::Slow).is_none());
        let quick = lane(&lanes, shop(), Pace::Quick).expect("kept for it");
        // It becomes slow: one too many.
        assert!(!quick.may_go_on(Duration::from_secs(15)));
        drop(quick);
        drop(slow);
        assert!(lane(&lanes, shop(), Pace::Slow).is_some());
    }

    #[test]
    fn a_shop_has_some_of_them_alone() {
        let (lanes, greedy) = (Lanes::default(), shop());
        let own: Vec<_> = (0..SLOW_OF_SHOP_MAX)
            .map(|_| lane(&lanes, greedy, Pace::Slow).expect("there is room"))
            .collect();
        assert!(lane(&lanes, greedy, Pace::Slow).is_none());
        assert!(lane(&lanes, greedy, Pace::Quick).is_some());
        assert!(lane(&lanes, shop(), Pace::Slow).is_some());
        drop(own);
    }

    #[test]
    fn an_endpoint_is_what_it_was_the_last_time() {
        let (lanes, shop, endpoint) = (Lanes::default(), shop(), endpoint());
        assert_eq!(lanes.pace(endpoint), None);
        let Room::Lane(lane) = lanes.enter(shop, endpoint, Pace::Slow) else {
            panic!("there is room");
        };
        assert!(lane.may_go_on(Duration::from_millis(40)));
        assert_eq!(lanes.pace(endpoint), Some(Pace::Quick));
        assert!(lane.may_go_on(QUICK));
        assert_eq!(lanes.pace(endpoint), Some(Pace::Slow));
    }
}
