//! Where benches and stories keep what they make.

use anyhow::{Context, Result, bail};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A filesystem in memory: what is written there is on no disk, so no figure about durability could be had from it.
const TMPFS_MAGIC: i64 = 0x0102_1994;

/// The data directory of the program within a bench's directory.
const DATA_DIR: &str = "data";

/// The directory of one bench or story, removed with this value.
#[derive(Debug)]
pub struct Scratch {
    dir: TempDir,
}

impl Scratch {
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn data_dir(&self) -> PathBuf {
        data_dir(self.path())
    }
}

pub fn data_dir(scratch: &Path) -> PathBuf {
    scratch.join(DATA_DIR)
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Where root's PostgreSQL cannot enter a data directory, its cluster lies elsewhere, behind a symlink.
        let data_dirs = fs::read_dir(self.path()).into_iter().flatten().flatten();
        for elsewhere in data_dirs.filter_map(|dir| fs::read_link(dir.path().join("postgres")).ok()) {
            let _ = fs::remove_dir_all(elsewhere);
        }
    }
}

/// A directory on a real disk.
pub fn directory() -> Result<Scratch> {
    let candidates = [std::env::temp_dir(), PathBuf::from("/var/tmp")];
    let Some(parent) = candidates.iter().find(|dir| dir.is_dir() && !in_memory(dir)) else {
        bail!("there is no directory for temporary files on a disk: set TMPDIR to one");
    };
    within(parent)
}

/// A directory below `parent`, whatever disk that is on.
pub fn within(parent: &Path) -> Result<Scratch> {
    let dir = tempfile::Builder::new()
        .prefix("stoa-scratch-")
        .tempdir_in(parent)
        .with_context(|| format!("making a directory in {}", parent.display()))?;
    // Root's PostgreSQL runs as another user, who must be able to pass.
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o711))?;
    Ok(Scratch { dir })
}

fn in_memory(dir: &Path) -> bool {
    // The type of this field differs between systems.
    #[allow(clippy::useless_conversion, clippy::unnecessary_cast)]
    rustix::fs::statfs(dir).is_ok_and(|fs| fs.f_type as i64 == TMPFS_MAGIC)
}
