//! What a person may do about a payment that does not get on. Pure.

use super::decide::{cancel, take};
use super::{Case, Decision, Saga};
use crate::error::Error;
use crate::saga::{Outcome, Step, next};
use contracts::checkout::{Intervention, SagaAnswer};
use contracts::orders::CancelReason;
use kernel::{Ctx, Timestamp, UserId};
use payments::Answer;

/// An intervention, whose it is, and why.
#[derive(Clone, Debug)]
pub struct ByHand {
    pub intervention: Intervention,
    pub by: UserId,
    pub note: String,
}

/// Told to the buyer where a person read at the provider that the money was refused.
const DECLINED: &str = "The payment provider refused the payment.";

/// The answers that may be put in the provider's place while it is asked this.
#[must_use]
pub fn answers(step: &Step) -> &'static [SagaAnswer] {
    use SagaAnswer as A;
    match step {
        Step::Authorize | Step::Inquire | Step::AwaitBuyer { .. } | Step::Capture | Step::Terms { .. } => {
            &[A::Captured, A::Declined]
        }
        Step::Abandon | Step::InquireLate | Step::Void => &[A::Captured, A::Voided],
        Step::Refund => &[A::Refunded],
        // The till's own work: nobody else can say that it is done.
        Step::Confirm { .. }
        | Step::ConfirmAuthorized { .. }
        | Step::Reopen { .. }
        | Step::Decline { .. }
        | Step::Close { .. }
        | Step::Ended { .. } => &[],
    }
}

pub fn intervene(case: &Case, by_hand: &ByHand, ctx: &Ctx) -> Result<Decision, Error> {
    let now = ctx.now;
    let saga = case.saga.as_ref().ok_or(Error::NoSuchSaga)?;
    // Whoever is at it would write over what is noted here.
    if !saga.step.has_ended() && saga.leased_at(now) {
        return Err(Error::SagaBusy);
    }
    match &by_hand.intervention {
        Intervention::Retry => retry(saga, by_hand, now),
        Intervention::Skip { answer, reference } => skip(saga, *answer, reference.as_deref(), by_hand, now),
        Intervention::Compensate => compensate(case, saga, by_hand, ctx),
    }
}

fn retry(saga: &Saga, by_hand: &ByHand, now: Timestamp) -> Result<Decision, Error> {
    if saga.step.has_ended() {
        return Err(Error::SagaEnded(saga.step.name()));
    }
    Ok(gone_on(
        noted(saga, "retried", by_hand, now),
        saga.step.clone(),
        now,
    ))
}

fn skip(
    saga: &Saga,
    answer: SagaAnswer,
    reference: Option<&str>,
    by_hand: &ByHand,
    now: Timestamp,
) -> Result<Decision, Error> {
    if saga.step.has_ended() {
        return Err(Error::SagaEnded(saga.step.name()));
    }
    let allowed = answers(&saga.step);
    if !allowed.contains(&answer) {
        return Err(Error::NotSkippable {
            step: saga.step.name(),
            allowed,
        });
    }
    let reference = || reference.map(str::to_owned).ok_or(Error::ReferenceMissing);
    let answer = match answer {
        SagaAnswer::Captured => Answer::Captured {
            reference: reference()?,
        },
        SagaAnswer::Refunded => Answer::Refunded {
            reference: reference()?,
        },
        SagaAnswer::Declined => Answer::Declined {
            reason: DECLINED.to_owned(),
        },
        SagaAnswer::Voided => Answer::Voided {
            reference: reference().unwrap_or_default(),
        },
        // Said of refunds alone, so it is never among those that are allowed.
        SagaAnswer::CameBack => {
            return Err(Error::NotSkippable {
                step: saga.step.name(),
                allowed,
            });
        }
    };
    let noted = noted(saga, "skipped", by_hand, now);
    let step = next(saga.step.clone(), Outcome::Answer(answer), saga.capture).step;
    Ok(gone_on(noted, step, now))
}

fn compensate(case: &Case, saga: &Saga, by_hand: &ByHand, ctx: &Ctx) -> Result<Decision, Error> {
    let mut decision = cancel(case, CancelReason::Operator, ctx)?;
    if decision.order.is_empty() {
        return Err(Error::SagaCompensated);
    }
    // Cancelled as by anybody else; the saga goes on as that left it, or stays as it was.
    let left = decision.saga.take().unwrap_or_else(|| saga.clone());
    decision.saga = Some(Saga {
        version: saga.version + 1,
        history: noted(saga, "compensated", by_hand, ctx.now).history,
        ..left
    });
    Ok(decision)
}

fn noted(saga: &Saga, did: &str, by_hand: &ByHand, now: Timestamp) -> Saga {
    let mut saga = saga.clone();
    saga.tell_of(now, did, by_hand.by, by_hand.note.clone());
    saga
}

/// The saga at this step, left to the caller.
fn gone_on(saga: Saga, step: Step, now: Timestamp) -> Decision {
    let mut saga = Saga {
        version: saga.version + 1,
        step,
        tries: 0,
        ..saga
    };
    take(&mut saga, now);
    Decision {
        saga: Some(saga),
        leased: true,
        ..Decision::default()
    }
}
