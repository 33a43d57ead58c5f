//! When PostgreSQL was last known to answer. Who waits in vain for a connection of a pool either came to a database that is
//! away or after too many others; the waiting alone does not tell which, but what the others' connections did does.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
/// Microseconds after [`BEGAN`]; zero is never.
static LAST: AtomicU64 = AtomicU64::new(0);

/// A connection of this process answered so long ago: pools try each when it is given back.
pub(crate) fn beat(ago: Duration) {
    if let Some(at) = BEGAN.elapsed().checked_sub(ago) {
        LAST.fetch_max(micros(at), Ordering::Relaxed);
    }
}

/// Whether one answered within the last `span`.
pub(crate) fn is_within(span: Duration) -> bool {
    let last = LAST.load(Ordering::Relaxed);
    last > 0 && micros(BEGAN.elapsed()).saturating_sub(last) < micros(span)
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX).max(1)
}
