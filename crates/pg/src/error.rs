//! Everything that can go wrong, each with its remedy.

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no server. Every message ends with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "no PostgreSQL server of version {} or later is installed{found}: {remedy}, or point STOA_PG_BIN to the \
         directory that holds `postgres` and `initdb`",
        crate::install::MAJOR_MIN
    )]
    NotInstalled { found: String, remedy: String },

    #[error("STOA_PG_BIN is {}, but {reason}: point it to the directory that holds `postgres`, `initdb` and `pg_ctl`", path.display())]
    BadBinDir { path: PathBuf, reason: String },

    #[error(
        "data directory {}: it has format {found} and this Stoa knows formats up to {known}, so a newer Stoa has used \
         it: run that version or a later one, or restore a backup made before the upgrade", path.display()
    )]
    NewerFormat { path: PathBuf, found: u64, known: u64 },

    #[error("{}: {reason}: restore the file from a backup, or write {{\"format\": 1, \"postgres_major\": N}} with N from postgres/cluster/PG_VERSION", path.display())]
    BadVersionFile { path: PathBuf, reason: String },

    #[error(
        "data directory {}: its cluster was made by PostgreSQL {found}, which is not installed (installed: {}): {remedy}, or dump the \
         database with `pg_dumpall` of version {found} and restore it into a new data directory",
        path.display(), list(installed)
    )]
    OtherMajor {
        path: PathBuf,
        found: u32,
        installed: Vec<u32>,
        remedy: String,
    },

    #[error(
        "data directory {}: it is in use by process {pid}: stop that process, choose another data directory, or share \
         its server", path.display()
    )]
    InUse { path: PathBuf, pid: u32 },

    #[error(
        "data directory {}: its cluster is gone from {}: mount or restore it, or, to begin with an empty database, \
         remove {}", path.display(), cluster.display(), path.join("stoa.version").display()
    )]
    ClusterLost { path: PathBuf, cluster: PathBuf },

    #[error("data directory {}: {reason}: choose another data directory", path.display())]
    BadDataDir { path: PathBuf, reason: &'static str },

    #[error(
        "{} belongs to user {owner}, and the server cannot run as that user: {remedy}", path.display()
    )]
    WrongOwner {
        path: PathBuf,
        owner: u32,
        remedy: String,
    },

    #[error(
        "PostgreSQL refuses to run as root and none of the users {tried} exists: create one, for instance with \
         `useradd --system stoa`"
    )]
    NoAccount { tried: String },

    #[error(
        "user {account} cannot enter {}, where the cluster is: allow it with `chmod o+x` on the folders above, or move \
         the data directory to where it can", path.display()
    )]
    Unreachable { path: PathBuf, account: String },

    #[error("no private directory for the Unix socket: {} {reason}: remove it, or choose a data directory with a shorter path", path.display())]
    SocketDir { path: PathBuf, reason: String },

    #[error("`initdb` could not make the cluster in {}: {output}", path.display())]
    InitDb { path: PathBuf, output: String },

    #[error("PostgreSQL did not start in {}: {reason}; its log says:\n{log}", path.display())]
    NotStarted {
        path: PathBuf,
        reason: String,
        log: String,
    },

    #[error(
        "extension {extension} is missing from the installed PostgreSQL: install its contrib modules ({remedy})"
    )]
    MissingExtension { extension: &'static str, remedy: String },

    #[error(
        "PostgreSQL (process {pid}) did not stop within {seconds} s: stop it by hand with `kill -QUIT {pid}`"
    )]
    NotStopped { pid: i32, seconds: u64 },

    #[error("setting up the database: {step}: {cause}")]
    Sql {
        step: &'static str,
        cause: tokio_postgres::Error,
    },

    #[error("{doing} {}: {cause}", path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        cause: io::Error,
    },

    #[error("the start of PostgreSQL was called off, because a stop was asked for")]
    CalledOff,
}

impl Error {
    /// For `map_err`: what was being done, and to which file.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |cause| Self::Io { doing, path, cause }
    }
}

fn list(majors: &[u32]) -> String {
    if majors.is_empty() {
        return "none".to_owned();
    }
    majors.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}
