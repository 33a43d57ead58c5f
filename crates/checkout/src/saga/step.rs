//! The state machine of a payment. Each step says what is to be done; [`next`] says, by what came of it, which step
//! follows.
//!
//! ```text
//! authorize --> capture --> confirm --> ended(confirmed)
//!     |            |           |
//!     |            |           +-- the order ended --> refund --> close --> ended(refunded)
//!     |            +-- unknown --> inquire
//!     +-- unknown --> inquire --> wherever the provider says it stands
//!     +-- the bank asks the buyer --> await_buyer --> (inquire) --> capture | decline
//!     +-- declined --> decline --> ended(declined): the buyer may try again
//! any of these, when the order was cancelled --> void --> close --> ended(voided)
//! any of these, when the hold ran out --> inquire_late --> nothing set aside --> void
//!                                             +-- set aside --> reopen --> capture | void, if the goods are gone
//!                                             +-- taken --> confirm, if the goods are still there | refund
//!
//! where shares are captured as shops send their goods:
//!
//! authorize --> terms --> confirm_authorized --> ended(confirmed): what becomes of the shares is [`crate::capture`]'s
//!                 |                +-- the order ended --> void
//!                 +-- all or nothing --> capture, at once
//! ```
//!
//! Every call to the provider carries the key of the attempt, so that doing a step again, after a crash or by two
//! processes at once, is doing it once.

use contracts::payments::CaptureTime;
use kernel::Timestamp;
use payments::{Answer, Captures, Terms};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What is to be done for a payment now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Ask the provider to set the money aside.
    Authorize,
    /// Ask the provider what became of an unanswered call.
    Inquire,
    /// The buyer is with their bank: ask the provider now and then.
    AwaitBuyer {
        reference: String,
        url: String,
    },
    /// The buyer chose another means of payment: let this attempt go.
    Abandon,
    /// Ask the provider to take the money.
    Capture,
    /// Ask the provider on what terms the money is set aside, which is to be taken in parts.
    Terms {
        reference: String,
    },
    /// Tell the till that the money is set aside, and is taken as shops send their goods.
    ConfirmAuthorized {
        reference: String,
        captures: Captures,
        lapses_at: Timestamp,
    },
    /// Tell the till that it is paid.
    Confirm {
        reference: String,
    },
    /// The hold ran out while this was under way: ask the provider how it stands before anything is let go.
    InquireLate,
    /// The money is set aside for an order whose hold ran out: tell the till to hold its goods again.
    Reopen {
        reference: String,
    },
    /// Tell the till that it is not.
    Decline {
        reason: String,
    },
    /// The order ended unpaid: let the money go.
    Void,
    /// The order ended after the money was taken: give it back.
    Refund,
    /// Tell the till that the provider did so.
    Close {
        end: End,
    },
    Ended {
        end: End,
    },
}

/// How a payment ends. After `Declined` the buyer may begin another attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    Confirmed,
    Declined { reason: String },
    Voided,
    Refunded { reference: String },
}

/// What came of doing a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The provider answered.
    Answer(Answer),
    /// The provider told on what terms the money is set aside; none where it did not, or cannot.
    Terms(Option<Terms>),
    /// The till did what it was told.
    Done,
    /// The order cannot be paid any more.
    OrderEnded,
    /// The order's hold ran out.
    OrderExpired,
    /// The goods of an order whose hold ran out are not there any more.
    OutOfStock,
    /// The till could not be reached.
    Unavailable,
}

/// The step that follows, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    pub step: Step,
    pub pause: Pause,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Go on at once.
    None,
    /// Something did not answer: wait longer each time.
    Backoff,
    /// A person is at it: look again now and then.
    Poll,
}

const BACKOFF_FIRST: Duration = Duration::from_millis(200);
const BACKOFF_MAX: Duration = Duration::from_secs(60);
const POLL_FIRST: Duration = Duration::from_secs(3);
const POLL_MAX: Duration = Duration::from_secs(30);
/// Looks after which a person is looked after less often: at first they may be back at any moment.
const POLL_PATIENCE: u32 = 10;

impl Pause {
    /// How long to wait, after so many tries in vain.
    #[must_use]
    pub fn length(self, tries: u32) -> Duration {
        match self {
            Self::None => Duration::ZERO,
            Self::Backoff => BACKOFF_FIRST.saturating_mul(1 << tries.min(16)).min(BACKOFF_MAX),
            Self::Poll => POLL_FIRST.saturating_mul(1 + tries / POLL_PATIENCE).min(POLL_MAX),
        }
    }
}

/// Stands for a provider's reference where nothing is to be paid: no provider knows of it, and none can give it back.
pub const NOTHING_TO_PAY: &str = "nothing-to-pay";
/// Told to the buyer who chose another means of payment.
const ABANDONED: &str = "Another means of payment was chosen.";
/// Told to the buyer whose provider cancelled the payment on its own.
const CANCELLED_BY_PROVIDER: &str = "The payment was cancelled by the payment provider.";

/// The step that follows `step` after `outcome`, of a payment that is to be captured then.
#[must_use]
pub fn next(step: Step, outcome: Outcome, capture: CaptureTime) -> Next {
    use Step as S;
    match (step, outcome) {
        (step @ S::Ended { .. }, _) => now(step),

        // Towards the money.
        (step, Outcome::OrderEnded) if step.needs_open_order() => now(S::Void),
        (step, Outcome::OrderExpired) if step.needs_open_order() => now(S::InquireLate),
        (S::InquireLate, Outcome::Answer(answer)) => late(answer),
        (
            step @ (S::Authorize | S::Inquire | S::AwaitBuyer { .. } | S::Capture | S::Terms { .. }),
            Outcome::Answer(answer),
        ) => paying(step, answer, capture),
        (S::Terms { reference }, Outcome::Terms(Some(terms))) => now(match terms.captures {
            // Nothing of it could be left to the buyer, so there is nothing to wait for.
            Captures::Whole => S::Capture,
            captures @ (Captures::Once | Captures::Parts { .. }) => S::ConfirmAuthorized {
                reference,
                captures,
                lapses_at: terms.lapses_at,
            },
        }),
        (S::Abandon, Outcome::Answer(answer)) => abandoning(answer),

        // The till.
        (S::Confirm { .. }, Outcome::Done) => now(S::Ended { end: End::Confirmed }),
        (S::Confirm { reference }, Outcome::OrderEnded | Outcome::OutOfStock) => {
            now(match reference == NOTHING_TO_PAY {
                true => S::Close { end: End::Voided },
                false => S::Refund,
            })
        }
        (S::ConfirmAuthorized { .. }, Outcome::Done) => now(S::Ended { end: End::Confirmed }),
        (S::Reopen { reference }, Outcome::Done) => now(set_aside(reference, capture)),
        (S::Reopen { .. } | S::ConfirmAuthorized { .. }, Outcome::OrderEnded | Outcome::OutOfStock) => {
            now(S::Void)
        }
        (S::Decline { reason }, Outcome::Done) => now(S::Ended {
            end: End::Declined { reason },
        }),
        (S::Decline { .. }, Outcome::OrderEnded) => now(S::Close { end: End::Voided }),
        (S::Close { end }, Outcome::Done | Outcome::OrderEnded) => now(S::Ended { end }),

        // Back from the money.
        (S::Void, Outcome::Answer(answer)) => voiding(answer),
        (S::Refund, Outcome::Answer(answer)) => refunding(answer),

        // What cannot be done now is done later; an outcome that fits no step changes nothing.
        (step, _) => later(step),
    }
}

/// What follows once the money is set aside.
#[must_use]
pub fn set_aside(reference: String, capture: CaptureTime) -> Step {
    match capture {
        CaptureTime::AtOnce => Step::Capture,
        CaptureTime::OnDispatch => Step::Terms { reference },
    }
}

fn paying(step: Step, answer: Answer, capture: CaptureTime) -> Next {
    match answer {
        // A capture that was not carried out is asked for again.
        Answer::Authorized { .. } if step == Step::Capture => later(Step::Capture),
        Answer::Authorized { reference } => now(set_aside(reference, capture)),
        Answer::Captured { reference } => now(Step::Confirm { reference }),
        Answer::Declined { reason } => now(Step::Decline { reason }),
        Answer::RequiresAction { reference, url } => Next {
            step: Step::AwaitBuyer { reference, url },
            pause: Pause::Poll,
        },
        Answer::Voided { .. } | Answer::Refunded { .. } => now(Step::Decline {
            reason: CANCELLED_BY_PROVIDER.to_owned(),
        }),
        Answer::Pending { .. } => later(step),
        Answer::Unknown if matches!(step, Step::AwaitBuyer { .. }) => later(step),
        // The first inquiry follows at once, later ones wait.
        Answer::Unknown if step == Step::Inquire => later(Step::Inquire),
        Answer::Unknown => now(Step::Inquire),
        // It never arrived, so it may be asked for again, under the same key in case it still does.
        Answer::NotFound => later(Step::Authorize),
    }
}

fn late(answer: Answer) -> Next {
    match answer {
        Answer::Authorized { reference } => now(Step::Reopen { reference }),
        Answer::Captured { reference } => now(Step::Confirm { reference }),
        Answer::Refunded { reference } => now(Step::Close {
            end: End::Refunded { reference },
        }),
        Answer::Voided { .. } | Answer::Declined { .. } => now(Step::Close { end: End::Voided }),
        // Nothing was set aside, and nothing shall be.
        Answer::RequiresAction { .. } | Answer::NotFound => now(Step::Void),
        Answer::Unknown | Answer::Pending { .. } => later(Step::InquireLate),
    }
}

fn abandoning(answer: Answer) -> Next {
    match answer {
        Answer::Captured { reference } => now(Step::Confirm { reference }),
        Answer::Voided { .. } | Answer::Refunded { .. } | Answer::NotFound | Answer::Declined { .. } => {
            now(Step::Decline {
                reason: ABANDONED.to_owned(),
            })
        }
        Answer::Authorized { .. }
        | Answer::RequiresAction { .. }
        | Answer::Unknown
        | Answer::Pending { .. } => later(Step::Abandon),
    }
}

fn voiding(answer: Answer) -> Next {
    match answer {
        Answer::Voided { .. } | Answer::NotFound | Answer::Declined { .. } => {
            now(Step::Close { end: End::Voided })
        }
        // Too late to let go. Whether it is sold for or goes back is for the till to say.
        Answer::Captured { reference } => now(Step::Confirm { reference }),
        Answer::Refunded { reference } => now(Step::Close {
            end: End::Refunded { reference },
        }),
        Answer::Authorized { .. }
        | Answer::RequiresAction { .. }
        | Answer::Unknown
        | Answer::Pending { .. } => later(Step::Void),
    }
}

fn refunding(answer: Answer) -> Next {
    match answer {
        Answer::Refunded { reference } => now(Step::Close {
            end: End::Refunded { reference },
        }),
        // Under way it may still fail: it is asked about again until it is through.
        _ => later(Step::Refund),
    }
}

fn now(step: Step) -> Next {
    Next {
        step,
        pause: Pause::None,
    }
}

fn later(step: Step) -> Next {
    let pause = match step {
        Step::AwaitBuyer { .. } => Pause::Poll,
        _ => Pause::Backoff,
    };
    Next { step, pause }
}

impl Step {
    /// Stable, in snake case: what a saga's history and an operator call it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Inquire => "inquire",
            Self::AwaitBuyer { .. } => "await_buyer",
            Self::Abandon => "abandon",
            Self::Capture => "capture",
            Self::Terms { .. } => "terms",
            Self::ConfirmAuthorized { .. } => "confirm_authorized",
            Self::Confirm { .. } => "confirm",
            Self::InquireLate => "inquire_late",
            Self::Reopen { .. } => "reopen",
            Self::Decline { .. } => "decline",
            Self::Void => "void",
            Self::Refund => "refund",
            Self::Close { .. } => "close",
            Self::Ended { end } => end.name(),
        }
    }

    /// Whether there is nothing more to do.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        matches!(self, Self::Ended { .. })
    }

    /// Whether the step only makes sense while the order can still be paid.
    #[must_use]
    pub fn needs_open_order(&self) -> bool {
        matches!(
            self,
            Self::Authorize
                | Self::Inquire
                | Self::AwaitBuyer { .. }
                | Self::Abandon
                | Self::Capture
                | Self::Terms { .. }
        )
    }
}

impl End {
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Declined { .. } => "declined",
            Self::Voided => "voided",
            Self::Refunded { .. } => "refunded",
        }
    }
}

impl Outcome {
    /// For the saga's history.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Answer(answer) => answer_name(answer),
            Self::Terms(Some(_)) => "terms",
            Self::Terms(None) => "unknown",
            Self::Done => "done",
            Self::OrderEnded => "order_ended",
            Self::OrderExpired => "order_expired",
            Self::OutOfStock => "out_of_stock",
            Self::Unavailable => "unavailable",
        }
    }
}

/// What a provider said, for histories and metrics.
#[must_use]
pub fn answer_name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Authorized { .. } => "authorized",
        Answer::Captured { .. } => "captured",
        Answer::Voided { .. } => "voided",
        Answer::Refunded { .. } => "refunded",
        Answer::Pending { .. } => "pending",
        Answer::Declined { .. } => "declined",
        Answer::RequiresAction { .. } => "requires_action",
        Answer::Unknown => "unknown",
        Answer::NotFound => "not_found",
    }
}

#[cfg(test)]
mod tests;
