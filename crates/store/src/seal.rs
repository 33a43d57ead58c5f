//! Secrets at rest: what the database holds of them is sealed with a key that the database does not hold.
//!
//! XChaCha20-Poly1305 under a random nonce. What a secret belongs to is authenticated with it, so that a sealed value
//! moved to another row does not open there. A sealed value names its key, so that several keys live side by side while
//! one follows the other.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use kernel::hex;
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

const FORMAT: u8 = 1;
const KEY_BYTES: usize = 32;
const ID_BYTES: usize = 8;
const NONCE_BYTES: usize = 24;
const HEAD_BYTES: usize = 1 + ID_BYTES + NONCE_BYTES;
/// Keys that a file keeps: the present one, and the one before it for whoever sealed with it a moment ago.
const KEPT: usize = 2;

#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("the key file {0} cannot be read or made: {1}")]
    File(PathBuf, std::io::Error),
    #[error("a data key is 32 random bytes in base64url (43 characters); this is not: {0}")]
    Malformed(String),
    #[error(
        "a secret in the database is sealed with data key {needed}, and this process has {had}. Give it the key that \
         the others have, with STOA_DATA_KEY or as the file {file}"
    )]
    UnknownKey {
        needed: String,
        had: String,
        file: String,
    },
    #[error("a sealed secret was changed, or belongs elsewhere")]
    Broken,
    #[error("no randomness: {0}")]
    Randomness(String),
    #[error(
        "the data keys come from STOA_DATA_KEY: put a new one before the present one, separated by a comma"
    )]
    NotAFile,
}

/// One key. Its name says nothing about it.
#[derive(Clone)]
struct DataKey {
    id: [u8; ID_BYTES],
    bytes: [u8; KEY_BYTES],
}

/// The keys by which secrets are sealed (the first) and opened (any). Cheap to clone; clones share what is read anew.
#[derive(Clone)]
pub struct Keyring {
    keys: Arc<RwLock<Vec<DataKey>>>,
    file: Option<Arc<Path>>,
}

impl DataKey {
    fn new(bytes: [u8; KEY_BYTES]) -> Self {
        let digest = Sha256::new()
            .chain_update(b"stoa data key id")
            .chain_update(bytes)
            .finalize();
        let mut id = [0; ID_BYTES];
        id.copy_from_slice(&digest[..ID_BYTES]);
        Self { id, bytes }
    }

    fn random() -> Result<Self, SealError> {
        let mut bytes = [0; KEY_BYTES];
        fill(&mut bytes)?;
        Ok(Self::new(bytes))
    }

    fn parse(text: &str) -> Result<Self, SealError> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('='));
        let bytes: Option<[u8; KEY_BYTES]> = bytes.ok().and_then(|b| b.try_into().ok());
        // Not the text itself: it may be a key with a slip in it.
        let length = text.trim().len();
        bytes
            .map(Self::new)
            .ok_or_else(|| SealError::Malformed(format!("{length} characters")))
    }

    fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.bytes))
    }
}

impl Keyring {
    /// Keys in a text, the present one first, then those before it; separated by commas or lines.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        Ok(Self {
            keys: Arc::new(RwLock::new(parse(text)?)),
            file: None,
        })
    }

    /// Keys in a file, which is made with a new key if it is not there, readable by its owner alone.
    pub fn open(path: &Path) -> Result<Self, SealError> {
        let failed = |error| SealError::File(path.to_owned(), error);
        if !path.try_exists().map_err(failed)? {
            // Another process may be faster; then its key is the key.
            write_new(path, &DataKey::random()?).map_err(failed)?;
        }
        let text = std::fs::read_to_string(path).map_err(failed)?;
        Ok(Self {
            keys: Arc::new(RwLock::new(parse(&text)?)),
            file: Some(path.into()),
        })
    }

    /// A key that nobody keeps: for tests, and for what is never stored.
    pub fn fleeting() -> Result<Self, SealError> {
        Ok(Self {
            keys: Arc::new(RwLock::new(vec![DataKey::random()?])),
            file: None,
        })
    }

    /// Seals a secret that belongs to `owner`, such as the key of its row.
    pub fn seal(&self, owner: &str, secret: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = self.present();
        let mut nonce = [0; NONCE_BYTES];
        fill(&mut nonce)?;
        let payload = Payload {
            msg: secret,
            aad: owner.as_bytes(),
        };
        let sealed = key.cipher().encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| SealError::Broken)?;
        Ok([&[FORMAT], key.id.as_slice(), &nonce, &sealed].concat())
    }

    /// Opens what [`Self::seal`] sealed for the same owner.
    pub fn unseal(&self, owner: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (head, sealed) = sealed.split_at_checked(HEAD_BYTES).ok_or(SealError::Broken)?;
        let (id, nonce) = head[1..].split_at(ID_BYTES);
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| SealError::Broken)?;
        if head[0] != FORMAT {
            return Err(SealError::Broken);
        }
        let payload = Payload {
            msg: sealed,
            aad: owner.as_bytes(),
        };
        let opened = self.key(id)?.cipher().decrypt(&XNonce::from(nonce), payload);
        opened.map_err(|_| SealError::Broken)
    }

    /// Whether something is sealed with the present key.
    #[must_use]
    pub fn is_present(&self, sealed: &[u8]) -> bool {
        sealed.get(1..=ID_BYTES) == Some(self.present().id.as_slice())
    }

    /// Puts a new key before the others, in the file. What was sealed before is still opened; it is to be sealed anew.
    pub fn rotate(&self) -> Result<(), SealError> {
        let path = self.file.as_deref().ok_or(SealError::NotAFile)?;
        let failed = |error| SealError::File(path.to_owned(), error);
        let mut keys = parse(&std::fs::read_to_string(path).map_err(failed)?)?;
        keys.insert(0, DataKey::random()?);
        keys.truncate(KEPT);
        replace(path, &keys).map_err(failed)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// Where the keys are, in words, and the present one's name.
    #[must_use]
    pub fn place(&self) -> String {
        let id = hex(&self.present().id);
        match &self.file {
            Some(path) => format!("{id} in {}", path.display()),
            None => format!("{id} from STOA_DATA_KEY"),
        }
    }

    /// What an operator should know about how the keys are kept; nothing if all is well.
    #[must_use]
    pub fn concern(&self) -> Option<String> {
        let path = self.file.as_deref()?;
        let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
        (mode & 0o077 != 0).then(|| {
            format!(
                "{} can be read by others (mode {mode:o}): chmod 600 {0}",
                path.display()
            )
        })
    }

    fn present(&self) -> DataKey {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.first().cloned().expect("a ring without keys is not made")
    }

    fn key(&self, id: &[u8]) -> Result<DataKey, SealError> {
        if let Some(key) = self.find(id) {
            return Ok(key);
        }
        // Somebody may have put a new one into the file meanwhile.
        if let Some(path) = &self.file
            && let Ok(text) = std::fs::read_to_string(path)
        {
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = parse(&text)?;
        }
        self.find(id).ok_or_else(|| {
            let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
            let had: Vec<String> = keys.iter().map(|key| hex(&key.id)).collect();
            SealError::UnknownKey {
                needed: hex(id),
                had: had.join(", "),
                file: self
                    .file
                    .as_deref()
                    .map_or("data.key".to_owned(), |path| path.display().to_string()),
            }
        })
    }

    fn find(&self, id: &[u8]) -> Option<DataKey> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter().find(|key| key.id == id).cloned()
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyring({})", self.place())
    }
}

fn parse(text: &str) -> Result<Vec<DataKey>, SealError> {
    let keys: Vec<DataKey> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|key| !key.is_empty())
        .map(DataKey::parse)
        .collect::<Result<_, _>>()?;
    match keys.is_empty() {
        true => Err(SealError::Malformed("nothing".to_owned())),
        false => Ok(keys),
    }
}

const ABOUT: &str = "# Opens the secrets in the database. Keep a copy apart from the database's backups, and give it to nobody.\n";

fn text_of(keys: &[DataKey]) -> String {
    let lines: Vec<String> = keys.iter().map(DataKey::text).collect();
    format!("{ABOUT}{}\n", lines.join("\n"))
}

/// Makes the file, whole or not at all; leaves one that is there already as it is.
fn write_new(path: &Path, key: &DataKey) -> std::io::Result<()> {
    let draft = draft(path, std::slice::from_ref(key))?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn replace(path: &Path, keys: &[DataKey]) -> std::io::Result<()> {
    std::fs::rename(draft(path, keys)?, path)
}

/// The file beside the one it is to become, written and on the disk.
fn draft(path: &Path, keys: &[DataKey]) -> std::io::Result<PathBuf> {
    let draft = PathBuf::from(format!("{}.{}.new", path.display(), kernel::secret::token()));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(text_of(keys).as_bytes())?;
    file.sync_all()?;
    Ok(draft)
}

fn fill(bytes: &mut [u8]) -> Result<(), SealError> {
    OsRng
        .try_fill_bytes(bytes)
        .map_err(|e| SealError::Randomness(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_alone() {
        let ring = Keyring::fleeting().expect("a ring");
        let sealed = ring.seal("row 1", b"secret").expect("sealed");
        assert_eq!(ring.unseal("row 1", &sealed).expect("opened"), b"secret");
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
        assert!(matches!(ring.unseal("row 2", &sealed), Err(SealError::Broken)));
        assert_ne!(
            ring.seal("row 1", b"secret").expect("sealed"),
            sealed,
            "never twice the same"
        );
    }

    #[test]
    fn nothing_of_it_can_be_changed() {
        let ring = Keyring::fleeting().expect("a ring");
        let sealed = ring.seal("row", b"secret").expect("sealed");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(ring.unseal("row", &changed).is_err(), "byte {at}");
            assert!(ring.unseal("row", &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn another_key_opens_nothing_and_says_what_is_missing() {
        let (ring, other) = (
            Keyring::fleeting().expect("a ring"),
            Keyring::fleeting().expect("a ring"),
        );
        let sealed = ring.seal("row", b"secret").expect("sealed");
        let refused = other.unseal("row", &sealed).expect_err("another key").to_string();
        let needed = ring.place();
        let needed = needed.split(' ').next().expect("a name");
        assert!(
            refused.contains(needed) && refused.contains("STOA_DATA_KEY"),
            "{refused}"
        );
    }

    #[test]
    fn the_file_is_made_once_and_for_its_owner_alone() {
        let folder = folder();
        let path = folder.path().join("data.key");
        let first = Keyring::open(&path).expect("made");
        let sealed = first.seal("row", b"secret").expect("sealed");
        let mode = std::fs::metadata(&path).expect("a file").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        assert_eq!(first.concern(), None);
        let second = Keyring::open(&path).expect("read");
        assert_eq!(second.unseal("row", &sealed).expect("opened"), b"secret");
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("a folder").count(),
            1,
            "no drafts left"
        );
        let wide = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(&path, wide).expect("changed");
        assert!(second.concern().expect("a concern").contains("chmod 600"));
    }

    #[test]
    fn many_processes_at_once_agree_on_one_key() {
        let folder = folder();
        let path = folder.path().join("data.key");
        let rings: Vec<Keyring> = std::thread::scope(|scope| {
            let opening: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| Keyring::open(&path).expect("a ring")))
                .collect();
            opening.into_iter().map(|t| t.join().expect("no panic")).collect()
        });
        let sealed = rings[0].seal("row", b"secret").expect("sealed");
        for ring in &rings {
            assert_eq!(ring.unseal("row", &sealed).expect("the same key"), b"secret");
        }
    }

    #[test]
    fn a_new_key_seals_and_the_one_before_still_opens() {
        let folder = folder();
        let path = folder.path().join("data.key");
        let (ring, running) = (
            Keyring::open(&path).expect("made"),
            Keyring::open(&path).expect("read"),
        );
        let old = ring.seal("row", b"secret").expect("sealed");
        ring.rotate().expect("a new key");
        assert!(!ring.is_present(&old));
        let new = ring.seal("row", b"secret").expect("sealed");
        assert!(ring.is_present(&new));
        assert_eq!(ring.unseal("row", &old).expect("opened"), b"secret");
        // A process that has run all the while finds the new key when it meets it.
        assert_eq!(running.unseal("row", &new).expect("opened"), b"secret");
        ring.rotate().expect("another");
        assert!(ring.unseal("row", &old).is_err(), "two keys ago");
        assert_eq!(ring.unseal("row", &new).expect("opened"), b"secret");
    }

    #[test]
    fn keys_from_the_environment_are_read_in_order() {
        let folder = folder();
        let path = folder.path().join("data.key");
        let ring = Keyring::open(&path).expect("made");
        ring.rotate().expect("a new key");
        let text = std::fs::read_to_string(&path).expect("a file");
        let keys: Vec<&str> = text.lines().filter(|l| !l.starts_with('#')).collect();
        let same = Keyring::parse(&keys.join(",")).expect("two keys");
        let sealed = ring.seal("row", b"secret").expect("sealed");
        assert!(same.is_present(&sealed));
        assert!(matches!(same.rotate(), Err(SealError::NotAFile)));
        for odd in ["", "too short", &"?".repeat(43)] {
            let refused = Keyring::parse(odd).expect_err("no key").to_string();
            assert!(!refused.contains('?'), "a key is never told: {refused}");
        }
    }
}
