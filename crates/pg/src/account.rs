//! The operating-system account that the server runs as.
//!
//! PostgreSQL refuses to run as root, so root lends the server to an unprivileged user. Whatever is then written into
//! that user's directories is written *as* that user: root following a path that another account controls could be
//! led anywhere.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::Error;

/// Accounts that root may lend the server to, the most specific first.
const PREFERRED: [&str; 3] = ["stoa", "postgres", "nobody"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// The account of this process.
    Own { uid: u32 },
    /// Another one, which root alone can switch to.
    Lent { uid: u32, gid: u32 },
}

impl Account {
    /// The account for a new cluster.
    pub(crate) fn for_new_cluster() -> Result<Self, Error> {
        let uid = own_uid();
        if uid != 0 {
            return Ok(Self::Own { uid });
        }
        PREFERRED
            .iter()
            .find_map(|name| lookup(name))
            .map(|(uid, gid)| Self::Lent { uid, gid })
            .ok_or_else(|| Error::NoAccount {
                tried: PREFERRED.join(", "),
            })
    }

    /// The account that owns an existing cluster: it goes on running it, whatever users were created since.
    pub(crate) fn of_cluster(cluster: &Path) -> Result<Self, Error> {
        let metadata = fs::metadata(cluster).map_err(Error::io("reading", cluster))?;
        let (own, owner) = (own_uid(), metadata.uid());
        match (own, owner) {
            (0, 0) => Err(Error::WrongOwner {
                path: cluster.to_path_buf(),
                owner,
                remedy: format!(
                    "give it to an unprivileged user with `chown -R postgres {}`",
                    cluster.display()
                ),
            }),
            (0, uid) => Ok(Self::Lent {
                uid,
                gid: metadata.gid(),
            }),
            (own, owner) if own == owner => Ok(Self::Own { uid: own }),
            (own, owner) => Err(Error::WrongOwner {
                path: cluster.to_path_buf(),
                owner,
                remedy: format!(
                    "start Stoa as that user or as root, or choose another data directory (this is user {own})"
                ),
            }),
        }
    }

    pub(crate) fn uid(&self) -> u32 {
        match self {
            Self::Own { uid } | Self::Lent { uid, .. } => *uid,
        }
    }

    /// A command that will run as this account, with an environment that says nothing about other servers (`PGPORT`,
    /// `PGDATA` ...) and lets messages be English.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("LC_ALL", "C")
            .env("PATH", "/usr/local/bin:/usr/bin:/bin");
        if let Some(path) = std::env::var_os("LD_LIBRARY_PATH") {
            command.env("LD_LIBRARY_PATH", path);
        }
        // The caller's directory may be one that the account cannot enter.
        command.current_dir("/").stdin(Stdio::null());
        if let Self::Lent { uid, gid } = self {
            // The standard library also drops root's supplementary groups when it sets the uid.
            command.uid(*uid).gid(*gid);
        }
        command
    }

    /// Makes a directory that this account alone can enter. One that is there already must be just that.
    pub(crate) fn private_dir(&self, dir: &Path) -> io::Result<()> {
        match fs::DirBuilder::new().mode(0o700).create(dir) {
            Ok(()) => {
                if let Self::Lent { uid, gid } = self {
                    lchown(dir, Some(*uid), Some(*gid))?;
                }
                return Ok(());
            }
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
            Err(cause) => return Err(cause),
        }
        let metadata = fs::symlink_metadata(dir)?;
        if !metadata.is_dir() || metadata.uid() != self.uid() {
            return Err(io::Error::other("is there already and belongs to somebody else"));
        }
        if metadata.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }

    /// Whether this account can really work in `dir`: the only test that covers modes, ACLs and mount options alike.
    pub(crate) fn can_use(&self, dir: &Path) -> Result<bool, Error> {
        let output = self
            .shell("cd -- \"$1\" && : >.reached && rm .reached", &[dir])
            .output()
            .map_err(Error::io("running /bin/sh as the server's user in", dir))?;
        Ok(output.status.success())
    }

    /// Replaces a file in one step, so that no reader sees half of it.
    pub(crate) fn write(&self, path: &Path, text: &str) -> Result<(), Error> {
        self.replace(path, text).map_err(Error::io("writing", path))
    }

    fn replace(&self, path: &Path, text: &str) -> io::Result<()> {
        let mut writer = self
            .shell("umask 077 && cat >\"$1.new\" && mv -f \"$1.new\" \"$1\"", &[path])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut input) = writer.stdin.take() {
            input.write_all(text.as_bytes())?;
        }
        succeeded(&writer.wait_with_output()?)
    }

    fn shell(&self, script: &str, args: &[&Path]) -> Command {
        let mut command = self.command(Path::new("/bin/sh"));
        command.arg("-c").arg(script).arg("sh").args(args);
        command
    }
}

fn succeeded(output: &Output) -> io::Result<()> {
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(
        String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    ))
}

fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// uid and gid of a user, from `/etc/passwd` or whatever directory service `getent` knows.
fn lookup(name: &str) -> Option<(u32, u32)> {
    let local = fs::read_to_string("/etc/passwd").unwrap_or_default();
    if let Some(found) = parse_passwd(&local, name) {
        return Some(found);
    }
    let output = Command::new("getent")
        .args(["passwd", name])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    parse_passwd(&String::from_utf8_lossy(&output.stdout), name)
}

/// passwd(5): name:password:uid:gid:comment:home:shell
fn parse_passwd(text: &str, name: &str) -> Option<(u32, u32)> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some((uid, gid))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let text =
            "postgresql:x:7:8::/:/bin/sh\npostgres:x:101:104:PostgreSQL,,,:/var/lib/postgresql:/bin/bash\n";
        assert_eq!(parse_passwd(text, "postgres"), Some((101, 104)));
        assert_eq!(parse_passwd(text, "stoa"), None);
    }
}
