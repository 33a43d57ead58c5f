//! Runs the marketplace; the first time, with its demo.

use crate::cli::Serve;
use crate::commands::demo;
use crate::commands::serve::{Opening, stop_signal};
use crate::told_clock::ToldClock;
use kernel::{Clock, SystemClock};
use std::process::ExitCode;
use std::sync::Arc;

#[allow(clippy::print_stdout, reason = "the answer of the command")]
pub async fn run(mut args: Serve) -> anyhow::Result<ExitCode> {
    // Someone watches the terminal: what matters is printed, the rest is asked for with --log.
    if args.place.log.starts_with("info") {
        args.place.log = args.place.log.replacen("info", "warn,tantivy=error", 1);
    }
    // Nothing sends mails yet that leave this machine; who tries the marketplace reads them here.
    args.open_inbox = args.listen.ip().is_loopback();
    super::begin(&args.place);
    let config = args.config()?;
    let url = config.public_url.clone();
    let opened = Opening::at(&args, &config, false).await?;
    if !args.listen.ip().is_loopback() {
        let running = opened.start(config, Arc::new(SystemClock)).await?;
        println!(
            "The demo is not loaded: everybody knows its passwords, and {url} is open to other machines."
        );
        println!(
            "Make yourself an operator with `stoa operator YOUR-ADDRESS`, or load it all the same with `stoa demo`."
        );
        running.until_stopped().await?;
        return Ok(ExitCode::SUCCESS);
    }
    // A marketplace that nobody has used yet lives through its first months before it opens.
    let diary = demo::diary_of(&opened.home).await?;
    let clock = match &diary {
        Some(diary) => diary.clock(),
        None => Arc::new(ToldClock::at(SystemClock.now())),
    };
    let running = opened.start(config, clock.clone()).await?;
    let demo = async {
        match diary {
            Some(diary) => demo::load(&running.market, &clock, diary, 1, 1).await,
            None => demo::load_once(&running.market, &clock, 1, 1).await,
        }
    };
    tokio::select! {
        loaded = demo => loaded?,
        () = stop_signal() => {
            println!("Stopping. The demo goes on where it stopped with the next start.");
            running.stop().await?;
            return Ok(ExitCode::SUCCESS);
        }
    }
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
