//! Builds orders' read tables anew from their histories and proves the live ones equal.

use crate::cli::Place;
use crate::compose;
use crate::config::Config;
use crate::home::Home;
use kernel::{SharedClock, SystemClock};
use orders::Replayed;
use runtime::ServiceKey;
use std::process::ExitCode;
use std::sync::Arc;

/// Orders between two words of progress.
const TOLD_EVERY: u64 = 10_000;

pub async fn run(place: Place) -> anyhow::Result<ExitCode> {
    super::begin(&place);
    let home = Home::open(&place, true).await?;
    let clock: SharedClock = Arc::new(SystemClock);
    let market = compose::compose(&home, &Config::for_command(), ServiceKey::new(b""), &clock).await?;
    let mut told = 0;
    let replayed = orders::replay(&market.books.orders, |orders| {
        if orders >= told + TOLD_EVERY {
            told = orders;
            tracing::info!(orders, "replayed");
        }
    })
    .await;
    drop(market);
    home.close().await?;
    Ok(report(&replayed?))
}

#[allow(clippy::print_stdout, reason = "the answer of the command")]
fn report(replayed: &Replayed) -> ExitCode {
    let Replayed {
        orders,
        events,
        differences,
    } = replayed;
    println!("{orders} orders made anew from {events} events");
    if differences.is_empty() {
        println!("ok   the read tables equal their histories");
        return ExitCode::SUCCESS;
    }
    println!("FAIL the read tables differ from their histories");
    for difference in differences {
        println!("     {difference}");
    }
    ExitCode::FAILURE
}
