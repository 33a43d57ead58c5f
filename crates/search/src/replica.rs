//! The folder that holds this process's index.
//!
//! `CURRENT` names the folder in use; a rebuild makes another one beside it and changes the name when it is complete.
//! So whatever happens while building, the old index stays whole.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const CURRENT: &str = "CURRENT";
const LOCK: &str = "LOCK";
const PREFIX: &str = "index-";

/// The folder, locked for this process.
pub struct Folder {
    root: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder if need be, and locks it. Another process that holds it is an error of kind `WouldBlock`.
    pub fn open(root: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(root)?;
        let lock = File::create(root.join(LOCK))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::Error(error) => error,
            TryLockError::WouldBlock => io::Error::new(
                io::ErrorKind::WouldBlock,
                format!(
                    "another process keeps its index in {}; give each its own data directory",
                    root.display()
                ),
            ),
        })?;
        Ok(Self {
            root: root.to_owned(),
            _lock: lock,
        })
    }

    /// The index in use, if there is one.
    pub fn current(&self) -> Option<PathBuf> {
        let name = std::fs::read_to_string(self.root.join(CURRENT)).ok()?;
        let name = name.trim();
        let is_ours = name
            .strip_prefix(PREFIX)
            .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        is_ours.then(|| self.root.join(name)).filter(|path| path.is_dir())
    }

    /// An empty folder for an index to be built; what an earlier attempt left is removed.
    pub fn fresh(&self) -> io::Result<PathBuf> {
        let current = self.current();
        self.remove_all_but(current.as_deref())?;
        let number = current.as_deref().and_then(number_of).unwrap_or(0) + 1;
        let path = self.root.join(format!("{PREFIX}{number}"));
        std::fs::create_dir(&path)?;
        Ok(path)
    }

    /// Makes `index` the one in use, for good.
    pub fn adopt(&self, index: &Path) -> io::Result<()> {
        let name = index
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let draft = self.root.join(format!("{CURRENT}.draft"));
        let mut file = File::create(&draft)?;
        file.write_all(name.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&draft, self.root.join(CURRENT))?;
        File::open(&self.root)?.sync_all()?;
        self.remove_all_but(Some(index))
    }

    /// Searches that still run in a removed index finish: its files stay readable while they are open.
    fn remove_all_but(&self, kept: Option<&Path>) -> io::Result<()> {
        for entry in std::fs::read_dir(&self.root)? {
            let path = entry?.path();
            if number_of(&path).is_some() && Some(path.as_path()) != kept {
                std::fs::remove_dir_all(&path)?;
            }
        }
        Ok(())
    }
}

fn number_of(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.strip_prefix(PREFIX)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rebuild_that_broke_off_leaves_the_old_index_in_use() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::open(root.path()).unwrap();
        let first = folder.fresh().unwrap();
        folder.adopt(&first).unwrap();
        let abandoned = folder.fresh().unwrap();
        drop(folder);

        let folder = Folder::open(root.path()).unwrap();
        assert_eq!(folder.current(), Some(first.clone()));
        let second = folder.fresh().unwrap();
        assert_eq!(second, abandoned);
        folder.adopt(&second).unwrap();
        assert_eq!(folder.current(), Some(second));
        assert!(!first.exists());
    }

    #[test]
    fn one_process_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        let _held = Folder::open(root.path()).unwrap();
        let refused = Folder::open(root.path()).map(|_| ()).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn a_name_that_is_not_ours_is_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::open(root.path()).unwrap();
        std::fs::write(root.path().join(CURRENT), "../elsewhere").unwrap();
        assert_eq!(folder.current(), None);
    }
}
