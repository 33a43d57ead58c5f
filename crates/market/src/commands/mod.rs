//! One file per command.

mod demo;
mod doctor;
mod import;
mod openapi;
mod operator;
mod prove;
mod replay;
mod rotate_key;
pub mod serve;
mod up;
mod verify;

use crate::cli::{Cli, Command, Place};
use crate::home::Home;
use std::process::ExitCode;

pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Up(args) => up::run(args).await,
        Command::Serve(args) => serve::run(args).await,
        Command::Migrate(place) => migrate(place).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Operator(args) => operator::run(args).await,
        Command::Import(args) => import::run(args).await,
        Command::Services => services(),
        Command::Openapi => openapi::run().await,
        Command::Verify(args) => verify::run(args).await,
        Command::Replay(place) => replay::run(place).await,
        Command::Doctor(place) => doctor::run(place).await,
        Command::RotateKey(place) => rotate_key::run(place).await,
        Command::Bench(args) => bench_run(args).await,
        Command::Evaluate(args) => evaluate_run(args),
        Command::Prove(args) => prove::run(args).await,
        Command::BenchBaseline(options) => bench_baseline(options).await,
    }
}

/// Logs as the arguments say; for commands that work on a marketplace.
fn begin(place: &Place) {
    let format = if place.log_json {
        runtime::LogFormat::Json
    } else {
        runtime::LogFormat::Pretty
    };
    runtime::init_logs(format, &place.log);
}

#[allow(clippy::print_stdout, reason = "the answer of a command")]
fn services() -> anyhow::Result<ExitCode> {
    for (name, what) in crate::config::SERVICES {
        println!("{name:12} {what}");
    }
    Ok(ExitCode::SUCCESS)
}

async fn migrate(place: Place) -> anyhow::Result<ExitCode> {
    begin(&place);
    let home = Home::open(&place, true).await?;
    store::migrate::run(&home.url, &crate::compose::schemas()).await?;
    home.close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn bench_run(args: crate::cli::Bench) -> anyhow::Result<ExitCode> {
    let passed = bench::run(&args.name, args.options).await?;
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn evaluate_run(args: crate::cli::Evaluate) -> anyhow::Result<ExitCode> {
    let crate::cli::Evaluate::Search(options) = args;
    Ok(match evaluate::search(&options)? {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

async fn bench_baseline(options: bench::ServerOptions) -> anyhow::Result<ExitCode> {
    bench::baseline_server(options).await?;
    Ok(ExitCode::SUCCESS)
}
