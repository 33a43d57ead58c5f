//! The state machine of a refund. Each step says what is to be done; [`next`] says, by what came of it, which step follows.
//!
//! ```text
//! ask --> close --> ended(refunded)
//!  |  \-- refused --> refuse --> ended(refused): somebody may try again, as another attempt
//!  +-- unknown --> inquire --> close | refuse
//!                    |  +-- it never arrived --> ask, under the same key
//!                    +-- unknown, or under way --> inquire, later
//! ended(refunded) --> the buyer's bank sent it back --> ended(came_back): somebody may try again, as another attempt
//! ```
//!
//! The provider knows each attempt by a key of its own, so that doing a step again, after a crash or by two processes at
//! once, is doing it once. What is unknown is inquired about, never refunded again.

use crate::saga::Pause;
use payments::Answer;
use serde::{Deserialize, Serialize};

/// What is to be done for a refund now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Ask the provider to give the money back.
    Ask,
    /// Ask the provider what became of an unanswered call.
    Inquire,
    /// Tell the till that the money is on its way back.
    Close {
        reference: String,
    },
    /// Tell the till that the provider will not do it.
    Refuse {
        reason: String,
    },
    Ended {
        end: End,
    },
}

/// How a refund ends. After `Refused` and `CameBack` somebody may try again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    Refunded {
        reference: String,
    },
    Refused {
        reason: String,
    },
    /// It went through, and did not reach the buyer. Somebody may try again.
    CameBack {
        reason: String,
    },
}

/// What came of doing a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The provider answered.
    Answer(Answer),
    /// The till did what it was told.
    Done,
    /// The till could not be reached.
    Unavailable,
}

/// The step that follows, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    pub step: Step,
    pub pause: Pause,
}

/// The step that follows `step` after `outcome`.
#[must_use]
pub fn next(step: Step, outcome: Outcome) -> Next {
    use Step as S;
    match (step, outcome) {
        (step @ S::Ended { .. }, _) => now(step),
        (step @ (S::Ask | S::Inquire), Outcome::Answer(answer)) => asking(step, answer),
        (S::Close { reference }, Outcome::Done) => now(S::Ended {
            end: End::Refunded { reference },
        }),
        (S::Refuse { reason }, Outcome::Done) => now(S::Ended {
            end: End::Refused { reason },
        }),
        // What cannot be done now is done later; an outcome that fits no step changes nothing.
        (step, _) => later(step),
    }
}

fn asking(step: Step, answer: Answer) -> Next {
    match answer {
        Answer::Refunded { reference } => now(Step::Close { reference }),
        Answer::Declined { reason } => now(Step::Refuse { reason }),
        // Days may go by until the buyer's bank has it.
        Answer::Pending { .. } => Next {
            step: Step::Inquire,
            pause: Pause::Poll,
        },
        // The first inquiry follows at once, later ones wait.
        Answer::Unknown if step == Step::Ask => now(Step::Inquire),
        Answer::Unknown => later(Step::Inquire),
        // It never arrived, so it may be asked for again, under the same key in case it still does.
        Answer::NotFound => later(Step::Ask),
        // Said of charges, never of refunds: asked again rather than believed.
        Answer::Authorized { .. }
        | Answer::Captured { .. }
        | Answer::Voided { .. }
        | Answer::RequiresAction { .. } => later(step),
    }
}

fn now(step: Step) -> Next {
    Next {
        step,
        pause: Pause::None,
    }
}

fn later(step: Step) -> Next {
    Next {
        step,
        pause: Pause::Backoff,
    }
}

impl Step {
    /// Stable, in snake case: what a refund's history and an operator call it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Inquire => "inquire",
            Self::Close { .. } => "close",
            Self::Refuse { .. } => "refuse",
            Self::Ended {
                end: End::Refunded { .. },
            } => "refunded",
            Self::Ended {
                end: End::Refused { .. },
            } => "refused",
            Self::Ended {
                end: End::CameBack { .. },
            } => "came_back",
        }
    }

    /// Whether there is nothing more to do.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        matches!(self, Self::Ended { .. })
    }
}

impl Outcome {
    /// For the refund's history.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Answer(answer) => crate::saga::answer_name(answer),
            Self::Done => "done",
            Self::Unavailable => "unavailable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refunded() -> Outcome {
        Outcome::Answer(Answer::Refunded {
            reference: "re1".to_owned(),
        })
    }

    fn pending() -> Outcome {
        Outcome::Answer(Answer::Pending {
            reference: "re1".to_owned(),
        })
    }

    fn refused() -> Outcome {
        Outcome::Answer(Answer::Declined {
            reason: "The account is closed.".to_owned(),
        })
    }

    fn answer(answer: Answer) -> Outcome {
        Outcome::Answer(answer)
    }

    /// Walks from `Ask` through the outcomes and names the steps.
    fn walk(outcomes: Vec<Outcome>) -> Vec<&'static str> {
        let mut step = Step::Ask;
        let mut names = vec![step.name()];
        for outcome in outcomes {
            step = next(step, outcome).step;
            names.push(step.name());
        }
        names
    }

    #[test]
    fn money_that_goes_back_at_once_is_closed() {
        assert_eq!(
            walk(vec![refunded(), Outcome::Unavailable, Outcome::Done]),
            ["ask", "close", "close", "refunded"]
        );
    }

    #[test]
    fn a_lost_answer_is_asked_for_and_never_refunded_again() {
        let unknown = || answer(Answer::Unknown);
        assert_eq!(
            walk(vec![unknown(), unknown(), pending(), refunded(), Outcome::Done]),
            ["ask", "inquire", "inquire", "inquire", "close", "refunded"]
        );
        assert_eq!(
            walk(vec![unknown(), answer(Answer::NotFound), refunded()]),
            ["ask", "inquire", "ask", "close"]
        );
    }

    #[test]
    fn a_refusal_is_told_and_is_an_end() {
        assert_eq!(
            walk(vec![pending(), refused(), Outcome::Done, refunded()]),
            ["ask", "inquire", "refuse", "refused", "refused"]
        );
    }

    #[test]
    fn only_the_first_inquiry_does_not_wait() {
        let pause = |step, outcome| next(step, outcome).pause;
        assert_eq!(pause(Step::Ask, answer(Answer::Unknown)), Pause::None);
        assert_eq!(pause(Step::Inquire, answer(Answer::Unknown)), Pause::Backoff);
        assert_eq!(pause(Step::Inquire, answer(Answer::NotFound)), Pause::Backoff);
        assert_eq!(pause(Step::Ask, pending()), Pause::Poll);
    }

    fn outcomes() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            2 => Just(refunded()),
            1 => Just(refused()),
            2 => Just(pending()),
            3 => Just(answer(Answer::Unknown)),
            2 => Just(answer(Answer::NotFound)),
            1 => Just(answer(Answer::Captured { reference: "c".to_owned() })),
            2 => Just(Outcome::Done),
            1 => Just(Outcome::Unavailable),
        ]
    }

    proptest! {
        /// Whatever happens in whatever order: an end is an end, only a provider's word leads to it, and after an unknown
        /// answer nothing is asked for again before the provider has denied it.
        #[test]
        fn no_refund_ends_without_the_providers_word(outcomes in prop::collection::vec(outcomes(), 0..40)) {
            let mut step = Step::Ask;
            let (mut gone_back, mut denied, mut in_doubt) = (false, false, false);
            for outcome in outcomes {
                if let (Step::Ask | Step::Inquire, Outcome::Answer(answer)) = (&step, &outcome) {
                        gone_back |= matches!(answer, Answer::Refunded { .. });
                        denied |= matches!(answer, Answer::Declined { .. });
                        in_doubt |= matches!(answer, Answer::Unknown | Answer::Pending { .. });
                        in_doubt &= !matches!(answer, Answer::NotFound);
                }
                let after = next(step.clone(), outcome).step;
                prop_assert!(!step.has_ended() || after == step);
                prop_assert!(after != Step::Ask || !in_doubt);
                step = after;
                match &step {
                    Step::Close { .. } | Step::Ended { end: End::Refunded { .. } } => prop_assert!(gone_back),
                    Step::Refuse { .. } | Step::Ended { end: End::Refused { .. } } => prop_assert!(denied),
                    Step::Ask | Step::Inquire => {}
                    Step::Ended { end: End::CameBack { .. } } => prop_assert!(false, "only the till says so"),
                }
            }
        }
    }
}
