//! Finding the installed server binaries.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Error;

/// The oldest major version that Stoa runs on: 15 made `public` safe by default and brought `wal_compression = lz4`.
pub const MAJOR_MIN: u32 = 15;

/// Overrides the search: the directory that holds `postgres`, `initdb` and `pg_ctl`.
const BIN_DIR_VAR: &str = "STOA_PG_BIN";

/// One installed PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Install {
    pub bin_dir: PathBuf,
    pub major: u32,
}

impl Install {
    /// The path of one of its programs: `postgres`, `pg_dump`, `psql` ...
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin_dir.join(name)
    }

    /// Asks the programs in `bin_dir` who they are.
    fn ask(bin_dir: &Path) -> Result<Self, String> {
        for program in ["postgres", "initdb", "pg_ctl"] {
            if !bin_dir.join(program).is_file() {
                return Err(format!("there is no `{program}` in it"));
            }
        }
        let output = Command::new(bin_dir.join("postgres"))
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .map_err(|cause| format!("its `postgres` does not run: {cause}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let major = parse_major(&text).ok_or_else(|| {
            format!(
                "its `postgres --version` says {:?}, which is no version",
                text.trim()
            )
        })?;
        Ok(Self {
            bin_dir: bin_dir.to_path_buf(),
            major,
        })
    }
}

/// The server that a new cluster is made with: the one in `STOA_PG_BIN` if set, else the highest major installed.
pub fn locate() -> Result<Install, Error> {
    if let Some(chosen) = chosen()? {
        return Ok(chosen);
    }
    let (usable, too_old): (Vec<_>, Vec<_>) = search()
        .into_iter()
        .partition(|install| install.major >= MAJOR_MIN);
    usable.into_iter().next().ok_or_else(|| Error::NotInstalled {
        found: match too_old.first() {
            Some(old) => format!(
                " (found {} in {}, which is too old)",
                old.major,
                old.bin_dir.display()
            ),
            None => String::new(),
        },
        remedy: Packages::of_this_machine().remedy(None),
    })
}

/// All usable servers, the highest major first.
pub fn installed() -> Vec<Install> {
    search()
        .into_iter()
        .filter(|install| install.major >= MAJOR_MIN)
        .collect()
}

/// The server for a cluster that `major` has made. Only the same major can run it.
pub(crate) fn locate_major(major: u32, data_dir: &Path) -> Result<Install, Error> {
    if let Some(chosen) = chosen()?.filter(|install| install.major == major) {
        return Ok(chosen);
    }
    // Asking every program for its version costs milliseconds each, so the folder named after the major goes first.
    let (likely, rest): (Vec<_>, Vec<_>) = candidates()
        .into_iter()
        .partition(|dir| named_after(dir) == Some(major));
    let found = likely
        .iter()
        .chain(&rest)
        .filter_map(|dir| Install::ask(dir).ok())
        .find(|install| install.major == major && major >= MAJOR_MIN);
    found.ok_or_else(|| Error::OtherMajor {
        path: data_dir.to_path_buf(),
        found: major,
        installed: search().iter().map(|install| install.major).collect(),
        remedy: Packages::of_this_machine().remedy(Some(major)),
    })
}

/// What to install when a contrib module is missing.
pub(crate) fn contrib_remedy(major: u32) -> String {
    Packages::of_this_machine().remedy(Some(major))
}

/// The server in `STOA_PG_BIN`. Once set it must be right: to fall back silently would run another server than asked.
fn chosen() -> Result<Option<Install>, Error> {
    let Some(dir) = env::var_os(BIN_DIR_VAR).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let path = PathBuf::from(dir);
    let install = Install::ask(&path).map_err(|reason| Error::BadBinDir {
        path: path.clone(),
        reason,
    })?;
    if install.major < MAJOR_MIN {
        let reason = format!(
            "that is PostgreSQL {}, and Stoa needs {MAJOR_MIN} or later",
            install.major
        );
        return Err(Error::BadBinDir { path, reason });
    }
    Ok(Some(install))
}

/// Everything installed, however old, the highest major first.
fn search() -> Vec<Install> {
    let mut found: Vec<_> = candidates()
        .iter()
        .filter_map(|dir| Install::ask(dir).ok())
        .collect();
    // The sort is stable: of two with the same major, the one found first stays first.
    found.sort_by_key(|install| std::cmp::Reverse(install.major));
    found
}

/// Directories that hold a `postgres` and an `initdb`, in order of preference, each once.
fn candidates() -> Vec<PathBuf> {
    let mut dirs = Vec::new();
    if let Some(path) = env::var_os("PATH") {
        dirs.extend(env::split_paths(&path));
    }
    dirs.extend(beside_version("/usr/lib/postgresql", "bin")); // Debian, Ubuntu, Gentoo
    dirs.extend(beside_version("/usr/lib", "bin")); // openSUSE: /usr/lib/postgresql16/bin
    dirs.extend(beside_version("/usr/libexec", "")); // Alpine: /usr/libexec/postgresql16
    dirs.extend(beside_version("/usr", "bin")); // the project's own RPMs: /usr/pgsql-16/bin
    for prefix in ["/opt/homebrew", "/usr/local"] {
        dirs.push(PathBuf::from(prefix).join("bin"));
        dirs.extend(beside_version(&format!("{prefix}/opt"), "bin"));
        dirs.push(PathBuf::from(prefix).join("pgsql/bin"));
    }
    dirs.push(PathBuf::from("/usr/bin"));

    let mut seen = BTreeSet::new();
    dirs.iter()
        .filter_map(|dir| real_bin_dir(dir))
        .filter(|dir| seen.insert(dir.clone()))
        .collect()
}

/// Where the programs of `dir` really are: distributions put symlinks on the PATH, and `pg_config` may know better.
fn real_bin_dir(dir: &Path) -> Option<PathBuf> {
    if let Ok(program) = fs::canonicalize(dir.join("initdb")) {
        return program.parent().map(Path::to_path_buf);
    }
    let pg_config = dir.join("pg_config");
    if !pg_config.is_file() {
        return None;
    }
    let output = Command::new(pg_config)
        .arg("--bindir")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let bin_dir = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    bin_dir.join("initdb").is_file().then_some(bin_dir)
}

/// `parent/<something with "postgresql", "pgsql" or a bare number>/leaf` for all that exist.
fn beside_version(parent: &str, leaf: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut dirs: Vec<_> = entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("postgresql")
                || name.starts_with("pgsql")
                || name.starts_with(|c: char| c.is_ascii_digit())
        })
        .map(|entry| {
            if leaf.is_empty() {
                entry.path()
            } else {
                entry.path().join(leaf)
            }
        })
        .collect();
    dirs.sort();
    dirs
}

/// The major in a path such as `/usr/lib/postgresql/15/bin`, as a hint alone.
fn named_after(bin_dir: &Path) -> Option<u32> {
    let name = bin_dir.components().rev().nth(1)?.as_os_str().to_str()?;
    name.trim_start_matches(|c: char| !c.is_ascii_digit())
        .parse()
        .ok()
}

/// "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)" or "postgres (PostgreSQL) 18beta1" to its major.
fn parse_major(text: &str) -> Option<u32> {
    let version = text.split("(PostgreSQL) ").nth(1)?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// The family of package managers, so that an error can name the command to type.
#[derive(Debug, PartialEq, Eq)]
enum Packages {
    Apt,
    Dnf,
    Zypper,
    Pacman,
    Apk,
    Brew,
    Unknown,
}

impl Packages {
    fn of_this_machine() -> Self {
        if cfg!(target_os = "macos") {
            return Self::Brew;
        }
        Self::of(&fs::read_to_string("/etc/os-release").unwrap_or_default())
    }

    /// From the text of `/etc/os-release` (os-release(5)): the fields `ID` and `ID_LIKE`.
    fn of(os_release: &str) -> Self {
        let ids: Vec<&str> = os_release
            .lines()
            .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
            .flat_map(|value| value.trim_matches('"').split_whitespace())
            .collect();
        let any = |names: &[&str]| ids.iter().any(|id| names.contains(id));
        match () {
            () if any(&["debian", "ubuntu"]) => Self::Apt,
            () if any(&["fedora", "rhel", "centos"]) => Self::Dnf,
            () if any(&["suse", "opensuse"]) => Self::Zypper,
            () if any(&["arch"]) => Self::Pacman,
            () if any(&["alpine"]) => Self::Apk,
            () => Self::Unknown,
        }
    }

    fn remedy(&self, major: Option<u32>) -> String {
        let command = match (self, major) {
            (Self::Apt, None) => "apt-get install postgresql".to_owned(),
            (Self::Apt, Some(major)) => format!("apt-get install postgresql-{major}"),
            (Self::Dnf, None) => "dnf install postgresql-server postgresql-contrib".to_owned(),
            (Self::Dnf, Some(major)) => {
                format!("dnf install postgresql{major}-server postgresql{major}-contrib")
            }
            (Self::Zypper, None) => "zypper install postgresql-server postgresql-contrib".to_owned(),
            (Self::Zypper, Some(major)) => {
                format!("zypper install postgresql{major}-server postgresql{major}-contrib")
            }
            (Self::Pacman, _) => "pacman -S postgresql".to_owned(),
            (Self::Apk, major) => {
                let major = major.unwrap_or(16);
                format!("apk add postgresql{major} postgresql{major}-contrib")
            }
            (Self::Brew, major) => format!("brew install postgresql@{}", major.unwrap_or(17)),
            (Self::Unknown, None) => {
                return "install the packages of the PostgreSQL server and its contrib modules".to_owned();
            }
            (Self::Unknown, Some(major)) => {
                return format!(
                    "install the packages of the PostgreSQL {major} server and its contrib modules"
                );
            }
        };
        let package = command.split(' ').skip(2).collect::<Vec<_>>().join(" and ");
        format!("install {package} with `{command}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn majors_are_read_from_what_postgres_says() {
        for (text, major) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 18beta1", Some(18)),
            ("postgres (PostgreSQL) 9.6.24", Some(9)),
            ("command not found", None),
        ] {
            assert_eq!(parse_major(text), major, "{text}");
        }
    }

    #[test]
    fn a_folder_may_be_named_after_its_major() {
        assert_eq!(named_after(Path::new("/usr/lib/postgresql/15/bin")), Some(15));
        assert_eq!(named_after(Path::new("/usr/pgsql-16/bin")), Some(16));
        assert_eq!(
            named_after(Path::new("/opt/homebrew/opt/postgresql@17/bin")),
            Some(17)
        );
        assert_eq!(named_after(Path::new("/usr/local/bin")), None);
    }

    #[test]
    fn the_remedy_speaks_the_language_of_the_distribution() {
        for (os_release, major, remedy) in [
            (
                "ID=debian",
                None,
                "install postgresql with `apt-get install postgresql`",
            ),
            (
                "NAME=x\nID=linuxmint\nID_LIKE=\"ubuntu debian\"",
                Some(16),
                "install postgresql-16 with `apt-get install postgresql-16`",
            ),
            (
                "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"",
                None,
                "install postgresql-server and postgresql-contrib with `dnf install postgresql-server postgresql-contrib`",
            ),
            (
                "ID=plan9",
                None,
                "install the packages of the PostgreSQL server and its contrib modules",
            ),
        ] {
            assert_eq!(Packages::of(os_release).remedy(major), remedy);
        }
    }
}
