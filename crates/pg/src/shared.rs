//! One forgetful server for all tests of a checkout.
//!
//! Every test process asks for it; the first one starts it and leaves it running, the others find it. A test run then
//! pays for a server once, and the next run not at all. What tests keep in it are databases of their own, cloned from
//! a template, so whatever is in it may vanish: when it cannot be brought up, it is made anew.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use tokio::task::spawn_blocking;

use crate::bootstrap::{self, Readiness};
use crate::home::{Home, open_data_dir};
use crate::lock::Lock;
use crate::managed::wait_for;
use crate::postmaster::{self, PidFile};
use crate::server::Site;
use crate::url::url;
use crate::{Error, Profile, STOA, SUPERUSER};

/// Where the shared server is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCluster {
    pub socket_dir: PathBuf,
}

impl TestCluster {
    /// The given database as the role `stoa`, which may create databases.
    pub fn url(&self, database: &str) -> String {
        url(&self.socket_dir, database, STOA)
    }

    /// The given database as the superuser.
    pub fn superuser_url(&self, database: &str) -> String {
        url(&self.socket_dir, database, SUPERUSER)
    }
}

/// The server that all tests of this checkout share, started if it does not run.
pub async fn shared_test_cluster() -> Result<TestCluster, Error> {
    wait_for(spawn_blocking(shared_test_cluster_blocking)).await
}

/// [`shared_test_cluster`] for callers without an async runtime. Panics inside one.
pub fn shared_test_cluster_blocking() -> Result<TestCluster, Error> {
    in_dir(&shared_dir())
}

/// Stops the shared server, if it runs.
pub async fn stop_shared_test_cluster() -> Result<(), Error> {
    wait_for(spawn_blocking(stop_shared_test_cluster_blocking)).await
}

/// [`stop_shared_test_cluster`] for callers without an async runtime.
pub fn stop_shared_test_cluster_blocking() -> Result<(), Error> {
    stop_in_dir(&shared_dir())
}

fn in_dir(data_dir: &Path) -> Result<TestCluster, Error> {
    let data_dir = open_data_dir(data_dir)?;
    if let Some(found) = find(&data_dir) {
        return Ok(found);
    }
    let _lock = Lock::wait(&data_dir)?;
    if rebooted(&data_dir) {
        // Nothing was ever synced: after a power cut the files may be anything.
        wipe(&data_dir)?;
    }
    let cluster = match bring_up(&data_dir) {
        Err(cause) if is_about_its_files(&cause) => {
            tracing::warn!(%cause, "making the test cluster anew");
            wipe(&data_dir)?;
            bring_up(&data_dir)
        }
        result => result,
    }?;
    mark_boot(&data_dir)?;
    Ok(cluster)
}

fn stop_in_dir(data_dir: &Path) -> Result<(), Error> {
    let data_dir = open_data_dir(data_dir)?;
    let _lock = Lock::wait(&data_dir)?;
    stop(&data_dir)
}

/// The running server, without waiting for anything: what all but the first test do.
fn find(data_dir: &Path) -> Option<TestCluster> {
    let file = PidFile::read(&data_dir.join("postgres/cluster"))?;
    let socket_dir = file.socket_dir?;
    let ready = matches!(bootstrap::readiness(&socket_dir), Ok(Readiness::Complete));
    ready.then_some(TestCluster { socket_dir })
}

fn bring_up(data_dir: &Path) -> Result<TestCluster, Error> {
    let site = Site::open(data_dir, Profile::Test)?;
    // The server is left to itself: nothing happens to a process when its `Child` is dropped.
    let (_server, _) = site.bring_up(&AtomicBool::new(false))?;
    Ok(TestCluster {
        socket_dir: site.socket_dir,
    })
}

fn stop(data_dir: &Path) -> Result<(), Error> {
    match postmaster::running(&data_dir.join("postgres/cluster")) {
        Some((mut server, _)) => server.stop(),
        None => Ok(()),
    }
}

/// Errors that a new cluster would not have.
fn is_about_its_files(cause: &Error) -> bool {
    matches!(
        cause,
        Error::NotStarted { .. }
            | Error::OtherMajor { .. }
            | Error::NewerFormat { .. }
            | Error::BadVersionFile { .. }
            | Error::ClusterLost { .. }
            | Error::Sql { .. }
    )
}

fn wipe(data_dir: &Path) -> Result<(), Error> {
    stop(data_dir)?;
    let cluster = data_dir.join("postgres/cluster");
    if let Ok(Some(home)) = Home::find(data_dir) {
        postmaster::clear_remains(&home.cluster(), &home.cluster_name());
    }
    if cluster.exists() {
        fs::remove_dir_all(&cluster).map_err(Error::io("removing", &cluster))?;
    }
    let version = data_dir.join("stoa.version");
    if version.exists() {
        fs::remove_file(&version).map_err(Error::io("removing", &version))?;
    }
    Ok(())
}

/// Whether the machine has been started anew since the server was. `false` where the system does not tell.
fn rebooted(data_dir: &Path) -> bool {
    match (boot_id(), fs::read_to_string(data_dir.join("boot"))) {
        (Some(now), Ok(then)) => now != then,
        _ => false,
    }
}

fn mark_boot(data_dir: &Path) -> Result<(), Error> {
    let Some(now) = boot_id() else { return Ok(()) };
    let path = data_dir.join("boot");
    fs::write(&path, now).map_err(Error::io("writing", &path))
}

fn boot_id() -> Option<String> {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()
}

fn shared_dir() -> PathBuf {
    target_dir().join("testkit-pg")
}

/// The target directory of the build that this test program comes from. cargo marks it with a `CACHEDIR.TAG`.
fn target_dir() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if let Some(dir) = env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
        return workspace.join(dir);
    }
    let program = env::current_exe().unwrap_or_default();
    let marked = program
        .ancestors()
        .skip(1)
        .find(|dir| dir.join("CACHEDIR.TAG").is_file());
    marked.map_or_else(|| workspace.join("target"), Path::to_path_buf)
}
