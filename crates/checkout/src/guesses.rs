//! Coupons that nobody knows, counted by whoever names them: whoever guesses is told nothing more for a while.

use contracts::cart::Cart;
use contracts::promotions::{CodeRefusal, RefusedCode};
use httpkit::Guesses;
use kernel::Timestamp;

/// Takes the coupons out of the cart of a client who guessed too often, the right ones with the wrong ones. Gives them as they
/// are then told: as codes that nobody knows.
pub fn withheld(guesses: &Guesses, cart: &mut Cart, client: &str, now: Timestamp) -> Vec<RefusedCode> {
    if cart.codes.is_empty() || guesses.check(client, now).is_ok() {
        return Vec::new();
    }
    let unknown = |code| RefusedCode {
        code,
        reason: CodeRefusal::Unknown,
        missing: None,
    };
    std::mem::take(&mut cart.codes).into_iter().map(unknown).collect()
}

/// Counts those that nobody knows.
pub fn count(guesses: &Guesses, refused: &[RefusedCode], client: &str, now: Timestamp) {
    let unknown = refused
        .iter()
        .filter(|refused| refused.reason == CodeRefusal::Unknown);
    unknown.for_each(|refused| guesses.unknown(client, &refused.code, now));
}
