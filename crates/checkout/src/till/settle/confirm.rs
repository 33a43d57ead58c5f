//! An order is paid, or its money is set aside: its goods are sold, or held again where its time had run out. Pure.

use super::Saga;
use super::capture::{CaptureMove, Capturing, free};
use super::decide::{Books, Case, Decision, Hold, current, ended, take};
use crate::error::Error;
use crate::saga::{End, Outcome, Step, next, set_aside};
use contracts::payments::CaptureTime;
use inventory::till::Settlement;
use kernel::Timestamp;
use orders::domain::{Command, confirmation, decide as decide_order};
use payments::Terms;
use payments::domain::Event as Payment;
use std::time::Duration;

/// How long the goods of an order that was opened again are held: its money is set aside and only has to be taken.
const REOPENED_HOLD: Duration = Duration::from_secs(120);

/// By what a history tells that an order was opened again.
const REOPEN: &str = "reopen";
const DONE: &str = "done";

pub(super) fn confirm(case: &Case, saga: &Saga, reference: &str, now: Timestamp) -> Result<Decision, Error> {
    if case.order.paid {
        // Somebody else said so before. What became of the order since, and of its money, is not this payment's to say.
        return Ok(Decision::default());
    }
    // All of it was taken, whatever it was begun with.
    let saga = &Saga {
        capture: CaptureTime::AtOnce,
        ..saga.clone()
    };
    let sold = sold(case, saga, now)?;
    Ok(Decision {
        payment: Some(Payment::Captured {
            reference: reference.to_owned(),
        }),
        books: Some(Books::Sale),
        ..sold
    })
}

/// As [`confirm`], while the money is only set aside: nothing is posted of a share before it is captured.
pub(super) fn confirm_authorized(
    case: &Case,
    saga: &Saga,
    reference: &str,
    terms: Terms,
    now: Timestamp,
) -> Result<Decision, Error> {
    if case.order.paid {
        return Ok(Decision::default());
    }
    // Unlike what is taken, what is set aside may have been let go by whoever took the payment over.
    current(case, saga)?;
    let sold = sold(case, saga, now)?;
    Ok(Decision {
        payment: Some(Payment::Authorized {
            reference: reference.to_owned(),
        }),
        books: free(&case.order),
        capture: Some(CaptureMove::Kept(Capturing::begun(
            &case.order,
            saga.attempt,
            terms,
            now,
        )?)),
        ..sold
    })
}

/// The order is confirmed and its goods are sold, whoever has the money.
fn sold(case: &Case, saga: &Saga, now: Timestamp) -> Result<Decision, Error> {
    let late = case.order.has_expired();
    let events = if late {
        still_undecided(case, saga)?;
        let mut events = decide_order(Some(&case.order), &Command::Reopen { until: now }, now)?;
        events.extend(confirmation(&case.order.placed));
        events
    } else {
        decide_order(Some(&case.order), &Command::Confirm, now)?
    };
    Ok(Decision {
        order: events,
        hold: late.then(|| hold(case, saga, now, now)),
        stock: Some(Settlement::Sold),
        saga: Some(ended(case, saga, End::Confirmed)),
        ..Decision::default()
    })
}

pub(super) fn reopen(case: &Case, saga: &Saga, reference: &str, now: Timestamp) -> Result<Decision, Error> {
    if !case.order.has_expired() {
        // Opened again by somebody else, or cancelled for good.
        decide_order(Some(&case.order), &Command::Confirm, now)?;
        return Err(Error::Stale);
    }
    let known = still_undecided(case, saga)?;
    let again = known
        .history
        .iter()
        .any(|told| told.attempt == saga.attempt && told.step == REOPEN && told.outcome == DONE);
    if again {
        // Once is grace, twice would hold goods for a payment that gets nowhere.
        return Err(Error::HoldEnded);
    }
    let until = now + REOPENED_HOLD;
    let step = set_aside(reference.to_owned(), saga.capture);
    Ok(Decision {
        order: decide_order(Some(&case.order), &Command::Reopen { until }, now)?,
        hold: Some(hold(case, saga, until, now)),
        payment: Some(Payment::Authorized {
            reference: reference.to_owned(),
        }),
        saga: Some(moved_on(case, saga, step, now)),
        leased: true,
        ..Decision::default()
    })
}

/// For an order that expired: the saga as it is kept, unless its money is already on its way back.
fn still_undecided<'a>(case: &'a Case, saga: &Saga) -> Result<&'a Saga, Error> {
    case.saga
        .as_ref()
        .filter(|known| known.attempt == saga.attempt)
        .filter(|known| !matches!(known.step, Step::Refund | Step::Close { .. } | Step::Ended { .. }))
        .ok_or(Error::Stale)
}

/// What `saga` tells of its step is that it was done; if the goods are gone, it was not.
fn hold(case: &Case, saga: &Saga, until: Timestamp, now: Timestamp) -> Hold {
    let mut short = saga.clone();
    short.history.pop();
    short.tell(now, &Outcome::OutOfStock);
    let step = next(saga.step.clone(), Outcome::OutOfStock, saga.capture).step;
    Hold {
        until,
        otherwise: moved_on(case, &short, step, now),
    }
}

/// The saga at its next step, left to the caller.
fn moved_on(case: &Case, saga: &Saga, step: Step, now: Timestamp) -> Saga {
    let mut saga = Saga {
        version: case.saga.as_ref().map_or(saga.version, |known| known.version) + 1,
        step,
        tries: 0,
        ..saga.clone()
    };
    take(&mut saga, now);
    saga
}
