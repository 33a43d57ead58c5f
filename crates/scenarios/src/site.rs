use anyhow::{Context, Result, bail};
use bench::database::Session;
use bench::program::{Launch, stop_orphaned_server};
use bench::scratch::{self, Scratch};
use std::path::{Path, PathBuf};
use testkit::Faults;

/// Names the program to run instead of the debug build.
const PROGRAM: &str = "STOA_PROGRAM";

/// Where one story happens. Dropping it stops whatever PostgreSQL a killed program left running, and removes everything:
/// declare it before the programs that run in it.
#[derive(Debug)]
pub struct Site {
    binary: PathBuf,
    scratch: Scratch,
}

impl Site {
    /// For a test: the program under test, and a directory on a disk.
    pub fn new() -> Result<Self> {
        Self::of(&program()?, None)
    }

    /// For this program, below this directory if one is named.
    pub fn of(binary: &Path, parent: Option<&Path>) -> Result<Self> {
        Ok(Self {
            binary: binary.to_path_buf(),
            scratch: match parent {
                Some(parent) => scratch::within(parent)?,
                None => scratch::directory()?,
            },
        })
    }

    /// The program on a data directory of this name.
    #[must_use]
    pub fn launch(&self, data_dir: &str) -> Launch {
        Launch::new(&self.binary, &self.scratch.path().join(data_dir))
    }

    /// A folder of faults for a program that is started with it.
    #[must_use]
    pub fn faults(&self) -> Faults {
        Faults::within(self.scratch.path().join("faults"))
    }

    /// A PostgreSQL that is nobody's own, for several processes of the program.
    pub async fn database(&self) -> Result<Database> {
        let config = pg::Config::new(self.scratch.path().join("database"));
        Ok(Database {
            managed: pg::Managed::start(config).await?,
        })
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        for entry in std::fs::read_dir(self.scratch.path())
            .into_iter()
            .flatten()
            .flatten()
        {
            stop_orphaned_server(&entry.path());
        }
    }
}

/// A PostgreSQL outside of every process of the program.
#[derive(Debug)]
pub struct Database {
    managed: pg::Managed,
}

impl Database {
    /// Tells a process to use it.
    #[must_use]
    pub fn behind(&self, launch: Launch) -> Launch {
        launch.env("DATABASE_URL", self.managed.url())
    }

    /// A session of the superuser, to look at what no API shows: the books of the sandbox provider, and sums over all.
    pub async fn session(&self) -> Result<Session> {
        Session::connect(&self.managed.superuser_url().parse()?).await
    }

    pub async fn stop(self) -> Result<()> {
        Ok(self.managed.stop().await?)
    }
}

/// The program under test: `STOA_PROGRAM`, else the debug build beside this test's own executable.
fn program() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(PROGRAM).filter(|named| !named.is_empty()) {
        let path = PathBuf::from(named);
        return path
            .canonicalize()
            .with_context(|| format!("{PROGRAM} names {}", path.display()));
    }
    // target/debug/deps/last_unit-0123abcd
    let own = std::env::current_exe().context("finding this test's own file")?;
    let path = own
        .ancestors()
        .nth(2)
        .context("a test lies two folders deep")?
        .join("stoa");
    if !path.is_file() {
        bail!(
            "{} is missing: make it with `cargo build -p market`, or name another with {PROGRAM}",
            path.display()
        );
    }
    Ok(path)
}
