//! `stoa evaluate search`: how good the answers of the search are, on queries that people judged.
//!
//! Each set is a folder of products, queries and judgments ([`set`] says in which shapes). Its products go into an index of
//! the engine as a shop's would, with nothing set; each query is asked as a buyer's would be, and its first ten answers are
//! held against the judgments (NDCG@10 over the whole set, what nobody judged being worth nothing). Beside it stands plain
//! BM25 over the same products ([`baseline`]), and the same queries with one slip of the finger in each ([`slips`]).
//!
//! Queries are split in halves by a hash of their words: what is tuned is tuned on one, what is told is told of the other.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "figures are printed, and progress beside them"
)]

mod baseline;
mod derived;
mod index;
mod measure;
mod report;
pub mod set;
mod slips;

use anyhow::{Context, Result, bail};
use search::engine::Ranking;
use std::path::{Path, PathBuf};

pub use measure::{Difference, Figures, Half};
pub use report::{Report, table};
pub use slips::mistyped;

/// How the search is evaluated.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Folders of judged sets, or one that holds several; what cannot be judged in it is named and passed over
    #[arg(required = true, value_name = "DIR")]
    pub sets: Vec<PathBuf>,
    /// Print one JSON object a line for each set, instead of a table
    #[arg(long)]
    pub json: bool,
    /// Also print how each query fares, worst first
    #[arg(long)]
    pub queries: bool,
    /// Also print the answers to this query, ours and the baseline's, with what each is worth
    #[arg(long, value_name = "WORDS")]
    pub show: Vec<String>,
    /// Also judge the engine without each part of its ranking in turn, to see what each is worth
    #[arg(long)]
    pub parts: bool,
    /// Of the slips; each query is mistyped with this seed and the four after it, and their mean is told
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Set a number of the ranking, to try it: `name=value`. What is told then is not of the defaults
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
}

/// Evaluates every set and prints what was found. True when every target was met.
pub fn search(options: &Options) -> Result<bool> {
    let ranking = ranking_of(&options.set)?;
    let mut folders = Vec::new();
    for folder in &options.sets {
        folders.extend(folders_of(folder)?);
    }
    let mut reports = Vec::new();
    for folder in folders {
        let Some(set) = read(&folder)? else { continue };
        eprintln!(
            "{}: {} products, {} queries, {} judgments",
            set.name,
            set.products.len(),
            set.queries.len(),
            set.queries.iter().map(|q| q.gains.len()).sum::<usize>()
        );
        let index = index::index(&set.products)?;
        let report = Report::of(&set, &index, &ranking, options)?;
        if options.json {
            println!("{}", serde_json::to_string(&report)?);
        }
        reports.push(report);
    }
    if reports.is_empty() {
        bail!("there is no judged set in {:?}", options.sets);
    }
    if !options.json {
        print!("{}", table(&reports));
    }
    Ok(reports.iter().all(|report| report.pass))
}

/// The folder itself, or those in it.
fn folders_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut inner: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    if inner.is_empty() {
        inner.push(folder.to_owned());
    }
    inner.sort();
    Ok(inner)
}

fn read(folder: &Path) -> Result<Option<set::Set>> {
    if let Some(set) = derived::read(folder)? {
        return Ok(Some(set));
    }
    match set::read(folder).with_context(|| folder.display().to_string())? {
        Ok(set) => Ok(Some(set)),
        Err(lacking) => {
            eprintln!("{}: passed over, it has {lacking}", folder.display());
            Ok(None)
        }
    }
}

fn ranking_of(changes: &[String]) -> Result<Ranking> {
    let mut ranking = Ranking::default();
    for change in changes {
        let (name, value) = change.split_once('=').context("--set takes name=value")?;
        let value: f32 = value.parse().with_context(|| format!("the value of {name}"))?;
        if !ranking.set(name, value) {
            let names: Vec<&str> = Ranking::NAMES.to_vec();
            bail!("the ranking has no number {name}: there are {}", names.join(", "));
        }
    }
    Ok(ranking)
}
