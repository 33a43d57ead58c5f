//! Ten buyers want at once what is left, again and again; see [`scenarios::last_unit`].

#![allow(clippy::print_stdout, reason = "figures are told")]

use anyhow::Result;
use bench::program::Launch;
use scenarios::last_unit::{Wish, play};
use scenarios::{Front, Site};
use std::sync::Arc;

const ROUNDS: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn one_instance() -> Result<()> {
    let site = Site::new()?;
    let launch = site.launch("all");
    let program = launch.start().await?;
    played(&launch, &Front::of(&program), |_| Wish::TheLast).await?;
    program.stop().await?;
    launch.verify().await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances() -> Result<()> {
    on_two_instances(|_| Wish::TheLast).await
}

/// Lines of one cart count together: those of one SKU, and those of several.
#[tokio::test(flavor = "multi_thread")]
async fn two_lines_in_each_cart() -> Result<()> {
    on_two_instances(|round| match round % 2 {
        0 => Wish::TwoOfThree,
        _ => Wish::TheLastAndMore,
    })
    .await
}

async fn on_two_instances(wish: impl Fn(usize) -> Wish) -> Result<()> {
    let site = Site::new()?;
    let database = site.database().await?;
    let first = database.behind(site.launch("first"));
    let second = database.behind(site.launch("second"));
    let programs = [first.start().await?, second.start().await?];
    played(&first, &Front::around(&programs.each_ref()), wish).await?;
    for program in programs {
        program.stop().await?;
    }
    first.verify().await?;
    database.stop().await
}

async fn played(launch: &Launch, front: &Arc<Front>, wish: impl Fn(usize) -> Wish) -> Result<()> {
    let findings = play(launch, front, ROUNDS, wish).await?;
    println!("{:?}", findings.figures);
    assert!(findings.is_clean(), "{:#?}", findings.broken);
    Ok(())
}
