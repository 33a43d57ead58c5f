use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// What can go wrong with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// It fails, or its answer gets lost.
    Fail,
    /// It is done twice: at once, or once more.
    Twice,
    /// The process dies as by `kill -9`.
    Kill,
}

impl Fault {
    pub const ALL: [Self; 3] = [Self::Fail, Self::Twice, Self::Kill];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Twice => "twice",
            Self::Kill => "kill",
        }
    }
}

/// Where: a step, before it is done or after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Spot {
    pub step: &'static str,
    pub after: bool,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.step, if self.after { "after" } else { "before" })
    }
}

/// Things that are to go wrong in a program that was started with `--trial` and this folder.
#[derive(Clone, Debug)]
pub struct Faults(PathBuf);

impl Faults {
    /// In a new folder, which the caller removes.
    #[must_use]
    pub fn within(folder: PathBuf) -> Self {
        fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        Self(folder)
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// The next time somebody comes to this spot, this goes wrong, once.
    pub fn wish(&self, spot: Spot, fault: Fault) {
        self.write(&format!("{spot}.{}", fault.name()));
    }

    /// Whether nothing is wished for that did not happen.
    #[must_use]
    pub fn all_happened(&self) -> bool {
        let wishes = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let open = |name: &str| {
            Fault::ALL
                .iter()
                .any(|fault| name.ends_with(&format!(".{}", fault.name())))
        };
        !wishes
            .into_iter()
            .any(|file| file.file_name().to_str().is_some_and(open))
    }

    /// Takes every wish back and opens every gate.
    pub fn forget(&self) {
        for file in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            let _ = fs::remove_file(file.path());
        }
    }

    /// Lets nobody pass this spot until the gate is opened.
    pub fn close_gate(&self, spot: Spot) {
        self.write(&format!("{spot}.wait"));
    }

    /// Whether somebody stands there.
    #[must_use]
    pub fn is_waited_at(&self, spot: Spot) -> bool {
        self.0.join(format!("{spot}.waiting")).exists()
    }

    pub fn open_gate(&self, spot: Spot) {
        let _ = fs::remove_file(self.0.join(format!("{spot}.wait")));
    }

    fn write(&self, name: &str) {
        let path = self.0.join(name);
        fs::write(&path, []).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}
