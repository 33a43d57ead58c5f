//! A server that this process runs, or shares.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::spawn_blocking;

use crate::bootstrap::{self, Readiness};
use crate::home::{Home, open_data_dir};
use crate::lock::{Attempt, Lock};
use crate::postmaster;
use crate::server::{Origin, Site};
use crate::supervisor::{Duty, Health, Supervisor};
use crate::url::url;
use crate::version::Version;
use crate::{Config, Error, Install, STOA, SUPERUSER, cluster, install};

/// How long one who shares waits for the process that runs the server to get it ready.
const SHARE_WAIT_S: u64 = 60;

/// A running PostgreSQL server. Dropping it stops the server as [`Managed::stop`] does, but blocks the thread.
#[derive(Debug)]
pub struct Managed {
    site: Site,
    origin: Origin,
    health: watch::Receiver<Health>,
    supervisor: Option<Supervisor>,
}

impl Managed {
    /// Starts the server of a data directory, which is made on the first run, and returns when it is ready for
    /// statements.
    pub async fn start(config: Config) -> Result<Self, Error> {
        wait_for(spawn_blocking(move || Self::start_blocking(&config))).await
    }

    /// [`Managed::start`] for callers without an async runtime. Panics inside one.
    pub fn start_blocking(config: &Config) -> Result<Self, Error> {
        let began = Instant::now();
        let data_dir = open_data_dir(&config.data_dir)?;
        // Before the lock: who should not be here should be told that, not who else is.
        Version::read(&data_dir)?;
        loop {
            match Lock::attempt(&data_dir)? {
                Attempt::Got(lock) => return Self::run(config, &data_dir, lock, began),
                Attempt::Held { pid } if !config.share => return Err(Error::InUse { path: data_dir, pid }),
                Attempt::Held { pid } => {
                    if let Some(shared) = Self::attach(config, &data_dir)? {
                        tracing::info!(pid, "using the PostgreSQL server of another process");
                        return Ok(shared);
                    }
                    if began.elapsed() > Duration::from_secs(SHARE_WAIT_S) {
                        return Err(Error::InUse { path: data_dir, pid });
                    }
                    sleep(Duration::from_millis(20));
                }
            }
        }
    }

    fn run(config: &Config, data_dir: &Path, lock: Lock, began: Instant) -> Result<Self, Error> {
        let site = Site::open(data_dir, config.profile)?;
        let (server, origin) = site.bring_up(&AtomicBool::new(false))?;
        tracing::info!(
            ?origin, major = site.install.major, pid = server.pid().as_raw_pid(),
            socket = %site.socket_dir.display(), ms = began.elapsed().as_millis(), "PostgreSQL is ready"
        );
        let (supervisor, health) = Supervisor::start(site.clone(), server, Duty::Keep(lock))?;
        Ok(Self {
            site,
            origin,
            health,
            supervisor: Some(supervisor),
        })
    }

    /// `None` while the server of the other process is not ready.
    fn attach(config: &Config, data_dir: &Path) -> Result<Option<Self>, Error> {
        let Some(home) = Home::find(data_dir)? else {
            return Ok(None);
        };
        let Some((server, Some(socket_dir))) = postmaster::running(&home.cluster()) else {
            return Ok(None);
        };
        if !matches!(bootstrap::readiness(&socket_dir)?, Readiness::Complete) {
            return Ok(None);
        }
        let install = install::locate_major(cluster::major(&home.cluster())?, data_dir)?;
        let site = Site {
            home,
            install,
            profile: config.profile,
            socket_dir,
            fresh: false,
        };
        let (supervisor, health) = Supervisor::start(site.clone(), server, Duty::Watch)?;
        Ok(Some(Self {
            site,
            origin: Origin::Shared,
            health,
            supervisor: Some(supervisor),
        }))
    }

    /// Stops the server: sessions are ended and everything is written; after 20 s it is stopped the hard way. A shared
    /// server is left to the process that runs it.
    pub async fn stop(self) -> Result<(), Error> {
        wait_for(spawn_blocking(move || self.stop_blocking())).await
    }

    /// [`Managed::stop`] for callers without an async runtime.
    pub fn stop_blocking(mut self) -> Result<(), Error> {
        self.finish()
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.supervisor.take().map_or(Ok(()), Supervisor::finish)
    }

    /// The database `stoa` as its owner, the role `stoa`.
    pub fn url(&self) -> String {
        url(&self.site.socket_dir, STOA, STOA)
    }

    /// The database `stoa` as the superuser.
    pub fn superuser_url(&self) -> String {
        url(&self.site.socket_dir, STOA, SUPERUSER)
    }

    /// The directory of the Unix socket, for `psql -h`.
    pub fn socket_dir(&self) -> &Path {
        &self.site.socket_dir
    }

    /// The directory of the server's log.
    pub fn log_dir(&self) -> PathBuf {
        self.site.log_dir()
    }

    /// The installed programs that belong to this server: `pg_dump` and `psql` of the right version.
    pub fn install(&self) -> &Install {
        &self.site.install
    }

    /// Whether the server was started here, and on what.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The pid of the server's main process, as its pid file says.
    pub fn pid(&self) -> Option<u32> {
        let pid = postmaster::PidFile::read(&self.site.home.cluster())?.pid;
        u32::try_from(pid.as_raw_pid()).ok()
    }

    /// How the server is now.
    pub fn health(&self) -> Health {
        self.health.borrow().clone()
    }

    /// Tells every change of [`Managed::health`].
    pub fn watch(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }
}

impl Drop for Managed {
    fn drop(&mut self) {
        if let Err(cause) = self.finish() {
            tracing::error!(%cause, "PostgreSQL was not stopped");
        }
    }
}

/// The result of work on a thread that may wait.
pub(crate) async fn wait_for<T>(work: tokio::task::JoinHandle<Result<T, Error>>) -> Result<T, Error> {
    match work.await {
        Ok(result) => result,
        Err(failed) if failed.is_panic() => std::panic::resume_unwind(failed.into_panic()),
        // Blocking work cannot be aborted once it runs, only when the runtime ends before it begins.
        Err(_cancelled) => Err(Error::CalledOff),
    }
}
