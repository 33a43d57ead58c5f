//! A data directory for one test, other processes that use it, and statements to its server.

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use pg::{Config, Managed, Profile};
use rustix::process::{Pid, Signal};
use tempfile::TempDir;
use tokio_postgres::{NoTls, SimpleQueryMessage};

pub struct Scene {
    dir: TempDir,
}

impl Scene {
    /// A place that everybody may pass through.
    pub fn new() -> Self {
        Self::with_mode(0o711)
    }

    pub fn with_mode(mode: u32) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("stoa-pg-")
            .tempdir()
            .expect("a temporary directory");
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(mode)).expect("it is ours");
        Self { dir }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn cluster(&self) -> PathBuf {
        self.data_dir().join("postgres/cluster")
    }

    pub fn config(&self) -> Config {
        Config::new(self.data_dir()).profile(Profile::Test)
    }

    pub async fn start(&self) -> Managed {
        Managed::start(self.config()).await.expect("the server starts")
    }

    /// The user that the server runs as.
    pub fn account(&self) -> (u32, u32) {
        let cluster = fs::metadata(self.cluster()).expect("a cluster");
        (cluster.uid(), cluster.gid())
    }
}

impl Drop for Scene {
    /// Nothing outlives its test: neither a server, nor a home that was made outside the temporary directory.
    fn drop(&mut self) {
        for data_dir in [self.data_dir(), self.path().join("testkit-pg")] {
            if let Some(pid) = server_pid(&data_dir.join("postgres/cluster")).filter(|pid| is_server(*pid)) {
                kill_all(pid);
            }
            if let Ok(home) = fs::read_link(data_dir.join("postgres")) {
                let _ = fs::remove_dir_all(home);
            }
        }
    }
}

pub fn server_pid(cluster: &Path) -> Option<u32> {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    text.lines().next()?.parse().ok()
}

pub fn is_server(pid: u32) -> bool {
    command_line(pid).contains("postgres")
}

/// Empty for a process that is dead.
pub fn command_line(pid: u32) -> String {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).into_owned()
}

pub fn kill(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).expect("a pid")).expect("not zero");
    let _ = rustix::process::kill_process(pid, signal);
}

/// kill -9 of a server: its main process first, so that it cannot tell its children, then those.
pub fn kill_all(pid: u32) {
    let children = children(pid);
    kill(pid, Signal::KILL);
    for child in children {
        kill(child, Signal::KILL);
    }
    wait_until("the server is dead", || !is_server(pid));
}

pub fn children(pid: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    text.split_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .collect()
}

pub fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "in vain for 20 s: {what}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The first column of the last row that the statements return.
pub async fn ask(url: &str, statements: &str) -> Result<String, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let work = async move { client.simple_query(statements).await };
    let (answer, _closed) = tokio::join!(work, connection);
    let rows = answer?.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
        _ => None,
    });
    Ok(rows.last().unwrap_or_default())
}

/// Another process of Stoa.
pub struct Other {
    child: Child,
    /// Kept open: a process that cannot say its last words dies of that.
    _output: Lines<BufReader<ChildStdout>>,
    /// What it said when it was done with its task: the pid of the server.
    pub server: u32,
}

impl Other {
    /// Runs `task` (see [`another_process`]) in a process of its own and returns when that has done it.
    pub fn begin(task: &str, dir: &Path) -> Self {
        let mut child = Self::command(task, dir).spawn().expect("a process");
        let mut output = BufReader::new(child.stdout.take().expect("piped")).lines();
        let server = output
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split("server is ").nth(1)?.trim().parse().ok())
            .expect("the other process says which server it has");
        Self {
            child,
            _output: output,
            server,
        }
    }

    pub fn command(task: &str, dir: &Path) -> Command {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command
            .args(["--exact", "scene::another_process", "--nocapture"])
            .env("SCENE_TASK", task)
            .env("SCENE_DIR", dir)
            .env("CARGO_TARGET_DIR", dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        command
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn kill(mut self) {
        self.child.kill().expect("it lives");
        self.child.wait().expect("it is dead");
    }

    /// Lets it end in its own way.
    pub fn end(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().expect("it ends").success());
    }
}

/// Not a test: the other process of the tests that need one. It ends when its standard input does, and at
/// once where nobody gave it a task.
#[test]
fn another_process() {
    let Ok(task) = std::env::var("SCENE_TASK") else {
        return;
    };
    let dir = PathBuf::from(std::env::var_os("SCENE_DIR").expect("set with the task"));
    let wait_for_the_end = || std::io::stdin().read_line(&mut String::new());
    match task.as_str() {
        "run" => {
            let config = Config::new(dir.join("data")).profile(Profile::Test);
            let managed = Managed::start_blocking(&config).expect("the server starts");
            println!("server is {}", managed.pid().expect("it runs"));
            wait_for_the_end().expect("a pipe");
            managed.stop_blocking().expect("the server stops");
        }
        "shared test cluster" => {
            pg::shared_test_cluster_blocking().expect("the server starts");
            let pid = server_pid(&dir.join("testkit-pg/postgres/cluster"));
            println!("server is {}", pid.expect("it runs"));
            wait_for_the_end().expect("a pipe");
        }
        "stop the shared test cluster" => {
            pg::stop_shared_test_cluster_blocking().expect("the server stops");
            println!("server is 0");
        }
        other => panic!("no such task: {other}"),
    }
}
