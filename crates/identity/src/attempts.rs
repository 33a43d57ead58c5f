//! How often one may try: per address of the caller and per e-mail address, in this process.

use crate::Error;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;
use std::sync::Arc;

/// Attempts per minute, and in one burst.
#[derive(Clone, Copy, Debug)]
pub struct AttemptLimits {
    pub sign_in_per_address: NonZeroU32,
    pub sign_in_per_account: NonZeroU32,
    pub reset_per_address: NonZeroU32,
    pub reset_per_account: NonZeroU32,
}

const fn per_minute(n: u32) -> NonZeroU32 {
    match NonZeroU32::new(n) {
        Some(n) => n,
        None => NonZeroU32::MIN,
    }
}

impl Default for AttemptLimits {
    fn default() -> Self {
        Self {
            sign_in_per_address: per_minute(300),
            sign_in_per_account: per_minute(120),
            reset_per_address: per_minute(30),
            reset_per_account: per_minute(3),
        }
    }
}

/// One kind of attempt.
#[derive(Clone, Copy, Debug)]
pub enum Attempt {
    SignIn,
    Reset,
    /// As often as a reset, and counted apart.
    Verify,
}

/// Counts attempts and refuses those beyond the limits.
#[derive(Clone)]
pub struct Attempts(Arc<Buckets>);

struct Buckets {
    sign_in_address: Bucket,
    sign_in_account: Bucket,
    reset_address: Bucket,
    reset_account: Bucket,
    verify_address: Bucket,
    verify_account: Bucket,
}

type Bucket = DefaultKeyedRateLimiter<String>;

impl Attempts {
    #[must_use]
    pub fn new(limits: AttemptLimits) -> Self {
        let bucket = |n| RateLimiter::keyed(Quota::per_minute(n));
        Self(Arc::new(Buckets {
            sign_in_address: bucket(limits.sign_in_per_address),
            sign_in_account: bucket(limits.sign_in_per_account),
            reset_address: bucket(limits.reset_per_address),
            reset_account: bucket(limits.reset_per_account),
            verify_address: bucket(limits.reset_per_address),
            verify_account: bucket(limits.reset_per_account),
        }))
    }

    /// Counts an attempt from `address` on the account `email`, which need not exist.
    pub fn count(&self, attempt: Attempt, address: &str, email: &str) -> Result<(), Error> {
        let (per_address, per_account) = match attempt {
            Attempt::SignIn => (&self.0.sign_in_address, &self.0.sign_in_account),
            Attempt::Reset => (&self.0.reset_address, &self.0.reset_account),
            Attempt::Verify => (&self.0.verify_address, &self.0.verify_account),
        };
        // Work of our own has no address.
        if !address.is_empty() {
            take(per_address, address)?;
        }
        take(per_account, email)
    }

    /// Drops the buckets of callers who went away; to be called now and then.
    pub fn forget_idle(&self) {
        for bucket in [
            &self.0.sign_in_address,
            &self.0.sign_in_account,
            &self.0.reset_address,
            &self.0.reset_account,
            &self.0.verify_address,
            &self.0.verify_account,
        ] {
            bucket.retain_recent();
            bucket.shrink_to_fit();
        }
    }
}

fn take(bucket: &Bucket, key: &str) -> Result<(), Error> {
    bucket.check_key(&key.to_owned()).map_err(|denied| {
        let wait = denied.wait_time_from(DefaultClock::default().now());
        Error::TooManyAttempts {
            retry_after_s: u32::try_from(wait.as_secs())
                .unwrap_or(u32::MAX)
                .saturating_add(1),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_and_each_address_has_its_own_allowance() {
        let attempts = Attempts::new(AttemptLimits {
            reset_per_address: per_minute(3),
            reset_per_account: per_minute(2),
            ..AttemptLimits::default()
        });
        let reset = |address, email| attempts.count(Attempt::Reset, address, email).is_ok();
        assert!(reset("1.1.1.1", "a@b.de"));
        assert!(reset("1.1.1.1", "a@b.de"));
        assert!(!reset("1.1.1.1", "a@b.de"), "the account's two are used up");
        assert!(!reset("1.1.1.1", "c@d.de"), "the address's three are used up");
        assert!(reset("2.2.2.2", "c@d.de"));
        assert!(
            attempts.count(Attempt::SignIn, "1.1.1.1", "a@b.de").is_ok(),
            "counted apart"
        );
    }
}
