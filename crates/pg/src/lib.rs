//! Managed PostgreSQL, the embedded default of Stoa.
//!
//! Nothing to configure: [`Managed::start`] finds the installed server binaries, makes a private cluster in the
//! data directory on the first run, tunes it to the machine, runs it as a child process that is reached through a
//! Unix socket alone, restarts it when it dies, and stops it cleanly.
//!
//! What lies where, below the data directory:
//!
//! | path | what |
//! |---|---|
//! | `stoa.version` | format of the data directory and major version of PostgreSQL, JSON |
//! | `stoa.lock` | locked by the process that runs the server, holds its pid |
//! | `stoa.socket` | the directory of the Unix socket last used |
//! | `postgres.out` | what the server says before its own log is open |
//! | `postgres/` | the home of the server, owned by the account it runs as; a symlink when that account cannot come here |
//! | `postgres/cluster/` | the cluster (`PGDATA`), with `stoa.conf` (ours), `local.conf` (the operator's) and `log/` |
//! | `postgres/run/` | the Unix socket, unless that path is too long for one |
//!
//! What is absent: TCP (the server listens on the socket alone), passwords (the directory's owner is the password),
//! a parent-death signal. The server outlives a killed Stoa on purpose: the next start adopts it, which takes
//! milliseconds where a crash recovery would take seconds.

mod account;
mod bootstrap;
mod cluster;
mod error;
mod home;
mod install;
mod lock;
mod managed;
mod postmaster;
mod server;
mod shared;
mod socket;
mod supervisor;
mod tuning;
mod url;
mod version;

use std::path::PathBuf;

pub use error::Error;
pub use home::open_data_dir;
pub use install::{Install, MAJOR_MIN, installed, locate};
pub use managed::Managed;
pub use server::Origin;
pub use shared::{
    TestCluster, shared_test_cluster, shared_test_cluster_blocking, stop_shared_test_cluster,
    stop_shared_test_cluster_blocking,
};
pub use supervisor::Health;

/// The database and the login role of Stoa itself. The role owns the database and may create roles and databases,
/// but is no superuser: row-level security binds it.
pub const STOA: &str = "stoa";
/// The superuser of the cluster, for set-up and repair alone.
pub const SUPERUSER: &str = "postgres";
/// Extensions that every database of the cluster has.
pub const EXTENSIONS: [&str; 2] = ["ltree", "pg_trgm"];

/// How much a cluster promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// What was committed survives a power cut.
    Durable,
    /// Fast and forgetful. A killed Stoa loses nothing; a killed server loses the commits of its last second; a power
    /// cut may ruin the whole cluster.
    Test,
}

/// What [`Managed::start`] needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Made when missing. One data directory holds one cluster.
    pub data_dir: PathBuf,
    pub profile: Profile,
    /// When another process already runs the server of this data directory: use that server, and leave it running on
    /// [`Managed::stop`], instead of failing with [`Error::InUse`].
    pub share: bool,
}

impl Config {
    /// A durable cluster that this process alone runs.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            profile: Profile::Durable,
            share: false,
        }
    }

    #[must_use]
    pub fn profile(self, profile: Profile) -> Self {
        Self { profile, ..self }
    }

    #[must_use]
    pub fn share(self) -> Self {
        Self { share: true, ..self }
    }
}
