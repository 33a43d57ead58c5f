//! The fault matrix of checkout: every step of the saga, of refunds, of returns and of shares that are captured as shops send, failed,
//! done twice and cut off by `kill -9`, before and after it is done; and webhooks that come late, several times and in the wrong order. Each cell is an order of its
//! own, seen through by a buyer who asks again until there is an answer, and checked to the last unit and cent.

mod cards;
mod check;
mod desk;
mod returns;
mod shares;
mod stage;
mod story;
mod webhooks;

use crate::Site;
use anyhow::Result;
use cards::{Card, Fate};
use desk::ByHand;
use returns::Back;
use shares::Shares;
use stage::Stage;
use story::Story;
use testkit::{Cell, Fault, Grid, Spot};
use webhooks::Manner;

/// Each step, and a story that comes to it.
pub const STEPS: &[(&str, Story)] = &[
    ("place", Story::Buy("tok_visa")),
    ("start", Story::Buy("tok_visa")),
    ("authorize", Story::Buy("tok_visa")),
    ("inquire", Story::Buy("tok_timeout")),
    ("await_buyer", Story::AtTheBank),
    ("park", Story::AtTheBank),
    ("take", Story::AtTheBank),
    ("abandon", Story::AnotherCard),
    ("capture", Story::Buy("tok_visa")),
    ("confirm", Story::Buy("tok_visa")),
    ("decline", Story::DeclinedFirst),
    ("void", Story::CancelledAtTheBank),
    ("close", Story::CancelledAtTheBank),
    ("inquire_late", Story::TooLate),
    ("reopen", Story::TooLate),
    ("refund", Story::CancelledMeanwhile),
    ("expire", Story::NeverPaid),
    ("cancel", Story::CancelledPaid),
    ("cancel_part", Story::CancelledInPart),
    ("cancel_units", Story::CancelledUnits),
    ("refund_begin", Story::GivenBack("tok_visa")),
    ("refund_ask", Story::GivenBack("tok_visa")),
    ("refund_inquire", Story::GivenBack("tok_refund_timeout")),
    ("refund_park", Story::GivenBack("tok_refund_slow")),
    ("refund_take", Story::GivenBack("tok_refund_slow")),
    ("refund_close", Story::GivenBack("tok_visa")),
    ("refund_refuse", Story::GivenBack("tok_refund_fails")),
    ("return_receive", Story::SentBack(Back::Received)),
    ("return_refund", Story::SentBack(Back::RefundedFirst)),
    ("return_exchange", Story::SentBack(Back::Exchanged)),
    ("return_close", Story::SentBack(Back::NotExchanged)),
    ("return_withdraw", Story::SentBack(Back::Withdrawn)),
    ("intervene", Story::ByHand(ByHand::Retried)),
    ("intervene", Story::ByHand(ByHand::Said)),
    ("intervene", Story::ByHand(ByHand::Undone)),
    ("refund_retry", Story::ByHand(ByHand::RefundRetried)),
    ("place", Story::ByCard(Card::Part, Fate::Paid)),
    ("capture", Story::ByCard(Card::Part, Fate::Paid)),
    ("confirm", Story::ByCard(Card::Part, Fate::Paid)),
    ("confirm", Story::ByCard(Card::Whole, Fate::Paid)),
    ("decline", Story::ByCard(Card::Part, Fate::DeclinedFirst)),
    ("expire", Story::ByCard(Card::Part, Fate::NeverPaid)),
    ("cancel", Story::ByCard(Card::Part, Fate::CancelledPaid)),
    ("refund_close", Story::ByCard(Card::Part, Fate::GivenBack)),
    ("refund_close", Story::ByCard(Card::Whole, Fate::GivenBack)),
    ("terms", Story::ByShares(Shares::Sent("tok_visa"))),
    ("terms", Story::ByShares(Shares::Sent("tok_capture_whole"))),
    ("inquire", Story::ByShares(Shares::Sent("tok_timeout"))),
    ("confirm_authorized", Story::ByShares(Shares::Sent("tok_visa"))),
    ("confirm_authorized", Story::ByShares(Shares::TooLate)),
    ("reopen", Story::ByShares(Shares::TooLate)),
    ("void", Story::ByShares(Shares::CancelledMeanwhile)),
    ("close", Story::ByShares(Shares::CancelledMeanwhile)),
    ("capture_sent", Story::ByShares(Shares::Sent("tok_visa"))),
    ("capture_sent", Story::ByShares(Shares::SentAtOnce)),
    ("capture_ask", Story::ByShares(Shares::Sent("tok_visa"))),
    ("capture_ask", Story::ByShares(Shares::SentLast)),
    ("capture_answer", Story::ByShares(Shares::Sent("tok_visa"))),
    ("capture_answer", Story::ByShares(Shares::SentLast)),
    ("capture_take", Story::ByShares(Shares::Sent("tok_take_timeout"))),
    (
        "capture_inquire",
        Story::ByShares(Shares::Sent("tok_take_timeout")),
    ),
    ("capture_ask", Story::ByShares(Shares::Sent("tok_capture_once"))),
    (
        "cancel_part",
        Story::ByShares(Shares::SentInPart("tok_capture_once")),
    ),
    ("cancel_part", Story::ByShares(Shares::SentInPart("tok_visa"))),
    ("capture_take", Story::ByShares(Shares::SentInPart("tok_visa"))),
    ("capture_release", Story::ByShares(Shares::SentInPart("tok_visa"))),
    ("capture_answer", Story::ByShares(Shares::SentInPart("tok_visa"))),
    ("capture_answer", Story::ByShares(Shares::CancelledWhileAsked)),
    ("cancel", Story::ByShares(Shares::Cancelled)),
    ("capture_take", Story::ByShares(Shares::Cancelled)),
    ("capture_void", Story::ByShares(Shares::Cancelled)),
    ("capture_answer", Story::ByShares(Shares::Cancelled)),
    ("cancel_units", Story::ByShares(Shares::CancelledUnit)),
    ("refund_begin", Story::ByShares(Shares::GivenBackOpen)),
    ("refund_ask", Story::ByShares(Shares::GivenBackCaptured)),
    ("refund_close", Story::ByShares(Shares::GivenBackCaptured)),
    ("intervene", Story::ByShares(Shares::Undone)),
    ("capture_hear", Story::ByShares(Shares::Nudged)),
    ("capture_retry", Story::ByShares(Shares::Nudged)),
    ("capture_take", Story::ByShares(Shares::SentLate)),
    ("capture_take", Story::ByShares(Shares::Lapsed)),
    ("capture_take", Story::ByShares(Shares::NeverSent)),
    ("capture_answer", Story::ByShares(Shares::AskedTooLate)),
];

/// Steps without a row of their own, and why.
pub const ELSEWHERE: &[(&str, &str)] = &[
    ("look", "reads, and changes nothing"),
    ("hear", "the columns of webhooks come to it"),
    ("refund_hear", "the columns of webhooks come to it"),
    (
        "refund_came_back",
        "checkout's own tests, on a bank that sends money back",
    ),
    (
        "refund_intervene",
        "checkout's own tests, on a provider that never answers",
    ),
];

/// What goes wrong in a column.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    With { fault: Fault, after: bool },
    Webhooks(Manner),
}

fn columns() -> Vec<Wrong> {
    let faults = Fault::ALL
        .into_iter()
        .flat_map(|fault| [false, true].map(|after| Wrong::With { fault, after }));
    faults.chain(Manner::ALL.map(Wrong::Webhooks)).collect()
}

impl Wrong {
    fn name(self) -> String {
        match self {
            Self::With { fault, after } => {
                format!("{} {}", fault.name(), if after { "after" } else { "before" })
            }
            Self::Webhooks(manner) => format!("webhooks {}", manner.name()),
        }
    }
}

/// What is checked in each cell, in words.
pub fn checked() -> impl Iterator<Item = String> {
    check::BROKEN.iter().map(|(what, _)| format!("never so: {what}"))
}

/// Fills the rows of the matrix that are wanted. Tells each as it comes.
pub async fn fill(
    site: &Site,
    wanted: impl Fn(&str, Story) -> bool,
    mut told: impl FnMut(&str),
) -> Result<Grid> {
    let mut stage = Stage::set(site).await?;
    let mut grid = Grid::new("step", columns().into_iter().map(Wrong::name));
    for (step, story) in STEPS.iter().filter(|(step, story)| wanted(step, *story)) {
        let mut cells = Vec::new();
        for wrong in columns() {
            cells.push(cell(&mut stage, step, *story, wrong).await?);
        }
        let well = cells.iter().filter(|cell| **cell == Cell::Well).count();
        told(&format!(
            "{}: {well} of {} cells well",
            row(step, *story),
            cells.len()
        ));
        grid.rows.push((row(step, *story), cells));
    }
    stage.strike().await?;
    Ok(grid)
}

/// A step that several stories come to is told apart by them.
fn row(step: &str, story: Story) -> String {
    match story {
        Story::ByCard(Card::Part, _) => format!("{step}, a gift card in part"),
        Story::ByCard(Card::Whole, _) => format!("{step}, a gift card alone"),
        Story::ByHand(by) => format!("{step}, {} by hand", by.name()),
        Story::ByShares(shares) => format!("{step}, by shares: {}", shares.name()),
        _ => step.to_owned(),
    }
}

async fn cell(stage: &mut Stage, step: &'static str, story: Story, wrong: Wrong) -> Result<Cell> {
    stage.forget();
    let manner = match wrong {
        Wrong::With { fault, after } => {
            stage.wish(story, Spot { step, after }, fault);
            None
        }
        Wrong::Webhooks(manner) => Some(manner),
    };
    let played = stage.play(story, manner).await?;
    let mut broken = match played {
        Ok(order) => stage.check(&order).await?,
        Err(what) => vec![what],
    };
    if !stage.all_happened() {
        broken.push("the fault was never reached".to_owned());
    }
    stage.forget();
    Ok(if broken.is_empty() {
        Cell::Well
    } else {
        Cell::Broken(broken)
    })
}
