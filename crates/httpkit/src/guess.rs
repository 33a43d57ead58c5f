//! How often one may name a code that nobody knows: gift cards and coupons are spent by whoever knows theirs.

use kernel::{Fault, Kind, Timestamp};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::Ipv6Addr;
use std::sync::{Arc, Mutex, PoisonError};

/// Unknown codes that one client may name in [`WINDOW_S`].
pub const UNKNOWN_CODES_MAX: usize = 20;
/// Seconds after which an unknown code is forgotten.
const WINDOW_S: i64 = 60 * 60;
/// Clients that are remembered before those who guessed nothing lately are forgotten.
const CLIENTS_MAX: usize = 10_000;

/// Counts unknown codes per client, in this process. The same one named again counts once: a page that is looked at twice
/// is no second guess.
#[derive(Clone, Default)]
pub struct Guesses(Arc<Seen>);

#[derive(Default)]
struct Seen {
    clients: Mutex<HashMap<String, Vec<Guess>>>,
    /// A secret of the process's own: what is remembered of a code is not the code.
    keys: RandomState,
}

struct Guess {
    code: u64,
    at: Timestamp,
}

impl Guess {
    fn is_recent(&self, now: Timestamp) -> bool {
        (now - self.at).num_seconds() < WINDOW_S
    }
}

impl Guesses {
    /// Whether a client may name a code. To be asked before it is looked for: whoever guessed too often is not told either
    /// when they guess right. Work of our own has no address, and is let in.
    pub fn check(&self, client: &str, now: Timestamp) -> Result<(), Fault> {
        let clients = self.0.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let who = one(client);
        let recent = || {
            let guesses = clients.get(who.as_ref()).into_iter().flatten();
            guesses.filter(|guess| guess.is_recent(now))
        };
        if client.is_empty() || recent().count() < UNKNOWN_CODES_MAX {
            return Ok(());
        }
        let oldest = recent().map(|guess| guess.at).min().unwrap_or(now);
        let wait = WINDOW_S - (now - oldest).num_seconds();
        metrics::counter!("codes_guessed_too_often_total").increment(1);
        let mut fault = Fault::new(
            Kind::TooMany,
            "codes_guessed",
            format!(
                "At most {UNKNOWN_CODES_MAX} unknown codes an hour. Wait as long as Retry-After says, and read the code again."
            ),
        );
        fault.retry_after_s = Some(u32::try_from(wait.max(1)).unwrap_or(u32::MAX));
        Err(fault)
    }

    /// Nobody knows the code that a client named.
    pub fn unknown(&self, client: &str, code: &str, now: Timestamp) {
        if client.is_empty() {
            return;
        }
        let code = self.0.keys.hash_one(code);
        let mut clients = self.0.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= CLIENTS_MAX {
            clients.retain(|_, guesses| guesses.iter().any(|guess| guess.is_recent(now)));
            // As many who guessed lately are an attack from everywhere: what is remembered stays bounded.
            if clients.len() >= CLIENTS_MAX {
                clients.clear();
            }
        }
        let guesses = clients.entry(one(client).into_owned()).or_default();
        guesses.retain(|guess| guess.is_recent(now));
        if guesses.iter().all(|guess| guess.code != code) {
            guesses.push(Guess { code, at: now });
        }
    }
}

/// Whom an address belongs to: of IPv6 one customer has a network of 64 bits.
fn one(client: &str) -> Cow<'_, str> {
    match client.parse::<Ipv6Addr>() {
        Ok(address) if address.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = address.segments();
            Cow::Owned(format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
        }
        _ => Cow::Borrowed(client),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn now() -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000, 0).expect("in range")
    }

    #[test]
    fn twenty_unknown_codes_an_hour_and_no_more() {
        let guesses = Guesses::default();
        for n in 0..UNKNOWN_CODES_MAX {
            guesses.check("1.1.1.1", now()).expect("fewer than twenty");
            guesses.unknown("1.1.1.1", &format!("CODE-{n}"), now());
        }
        let refused = guesses.check("1.1.1.1", now()).expect_err("twenty");
        assert_eq!(
            (refused.code.as_str(), refused.retry_after_s),
            ("codes_guessed", Some(3_600))
        );
        guesses.check("2.2.2.2", now()).expect("somebody else");
        guesses
            .check("1.1.1.1", now() + TimeDelta::hours(1))
            .expect("an hour later");
    }

    #[test]
    fn addresses_of_one_network_are_one_guesser() {
        let guesses = Guesses::default();
        for n in 0..UNKNOWN_CODES_MAX {
            guesses.unknown(&format!("2001:db8:1:2::{n:x}"), &format!("CODE-{n}"), now());
        }
        guesses
            .check("2001:db8:1:2:3:4:5:6", now())
            .expect_err("the same network");
        guesses.check("2001:db8:1:3::1", now()).expect("another network");
    }

    #[test]
    fn the_same_code_again_is_one_guess_and_our_own_work_is_none() {
        let guesses = Guesses::default();
        for n in 0..100 {
            guesses.unknown("1.1.1.1", "SAME", now());
            guesses.unknown("", &format!("CODE-{n}"), now());
        }
        guesses.check("1.1.1.1", now()).expect("one guess");
        guesses.check("", now()).expect("no client");
    }
}
