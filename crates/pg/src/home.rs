//! Where the cluster lives, and who owns that place.
//!
//! Normally in `<data_dir>/postgres`. But root's data directory may lie where the account that the server is lent to
//! cannot go: in root's own home, which has mode 0700. Opening that home to the account would be wrong, and so would
//! be running the server as root, which PostgreSQL refuses anyway. Then the cluster lives in
//! `/var/lib/stoa/<hash of the data directory>`, and `<data_dir>/postgres` is a symlink to it: whoever looks into the
//! data directory still finds everything, and a backup that follows symlinks still copies everything.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::account::Account;
use crate::postmaster;
use crate::version::Version;
use crate::{Error, Profile};

/// Homes of servers whose data directory their account cannot enter.
const ELSEWHERE: &str = "/var/lib/stoa";

#[derive(Debug, Clone)]
pub(crate) struct Home {
    /// Canonical.
    pub(crate) data_dir: PathBuf,
    /// Canonical: what `<data_dir>/postgres` leads to.
    pub(crate) path: PathBuf,
    pub(crate) account: Account,
}

impl Home {
    /// Finds the home of an existing cluster, or makes one for a new cluster. Call it with the lock held.
    pub(crate) fn settle(data_dir: &Path, profile: Profile) -> Result<Self, Error> {
        if let Some(home) = Self::find(data_dir)? {
            if !home.account.can_use(&home.path)? {
                return Err(home.unreachable());
            }
            return Ok(home);
        }
        let account = Account::for_new_cluster()?;
        let link = data_dir.join("postgres");
        if let Ok(target) = fs::read_link(&link) {
            // Left by a start that did not get as far as a cluster.
            tracing::debug!(target = %target.display(), "removing the symlink of an unfinished start");
            fs::remove_file(&link).map_err(Error::io("removing", &link))?;
        }
        account.private_dir(&link).map_err(Error::io("making", &link))?;
        if account.can_use(&link)? {
            return Ok(Self {
                data_dir: data_dir.to_path_buf(),
                path: link,
                account,
            });
        }
        fs::remove_dir(&link).map_err(Error::io("removing", &link))?;
        Self::elsewhere(data_dir, account, &link, profile)
    }

    /// The home of an existing cluster.
    pub(crate) fn find(data_dir: &Path) -> Result<Option<Self>, Error> {
        let link = data_dir.join("postgres");
        let cluster = link.join("cluster");
        let version = cluster.join("PG_VERSION");
        let exists = match version.try_exists() {
            Ok(exists) => exists,
            // Another user's home: say so.
            Err(cause) => {
                Account::of_cluster(&link)?;
                return Err(Error::io("reading", &version)(cause));
            }
        };
        if !exists {
            if Version::read(data_dir)?.is_some() {
                let cluster = fs::read_link(&link).unwrap_or(link).join("cluster");
                return Err(Error::ClusterLost {
                    path: data_dir.to_path_buf(),
                    cluster,
                });
            }
            return Ok(None);
        }
        let path = fs::canonicalize(&link).map_err(Error::io("finding", &link))?;
        let account = Account::of_cluster(&path.join("cluster"))?;
        Ok(Some(Self {
            data_dir: data_dir.to_path_buf(),
            path,
            account,
        }))
    }

    fn elsewhere(data_dir: &Path, account: Account, link: &Path, profile: Profile) -> Result<Self, Error> {
        let shelf = Path::new(ELSEWHERE);
        if !shelf.exists() {
            // Modes given at creation are cut by the umask, and root's is often 077.
            fs::create_dir_all(shelf)
                .and_then(|()| fs::set_permissions(shelf, fs::Permissions::from_mode(0o755)))
                .map_err(Error::io("making", shelf))?;
        }
        let path = shelf.join(short_hash(data_dir));
        set_aside(&path, profile)?;
        account.private_dir(&path).map_err(Error::io("making", &path))?;
        let home = Self {
            data_dir: data_dir.to_path_buf(),
            path,
            account,
        };
        if !home.account.can_use(&home.path)? {
            return Err(home.unreachable());
        }
        symlink(&home.path, link).map_err(Error::io("making the symlink", link))?;
        tracing::info!(
            data_dir = %home.data_dir.display(), home = %home.path.display(), user = home.account.uid(),
            "the server's user cannot enter the data directory: the cluster lives elsewhere"
        );
        Ok(home)
    }

    fn unreachable(&self) -> Error {
        Error::Unreachable {
            path: self.path.clone(),
            account: format!("{}", self.account.uid()),
        }
    }

    /// `PGDATA`.
    pub(crate) fn cluster(&self) -> PathBuf {
        self.path.join("cluster")
    }

    /// Names the cluster in the titles of its processes.
    pub(crate) fn cluster_name(&self) -> String {
        format!("stoa-{}", short_hash(&self.path))
    }
}

/// Clears the place for a new cluster. One is there already when a data directory with the same path was deleted: who
/// did that wants to begin anew, yet may have forgotten that the data were here. So they are kept, under another name.
fn set_aside(path: &Path, profile: Profile) -> Result<(), Error> {
    if !path.join("cluster/PG_VERSION").exists() {
        return Ok(());
    }
    if let Some((mut server, _)) = postmaster::running(&path.join("cluster")) {
        server.stop()?;
    }
    if profile == Profile::Test {
        return fs::remove_dir_all(path).map_err(Error::io("removing", path));
    }
    let aside = (1..)
        .map(|n| path.with_extension(format!("old-{n}")))
        .find(|aside| !aside.exists())
        .expect("there are more numbers than folders");
    fs::rename(path, &aside).map_err(Error::io("setting aside", path))?;
    tracing::warn!(
        kept = %aside.display(),
        "a cluster of a deleted data directory with the same path was set aside: remove it if it is not needed"
    );
    Ok(())
}

/// Makes the data directory if need be and returns its canonical path.
pub fn open_data_dir(data_dir: &Path) -> Result<PathBuf, Error> {
    if !data_dir.exists() {
        // Private, yet passable for the account that root lends the server to.
        let mode = if rustix::process::geteuid().is_root() {
            0o711
        } else {
            0o700
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(mode)
            .create(data_dir)
            .map_err(Error::io("making the data directory", data_dir))?;
    }
    let path = fs::canonicalize(data_dir).map_err(Error::io("finding the data directory", data_dir))?;
    if !path.is_dir() {
        let cause = io::Error::from(io::ErrorKind::NotADirectory);
        return Err(Error::io("opening the data directory", &path)(cause));
    }
    // The path becomes part of PostgreSQL's configuration, which is text in lines.
    match path.to_str() {
        Some(text) if !text.contains(char::is_control) => Ok(path),
        _ => Err(Error::BadDataDir {
            path,
            reason: "its path has characters that are not printable UTF-8",
        }),
    }
}

/// 12 hexadecimal digits that stand for a path.
pub(crate) fn short_hash(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
