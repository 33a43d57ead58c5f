//! Bringing a server up, from whatever state it was left in.

use std::collections::VecDeque;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::bootstrap::{self, Readiness};
use crate::home::Home;
use crate::install::Install;
use crate::postmaster::{self, POLL_MS, Postmaster};
use crate::tuning::{Machine, Settings, has_lz4};
use crate::{Error, Profile, install, socket};
use crate::{cluster, version};

/// A server that has said nothing at all for so long will not come.
const SILENCE_MAX_S: u64 = 60;
/// One that says it is recovering may take long: the log of a quarter of an hour is read again.
const RECOVERY_MAX_S: u64 = 1800;

/// Everything that stays the same while servers come and go on one cluster.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) home: Home,
    pub(crate) install: Install,
    pub(crate) profile: Profile,
    pub(crate) socket_dir: PathBuf,
    /// Whether the cluster was made just now.
    pub(crate) fresh: bool,
}

/// Where a running server came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Its cluster was made just now.
    Created,
    /// It was started on the cluster that was there.
    Started,
    /// It was found running, left by a Stoa that was killed.
    Adopted,
    /// Another living process runs it.
    Shared,
}

impl Site {
    /// Finds or makes the cluster. Call it with the lock held.
    pub(crate) fn open(data_dir: &std::path::Path, profile: Profile) -> Result<Self, Error> {
        let home = Home::settle(data_dir, profile)?;
        let cluster = home.cluster();
        let fresh = !cluster.exists();
        let install = if fresh {
            let install = install::locate()?;
            cluster::make(&home, &install, profile)?;
            install
        } else {
            install::locate_major(cluster::major(&cluster)?, data_dir)?
        };
        if version::Version::read(data_dir)?.is_none_or(|known| known.postgres_major != install.major) {
            version::Version::write(data_dir, install.major)?;
        }
        // A server that runs already has its socket where it has it.
        let in_use = postmaster::running(&cluster).and_then(|(_, socket_dir)| socket_dir);
        let socket_dir = match in_use {
            Some(socket_dir) => socket_dir,
            None => socket::settle(&home)?,
        };
        Ok(Self {
            home,
            install,
            profile,
            socket_dir,
            fresh,
        })
    }

    /// A server that answers and holds all that Stoa needs: the one that runs, or a new one.
    pub(crate) fn bring_up(&self, called_off: &AtomicBool) -> Result<(Postmaster, Origin), Error> {
        let cluster = self.home.cluster();
        // A server that was left running may be just stopping: then it is waited for.
        while let Some((mut left, _)) = postmaster::running(&cluster) {
            if self.wait(&mut left, called_off)? {
                if self.configure()? {
                    left.reload();
                }
                return Ok((left, Origin::Adopted));
            }
        }
        postmaster::clear_remains(&cluster, &self.home.cluster_name());
        socket::make(&self.home.account, self.socket_dir.clone())?;
        socket::clear(&self.socket_dir);
        self.configure()?;
        let mut child = self.spawn()?;
        match self.wait(&mut child, called_off) {
            Ok(true) => Ok((
                child,
                if self.fresh {
                    Origin::Created
                } else {
                    Origin::Started
                },
            )),
            Ok(false) => Err(self.not_started("it ended at once")),
            Err(cause) => {
                // Ours and of no use: not to be left behind.
                let _ = child.stop();
                Err(cause)
            }
        }
    }

    fn spawn(&self) -> Result<Postmaster, Error> {
        let cluster = self.home.cluster();
        let out = self.home.data_dir.join("postgres.out");
        let file = fs::File::create(&out).map_err(Error::io("opening", &out))?;
        let copy = file.try_clone().map_err(Error::io("opening", &out))?;
        let program = self.install.program("postgres");
        let mut command = self.home.account.command(&program);
        command
            .arg("-D")
            .arg(&cluster)
            .stdout(Stdio::from(file))
            .stderr(Stdio::from(copy));
        // A group of its own: Ctrl-C in a terminal is for Stoa, which then stops the server when its work is done.
        command.process_group(0);
        let child = command.spawn().map_err(Error::io("running", &program))?;
        Ok(Postmaster::Child(child))
    }

    /// Waits until the server is ready for Stoa, and sets it up if need be. `false` when it has died.
    fn wait(&self, server: &mut Postmaster, called_off: &AtomicBool) -> Result<bool, Error> {
        let began = Instant::now();
        let mut told_s = 5;
        loop {
            if called_off.load(Ordering::Relaxed) {
                return Err(Error::CalledOff);
            }
            let readiness = bootstrap::readiness(&self.socket_dir)?;
            match readiness {
                Readiness::Complete => return Ok(true),
                Readiness::Bare => {
                    bootstrap::complete(&self.socket_dir, self.install.major)?;
                    return Ok(true);
                }
                Readiness::Busy | Readiness::Silent if !server.lives() => return Ok(false),
                Readiness::Busy | Readiness::Silent => {}
            }
            let waited_s = began.elapsed().as_secs();
            let busy = matches!(readiness, Readiness::Busy);
            if waited_s >= if busy { RECOVERY_MAX_S } else { SILENCE_MAX_S } {
                return Err(self.not_started(&format!("it did not answer within {waited_s} s")));
            }
            if waited_s >= told_s {
                told_s += 10;
                tracing::info!(waited_s, busy, "waiting for PostgreSQL");
            }
            sleep(Duration::from_millis(POLL_MS));
        }
    }

    /// Writes `stoa.conf`. Returns whether it changed.
    fn configure(&self) -> Result<bool, Error> {
        let settings = Settings {
            profile: self.profile,
            major: self.install.major,
            lz4: self.profile == Profile::Durable && has_lz4(&self.home.account, &self.install),
            machine: Machine::this(),
            socket_dir: &self.socket_dir,
            cluster_name: &self.home.cluster_name(),
        };
        let (path, text) = (self.home.cluster().join("stoa.conf"), settings.render());
        if fs::read_to_string(&path).is_ok_and(|before| before == text) {
            return Ok(false);
        }
        self.home.account.write(&path, &text)?;
        Ok(true)
    }

    fn not_started(&self, reason: &str) -> Error {
        let mut log = tail(&self.home.data_dir.join("postgres.out"));
        if let Some(file) = self.newest_log() {
            log.push_str(&tail(&file));
        }
        Error::NotStarted {
            path: self.home.cluster(),
            reason: reason.to_owned(),
            log,
        }
    }

    /// The directory of the server's log files.
    pub(crate) fn log_dir(&self) -> PathBuf {
        self.home.cluster().join("log")
    }

    fn newest_log(&self) -> Option<PathBuf> {
        let files = fs::read_dir(self.log_dir()).ok()?.flatten();
        let newest =
            files.max_by_key(|file| file.metadata().and_then(|metadata| metadata.modified()).ok())?;
        Some(newest.path())
    }
}

/// The last lines of a text file, as far as it can be read.
fn tail(path: &std::path::Path) -> String {
    const LINES: usize = 15;
    let Ok(bytes) = fs::read(path) else {
        return String::new();
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut last = VecDeque::with_capacity(LINES);
    for line in text.lines() {
        if last.len() == LINES {
            last.pop_front();
        }
        last.push_back(line);
    }
    last.into_iter()
        .fold(String::new(), |text, line| text + "  " + line + "\n")
}
