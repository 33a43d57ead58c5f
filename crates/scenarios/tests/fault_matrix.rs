//! Every step of checkout, failed, done twice and cut off; see [`scenarios::matrix`]. `STOA_STEPS=capture,confirm` fills
//! some rows alone.

#![allow(clippy::print_stdout, reason = "the matrix is told")]

use anyhow::Result;
use scenarios::{Site, matrix};

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_where_there_is_one_order_one_charge_and_nothing_is_held_for_ever() -> Result<()>
{
    let site = Site::new()?;
    let steps = std::env::var("STOA_STEPS").unwrap_or_default();
    let only: Vec<&str> = steps.split(',').filter(|step| !step.is_empty()).collect();
    let grid = matrix::fill(&site, &only, |row| println!("{row}")).await?;
    println!("{grid}");
    assert!(grid.broken().is_empty(), "{:#?}", grid.broken());
    Ok(())
}
