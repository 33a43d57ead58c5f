//! The program as a child process on a data directory of its own: under measurement, or in a story.

use crate::BASELINE_COMMAND;
use crate::baseline::server::Mode;
use crate::client::{ask, request};
use crate::cpu::{self, Cpu};
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsString;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// A first start makes the cluster and every table.
const READY_WITHIN: Duration = Duration::from_secs(120);
/// More than the program itself gives its requests and its PostgreSQL.
const STOPPED_WITHIN: Duration = Duration::from_secs(60);
/// How often readiness is asked for: it bounds the error of a start's time.
const ASK_EVERY: Duration = Duration::from_millis(2);
/// So many calls a second that no limit is ever met.
const CALLS_PER_SECOND: &str = "1000000";
/// A program that uses less of a core than this has nothing to do.
const QUIET_BELOW: f64 = 0.05;
const QUIET_OVER: Duration = Duration::from_millis(300);
const QUIET_WITHIN: Duration = Duration::from_secs(90);
/// Settings that do reach the program: where PostgreSQL is installed, and what it logs.
const KEPT: [&str; 2] = ["STOA_PG_BIN", "STOA_LOG"];
/// Last lines of its log in an error.
const LOG_LINES: usize = 20;

/// A running `stoa serve`. Dropping it stops it, and its PostgreSQL with it.
#[derive(Debug)]
pub struct Program {
    child: Child,
    over: bool,
    pub address: SocketAddr,
    data_dir: PathBuf,
    /// From its start to its first answer that it is ready.
    pub ready_after: Duration,
}

/// How the program is started: with its default settings, save what is said here.
#[derive(Debug, Clone)]
pub struct Launch {
    binary: PathBuf,
    data_dir: PathBuf,
    address: Option<SocketAddr>,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

impl Launch {
    #[must_use]
    pub fn new(binary: &Path, data_dir: &Path) -> Self {
        Self {
            binary: binary.to_path_buf(),
            data_dir: data_dir.to_path_buf(),
            address: None,
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// Listens here, start after start, instead of on any free port.
    #[must_use]
    pub fn listen(self, address: SocketAddr) -> Self {
        Self {
            address: Some(address),
            ..self
        }
    }

    /// One more argument of `stoa serve`.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// One more setting, for `stoa serve` and for other commands.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Starts the program and waits until it is ready.
    pub async fn start(&self) -> Result<Program> {
        let address = match self.address {
            Some(address) => address,
            None => free_address()?,
        };
        let log_path = log_path(&self.data_dir);
        let log = File::options()
            .create(true)
            .append(true)
            .open(&log_path)
            .with_context(|| format!("making {}", log_path.display()))?;
        let mut command = self.command("serve");
        command
            .arg("--listen")
            .arg(address.to_string())
            .args(["--rate", CALLS_PER_SECOND])
            .args(&self.arguments)
            .stdout(log.try_clone()?)
            .stderr(log);
        let began = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("starting {}", self.binary.display()))?;
        let mut program = Program {
            child,
            over: false,
            address,
            data_dir: self.data_dir.clone(),
            ready_after: Duration::ZERO,
        };
        program.wait_until_ready(began).await?;
        program.ready_after = began.elapsed();
        Ok(program)
    }

    /// Runs another of the program's commands on the same place to its end.
    pub async fn run(&self, name: &str, arguments: &[&str]) -> Result<Output> {
        let mut command = self.command(name);
        command.args(arguments);
        let mut command = tokio::process::Command::from(command);
        let output = command.kill_on_drop(true).output();
        output.await.with_context(|| format!("running stoa {name}"))
    }

    /// Runs `stoa verify`; its words when it finds anything wrong.
    pub async fn verify(&self) -> Result<()> {
        let output = self.run("verify", &[]).await?;
        if !output.status.success() {
            bail!("stoa verify: {}\n{}", output.status, words(&output));
        }
        Ok(())
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.binary);
        independent(&mut command)
            .env("STOA_DATA_DIR", &self.data_dir)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .arg(name)
            .stdin(Stdio::null());
        command
    }
}

/// All that a command said.
#[must_use]
pub fn words(output: &Output) -> String {
    let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    said.concat()
}

impl Program {
    /// Starts `binary` with its default settings on a data directory and waits until it is ready.
    pub async fn start(binary: &Path, data_dir: &Path) -> Result<Self> {
        Launch::new(binary, data_dir).start().await
    }

    async fn wait_until_ready(&mut self, began: Instant) -> Result<()> {
        let question = request("GET", "/health/ready", &[], None);
        loop {
            if matches!(ask(self.address, &question).await, Ok((200, _))) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                self.over = true;
                bail!(
                    "the program ended ({status}) before it was ready; it said:\n{}",
                    self.log()
                );
            }
            if began.elapsed() > READY_WITHIN {
                bail!(
                    "the program was not ready within {READY_WITHIN:?}; it said:\n{}",
                    self.log()
                );
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
    }

    /// Stops it as an operator would, and expects it to obey.
    pub async fn stop(self) -> Result<()> {
        self.stop_by(Signal::TERM).await
    }

    /// Stops it as Ctrl-C does.
    pub async fn interrupt(self) -> Result<()> {
        self.stop_by(Signal::INT).await
    }

    async fn stop_by(mut self, signal: Signal) -> Result<()> {
        let data_dir = self.data_dir.clone();
        let status = tokio::task::spawn_blocking(move || self.end(signal)).await??;
        if !status.success() {
            bail!(
                "the program ended with {status}; it said:\n{}",
                tail(&log_path(&data_dir))
            );
        }
        Ok(())
    }

    /// Whether it ended by itself, or by somebody else's hand.
    pub fn has_ended(&mut self) -> Result<bool> {
        if !self.over && self.child.try_wait()?.is_some() {
            self.over = true;
        }
        Ok(self.over)
    }

    /// Kills it without a warning. Its PostgreSQL runs on, for the next start to adopt; where none comes, see
    /// [`stop_orphaned_server`].
    pub fn kill(mut self) -> Result<()> {
        self.over = true;
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn end(&mut self, signal: Signal) -> Result<ExitStatus> {
        self.over = true;
        if let Some(status) = self.child.try_wait()? {
            return Ok(status);
        }
        kill_process(self.pid()?, signal)?;
        let asked = Instant::now();
        while asked.elapsed() < STOPPED_WITHIN {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.child.kill()?;
        self.child.wait()?;
        stop_orphaned_server(&self.data_dir);
        bail!("the program did not stop within {STOPPED_WITHIN:?} and was killed")
    }

    fn pid(&self) -> Result<Pid> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        pid.context("a process has a positive pid")
    }

    /// Memory it holds, of its own process without PostgreSQL; an error where the system does not tell.
    pub fn resident_bytes(&self) -> Result<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let text = fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
        parse_resident(&text).with_context(|| format!("{path} has no VmRSS"))
    }

    /// Waits until it has caught up with what its last load left to do: its readers of the log, its index. False when
    /// it still had not after a long while, or where the system does not tell.
    pub async fn quiet(&self) -> bool {
        let began = Instant::now();
        let Some(mut before) = self.cpu() else {
            return false;
        };
        while began.elapsed() < QUIET_WITHIN {
            let since = Instant::now();
            tokio::time::sleep(QUIET_OVER).await;
            let Some(now) = self.cpu() else { return false };
            if (now - before).as_secs_f64() < QUIET_BELOW * since.elapsed().as_secs_f64() {
                return true;
            }
            before = now;
        }
        false
    }

    fn cpu(&self) -> Option<Duration> {
        cpu::of_process(self.child.id())
    }

    /// Time on the cores until now, its own and its PostgreSQL's.
    pub fn cpu_of_all(&self) -> Option<Cpu> {
        Cpu::of(self.child.id())
    }

    fn log(&self) -> String {
        tail(&log_path(&self.data_dir))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if !self.over {
            // Nobody to report to: either an error is on its way already, or the bench was interrupted.
            let _ = self.end(Signal::TERM);
        }
    }
}

/// The bare server beside the program, run by a hidden command of the same binary.
#[derive(Debug)]
pub struct BaselineServer {
    child: Child,
    pub address: SocketAddr,
}

impl BaselineServer {
    /// Starts it and waits until it answers.
    pub async fn start(binary: &Path, mode: Mode, arguments: &[OsString]) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(binary);
        command
            .arg(BASELINE_COMMAND)
            .args(["--listen", &address.to_string(), "--mode", mode.word()])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let began = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("starting {} {BASELINE_COMMAND}", binary.display()))?;
        let mut server = Self { child, address };
        let question = request("GET", "/health/ready", &[], None);
        while !matches!(ask(address, &question).await, Ok((200, _))) {
            if let Some(status) = server.child.try_wait()? {
                bail!("the baseline's server ended ({status}) before it was ready");
            }
            if began.elapsed() > READY_WITHIN {
                bail!("the baseline's server was not ready within {READY_WITHIN:?}");
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
        Ok(server)
    }

    /// It holds nothing that a kill could harm.
    pub fn stop(self) {}
}

impl Drop for BaselineServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `stoa verify` on a data directory that no program serves; its words when it finds anything wrong.
pub async fn verify(binary: &Path, data_dir: &Path) -> Result<()> {
    Launch::new(binary, data_dir).verify().await
}

/// Takes from the environment what would make it another program than the one with its default settings.
fn independent(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text == "DATABASE_URL" || (text.starts_with("STOA_") && !KEPT.contains(&text.as_ref())) {
            command.env_remove(&name);
        }
    }
    command
}

/// A killed program leaves its PostgreSQL running, for the next start to adopt. This is for when no next start comes.
pub fn stop_orphaned_server(data_dir: &Path) {
    if !data_dir.join("postgres/cluster/postmaster.pid").exists() {
        return;
    }
    let config = pg::Config::new(data_dir);
    // A thread of its own: this may be called on a runtime's thread, which must not wait.
    let stopped =
        std::thread::spawn(move || pg::Managed::start_blocking(&config).and_then(pg::Managed::stop_blocking));
    let _ = stopped.join();
}

/// A port that was free a moment ago. Another process may take it before the program does; then the start fails and
/// says so.
pub fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("finding a free port")?;
    Ok(listener.local_addr()?)
}

/// Beside the data directory, which is the program's own.
fn log_path(data_dir: &Path) -> PathBuf {
    data_dir.with_extension("log")
}

fn tail(path: &Path) -> String {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
}

/// proc_pid_status(5): "VmRSS:     13484 kB"
pub fn parse_resident(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_figures_of_a_process_are_read() {
        assert_eq!(
            parse_resident("Name:\tx\nVmRSS:\t   13484 kB\n"),
            Some(13_807_616)
        );
    }

    #[tokio::test]
    async fn a_program_that_ends_at_once_is_reported_with_its_words() {
        let dir = tempfile::tempdir().expect("a directory");
        let script = dir.path().join("stoa");
        fs::write(&script, "#!/bin/sh\necho no such luck >&2\nexit 3\n").expect("written");
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("allowed");
        let error = Program::start(&script, &dir.path().join("data"))
            .await
            .expect_err("it ended");
        let text = error.to_string();
        assert!(text.contains("no such luck") && text.contains('3'), "{text}");
    }
}
