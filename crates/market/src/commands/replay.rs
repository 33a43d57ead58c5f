//! Builds the read tables of orders anew from their histories, and the sums by day from these and from the ledger's postings, and
//! proves the live ones equal.

use crate::cli::Place;
use crate::compose;
use crate::config::Config;
use crate::home::Home;
use kernel::{SharedClock, SystemClock};
use runtime::ServiceKey;
use std::fmt::Display;
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
    let orders = orders::replay(&market.books.orders, |orders| {
        if orders >= told + TOLD_EVERY {
            told = orders;
            tracing::info!(orders, "replayed");
        }
    })
    .await;
    let books = ledger::replay(&market.books.ledger).await;
    drop(market);
    home.close().await?;
    Ok(report(&orders?, &books?))
}

#[allow(clippy::print_stdout, reason = "the answer of the command")]
fn report(orders: &orders::Replayed, books: &ledger::Replayed) -> ExitCode {
    println!("{} orders made anew from {} events", orders.orders, orders.events);
    let tables = said("the read tables equal their histories", &orders.differences);
    let left_out = match orders.left_out.len() {
        0 => String::new(),
        days => format!(", {days} left out: something was told of their orders that is not summed up yet"),
    };
    println!("{} days of sales summed anew from these{left_out}", orders.days);
    let sales = said("the sums of sales equal their orders", &orders.sum_differences);
    println!(
        "{} closed days summed anew from {} postings",
        books.days, books.postings
    );
    let ledger = said("the sums of closed days equal their postings", &books.differences);
    match tables && sales && ledger {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Says that something is so, or what contradicts it; whether it is.
#[allow(clippy::print_stdout, reason = "the answer of the command")]
fn said(what: &str, differences: &[impl Display]) -> bool {
    if differences.is_empty() {
        println!("ok   {what}");
        return true;
    }
    println!("FAIL not so: {what}");
    for difference in differences {
        println!("     {difference}");
    }
    false
}
