//! What a person may do about a refund that does not get on, or did not arrive. Pure.

use super::super::decide::{Case, Decision};
use super::{RELEASED, RefundMove, Refunding, astray, retry};
use crate::error::Error;
use crate::refund::{End, Step};
use crate::till::settle::intervene::ByHand;
use contracts::checkout::{Intervention, RefundStatus, SagaAnswer};
use kernel::{Actor, Ctx, Timestamp};

/// Told to the shop and in lists where a person read at the provider that it refused.
const REFUSED: &str = "The payment provider refused the refund.";
/// Likewise where the buyer's bank sent it back.
const SENT_BACK: &str = "The buyer's bank sent the money back.";

/// The answers that may be put in the provider's place, where it is asked for `charged` minor units.
#[must_use]
pub fn answers(step: &Step, charged: i64) -> &'static [SagaAnswer] {
    use SagaAnswer as A;
    match step {
        Step::Ask | Step::Inquire => &[A::Refunded, A::Declined],
        Step::Ended {
            end: End::Refunded { reference },
        } if charged > 0 && reference != RELEASED => &[A::CameBack],
        // The till's own work: nobody else can say that it is done.
        Step::Close { .. } | Step::Refuse { .. } | Step::Ended { .. } => &[],
    }
}

pub(super) fn intervene(
    case: &Case,
    known: &Refunding,
    by_hand: &ByHand,
    now: Timestamp,
) -> Result<Decision, Error> {
    // Whoever is at it would write over what is noted here.
    if !known.step.has_ended() && known.leased_at(now) {
        return Err(Error::SagaBusy);
    }
    let noted = |did| {
        let mut noted = known.clone();
        noted.note(now, did, Some(by_hand.by), Some(by_hand.note.clone()));
        noted
    };
    match &by_hand.intervention {
        Intervention::Retry if known.status() == RefundStatus::Refunded => {
            Err(Error::RefundEnded(answers(&known.step, known.charged())))
        }
        Intervention::Retry => retry(case, &noted("retried"), now),
        Intervention::Skip { answer, reference } => {
            skip(case, &noted("skipped"), *answer, reference.as_deref(), now)
        }
        Intervention::Compensate => Err(Error::NotSkippable {
            step: known.step.name(),
            allowed: answers(&known.step, known.charged()),
        }),
    }
}

fn skip(
    case: &Case,
    known: &Refunding,
    answer: SagaAnswer,
    reference: Option<&str>,
    now: Timestamp,
) -> Result<Decision, Error> {
    let allowed = answers(&known.step, known.charged());
    if !allowed.contains(&answer) {
        return Err(Error::NotSkippable {
            step: known.step.name(),
            allowed,
        });
    }
    let step = match answer {
        SagaAnswer::CameBack => {
            return Ok(astray::came_back(case, known, known.attempt, SENT_BACK, now));
        }
        SagaAnswer::Refunded => Step::Close {
            reference: reference.ok_or(Error::ReferenceMissing)?.to_owned(),
        },
        _ => Step::Refuse {
            reason: REFUSED.to_owned(),
        },
    };
    let gone_on = Refunding {
        tries: 0,
        ..known.clone()
    };
    Ok(Decision {
        refund: Some(RefundMove::Leased(gone_on.taken(step, now))),
        ..Decision::default()
    })
}

/// Somebody asks for it to be tried again without saying why: who it was is kept all the same.
pub(super) fn asked_again(known: &Refunding, ctx: &Ctx) -> Refunding {
    let mut noted = known.clone();
    if let Actor::Operator { user, .. } = &ctx.actor {
        noted.note(ctx.now, "retried", Some(*user), None);
    }
    noted
}
