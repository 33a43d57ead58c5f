//! `stoa bench` without the rest of the program, for benches that need none: `cargo run --release -p bench --example bench --
//! search-engine`.

use clap::Parser;
use std::process::ExitCode;

#[derive(Parser)]
struct Arguments {
    name: String,
    #[command(flatten)]
    options: bench::Options,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    Ok(match bench::run(&arguments.name, arguments.options).await? {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
