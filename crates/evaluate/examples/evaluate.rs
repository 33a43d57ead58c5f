//! `stoa evaluate search` without the rest of the program: `cargo run -p evaluate --example evaluate -- --help`.

use clap::Parser;
use std::process::ExitCode;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    options: evaluate::Options,
}

fn main() -> anyhow::Result<ExitCode> {
    Ok(match evaluate::search(&Arguments::parse().options)? {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
