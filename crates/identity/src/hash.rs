//! Hashing passwords: slow on purpose, so never on the threads that serve requests.

use crate::{Error, domain::Password};
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use rand::TryRngCore;
use rand::rngs::OsRng;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// OWASP's recommendation for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Callers that wait for a turn, for each core: about as many as get theirs in time. Whoever comes when they are all
/// there is told at once.
const WAITING_PER_CORE_MAX: usize = 128;
/// How long a caller waits for its turn before it is told to come back.
const TURN_WAIT_MAX: Duration = Duration::from_secs(10);

/// Hashes and compares passwords, a few at a time: each takes a core and 19 MiB for some tens of milliseconds.
#[derive(Clone)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    /// Places to wait for a turn in.
    places: Arc<Semaphore>,
    /// A hash that no password has, so that an unknown account costs as much time as a known one.
    nobodys: Arc<str>,
}

/// The right to hash one password. What is checked while holding it, such as a lock, is checked by few at once.
pub struct Turn(#[allow(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl Hasher {
    /// # Errors
    /// When the parameters are refused, which they are not.
    pub fn new() -> Result<Self, Error> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self::with_turns(cores, cores * WAITING_PER_CORE_MAX)
    }

    fn with_turns(turns: usize, waiting_max: usize) -> Result<Self, Error> {
        let nobodys = hash(&kernel::secret::token())?;
        Ok(Self {
            turns: Arc::new(Semaphore::new(turns)),
            places: Arc::new(Semaphore::new(waiting_max)),
            nobodys: nobodys.into(),
        })
    }

    /// Waits for a free core, unless too many wait already.
    pub async fn turn(&self) -> Result<Turn, Error> {
        let _place = self.places.try_acquire().map_err(|_| Error::Busy)?;
        match tokio::time::timeout(TURN_WAIT_MAX, self.turns.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Turn(permit)),
            Ok(Err(_)) | Err(_) => Err(Error::Busy),
        }
    }

    pub async fn hash(&self, password: &Password) -> Result<String, Error> {
        let turn = self.turn().await?;
        let password = password.clone();
        blocking(turn, move || hash(password.expose())).await?.0
    }

    /// Whether `password` is the one behind `hash`; against nobody's hash where there is none. The turn comes back, so
    /// that a failure is on record before the next one begins.
    pub async fn verify(
        &self,
        turn: Turn,
        password: String,
        hash: Option<String>,
    ) -> Result<(bool, Turn), Error> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobodys.to_string());
        let (fits, turn) = blocking(turn, move || verify(&password, &hash)).await?;
        Ok((fits? && known, turn))
    }
}

/// Runs `work` on a thread of its own. The turn lasts until it is done, even if the caller went away.
async fn blocking<T: Send + 'static>(
    turn: Turn,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<(T, Turn), Error> {
    tokio::task::spawn_blocking(move || (work(), turn))
        .await
        .map_err(|e| Error::Internal(format!("hashing died: {e}")))
}

fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String, Error> {
    let mut salt = [0u8; 16];
    OsRng.try_fill_bytes(&mut salt).map_err(internal)?;
    let salt = SaltString::encode_b64(&salt).map_err(internal)?;
    let hash = argon2()?
        .hash_password(password.as_bytes(), &salt)
        .map_err(internal)?;
    Ok(hash.to_string())
}

fn verify(password: &str, hash: &str) -> Result<bool, Error> {
    let hash = PasswordHash::new(hash).map_err(internal)?;
    // Parameters come from the hash itself, so that older hashes keep working when ours are raised.
    match argon2()?.verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::Password) => Ok(false),
        Err(error) => Err(internal(error)),
    }
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("hashing: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_knows_its_password_only() {
        let hashed = hash("Correct-Horse").expect("hashed");
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert!(verify("Correct-Horse", &hashed).expect("verified"));
        assert!(!verify("correct-horse", &hashed).expect("verified"));
        assert_ne!(hash("Correct-Horse").expect("hashed"), hashed, "salted");
    }

    #[tokio::test]
    async fn whoever_finds_no_place_to_wait_is_told_at_once() {
        let hasher = Hasher::with_turns(1, 1).expect("hasher");
        let held = hasher.turn().await.expect("a free core");
        let mut waiting = std::pin::pin!(hasher.turn());
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        assert!(
            matches!(
                futures::poll!(std::pin::pin!(hasher.turn())),
                std::task::Poll::Ready(Err(Error::Busy))
            ),
            "without waiting"
        );
        drop(held);
        assert!(waiting.await.is_ok(), "who waited gets the turn");
        assert!(hasher.turn().await.is_ok(), "and the place is free again");
    }

    #[tokio::test]
    async fn an_unknown_account_matches_no_password() {
        let hasher = Hasher::new().expect("hasher");
        let turn = hasher.turn().await.expect("turn");
        let (fits, _turn) = hasher.verify(turn, String::new(), None).await.expect("verified");
        assert!(!fits);
    }
}
