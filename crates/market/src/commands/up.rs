//! Runs the marketplace; the first time, with its demo.

use crate::cli::Serve;
use crate::commands::demo;
use crate::commands::serve::Running;
use std::process::ExitCode;

#[allow(clippy::print_stdout, reason = "the answer of the command")]
pub async fn run(mut args: Serve) -> anyhow::Result<ExitCode> {
    // Someone watches the terminal: what matters is printed, the rest is asked for with --log.
    if args.place.log.starts_with("info") {
        args.place.log = args.place.log.replacen("info", "warn", 1);
    }
    super::begin(&args.place);
    let config = args.config()?;
    let url = config.public_url.clone();
    let running = Running::start(&args, config, false).await?;
    demo::load_once(&running.market, 1, 1).await?;
    println!("{}", welcome(&url, &running.market).await?);
    running.until_stopped().await?;
    Ok(ExitCode::SUCCESS)
}

async fn welcome(url: &str, market: &crate::compose::Market) -> anyhow::Result<String> {
    let logins = demo::logins(market).await?;
    Ok(format!(
        "
  Stoa is open: {url}

  Shop          {url}
  API           {url}/docs
  Mails sent    {url}/dev/mail
  Health        {url}/health

  Sign in at {url}/sign-in with password {password}
{logins}
  Stop with Ctrl-C.",
        password = demo::PASSWORD,
    ))
}
