//! The database and the data directory behind a command.

use crate::cli::Place;
use anyhow::Context;
use std::path::{Path, PathBuf};
use store::seal::Keyring;

/// A database to work on: a managed cluster, or the operator's own.
pub struct Home {
    pub url: String,
    pub data_dir: PathBuf,
    /// Opens the secrets in the database.
    pub keyring: Keyring,
    cluster: Option<pg::Managed>,
}

impl Home {
    /// Opens the data directory and makes sure a database runs. `share` lets a command work beside a running
    /// server of the same data directory.
    pub async fn open(place: &Place, share: bool) -> anyhow::Result<Self> {
        tokio::fs::create_dir_all(&place.data_dir)
            .await
            .with_context(|| format!("the data directory {} cannot be made", place.data_dir.display()))?;
        let data_dir = tokio::fs::canonicalize(&place.data_dir).await?;
        let keyring = keyring(place, &data_dir)?;
        if let Some(concern) = keyring.concern() {
            tracing::warn!("{concern}");
        }
        if let Some(url) = &place.database_url {
            refuse_tls(url)?;
            return Ok(Self {
                url: url.clone(),
                data_dir,
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
        match std::fs::read_to_string(&path) {
            Ok(key) => Ok(key.trim().to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_key(&path),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
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

fn make_key(path: &Path) -> anyhow::Result<String> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let key = kernel::secret::token();
    let opened = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match opened {
        Ok(mut file) => file
            .write_all(key.as_bytes())
            .map(|()| key)
            .context("the service key cannot be written"),
        // Another process of the same data directory was faster: its key is the key.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Ok(std::fs::read_to_string(path)?.trim().to_owned())
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be made", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::refuse_tls;

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
