//! Makes somebody an operator: who approves the first seller has to come from somewhere.

use crate::cli::Operator;
use crate::compose;
use crate::config::Config;
use crate::home::Home;
use anyhow::Context;
use kernel::{Clock, Ctx, SharedClock, SystemClock};
use runtime::ServiceKey;
use std::process::ExitCode;
use std::sync::Arc;

#[allow(clippy::print_stdout, reason = "the answer of the command")]
pub async fn run(args: Operator) -> anyhow::Result<ExitCode> {
    super::begin(&args.place);
    let password = match args.password {
        Some(password) => password,
        None => tokio::task::spawn_blocking(first_line).await??,
    };
    let home = Home::open(&args.place, true).await?;
    store::migrate::run(&home.url, &compose::schemas()).await?;
    let clock: SharedClock = Arc::new(SystemClock);
    let market = compose::compose(&home, &Config::for_command(), ServiceKey::new(b""), &clock).await?;
    let ctx = Ctx::system("operator", SystemClock.now());
    let made = market
        .accounts
        .ensure_operator(&ctx, &args.email, &password)
        .await;
    drop(market);
    home.close().await?;
    made?;
    println!("{} is an operator", args.email);
    Ok(ExitCode::SUCCESS)
}

fn first_line() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .context("the password cannot be read from standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
