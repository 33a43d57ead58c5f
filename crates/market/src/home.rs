//! The database and the data directory behind a command.

use crate::cli::Place;
use crate::objects::Objects;
use anyhow::Context;
use object_store::ObjectStore;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::seal::Keyring;

/// Characters of the secret that processes share.
const SERVICE_KEY_BYTES_MIN: usize = 32;

/// A database to work on: a managed cluster, or the operator's own.
pub struct Home {
    pub url: String,
    pub data_dir: PathBuf,
    /// Where pictures and files lie.
    pub objects: Arc<dyn ObjectStore>,
    /// Opens the secrets in the database.
    pub keyring: Keyring,
    cluster: Option<pg::Managed>,
}

impl Home {
    /// Opens the data directory and makes sure a database runs. `share` lets a command work beside a running
    /// server of the same data directory.
    pub async fn open(place: &Place, share: bool) -> anyhow::Result<Self> {
        let data_dir = pg::open_data_dir(&place.data_dir)?;
        let keyring = keyring(place, &data_dir)?;
        if let Some(concern) = keyring.concern() {
            tracing::warn!("{concern}");
        }
        let objects = place.objects.open(&data_dir)?;
        if let Some(url) = &place.database_url {
            refuse_tls(url)?;
            return Ok(Self {
                url: url.clone(),
                data_dir,
                objects,
                keyring,
                cluster: None,
            });
        }
        let config = pg::Config::new(&data_dir);
        let config = if share { config.share() } else { config };
        let cluster = pg::Managed::start(config).await?;
        Ok(Self {
            url: cluster.url(),
            data_dir,
            objects,
            keyring,
            cluster: Some(cluster),
        })
    }

    /// For what needs no database: an address at which nobody listens.
    pub fn nowhere(folder: &Path) -> anyhow::Result<Self> {
        let url = format!("postgres:///stoa?host={}&user=stoa", folder.display());
        Ok(Self {
            url,
            data_dir: folder.to_owned(),
            objects: Objects::default().open(folder)?,
            keyring: Keyring::fleeting()?,
            cluster: None,
        })
    }

    /// Stops the managed cluster, if this process runs it.
    pub async fn close(self) -> anyhow::Result<()> {
        if let Some(cluster) = self.cluster {
            cluster.stop().await?;
        }
        Ok(())
    }

    /// The secret that processes of this data directory share, made on first use, readable by its owner alone.
    pub fn service_key(&self) -> anyhow::Result<String> {
        let path = self.data_dir.join("service.key");
        let key = match std::fs::read_to_string(&path) {
            Ok(key) => key,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_key(&path)?,
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        };
        checked_key(&key, &path.display().to_string())
    }
}

/// An address that insists on TLS is refused at once and in words: this build cannot encrypt, and it does not pretend to.
fn refuse_tls(url: &str) -> anyhow::Result<()> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mode = query.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        matches!(name, "sslmode" | "ssl-mode").then_some(value)
    });
    match mode.map(str::to_ascii_lowercase).as_deref() {
        None | Some("disable" | "allow" | "prefer") => Ok(()),
        Some(mode) => anyhow::bail!(
            "DATABASE_URL says sslmode={mode}, but this build does not speak TLS to PostgreSQL, and nothing is sent to it \
             in the clear instead. Reach the server through a Unix socket or a tunnel that encrypts (such as stunnel, \
             WireGuard or ssh -L), and say sslmode=disable"
        ),
    }
}

/// The data keys: as told, else those of the data directory, made on first use.
pub fn keyring(place: &Place, data_dir: &Path) -> anyhow::Result<Keyring> {
    Ok(match &place.data_key {
        Some(keys) => Keyring::parse(keys).context("STOA_DATA_KEY")?,
        None => Keyring::open(&data_dir.join("data.key"))?,
    })
}

/// Written whole or not at all: a file that a crash left empty would be a key that everybody knows.
fn make_key(path: &Path) -> anyhow::Result<String> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let unfinished = path.with_extension(format!("{}.tmp", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(kernel::secret::token().as_bytes())?;
        file.sync_all()?;
        match std::fs::hard_link(&unfinished, path) {
            // Another process of the same data directory was faster: its key is the key.
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
            _ => std::fs::remove_file(&unfinished),
        }
    };
    write().with_context(|| format!("{} cannot be made", path.display()))?;
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// Refuses a secret that could be guessed.
pub fn checked_key(key: &str, whence: &str) -> anyhow::Result<String> {
    let key = key.trim();
    anyhow::ensure!(
        key.len() >= SERVICE_KEY_BYTES_MIN,
        "{whence} holds a key of {} characters, and it takes at least {SERVICE_KEY_BYTES_MIN}: whoever knows it may do \
         everything. Make one with `openssl rand -base64 32`, the same for every process; an empty service.key may be \
         removed, then it is made anew",
        key.len()
    );
    Ok(key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{checked_key, make_key, refuse_tls};

    #[test]
    fn a_service_key_is_made_once_and_short_ones_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("service.key");
        let key = make_key(&path).expect("made");
        assert_eq!(
            make_key(&path).expect("found"),
            key,
            "who comes second takes the first one's"
        );
        assert_eq!(checked_key(&format!("{key}\n"), "it").expect("good"), key);
        for short in ["", "  ", "secret"] {
            let refused = checked_key(short, "service.key")
                .expect_err("refused")
                .to_string();
            assert!(
                refused.contains("service.key") && refused.contains("openssl"),
                "{refused}"
            );
        }
    }

    #[test]
    fn an_address_that_insists_on_tls_is_refused_in_words() {
        for mode in ["require", "verify-ca", "verify-full", "VERIFY-FULL"] {
            let url = format!("postgres://u:hidden@db.example/stoa?connect_timeout=5&sslmode={mode}");
            let refused = refuse_tls(&url).expect_err("refused").to_string();
            assert!(
                refused.contains("does not speak TLS") && refused.contains("sslmode=disable"),
                "{refused}"
            );
            assert!(!refused.contains("hidden"), "a password is never told");
        }
        for query in ["", "?sslmode=disable", "?sslmode=prefer", "?host=/run/postgresql"] {
            assert!(
                refuse_tls(&format!("postgres://u@h/stoa{query}")).is_ok(),
                "{query}"
            );
        }
    }
}
