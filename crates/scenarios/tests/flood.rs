//! A thousand buyers at once; see [`scenarios::flood`].

#![allow(clippy::print_stdout, reason = "figures are told")]

use anyhow::{Context, Result};
use scenarios::{Site, flood};

/// Seeds the buyers' choices; drawn, and printed, if absent.
const SEED: &str = "STOA_STORY_SEED";

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_buyers_get_what_is_there_and_pay_once() -> Result<()> {
    let seed: u64 = match std::env::var(SEED) {
        Ok(seed) => seed
            .parse()
            .with_context(|| format!("{SEED} should be a number"))?,
        Err(_) => rand::random(),
    };
    println!("{SEED}={seed}");
    let site = Site::new()?;
    let findings = flood::run(&site, seed, |step| println!("{step}")).await?;
    for (what, value) in &findings.figures {
        println!("{what}: {value}");
    }
    assert!(findings.is_clean(), "{:#?}", findings.broken);
    Ok(())
}
