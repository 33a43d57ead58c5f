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
    /// New accounts, whether their address is taken or not.
    pub register_per_address: NonZeroU32,
    pub register_per_account: NonZeroU32,
    /// Links asked for, and new passwords set by them.
    pub reset_per_address: NonZeroU32,
    pub reset_per_account: NonZeroU32,
}

const fn per_minute(n: u32) -> NonZeroU32 {
    match NonZeroU32::new(n) {
        Some(n) => n,
        None => NonZeroU32::MIN,
    }
}

impl AttemptLimits {
    /// As many as anybody likes.
    #[must_use]
    pub const fn none() -> Self {
        let all = NonZeroU32::MAX;
        Self {
            sign_in_per_address: all,
            sign_in_per_account: all,
            register_per_address: all,
            register_per_account: all,
            reset_per_address: all,
            reset_per_account: all,
        }
    }
}

impl Default for AttemptLimits {
    fn default() -> Self {
        Self {
            sign_in_per_address: per_minute(300),
            sign_in_per_account: per_minute(120),
            register_per_address: per_minute(60),
            register_per_account: per_minute(5),
            reset_per_address: per_minute(30),
            reset_per_account: per_minute(3),
        }
    }
}

/// One kind of attempt; each is counted apart.
#[derive(Clone, Copy, Debug)]
pub enum Attempt<'a> {
    SignIn {
        email: &'a str,
    },
    Register {
        email: &'a str,
    },
    /// Asks for a link to choose a new password.
    Reset {
        email: &'a str,
    },
    /// Asks for a link that verifies an address, as often as for the other.
    Verify {
        email: &'a str,
    },
    /// Sets a new password by a link; whose it is, the link says.
    NewPassword,
    /// Ends a sign-in with a code; whose it is, its challenge says.
    Code,
}

/// Counts attempts and refuses those beyond the limits.
#[derive(Clone)]
pub struct Attempts(Arc<Buckets>);

struct Buckets {
    sign_in: Pair,
    register: Pair,
    reset: Pair,
    verify: Pair,
    new_password: Bucket,
    code: Bucket,
}

struct Pair {
    address: Bucket,
    account: Bucket,
}

type Bucket = DefaultKeyedRateLimiter<String>;

fn bucket(per_minute: NonZeroU32) -> Bucket {
    RateLimiter::keyed(Quota::per_minute(per_minute))
}

impl Pair {
    fn new(per_address: NonZeroU32, per_account: NonZeroU32) -> Self {
        Self {
            address: bucket(per_address),
            account: bucket(per_account),
        }
    }
}

impl Attempts {
    #[must_use]
    pub fn new(limits: AttemptLimits) -> Self {
        Self(Arc::new(Buckets {
            sign_in: Pair::new(limits.sign_in_per_address, limits.sign_in_per_account),
            register: Pair::new(limits.register_per_address, limits.register_per_account),
            reset: Pair::new(limits.reset_per_address, limits.reset_per_account),
            verify: Pair::new(limits.reset_per_address, limits.reset_per_account),
            new_password: bucket(limits.reset_per_address),
            code: bucket(limits.sign_in_per_address),
        }))
    }

    /// Counts an attempt from `address`, on an account that need not exist.
    pub fn count(&self, attempt: Attempt<'_>, address: &str) -> Result<(), Error> {
        let buckets = &self.0;
        let (per_address, account) = match attempt {
            Attempt::SignIn { email } => (&buckets.sign_in.address, Some((&buckets.sign_in.account, email))),
            Attempt::Register { email } => (
                &buckets.register.address,
                Some((&buckets.register.account, email)),
            ),
            Attempt::Reset { email } => (&buckets.reset.address, Some((&buckets.reset.account, email))),
            Attempt::Verify { email } => (&buckets.verify.address, Some((&buckets.verify.account, email))),
            Attempt::NewPassword => (&buckets.new_password, None),
            Attempt::Code => (&buckets.code, None),
        };
        // Work of our own has no address.
        if !address.is_empty() {
            take(per_address, address)?;
        }
        account.map_or(Ok(()), |(per_account, email)| take(per_account, email))
    }

    /// Drops the buckets of callers who went away; to be called now and then.
    pub fn forget_idle(&self) {
        let Buckets {
            sign_in,
            register,
            reset,
            verify,
            new_password,
            code,
        } = &*self.0;
        let pairs = [sign_in, register, reset, verify];
        let buckets = pairs.iter().flat_map(|pair| [&pair.address, &pair.account]);
        for bucket in buckets.chain([new_password, code]) {
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
        let reset = |address, email| attempts.count(Attempt::Reset { email }, address).is_ok();
        assert!(reset("1.1.1.1", "a@b.de"));
        assert!(reset("1.1.1.1", "a@b.de"));
        assert!(!reset("1.1.1.1", "a@b.de"), "the account's two are used up");
        assert!(!reset("1.1.1.1", "c@d.de"), "the address's three are used up");
        assert!(reset("2.2.2.2", "c@d.de"));
        let email = "a@b.de";
        for other in [
            Attempt::SignIn { email },
            Attempt::Verify { email },
            Attempt::NewPassword,
            Attempt::Code,
        ] {
            assert!(
                attempts.count(other, "1.1.1.1").is_ok(),
                "{other:?} is counted apart"
            );
        }
    }
}
