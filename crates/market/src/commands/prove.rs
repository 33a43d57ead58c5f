//! The shop's certificate that it does not oversell, overcharge or leak.

use crate::cli::Prove;
use anyhow::Context;
use kernel::{Clock, SystemClock};
use scenarios::report::{Proved, page};
use scenarios::suites::{Plan, prove, this_machine};
use std::process::ExitCode;

#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the answer of the command, and progress beside it"
)]
pub async fn run(args: Prove) -> anyhow::Result<ExitCode> {
    let program = match args.program {
        Some(path) => path,
        None => std::env::current_exe().context("finding this program's own file")?,
    };
    let plan = Plan {
        program,
        suites: args.suites,
        scratch: args.scratch,
        seed: args.seed,
        files: args.files,
    };
    let proving = prove(&plan, |step| eprintln!("{step}"));
    let suites = tokio::select! {
        suites = proving => suites?,
        // What was started is stopped when it is dropped.
        () = super::serve::stop_signal() => anyhow::bail!("interrupted"),
    };
    let when = SystemClock.now().format("%Y-%m-%d %H:%M UTC").to_string();
    std::fs::write(&args.out, page(&suites, &when, &this_machine()))
        .with_context(|| format!("writing {}", args.out.display()))?;
    for suite in &suites {
        println!("{:4} {}", if suite.holds() { "ok" } else { "FAIL" }, suite.name);
        for broken in &suite.findings.broken {
            println!("     {broken}");
        }
    }
    println!("{}", args.out.display());
    Ok(match suites.iter().all(Proved::holds) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
