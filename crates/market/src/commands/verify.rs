//! Checks the books.

use crate::cli::{Book, Verify};
use crate::compose::{self, Books};
use crate::config::Config;
use crate::home::Home;
use kernel::{SharedClock, SystemClock};
use runtime::ServiceKey;
use std::process::ExitCode;
use std::sync::Arc;

/// Findings shown per book; where there are more, the first ones tell enough.
const SHOWN_MAX: usize = 20;

pub async fn run(args: Verify) -> anyhow::Result<ExitCode> {
    super::begin(&args.place);
    let home = Home::open(&args.place, true).await?;
    let clock: SharedClock = Arc::new(SystemClock);
    let market = compose::compose(&home, &Config::for_command(), ServiceKey::new(b""), &clock).await?;
    let clean = match args.book {
        Some(Book::Audit) => report_trail(&market.books.trail, args.known.as_ref()).await,
        None => report(&market.books).await,
    };
    drop(market);
    home.close().await?;
    Ok(if clean? {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[allow(clippy::print_stdout, reason = "the answer of the command")]
async fn report(books: &Books) -> anyhow::Result<bool> {
    let stock = inventory::verify(&books.stock)
        .await?
        .iter()
        .map(serde_json::to_string)
        .collect::<Result<Vec<_>, _>>()?;
    let checks = [
        ("stock equals its movements and reservations", stock),
        (
            "orders equal their event streams",
            orders::verify(&books.orders).await?,
        ),
        (
            "payments equal their events and shares",
            payments::verify(&books.payments).await?,
        ),
        (
            "promotions equal their uses, within budget",
            promotions::verify(&books.promotions).await?,
        ),
        ("one tax rate holds at a time", taxes::verify(&books.taxes).await?),
        (
            "stock, orders, payments, promotions, taxes and ledger agree with each other",
            checkout::verify(&books.till).await?,
        ),
        (
            "the ledger sums to zero in every currency, and owes what is on gift cards and store credit",
            ledger::verify(&books.ledger).await?,
        ),
        (
            "shipments stand where their carriers say",
            shipping::verify(&books.parcels).await?,
        ),
        (
            "stars, votes and reports equal their counts",
            reviews::verify(&books.reviews).await?,
        ),
        (
            "sums of searches equal what was searched for",
            search::verify(&books.searched).await?,
        ),
        (
            "the audit trail is as it was written",
            audit::verify(&books.trail, None)
                .await?
                .finding
                .into_iter()
                .collect(),
        ),
    ];
    let mut clean = true;
    for (what, findings) in checks {
        println!("{} {what}", if findings.is_empty() { "ok  " } else { "FAIL" });
        for finding in findings.iter().take(SHOWN_MAX) {
            println!("     {finding}");
        }
        clean &= findings.is_empty();
    }
    Ok(clean)
}

#[allow(clippy::print_stdout, reason = "the answer of the command")]
async fn report_trail(trail: &audit::Trail, known: Option<&audit::Known>) -> anyhow::Result<bool> {
    let standing = audit::verify(trail, known).await?;
    let (entries, batches) = (standing.entries, standing.batches);
    match &standing.finding {
        None => println!("ok   the audit trail is as it was written: {entries} entries in {batches} batches"),
        Some(finding) => {
            println!("FAIL {finding}");
            println!("     before it, {entries} entries in {batches} batches are as they were written");
        }
    }
    if batches > 0 {
        println!(
            "     to be kept elsewhere, for --known: {batches}:{}",
            standing.head
        );
    }
    Ok(standing.finding.is_none())
}
