//! The benches, one file each. A new one is a file here and a line in [`ALL`].

pub mod checkout_full;
pub mod html_pdp;
pub mod import;
pub mod outbox_tax;
pub mod read_pdp;
pub mod search;
pub mod search_engine;
mod search_rebuild;
pub mod start;
pub mod tables;
mod till;
pub mod till_hot;
pub mod till_spread;

use crate::comparison::Comparison;
use crate::options::Options;
use anyhow::Result;
use futures::future::BoxFuture;
use std::path::{Path, PathBuf};

/// A question about speed that can be asked again at any time.
pub struct Bench {
    pub name: &'static str,
    pub about: &'static str,
    pub run: for<'a> fn(&'a Setting) -> BoxFuture<'a, Result<Vec<Comparison>>>,
}

pub const ALL: [Bench; 11] = [
    till_hot::BENCH,
    till_spread::BENCH,
    checkout_full::BENCH,
    outbox_tax::BENCH,
    import::BENCH,
    read_pdp::BENCH,
    html_pdp::BENCH,
    search::BENCH,
    search_engine::BENCH,
    start::BENCH,
    tables::BENCH,
];

/// What every bench is given.
#[derive(Debug)]
pub struct Setting {
    pub options: Options,
    /// The program to measure.
    pub program: PathBuf,
    /// For the bench's files; removed afterwards.
    pub scratch: PathBuf,
}

impl Setting {
    /// A data directory within the scratch directory.
    pub fn data_dir(&self) -> PathBuf {
        crate::scratch::data_dir(&self.scratch)
    }

    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Says how it goes, beside the results.
    pub fn tell(&self, what: impl std::fmt::Display) {
        crate::tell(what);
    }
}
