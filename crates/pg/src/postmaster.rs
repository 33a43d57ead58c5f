//! The server's main process: which one it is, whether it lives, and how it is told to stop.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::Error;

/// How long a fast shutdown may take: it ends all sessions and writes a checkpoint.
const FAST_STOP_S: u64 = 20;
/// How long an immediate shutdown may take: the server itself kills what does not obey after 5 s.
const IMMEDIATE_STOP_S: u64 = 10;
/// How often the state of a process that should soon change is looked at.
pub(crate) const POLL_MS: u64 = 5;

/// A running server.
#[derive(Debug)]
pub(crate) enum Postmaster {
    /// Started by this process.
    Child(Child),
    /// Started by one that is no more, or by one that shares it with us.
    Foreign { pid: Pid, cluster: PathBuf },
}

impl Postmaster {
    pub(crate) fn pid(&self) -> Pid {
        match self {
            Self::Child(child) => Pid::from_child(child),
            Self::Foreign { pid, .. } => *pid,
        }
    }

    pub(crate) fn lives(&mut self) -> bool {
        match self {
            Self::Child(child) => matches!(child.try_wait(), Ok(None)),
            Self::Foreign { pid, cluster } => identify(*pid, cluster) == Identity::Ours,
        }
    }

    /// Fast shutdown: sessions are ended, everything is written. If that takes too long, immediate shutdown: the next
    /// start then recovers from the log, nothing that was committed is lost.
    pub(crate) fn stop(&mut self) -> Result<(), Error> {
        for (signal, seconds) in [
            (Signal::INT, FAST_STOP_S),
            (Signal::QUIT, IMMEDIATE_STOP_S),
            (Signal::KILL, IMMEDIATE_STOP_S),
        ] {
            let began = Instant::now();
            // Asked right before the signal, so that no other process that got the same pid is hit.
            if !self.lives() {
                return Ok(());
            }
            let _ = kill_process(self.pid(), signal);
            while began.elapsed() < Duration::from_secs(seconds) {
                if !self.lives() {
                    return Ok(());
                }
                sleep(Duration::from_millis(POLL_MS));
            }
            tracing::warn!(
                pid = self.pid().as_raw_pid(),
                ?signal,
                seconds,
                "PostgreSQL has not stopped yet"
            );
        }
        Err(Error::NotStopped {
            pid: self.pid().as_raw_pid(),
            seconds: FAST_STOP_S + 2 * IMMEDIATE_STOP_S,
        })
    }

    /// Lets the server read its configuration again.
    pub(crate) fn reload(&self) {
        let _ = kill_process(self.pid(), Signal::HUP);
    }
}

/// What `postmaster.pid` says, and whether to believe it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: Pid,
    /// Empty until the server has opened its sockets.
    pub(crate) socket_dir: Option<PathBuf>,
}

impl PidFile {
    /// `None` when there is none, or when it is not complete yet.
    pub(crate) fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(cluster.join("postmaster.pid")).ok()?)
    }

    /// By line: pid, data directory, start time, port, socket directory, listen address, shared memory, status
    /// (the list is in PostgreSQL's `miscadmin.h`).
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = Pid::from_raw(lines.next()?.trim().parse().ok().filter(|pid| *pid > 0)?)?;
        let socket_dir = lines.nth(3).filter(|line| !line.is_empty()).map(PathBuf::from);
        Some(Self { pid, socket_dir })
    }
}

/// The server that runs on this cluster now, whoever started it.
pub(crate) fn running(cluster: &Path) -> Option<(Postmaster, Option<PathBuf>)> {
    let file = PidFile::read(cluster)?;
    if identify(file.pid, cluster) != Identity::Ours {
        return None;
    }
    Some((
        Postmaster::Foreign {
            pid: file.pid,
            cluster: cluster.to_path_buf(),
        },
        file.socket_dir,
    ))
}

/// Clears away what a server leaves that died without a shutdown: its pid file, if the pid means another program by
/// now, and its children. They notice the death of their parent only between two commands, and as long as one lives
/// it holds the shared memory, and no new server can start.
pub(crate) fn clear_remains(cluster: &Path, cluster_name: &str) {
    if let Some(file) = PidFile::read(cluster)
        && identify(file.pid, cluster) == Identity::Another
    {
        let _ = fs::remove_file(cluster.join("postmaster.pid"));
    }
    let began = Instant::now();
    loop {
        let orphans = orphans(cluster, cluster_name);
        if orphans.is_empty() || began.elapsed() > Duration::from_secs(5) {
            return;
        }
        // An idle one goes by itself at once, a busy one when it is told to quit, a stuck one when it is killed.
        let signal = match began.elapsed().as_millis() {
            0..20 => None,
            20..500 => Some(Signal::QUIT),
            _ => Some(Signal::KILL),
        };
        for pid in orphans {
            if let Some(signal) = signal {
                tracing::debug!(
                    pid = pid.as_raw_pid(),
                    ?signal,
                    "ending a session of the server that died"
                );
                let _ = kill_process(pid, signal);
            }
        }
        sleep(Duration::from_millis(POLL_MS));
    }
}

/// Processes of a server whose main process is dead.
fn orphans(cluster: &Path, cluster_name: &str) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let title = format!("postgres: {cluster_name}: ");
    entries
        .flatten()
        .filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
        .filter(|pid| is_postgres(*pid) == Some(true))
        .filter(|pid| match works_in(*pid, cluster) {
            Some(true) => true,
            // The server of a cluster that was deleted from this very path. When it notices, it will remove the
            // socket on its way out: the new server's by then.
            Some(false) => works_in_deleted(*pid) && (names(*pid, cluster) || titled(*pid, &title)),
            None => titled(*pid, &title),
        })
        .collect()
}

fn titled(pid: Pid, title: &str) -> bool {
    command_line(pid).is_some_and(|line| line.starts_with(title.as_bytes()))
}

/// Whether the cluster is among the arguments of the process.
fn names(pid: Pid, cluster: &Path) -> bool {
    let cluster = cluster.as_os_str().as_encoded_bytes();
    command_line(pid).is_some_and(|line| {
        // The last case is the output of `ps`, where the arguments are not told apart and `-D` comes last.
        line.split(|byte| *byte == 0).any(|word| word == cluster) || line.trim_ascii_end().ends_with(cluster)
    })
}

#[derive(Debug, PartialEq, Eq)]
enum Identity {
    /// Dead, or a zombie, or surely another program.
    Another,
    /// A server of this cluster.
    Ours,
    /// A PostgreSQL process that does not let us look. PostgreSQL itself will decide.
    Unknown,
}

/// Pids are reused, so a living process with the right pid proves nothing yet.
fn identify(pid: Pid, cluster: &Path) -> Identity {
    // Forbidden to signal it means that it lives, as another user's.
    if matches!(test_kill_process(pid), Err(cause) if cause != rustix::io::Errno::PERM) {
        return Identity::Another;
    }
    if command_line(pid).is_none_or(|line| line.is_empty()) || is_postgres(pid) == Some(false) {
        return Identity::Another;
    }
    match works_in(pid, cluster) {
        Some(true) => Identity::Ours,
        Some(false) => Identity::Another,
        None if names(pid, cluster) => Identity::Ours,
        None => Identity::Unknown,
    }
}

/// Whether the process is of the program `postgres`. `None` where the system does not tell.
fn is_postgres(pid: Pid) -> Option<bool> {
    let name = fs::read_to_string(format!("/proc/{}/comm", pid.as_raw_pid())).ok()?;
    Some(matches!(name.trim_end(), "postgres" | "postmaster"))
}

/// Whether the process works in the directory of the cluster, as every process of a server does. `None` where we may
/// not look, such as root without CAP_SYS_PTRACE in a container.
fn works_in(pid: Pid, cluster: &Path) -> Option<bool> {
    let there = fs::metadata(format!("/proc/{}/cwd", pid.as_raw_pid())).ok()?;
    let cluster = fs::metadata(cluster).ok()?;
    Some((there.dev(), there.ino()) == (cluster.dev(), cluster.ino()))
}

fn works_in_deleted(pid: Pid) -> bool {
    let cwd = fs::read_link(format!("/proc/{}/cwd", pid.as_raw_pid()));
    cwd.is_ok_and(|cwd| cwd.as_os_str().as_encoded_bytes().ends_with(b" (deleted)"))
}

/// Its arguments, as one text. Empty for a zombie.
fn command_line(pid: Pid) -> Option<Vec<u8>> {
    if Path::new("/proc/self/cmdline").exists() {
        return fs::read(format!("/proc/{}/cmdline", pid.as_raw_pid())).ok();
    }
    let pid = pid.as_raw_pid().to_string();
    let output = std::process::Command::new("ps")
        .args(["-o", "command=", "-p", &pid])
        .output()
        .ok()?;
    Some(output.stdout).filter(|line| !line.starts_with(b"("))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: &str =
        "4711\n/srv/stoa/postgres/cluster\n1700000000\n5432\n/srv/run\n\n  123 4\nready   \n";

    #[test]
    fn a_pid_file_is_read_by_line() {
        let file = PidFile::parse(COMPLETE).expect("complete");
        assert_eq!(file.pid.as_raw_pid(), 4711);
        assert_eq!(file.socket_dir, Some("/srv/run".into()));
    }

    #[test]
    fn a_pid_file_in_the_making_is_not_an_error() {
        assert_eq!(PidFile::parse(""), None);
        assert_eq!(PidFile::parse("-12\n"), None);
        let early = PidFile::parse("12\n/srv/cluster\n1700000000\n5432\n\n").expect("has a pid");
        assert_eq!(early.socket_dir, None);
    }

    #[test]
    fn another_program_with_the_pid_is_no_server() {
        let pid = rustix::process::getpid();
        let here = std::env::current_dir().expect("tests run somewhere");
        assert_eq!(identify(pid, &here), Identity::Another);
    }
}
