//! What may happen to a return. Money and goods that move with it are the till's.

use super::decide_part::{illegal as illegal_for_part, named, once};
use super::progress::units_of;
use super::{Command, Event, Received, Refusal, Return, ReturnRequest, ReturnStep, SubOrder, Units};
use contracts::orders::{ReturnReason, ReturnStatus};
use kernel::{ReturnId, Timestamp};

/// Returns of one sub-order.
pub const RETURNS_MAX: usize = 20;

/// What happens when somebody takes this step; nothing if it was taken before.
pub(super) fn decide(
    sub_order: &SubOrder<'_>,
    command: &Command,
    id: ReturnId,
    step: &ReturnStep,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let known = sub_order.find_return(id);
    match (step, known) {
        (ReturnStep::Requested(request), Some(known)) => {
            return once(known.requested == *request, "return");
        }
        // One of another sub-order: whoever names it names that one.
        (ReturnStep::Requested(_), None) if sub_order.order.part_of_return(id).is_some() => {
            return Err(Refusal::IdTaken("return"));
        }
        (ReturnStep::Requested(request), None) => check_request(sub_order, command, request, now)?,
        (_, None) => return Err(Refusal::NoSuchReturn),
        (step, Some(known)) if known.was_told(step) => return Ok(Vec::new()),
        (step, Some(known)) => check_step(sub_order, known, step)?,
    }
    Ok(vec![Event::Return {
        part: sub_order.part.id,
        id,
        step: step.clone(),
    }])
}

/// In time, of units that arrived and are in no other return, with a reason that says something.
fn check_request(
    sub_order: &SubOrder<'_>,
    command: &Command,
    request: &ReturnRequest,
    now: Timestamp,
) -> Result<(), Refusal> {
    let until = match sub_order.return_until() {
        Some(until) if sub_order.has_arrived() => until,
        _ => return Err(illegal_for_part(sub_order.status(), command)),
    };
    if now > until {
        return Err(Refusal::ReturnTooLate { until });
    }
    if sub_order.progress.returns.len() >= RETURNS_MAX {
        return Err(Refusal::TooManyReturns);
    }
    if request.reason == ReturnReason::Other && request.note.trim().is_empty() {
        return Err(Refusal::ReasonUnclear);
    }
    for (line, wanted) in named(sub_order, &request.lines)? {
        if line.digital.is_some() {
            return Err(Refusal::NotSent {
                line: line.id,
                title: line.title.clone(),
            });
        }
        // What is faulty goes back whatever its shop says: that is the law.
        if request.reason == ReturnReason::ChangedMind
            && line.made.as_ref().is_some_and(|made| !made.returnable)
        {
            return Err(Refusal::NotReturnable {
                line: line.id,
                title: line.title.clone(),
            });
        }
        let left = sub_order.returnable(line);
        if wanted > left {
            return Err(Refusal::TooManyToReturn {
                line: line.id,
                wanted,
                left,
            });
        }
    }
    Ok(())
}

fn check_step(sub_order: &SubOrder<'_>, known: &Return, step: &ReturnStep) -> Result<(), Refusal> {
    check_move(sub_order, known, outcome(step))?;
    match step {
        ReturnStep::Refused { note } | ReturnStep::Closed { note } if note.trim().is_empty() => {
            Err(Refusal::NoteMissing)
        }
        ReturnStep::Received { lines } => check_received(sub_order, known, lines),
        _ => Ok(()),
    }
}

/// Never more than was to come back.
fn check_received(sub_order: &SubOrder<'_>, known: &Return, lines: &[Received]) -> Result<(), Refusal> {
    let units: Vec<Units> = lines
        .iter()
        .map(|received| Units {
            line: received.line,
            quantity: received.units(),
        })
        .collect();
    for (line, wanted) in named(sub_order, &units)? {
        let left = units_of(line.id, &known.requested.lines);
        if wanted > left {
            return Err(Refusal::TooManyToReturn {
                line: line.id,
                wanted,
                left,
            });
        }
    }
    Ok(())
}

fn check_move(sub_order: &SubOrder<'_>, known: &Return, to: &'static str) -> Result<(), Refusal> {
    let status = sub_order.return_status(known);
    match allowed(status).contains(&to) {
        true => Ok(()),
        false => Err(illegal(status, to)),
    }
}

impl SubOrder<'_> {
    /// A return for which money can go back now: nobody has the goods and the money both.
    pub fn return_to_refund(&self, id: ReturnId) -> Result<&Return, Refusal> {
        let known = self.find_return(id).ok_or(Refusal::NoSuchReturn)?;
        check_move(self, known, "refunded")?;
        Ok(known)
    }
}

pub(super) fn illegal(status: ReturnStatus, to: &'static str) -> Refusal {
    Refusal::Illegal {
        what: "A return",
        from: name(status),
        to,
        allowed: allowed(status),
    }
}

/// Where a return stands after a step.
fn outcome(step: &ReturnStep) -> &'static str {
    match step {
        ReturnStep::Requested(_) => "requested",
        ReturnStep::Authorised { .. } => "authorised",
        ReturnStep::Refused { .. } => "refused",
        ReturnStep::Withdrawn => "withdrawn",
        ReturnStep::SentBack { .. } => "sent_back",
        ReturnStep::Received { .. } => "received",
        ReturnStep::Exchanged => "exchanged",
        ReturnStep::Closed { .. } => "closed",
    }
}

/// The word by which callers know a return's status.
#[must_use]
pub fn name(status: ReturnStatus) -> &'static str {
    match status {
        ReturnStatus::Requested => "requested",
        ReturnStatus::Refused => "refused",
        ReturnStatus::Withdrawn => "withdrawn",
        ReturnStatus::Authorised => "authorised",
        ReturnStatus::SentBack => "sent_back",
        ReturnStatus::Received => "received",
        ReturnStatus::Refunded => "refunded",
        ReturnStatus::Exchanged => "exchanged",
        ReturnStatus::Closed => "closed",
    }
}

/// Where a return can go from here. What is on its way back may be told of again, with the right number.
fn allowed(status: ReturnStatus) -> &'static [&'static str] {
    match status {
        ReturnStatus::Requested => &["authorised", "refused", "withdrawn"],
        ReturnStatus::Authorised => &["sent_back", "received", "refunded", "withdrawn", "closed"],
        ReturnStatus::SentBack => &["sent_back", "received", "refunded", "closed"],
        ReturnStatus::Received => &["refunded", "exchanged", "closed"],
        ReturnStatus::Refunded => &["sent_back", "received", "closed"],
        ReturnStatus::Exchanged => &["closed"],
        ReturnStatus::Refused | ReturnStatus::Withdrawn | ReturnStatus::Closed => &[],
    }
}
