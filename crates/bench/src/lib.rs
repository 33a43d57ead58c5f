//! `stoa bench`: how fast the running program is, always beside a baseline that runs in the same command.
//!
//! Machines differ and are shared, so absolute figures are told and never judged where there is something to compare
//! with: both sides take turns, and the median of the turns' ratios is held against a target. A bench starts the
//! program as a child process on a data directory of its own and talks HTTP to it; nothing here knows a context's
//! inside, save the tables that a market is set up in.
//!
//! `README.md` beside this crate explains each bench. A new one is a file in [`benches`].

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "figures are printed, and progress beside them"
)]

mod baseline;
mod benches;
mod client;
mod comparison;
mod cpu;
pub mod database;
mod invariants;
mod journey;
mod load;
mod machine;
mod options;
mod people;
pub mod program;
pub mod scratch;
mod seed;
mod stats;

pub use baseline::server::{Mode, ServerOptions, serve as baseline_server};
pub use options::Options;

use anyhow::{Context, Result, bail};
use benches::{ALL, Bench, Setting};
use comparison::table;
use machine::Machine;
use std::sync::LazyLock;

/// The hidden command of the binary that runs [`baseline_server`].
pub const BASELINE_COMMAND: &str = "bench-baseline";
/// Runs every bench.
pub const EVERY: &str = "all";

static NAMES: LazyLock<Vec<(&'static str, &'static str)>> =
    LazyLock::new(|| ALL.iter().map(|bench| (bench.name, bench.about)).collect());

/// Each bench's name and what it measures.
pub fn names() -> &'static [(&'static str, &'static str)] {
    &NAMES
}

/// Runs the bench of that name, or [`EVERY`] one, and prints what it found. True when every target was met.
pub async fn run(name: &str, options: Options) -> Result<bool> {
    let chosen: Vec<&Bench> = ALL
        .iter()
        .filter(|bench| name == EVERY || bench.name == name)
        .collect();
    if chosen.is_empty() {
        let known: Vec<&str> = ALL.iter().map(|bench| bench.name).collect();
        bail!(
            "there is no bench {name:?}: choose one of {}, or {EVERY}",
            known.join(", ")
        );
    }
    let mut passed = true;
    for bench in chosen {
        let measured = measure(bench, &options);
        passed &= tokio::select! {
            result = measured => result.with_context(|| bench.name)?,
            // Dropping the bench stops what it started.
            () = interrupted() => bail!("interrupted"),
        };
    }
    Ok(passed)
}

async fn measure(bench: &Bench, options: &Options) -> Result<bool> {
    let program = match &options.program {
        Some(path) => path.clone(),
        None => std::env::current_exe().context("finding this program's own file")?,
    };
    let scratch = match &options.scratch {
        Some(parent) => scratch::within(parent)?,
        None => scratch::directory()?,
    };
    let setting = Setting {
        options: options.clone(),
        program,
        scratch: scratch.path().to_path_buf(),
    };
    let machine = {
        let dir = setting.scratch.clone();
        tokio::task::spawn_blocking(move || Machine::look(&dir)).await??
    };
    tell(format_args!("{}: {}", bench.name, bench.about));
    tell(format_args!("machine: {machine}"));
    if cfg!(debug_assertions) && options.program.is_none() {
        tell("this is a debug build: its figures mean nothing");
    }
    if options.rounds < options::ROUNDS_MIN {
        tell(format_args!(
            "fewer than {} rounds show something and prove nothing",
            options::ROUNDS_MIN
        ));
    }
    let comparisons = (bench.run)(&setting).await?;
    if options.json {
        for comparison in &comparisons {
            println!("{}", comparison.json(&machine)?);
        }
    } else {
        print!("\n{}", table(&comparisons));
    }
    Ok(comparisons.iter().all(|comparison| comparison.pass))
}

async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Says something beside the results, which alone go to standard output.
fn tell(what: impl std::fmt::Display) {
    eprintln!("{what}");
}
