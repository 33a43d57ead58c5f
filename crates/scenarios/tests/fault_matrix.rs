//! Every step of checkout, failed, done twice and cut off; see [`scenarios::matrix`]. `STOA_STEPS=capture,confirm` fills
//! some rows alone. What is captured at once and what is captured as shops send are two halves of one table, so that either can
//! be filled by itself.

#![allow(clippy::print_stdout, reason = "the matrix is told")]

use anyhow::Result;
use contracts::payments::CaptureTime;
use scenarios::{Site, matrix};

async fn check(capture: CaptureTime) -> Result<()> {
    let site = Site::new()?;
    let steps = std::env::var("STOA_STEPS").unwrap_or_default();
    let only: Vec<&str> = steps.split(',').filter(|step| !step.is_empty()).collect();
    let grid = matrix::fill(
        &site,
        |step, story| story.capture_time() == capture && (only.is_empty() || only.contains(&step)),
        |row| println!("{row}"),
    );
    let grid = grid.await?;
    println!("{grid}");
    assert!(grid.broken().is_empty(), "{:#?}", grid.broken());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_where_there_is_one_order_one_charge_and_nothing_is_held_for_ever() -> Result<()>
{
    check(CaptureTime::AtOnce).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_where_what_is_sent_is_captured_once_and_the_rest_is_let_go() -> Result<()> {
    check(CaptureTime::OnDispatch).await
}
