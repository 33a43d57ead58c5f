//! What a process remembers of tables that change seldom and are asked all the time, such as rates and rules. Whoever
//! changes them raises a version beside them; who remembers them reads them again where the version is another one.

use chrono::TimeDelta;
use kernel::{SharedClock, Timestamp};
use std::fmt::Display;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Seconds for which a change is known before it holds, so that everybody has read it by then.
pub const LEAD_S: i64 = 10;
/// How often those who remember look. A few of these fit into the lead.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The tables' contents as they were last read.
#[derive(Debug)]
pub struct Remembered<T>(RwLock<Option<Known<T>>>);

#[derive(Debug)]
pub struct Known<T> {
    pub version: i64,
    pub value: Arc<T>,
    /// When the version was last found to be this one.
    pub looked_at: Timestamp,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self(RwLock::new(None))
    }
}

impl<T> Clone for Known<T> {
    fn clone(&self) -> Self {
        Self {
            value: Arc::clone(&self.value),
            ..*self
        }
    }
}

impl<T> Remembered<T> {
    #[must_use]
    pub fn known(&self) -> Option<Known<T>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is known, if it is of this version.
    #[must_use]
    pub fn of_version(&self, version: i64) -> Option<Arc<T>> {
        let known = self.known().filter(|known| known.version == version);
        known.map(|known| known.value)
    }

    /// Remembers what was read, and gives what is known then: whoever began later may have read something newer.
    pub fn remember(&self, read: Known<T>) -> Arc<T> {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match &mut *known {
            Some(newer) if newer.version > read.version => Arc::clone(&newer.value),
            known => Arc::clone(&known.insert(read).value),
        }
    }
}

/// Looks again and again until `stop`, so that what is remembered is never old.
pub async fn keep<F, Done, T, E>(what: &'static str, clock: SharedClock, stop: CancellationToken, refresh: F)
where
    F: Fn(Timestamp) -> Done,
    Done: Future<Output = Result<T, E>>,
    E: Display,
{
    loop {
        if let Err(error) = refresh(clock.now()).await {
            tracing::warn!(%error, "{what} could not be read; the known ones hold");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A change holds {LEAD_S} seconds from now at the earliest; leave it out for that.")]
pub struct TooSoon;

/// When a change begins to hold: never so soon that somebody does not know of it.
pub fn beginning(at: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, TooSoon> {
    let first = now + TimeDelta::seconds(LEAD_S);
    match at {
        None => Ok(first),
        Some(at) if at >= first => Ok(at),
        Some(_) => Err(TooSoon),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(version: i64, second: i64) -> Known<i64> {
        Known {
            version,
            value: Arc::new(version),
            looked_at: at(second),
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000 + second, 0).expect("in range")
    }

    #[test]
    fn who_read_before_a_change_does_not_bring_it_back() {
        let remembered = Remembered::default();
        assert!(remembered.known().is_none());
        assert_eq!(*remembered.remember(read(2, 1)), 2);
        assert_eq!(*remembered.remember(read(1, 2)), 2, "the newer one stays");
        assert_eq!(*remembered.remember(read(3, 3)), 3);
        assert_eq!(
            (remembered.of_version(2), remembered.of_version(3)),
            (None, Some(Arc::new(3)))
        );
        let known = remembered.remember(read(3, 9));
        assert_eq!((*known, remembered.known().expect("known").looked_at), (3, at(9)));
    }

    #[test]
    fn a_change_never_holds_before_everybody_can_know_it() {
        assert_eq!(beginning(None, at(0)), Ok(at(LEAD_S)));
        assert_eq!(beginning(Some(at(LEAD_S)), at(0)), Ok(at(LEAD_S)));
        assert_eq!(beginning(Some(at(LEAD_S - 1)), at(0)), Err(TooSoon));
    }
}
