//! The database and the data directory behind a command.

use crate::cli::Place;
use anyhow::Context;
use std::path::{Path, PathBuf};

/// A database to work on: a managed cluster, or the operator's own.
pub struct Home {
    pub url: String,
    pub data_dir: PathBuf,
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
        if let Some(url) = &place.database_url {
            return Ok(Self {
                url: url.clone(),
                data_dir,
                cluster: None,
            });
        }
        let config = pg::Config::new(&data_dir);
        let config = if share { config.share() } else { config };
        let cluster = pg::Managed::start(config).await?;
        Ok(Self {
            url: cluster.url(),
            data_dir,
            cluster: Some(cluster),
        })
    }

    /// For what needs no database: an address at which nobody listens.
    pub fn nowhere(folder: &Path) -> Self {
        let url = format!("postgres:///stoa?host={}&user=stoa", folder.display());
        Self {
            url,
            data_dir: folder.to_owned(),
            cluster: None,
        }
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
