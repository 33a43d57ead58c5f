//! Keys that sign access tokens: made ahead, published, rotated, and shared by all instances through the database.

use crate::Error;
use crate::store::key::{self, KeyRow};
use ::store::seal::{Keyring, SealError};
use ::store::{Db, Scope};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use ed25519_dalek::SigningKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use kernel::Timestamp;
use rand::TryRngCore;
use rand::rngs::OsRng;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::sync::{Arc, PoisonError, RwLock};

/// How long a key signs.
const SIGNS: Duration = Duration::days(30);
/// How long a key is published before it signs, so that everybody who caches the key set has it by then.
const AHEAD: Duration = Duration::days(2);
/// How long a key verifies after it signed for the last time; no access token lives longer.
const VERIFIES_AFTER: Duration = Duration::days(1);
/// How old the copy in memory may be. Another instance's new key is known before it signs.
const COPY_TTL: Duration = Duration::minutes(5);
/// How far the present of two requests that are answered at the same time may be apart.
const MOMENT: Duration = Duration::minutes(1);
/// A token with an unknown key makes us look for new keys, but not more often than this.
const LOOK_AGAIN: Duration = Duration::seconds(5);

/// The fixed head of a PKCS #8 document with an Ed25519 seed (RFC 8410).
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A public key as RFC 8037 writes it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Jwk {
    #[schema(example = "OKP")]
    pub kty: &'static str,
    #[schema(example = "Ed25519")]
    pub crv: &'static str,
    #[schema(example = "EdDSA")]
    pub alg: &'static str,
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    pub purpose: &'static str,
    pub kid: String,
    /// The public key, base64url.
    pub x: String,
}

/// One key, ready for use.
#[derive(Clone)]
pub struct Key {
    pub kid: String,
    /// What signs; none where this process has not the data key that the seed is sealed with.
    pub encoding: Option<EncodingKey>,
    pub decoding: DecodingKey,
    public: String,
    signs_from: Timestamp,
    signs_until: Timestamp,
    verifies_until: Timestamp,
}

/// The living keys, with a copy in memory.
#[derive(Clone)]
pub struct Keys {
    db: Db,
    keyring: Keyring,
    copy: Arc<RwLock<Copy>>,
}

#[derive(Clone, Default)]
struct Copy {
    keys: Arc<Vec<Key>>,
    read_at: Timestamp,
    /// When an unknown key was last looked for.
    looked_at: Option<Timestamp>,
}

impl Keys {
    #[must_use]
    pub fn new(db: Db, keyring: Keyring) -> Self {
        Self {
            db,
            keyring,
            copy: Arc::default(),
        }
    }

    /// The key that signs now; the first of all is made here.
    pub async fn signing(&self, now: Timestamp) -> Result<Key, Error> {
        let signing = |keys: &[Key]| {
            keys.iter()
                .find(|k| k.encoding.is_some() && k.signs_from <= now && now < k.signs_until)
                .cloned()
        };
        if let Some(key) = signing(&self.living(now).await?) {
            return Ok(key);
        }
        self.rotate(now).await?;
        signing(&self.read(now).await?).ok_or_else(|| Error::Internal("no key signs now".to_owned()))
    }

    /// The key a token names, if it may still verify.
    pub async fn verifying(&self, kid: &str, now: Timestamp) -> Result<Option<Key>, Error> {
        let find = |keys: &[Key]| {
            keys.iter()
                .find(|k| k.kid == kid && now < k.verifies_until)
                .cloned()
        };
        let keys = self.living(now).await?;
        if let Some(key) = find(&keys) {
            return Ok(Some(key));
        }
        // Perhaps another instance has just made it.
        if !self.may_look_again(now) {
            return Ok(None);
        }
        Ok(find(&self.read(now).await?))
    }

    /// The key set to publish: every key that signs, will sign, or may still verify.
    pub async fn published(&self, now: Timestamp) -> Result<Vec<Jwk>, Error> {
        self.signing(now).await?;
        let keys = self.living(now).await?;
        Ok(keys
            .iter()
            .filter(|k| now < k.verifies_until)
            .map(|k| Jwk {
                kty: "OKP",
                crv: "Ed25519",
                alg: "EdDSA",
                purpose: "sig",
                kid: k.kid.clone(),
                x: k.public.clone(),
            })
            .collect())
    }

    /// Makes the next key when its time has come, and drops the dead. Safe to repeat, from any instance.
    pub async fn rotate(&self, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        key::lock(&mut tx).await?;
        let keys = key::living(&mut *tx, now).await?;
        // What is sealed with a key that only others have signs nothing here.
        let ours = keys.iter().filter(|k| open(&self.keyring, k).is_ok());
        let covered_until = ours.map(|k| k.signs_until).max();
        match covered_until {
            Some(until) if until > now + AHEAD => {}
            // The next key takes over where the last one stops; the first signs at once.
            Some(until) if until > now => key::insert(&mut *tx, &make(&self.keyring, until)?).await?,
            // Somebody else's request may have begun a moment before.
            _ => key::insert(&mut *tx, &make(&self.keyring, now - MOMENT)?).await?,
        }
        key::drop_dead(&mut *tx, now).await?;
        tx.commit().await?;
        self.read(now).await?;
        Ok(())
    }

    /// Seals with the present data key what is sealed with an older one, and says how many keys that were.
    pub async fn reseal(&self, now: Timestamp) -> Result<usize, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        key::lock(&mut tx).await?;
        let rows = key::living(&mut *tx, now).await?;
        let mut resealed = 0;
        for row in rows {
            if self.keyring.is_present(&row.sealed_seed) {
                continue;
            }
            let owner = KeyRow::owner(&row.kid);
            // What only others can open is theirs to seal anew.
            let Ok(seed) = open(&self.keyring, &row) else {
                continue;
            };
            key::reseal(&mut *tx, &row.kid, &self.keyring.seal(&owner, &seed)?).await?;
            resealed += 1;
        }
        key::drop_dead(&mut *tx, now).await?;
        tx.commit().await?;
        Ok(resealed)
    }

    async fn living(&self, now: Timestamp) -> Result<Arc<Vec<Key>>, Error> {
        let copy = self.snapshot();
        let age = now - copy.read_at;
        if !copy.keys.is_empty() && age < COPY_TTL && age >= Duration::zero() {
            return Ok(copy.keys);
        }
        self.read(now).await
    }

    async fn read(&self, now: Timestamp) -> Result<Arc<Vec<Key>>, Error> {
        let rows = key::living(self.db.pool(), now).await?;
        let keys: Vec<Key> = rows
            .into_iter()
            .map(|row| Key::read(&self.keyring, row))
            .collect::<Result<_, _>>()?;
        let keys = Arc::new(keys);
        let mut copy = self.copy.write().unwrap_or_else(PoisonError::into_inner);
        copy.keys = keys.clone();
        copy.read_at = now;
        drop(copy);
        Ok(keys)
    }

    /// Whether a token with an unknown key is a reason to read all keys; the first one always is.
    fn may_look_again(&self, now: Timestamp) -> bool {
        let mut copy = self.copy.write().unwrap_or_else(PoisonError::into_inner);
        let may = copy.looked_at.is_none_or(|at| now - at >= LOOK_AGAIN || now < at);
        if may {
            copy.looked_at = Some(now);
        }
        may
    }

    fn snapshot(&self) -> Copy {
        self.copy.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Key {
    fn read(keyring: &Keyring, row: KeyRow) -> Result<Self, Error> {
        let encoding = match open(keyring, &row) {
            Ok(seed) => Some(EncodingKey::from_ed_der(
                &[PKCS8_HEAD.as_slice(), seed.as_slice()].concat(),
            )),
            Err(error) => {
                tracing::warn!(kid = row.kid, %error, "a signing key cannot be opened here; it verifies, and others sign with it");
                None
            }
        };
        let public = URL_SAFE_NO_PAD.encode(&row.public_key);
        let decoding = DecodingKey::from_ed_components(&public)
            .map_err(|e| Error::Internal(format!("a public key is refused: {e}")))?;
        Ok(Self {
            encoding,
            decoding,
            public,
            kid: row.kid,
            signs_from: row.signs_from,
            signs_until: row.signs_until,
            verifies_until: row.verifies_until,
        })
    }
}

/// The seed of a key, if this process may open it and it is the one that was published.
fn open(keyring: &Keyring, row: &KeyRow) -> Result<[u8; 32], SealError> {
    let seed = keyring.unseal(&KeyRow::owner(&row.kid), &row.sealed_seed)?;
    let seed: [u8; 32] = seed.try_into().map_err(|_| SealError::Broken)?;
    match public_of(&seed).as_slice() == row.public_key {
        true => Ok(seed),
        false => Err(SealError::Broken),
    }
}

fn public_of(seed: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

fn make(keyring: &Keyring, signs_from: Timestamp) -> Result<KeyRow, Error> {
    let mut seed = [0u8; 32];
    OsRng
        .try_fill_bytes(&mut seed)
        .map_err(|e| Error::Internal(format!("no randomness: {e}")))?;
    // The id is the key's own thumbprint, so that two keys never share one.
    let public_key = public_of(&seed);
    let digest = Sha256::digest(URL_SAFE_NO_PAD.encode(public_key));
    let signs_until = signs_from + SIGNS;
    let kid = URL_SAFE_NO_PAD.encode(&digest[..12]);
    Ok(KeyRow {
        sealed_seed: keyring.seal(&KeyRow::owner(&kid), &seed)?,
        public_key: public_key.to_vec(),
        kid,
        signs_from,
        signs_until,
        verifies_until: signs_until + VERIFIES_AFTER,
    })
}
