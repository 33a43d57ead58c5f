//! One process at a time runs the server of a data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::Error;

/// Held for as long as this process runs the server. The kernel lets go of it when the process dies, however it dies.
#[derive(Debug)]
pub(crate) struct Lock(File);

pub(crate) enum Attempt {
    Got(Lock),
    /// Another process has it.
    Held {
        pid: u32,
    },
}

impl Lock {
    pub(crate) fn attempt(data_dir: &Path) -> Result<Attempt, Error> {
        let path = data_dir.join("stoa.lock");
        let mut file = open(&path)?;
        match file.try_lock() {
            Ok(()) => Self::sign(file, &path).map(Attempt::Got),
            Err(TryLockError::WouldBlock) => Ok(Attempt::Held {
                pid: holder(&mut file),
            }),
            Err(TryLockError::Error(cause)) => Err(Error::io("locking", &path)(cause)),
        }
    }

    /// Waits until no other process has it.
    pub(crate) fn wait(data_dir: &Path) -> Result<Self, Error> {
        let path = data_dir.join("stoa.lock");
        let file = open(&path)?;
        file.lock().map_err(Error::io("locking", &path))?;
        Self::sign(file, &path)
    }

    fn sign(mut file: File, path: &Path) -> Result<Self, Error> {
        file.set_len(0)
            .and_then(|()| file.write_all(format!("{}\n", std::process::id()).as_bytes()))
            .map_err(Error::io("writing", path))?;
        Ok(Self(file))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // So that nobody reads our pid in the instant between taking the lock and signing it.
        let _ = self.0.set_len(0);
    }
}

fn open(path: &Path) -> Result<File, Error> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(Error::io("opening", path))
}

/// The pid that the holder wrote, waiting for one that is about to write it. 0 if it never does.
fn holder(file: &mut File) -> u32 {
    for _ in 0..20 {
        let mut text = String::new();
        if file
            .rewind()
            .and_then(|()| file.read_to_string(&mut text))
            .is_ok()
            && let Some(pid) = text.strip_suffix('\n').and_then(|pid| pid.parse().ok())
        {
            return pid;
        }
        sleep(Duration::from_millis(5));
    }
    0
}
