//! The directory of the server's Unix socket. Whoever can enter it is the superuser of the cluster, so only the
//! server's account (and root) can.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::account::Account;
use crate::home::{Home, short_hash};

/// The socket is named after a port, which is used for nothing else.
pub(crate) const PORT: u16 = 5432;

/// The longest path that fits `sun_path` with its closing NUL, in bytes.
const SOCKET_PATH_MAX: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Chooses the directory and makes it. In the home, or, if that path is too long for a socket, in a short one.
pub(crate) fn settle(home: &Home) -> Result<PathBuf, Error> {
    let dir = home.path.join("run");
    let dir = if fits(&dir) {
        make(&home.account, dir)?
    } else {
        short_dir(home)?
    };
    record(&home.data_dir, &dir)?;
    Ok(dir)
}

/// Makes the directory again if something cleared it away, and refuses one that others can enter.
pub(crate) fn make(account: &Account, dir: PathBuf) -> Result<PathBuf, Error> {
    match account.private_dir(&dir) {
        Ok(()) => Ok(dir),
        Err(cause) => Err(Error::SocketDir {
            path: dir,
            reason: cause.to_string(),
        }),
    }
}

/// Removes what a dead server left in it: its lock file names a pid that may be somebody else's by now.
pub(crate) fn clear(dir: &Path) {
    let socket = format!(".s.PGSQL.{PORT}");
    let _ = fs::remove_file(dir.join(format!("{socket}.lock")));
    let _ = fs::remove_file(dir.join(socket));
}

fn short_dir(home: &Home) -> Result<PathBuf, Error> {
    let name = format!("stoa-{}", short_hash(&home.path));
    // The one used last comes first: connections that are being made right now still know it.
    let mut candidates: Vec<PathBuf> = recorded(&home.data_dir).into_iter().collect();
    if let (Account::Own { .. }, Some(dir)) = (&home.account, std::env::var_os("XDG_RUNTIME_DIR")) {
        candidates.push(PathBuf::from(dir).join(&name));
    }
    candidates.push(PathBuf::from("/tmp").join(&name));
    // Anybody may make a directory in /tmp, and somebody may have taken our name on purpose.
    candidates.extend((1..10).map(|n| PathBuf::from("/tmp").join(format!("{name}-{n}"))));

    let mut refused = None;
    for dir in candidates
        .into_iter()
        .filter(|dir| dir.is_absolute() && fits(dir))
    {
        match make(&home.account, dir) {
            Ok(dir) => return Ok(dir),
            Err(cause) => refused = Some(cause),
        }
    }
    Err(refused.expect(
        "a name in the folder for temporary files is absolute and short: at least one candidate was tried",
    ))
}

/// Short enough, and without the comma that separates hosts in a connection URL.
fn fits(dir: &Path) -> bool {
    let dir = dir.as_os_str().as_bytes();
    dir.len() + format!("/.s.PGSQL.{PORT}").len() <= SOCKET_PATH_MAX && !dir.contains(&b',')
}

fn recorded(data_dir: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(data_dir.join("stoa.socket")).ok()?;
    Some(PathBuf::from(text.trim_end_matches('\n')))
}

fn record(data_dir: &Path, dir: &Path) -> Result<(), Error> {
    if recorded(data_dir).as_deref() == Some(dir) {
        return Ok(());
    }
    let path = data_dir.join("stoa.socket");
    fs::write(&path, format!("{}\n", dir.display())).map_err(Error::io("writing", &path))
}
