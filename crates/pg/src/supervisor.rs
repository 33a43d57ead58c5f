//! The thread that watches a server: it notices its death, starts it again, and stops it in the end.
//!
//! A plain thread, not a task: it waits for processes and must outlive whatever happens to the async runtime.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::Error;
use crate::lock::Lock;
use crate::postmaster::Postmaster;
use crate::server::Site;

/// How often the server's process is looked at.
const WATCH_MS: u64 = 50;
/// The first restart is immediate; then the pause doubles from here ...
const PAUSE_MIN_MS: u64 = 100;
/// ... up to here.
const PAUSE_MAX_MS: u64 = 10_000;
/// A server that has lived so long died of something new: the pauses begin anew.
const STEADY_S: u64 = 60;

/// How the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    Ready,
    /// It died and is being started again; `attempt` counts from 1.
    Restarting {
        attempt: u32,
    },
    /// It died and is another process's to start again.
    Gone,
    /// It was stopped, because it was asked for.
    Stopped,
}

/// What happens to a server that dies, and in the end.
#[derive(Debug)]
pub(crate) enum Duty {
    /// Start it again; stop it in the end. The lock is let go after that.
    Keep(Lock),
    /// Only watch.
    Watch,
}

#[derive(Debug)]
pub(crate) struct Supervisor {
    thread: JoinHandle<Result<(), Error>>,
    stop: Sender<()>,
    stopping: Arc<AtomicBool>,
}

impl Supervisor {
    pub(crate) fn start(
        site: Site,
        server: Postmaster,
        duty: Duty,
    ) -> Result<(Self, watch::Receiver<Health>), Error> {
        let (health, watcher) = watch::channel(Health::Ready);
        let (stop, stops) = channel();
        let stopping = Arc::new(AtomicBool::new(false));
        let cluster = site.home.cluster();
        let watched = Watched {
            site,
            server,
            health,
            stops,
            stopping: stopping.clone(),
        };
        let thread = thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || match duty {
                Duty::Keep(lock) => watched.keep(lock),
                Duty::Watch => watched.look_on(),
            })
            .map_err(Error::io("starting the thread that watches", &cluster))?;
        Ok((
            Self {
                thread,
                stop,
                stopping,
            },
            watcher,
        ))
    }

    /// Ends the watch, and the server if it is ours, and waits for both.
    pub(crate) fn finish(self) -> Result<(), Error> {
        self.stopping.store(true, Ordering::Relaxed);
        // The thread is gone only if it panicked, which the join then tells.
        let _ = self.stop.send(());
        match self.thread.join() {
            Ok(stopped) => stopped,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

struct Watched {
    site: Site,
    server: Postmaster,
    health: watch::Sender<Health>,
    stops: Receiver<()>,
    stopping: Arc<AtomicBool>,
}

impl Watched {
    fn keep(mut self, lock: Lock) -> Result<(), Error> {
        let mut attempt = 0;
        let mut up_since = Instant::now();
        while !self.asked_to_stop(Duration::from_millis(WATCH_MS)) {
            if self.server.lives() {
                continue;
            }
            if up_since.elapsed() > Duration::from_secs(STEADY_S) {
                attempt = 0;
            }
            attempt += 1;
            tracing::error!(attempt, log = %self.site.log_dir().display(), "PostgreSQL died, starting it again");
            self.health.send_replace(Health::Restarting { attempt });
            if self.asked_to_stop(pause(attempt)) {
                break;
            }
            match self.site.bring_up(&self.stopping) {
                Ok((server, _)) => {
                    self.server = server;
                    up_since = Instant::now();
                    tracing::info!(
                        attempt,
                        pid = self.server.pid().as_raw_pid(),
                        "PostgreSQL runs again"
                    );
                    self.health.send_replace(Health::Ready);
                }
                Err(Error::CalledOff) => break,
                Err(cause) => tracing::error!(attempt, %cause, "PostgreSQL could not be started again"),
            }
        }
        let stopped = self.server.stop();
        self.health.send_replace(Health::Stopped);
        drop(lock);
        stopped
    }

    fn look_on(mut self) -> Result<(), Error> {
        while !self.asked_to_stop(Duration::from_millis(WATCH_MS)) {
            if !self.server.lives()
                && let Some((server, _)) = crate::postmaster::running(&self.site.home.cluster())
            {
                self.server = server;
            }
            let health = if self.server.lives() {
                Health::Ready
            } else {
                Health::Gone
            };
            self.health
                .send_if_modified(|before| std::mem::replace(before, health.clone()) != health);
        }
        Ok(())
    }

    fn asked_to_stop(&self, wait: Duration) -> bool {
        // Disconnected: nobody is left who could ask, so nobody is left who needs the server.
        !matches!(self.stops.recv_timeout(wait), Err(RecvTimeoutError::Timeout))
    }
}

fn pause(attempt: u32) -> Duration {
    if attempt <= 1 {
        return Duration::ZERO;
    }
    let doubled = PAUSE_MIN_MS.saturating_mul(1 << (attempt - 2).min(16));
    Duration::from_millis(doubled.min(PAUSE_MAX_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit() {
        let pauses: Vec<_> = [1, 2, 3, 4, 8, 9, 1000]
            .map(|attempt| pause(attempt).as_millis())
            .into();
        assert_eq!(pauses, [0, 100, 200, 400, 6400, 10_000, 10_000]);
    }
}
