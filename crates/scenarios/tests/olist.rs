//! A real marketplace, lived again; see [`scenarios::history`].

#![allow(clippy::print_stdout, reason = "figures are told")]

use anyhow::{Context, Result};
use scenarios::{Site, history};

/// Orders that are replayed: so many that all of what is rare is among them. `stoa prove history` replays all.
const ORDERS: &str = "STOA_OLIST_ORDERS";
const ORDERS_UNASKED: usize = 500;

#[tokio::test(flavor = "multi_thread")]
async fn a_real_marketplace_comes_out_as_it_was() -> Result<()> {
    let Some(files) = history::folder() else {
        println!("skipped: the marketplace's files are absent");
        return Ok(());
    };
    let orders = match std::env::var(ORDERS) {
        Ok(orders) => orders
            .parse()
            .with_context(|| format!("{ORDERS} should be a number"))?,
        Err(_) => ORDERS_UNASKED,
    };
    let site = Site::new()?;
    let findings = history::run(&site, &files, orders, |step| println!("{step}")).await?;
    for (what, value) in &findings.figures {
        println!("{what}: {value}");
    }
    assert!(findings.is_clean(), "{:#?}", findings.broken);
    Ok(())
}
