//! What all keys of programs have in common, whoever makes them: drawn at random, shown once, good for a time.

use crate::Error;
use chrono::TimeDelta;
use httpkit::text;
use kernel::{Ctx, Fault, Timestamp, secret};

/// Characters of a key that are shown again.
const PREFIX_CHARS: usize = 8;
/// Characters of what a key is called.
const NAME_CHARS_MAX: usize = 80;
/// How long a key is good where nobody says otherwise, and at most.
const LIFE_DEFAULT: TimeDelta = TimeDelta::days(365);
const LIFE_MAX: TimeDelta = TimeDelta::days(2 * 365);
/// Hours for which a replaced key goes on beside its successor, at most.
pub const OVERLAP_HOURS_MAX: u16 = 7 * 24;
/// Keys listed.
pub(super) const KEYS_MAX: i64 = 200;
/// "Last used" is kept to this precision, so that reading is not a write.
const USED_PRECISION: TimeDelta = TimeDelta::minutes(1);

/// A secret, and those of its characters that are shown again.
pub(super) fn drawn(beginning: &str) -> (String, String) {
    let secret = format!("{beginning}{}", secret::token());
    let prefix = secret[..beginning.len() + PREFIX_CHARS].to_owned();
    (secret, prefix)
}

pub(super) fn name(said: &str) -> Result<String, Error> {
    Ok(text::line("/name", said, NAME_CHARS_MAX)?)
}

/// The scopes in order, each once.
pub(super) fn scopes<S: Ord>(mut scopes: Vec<S>) -> Result<Vec<S>, Error> {
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        let detail = "Name at least one scope; a key without any opens nothing.";
        return Err(Fault::field("scopes_missing", "/scopes", detail).into());
    }
    Ok(scopes)
}

pub(super) fn expiry(ctx: &Ctx, said: Option<Timestamp>) -> Result<Timestamp, Error> {
    let expires_at = said.unwrap_or(ctx.now + LIFE_DEFAULT);
    if expires_at <= ctx.now || expires_at > ctx.now + LIFE_MAX {
        let detail = format!(
            "A key ends later than now, and within {} days.",
            LIFE_MAX.num_days()
        );
        return Err(Fault::field("expiry_invalid", "/expires_at", detail).into());
    }
    Ok(expires_at)
}

/// When a key ends whose place another takes now.
pub(super) fn overlap_ends(ctx: &Ctx, hours: u16) -> Timestamp {
    ctx.now + TimeDelta::hours(i64::from(hours.min(OVERLAP_HOURS_MAX)))
}

/// Whether it is time to write down that a key was used.
pub(super) fn is_used_anew(ctx: &Ctx, last: Option<Timestamp>) -> bool {
    last.is_none_or(|used| ctx.now - used >= USED_PRECISION)
}
