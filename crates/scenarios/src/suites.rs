//! The suites of `stoa prove`: what a marketplace must never do, tried on a throwaway data directory of its own.

use crate::findings::Findings;
use crate::report::Proved;
use crate::{Front, Site, flood, history, isolation, last_unit, matrix, money};
use anyhow::{Context, Result, bail, ensure};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Rounds of the last unit: each has ten buyers.
const ROUNDS: usize = 60;

/// The suite that wants files which are not part of the program.
const HISTORY: &str = "history";

/// Each suite's name and what it tries.
pub const SUITES: [(&str, &str); 6] = [
    (
        "last-unit",
        "Ten buyers want at once what is left, at two instances, again and again: one gets it, nine are told that it is gone.",
    ),
    (
        "flood",
        "A thousand buyers want a hundred units of one thing among twenty others. Cards are declined, answers get lost, \
         webhooks come several times, late and in the wrong order, clients ask twice, and one of two instances is killed twice.",
    ),
    (
        "kill",
        "Every step of checkout is failed, done twice, and cut off by kill -9, before and after it is done, where money is captured \
         at once and where it is as shops send; webhooks come late, three times and backwards. Each cell is an order that has to \
         have one end, one charge and nothing held for ever.",
    ),
    (
        HISTORY,
        "Eight months of a real marketplace are lived again through the public API, by a clock that is told the time: what every \
         order, part and seller comes to equals what the files say.",
    ),
    (
        "isolation",
        "A neighbour reaches for a shop's orders, stock and money over the API, and PostgreSQL is asked for another shop's rows \
         in every table that has any.",
    ),
    (
        "money",
        "Orders of several shops are cancelled, given back in full, by line and by amount, and after a payout: every cent is \
         somebody's in the end.",
    ),
];

/// What to prove, and where.
#[derive(Clone, Debug)]
pub struct Plan {
    pub program: PathBuf,
    /// Names of suites; all of them if none is named.
    pub suites: Vec<String>,
    /// Data directories are made below this one.
    pub scratch: Option<PathBuf>,
    /// Of buyers' choices.
    pub seed: u64,
    /// The real marketplace's files; without them it is not lived again.
    pub files: Option<PathBuf>,
}

/// Runs the suites one after the other. What breaks a suite off is something broken.
pub async fn prove(plan: &Plan, told: impl Fn(&str)) -> Result<Vec<Proved>> {
    let known = |name: &str| SUITES.iter().any(|(suite, _)| *suite == name);
    if let Some(unknown) = plan.suites.iter().find(|name| !known(name)) {
        let names: Vec<&str> = SUITES.iter().map(|(name, _)| *name).collect();
        bail!("there is no suite {unknown:?}: choose from {}", names.join(", "));
    }
    let wanted = |name: &str| plan.suites.is_empty() || plan.suites.iter().any(|suite| suite == name);
    let mut chosen: Vec<_> = SUITES.into_iter().filter(|(name, _)| wanted(name)).collect();
    if plan.files.is_none() && wanted(HISTORY) {
        ensure!(
            plan.suites.is_empty(),
            "{HISTORY} wants the real marketplace's files: name their folder with --files"
        );
        told(&format!(
            "{HISTORY} is left out: its files are absent (--files names their folder)"
        ));
        chosen.retain(|(name, _)| *name != HISTORY);
    }
    let mut proved = Vec::new();
    for (n, (name, about)) in chosen.iter().enumerate() {
        let step = format!("[{}/{}] {name}", n + 1, chosen.len());
        told(&step);
        let began = Instant::now();
        let suite = AssertUnwindSafe(run(plan, name, |what| told(&format!("{step}: {what}"))));
        let findings = match suite.catch_unwind().await {
            Ok(Ok(findings)) => findings,
            Ok(Err(error)) => broken_off(&format!("{error:#}")),
            Err(panic) => broken_off(words(panic.as_ref())),
        };
        let seconds = began.elapsed().as_secs_f64();
        let verdict = match findings.broken.len() {
            0 => format!("{} invariants hold", findings.checked.len()),
            n => format!("{n} broken"),
        };
        told(&format!("{step}: {verdict}, {seconds:.0} s"));
        proved.push(Proved {
            name: (*name).to_owned(),
            about: (*about).to_owned(),
            findings,
            seconds,
        });
    }
    Ok(proved)
}

async fn run(plan: &Plan, name: &str, told: impl Fn(&str)) -> Result<Findings> {
    let site = Site::of(&plan.program, plan.scratch.as_deref())?;
    match name {
        "last-unit" => last_units(&site).await,
        "flood" => flood::run(&site, plan.seed, told).await,
        "kill" => kills(&site, told).await,
        HISTORY => {
            let files = plan.files.as_deref().context("the files' folder")?;
            history::run(&site, files, usize::MAX, told).await
        }
        "isolation" => isolation::run(&site, told).await,
        _ => money::run(&site, plan.seed, told).await,
    }
}

async fn last_units(site: &Site) -> Result<Findings> {
    let database = site.database().await?;
    let first = database.behind(site.launch("first"));
    let second = database.behind(site.launch("second"));
    let programs = [first.start().await?, second.start().await?];
    let front = Front::around(&programs.each_ref());
    let wish = |round: usize| match round % 2 {
        0 => last_unit::Wish::TheLast,
        _ => last_unit::Wish::TwoOfThree,
    };
    let mut findings = last_unit::play(&first, &front, ROUNDS, wish).await?;
    for program in programs {
        program.stop().await?;
    }
    let verified = first.verify().await;
    findings.check("stoa verify is clean", verified.is_ok(), || {
        format!("{verified:?}")
    });
    database.stop().await?;
    Ok(findings)
}

async fn kills(site: &Site, told: impl Fn(&str)) -> Result<Findings> {
    let grid = matrix::fill(site, |_, _| true, |row| told(row)).await?;
    let mut findings = Findings::default();
    let cells: usize = grid.rows.iter().map(|(_, cells)| cells.len()).sum();
    findings.figure("steps", grid.rows.len());
    findings.figure("orders", cells);
    findings.checked.extend(matrix::checked());
    findings.checked.push("stoa verify is clean".to_owned());
    findings.broken = grid.broken();
    findings.grids.push(grid);
    Ok(findings)
}

fn broken_off(why: &str) -> Findings {
    Findings {
        broken: vec![format!("the suite broke off: {why}")],
        ..Findings::default()
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked")
}

/// For a report that says where it was made.
#[must_use]
pub fn this_machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let system = std::fs::read_to_string(Path::new("/proc/sys/kernel/ostype")).unwrap_or_default();
    format!(
        "{} with {cores} cores",
        if system.is_empty() {
            "a machine"
        } else {
            system.trim()
        }
    )
}
