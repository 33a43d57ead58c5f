//! How long an account stays locked after failed sign-ins in a row.

use kernel::limits::LOGIN_FAILURES_MAX;
use std::time::Duration;

/// The locks after the third, fourth, fifth ... failure in a row; the last one repeats.
const LADDER_S: [u64; 7] = [30, 60, 300, 900, 3_600, 14_400, 86_400];

/// The lock that the `failures`-th failure in a row brings, if any.
#[must_use]
pub fn lock_after(failures: u32) -> Option<Duration> {
    let step = failures.checked_sub(LOGIN_FAILURES_MAX)? as usize;
    Some(Duration::from_secs(LADDER_S[step.min(LADDER_S.len() - 1)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_start_at_the_third_failure_and_grow_to_a_day() {
        let locks: Vec<u64> = (0..12)
            .map(|n| lock_after(n).map_or(0, |lock| lock.as_secs()))
            .collect();
        assert_eq!(
            locks,
            [0, 0, 0, 30, 60, 300, 900, 3_600, 14_400, 86_400, 86_400, 86_400]
        );
    }
}
