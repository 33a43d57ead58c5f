//! Making a cluster, and asking an existing one who made it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::Error;
use crate::home::Home;
use crate::install::Install;
use crate::{Profile, SUPERUSER};

/// Whoever may enter the socket's directory is trusted. There is no other way in.
const PG_HBA: &str = "# Written by Stoa when it made this cluster.
local all all trust
local replication all trust
";

const INCLUDES: &str = "
# stoa.conf is Stoa's and written at every start; local.conf is yours, is read last and never touched.
include_if_exists = 'stoa.conf'
include_if_exists = 'local.conf'
";

/// Where a cluster is made, with a number behind it.
const UNFINISHED: &str = "cluster.new-";

/// Makes the cluster beside its final place and renames it when it is complete, so that a half-made one is never
/// taken for a cluster.
pub(crate) fn make(home: &Home, install: &Install, profile: Profile) -> Result<(), Error> {
    let began = Instant::now();
    let unfinished = clear_unfinished(&home.path)?;
    // C.UTF-8 knows upper and lower case beyond ASCII. Systems without it have C, which is exact but knows less.
    if let Err(cause) = initdb(home, install, profile, &unfinished, "C.UTF-8") {
        tracing::debug!(%cause, "no cluster with locale C.UTF-8, trying C");
        let _ = fs::remove_dir_all(&unfinished);
        initdb(home, install, profile, &unfinished, "C")?;
    }
    let conf = unfinished.join("postgresql.conf");
    let text = fs::read_to_string(&conf).map_err(Error::io("reading", &conf))?;
    home.account.write(&conf, &(text + INCLUDES))?;
    home.account.write(&unfinished.join("pg_hba.conf"), PG_HBA)?;

    let cluster = home.cluster();
    fs::rename(&unfinished, &cluster)
        .and_then(|()| fs::File::open(&home.path)?.sync_all())
        .map_err(Error::io("completing the cluster", &cluster))?;
    tracing::info!(
        cluster = %cluster.display(), major = install.major, ms = began.elapsed().as_millis(),
        "made a PostgreSQL cluster"
    );
    Ok(())
}

/// Removes what starts that were killed have left, and names the place for the next attempt. A name is never used
/// twice in a row: an `initdb` whose Stoa was killed works on for a while, and then removes what it calls its own.
fn clear_unfinished(home: &Path) -> Result<PathBuf, Error> {
    let mut last: u32 = 0;
    for entry in fs::read_dir(home).map_err(Error::io("reading", home))?.flatten() {
        let name = entry.file_name();
        let Some(number) = name.to_str().and_then(|name| name.strip_prefix(UNFINISHED)) else {
            continue;
        };
        last = last.max(number.parse().unwrap_or(0));
        if let Err(cause) = fs::remove_dir_all(entry.path()) {
            // Somebody is still writing to it. The next start gets it.
            tracing::debug!(path = %entry.path().display(), %cause, "a half-made cluster stays for now");
        }
    }
    Ok(home.join(format!("{UNFINISHED}{}", last + 1)))
}

fn initdb(home: &Home, install: &Install, profile: Profile, dir: &Path, locale: &str) -> Result<(), Error> {
    let mut command = home.account.command(&install.program("initdb"));
    command.arg("-D").arg(dir);
    command.args(["--username", SUPERUSER, "--encoding", "UTF8", "--locale", locale]);
    command.args([
        "--auth-local",
        "trust",
        "--auth-host",
        "reject",
        "--data-checksums",
        "--no-instructions",
    ]);
    if profile == Profile::Test {
        command.arg("--no-sync");
    }
    let output = command.output().map_err(Error::io("running initdb for", dir))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::InitDb {
        path: dir.to_path_buf(),
        output: text,
    })
}

/// The major version of PostgreSQL that made the cluster.
pub(crate) fn major(cluster: &Path) -> Result<u32, Error> {
    let path = cluster.join("PG_VERSION");
    let text = fs::read_to_string(&path).map_err(Error::io("reading", &path))?;
    // Before version 10 the major was two numbers; "9.6" then counts as 9, which is too old either way.
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().map_err(|_| {
        let cause = std::io::Error::other("it should hold the major version of PostgreSQL");
        Error::io("reading", &path)(cause)
    })
}
