//! What is being driven in this process, so that its lease is renewed and nobody begins with it a second time.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Clone, Debug)]
pub struct Running<K>(Arc<Mutex<HashSet<K>>>);

impl<K> Default for Running<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

/// Takes it out of the running ones when it is let go of, however that comes.
#[derive(Debug)]
pub struct Begun<'a, K: Copy + Eq + Hash> {
    running: &'a Running<K>,
    key: K,
}

impl<K: Copy + Eq + Hash> Drop for Begun<'_, K> {
    fn drop(&mut self) {
        self.running.lock().remove(&self.key);
    }
}

impl<K: Copy + Eq + Hash> Running<K> {
    /// None if it runs already.
    pub fn begin(&self, key: K) -> Option<Begun<'_, K>> {
        let is_new = self.lock().insert(key);
        // Not made unless it is new: letting go of it would end what runs.
        is_new.then(|| Begun { running: self, key })
    }

    #[must_use]
    pub fn list(&self) -> Vec<K> {
        self.lock().iter().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_is_begun_by_nobody_else_until_it_is_let_go_of() {
        let running = Running::default();
        let first = running.begin(1);
        assert!(first.is_some());
        assert!(running.begin(1).is_none());
        assert!(running.begin(1).is_none(), "the second one ended nothing");
        assert!(running.begin(2).is_some());
        assert_eq!(running.list(), [1]);
        drop(first);
        assert!(running.begin(1).is_some());
    }
}
