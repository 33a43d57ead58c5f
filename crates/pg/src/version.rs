//! `stoa.version`: which Stoa and which PostgreSQL the data directory belongs to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Error;

/// The newest format of the data directory that this program knows.
const FORMAT: u64 = 1;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) format: u64,
    pub(crate) postgres_major: u32,
}

/// Read before anything else: a newer format may mean anything by its other fields.
#[derive(Deserialize)]
struct Format {
    format: u64,
}

impl Version {
    /// `None` for a data directory that has had no complete cluster yet.
    pub(crate) fn read(data_dir: &Path) -> Result<Option<Self>, Error> {
        let path = file(data_dir);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(Error::io("reading", &path)(cause)),
        };
        let bad = |cause: serde_json::Error| Error::BadVersionFile {
            path: path.clone(),
            reason: format!("it is not what Stoa writes there ({cause})"),
        };
        let Format { format } = serde_json::from_str(&text).map_err(bad)?;
        if format > FORMAT {
            return Err(Error::NewerFormat {
                path: data_dir.to_path_buf(),
                found: format,
                known: FORMAT,
            });
        }
        serde_json::from_str(&text).map(Some).map_err(bad)
    }

    /// Written when the cluster is complete, and never before: its presence says that there are data to lose.
    pub(crate) fn write(data_dir: &Path, postgres_major: u32) -> Result<(), Error> {
        let path = file(data_dir);
        let version = Self {
            format: FORMAT,
            postgres_major,
        };
        let text = serde_json::to_string(&version).expect("two numbers always serialise");
        let new = path.with_extension("version.new");
        fs::write(&new, text + "\n")
            .and_then(|()| fs::File::open(&new)?.sync_all())
            .and_then(|()| fs::rename(&new, &path))
            .and_then(|()| fs::File::open(data_dir)?.sync_all())
            .map_err(Error::io("writing", &path))
    }
}

fn file(data_dir: &Path) -> PathBuf {
    data_dir.join("stoa.version")
}
