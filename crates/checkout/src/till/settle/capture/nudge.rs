//! What makes somebody look at shares before their time: the provider's word, and a person's. Pure.

use super::super::decide::{Case, Decision};
use super::{Capturing, go_on, kept, stands, unfit};
use crate::error::Error;
use kernel::{Ctx, Timestamp, UserId};
use payments::taking::Taking;

/// Makes due what waits for an answer. Whoever is at it is asking just now; and what the provider refused is tried again in its
/// own time, lest its word of each refusal brought on the next.
pub(super) fn heard(known: &Capturing, now: Timestamp) -> Decision {
    let split = known.taking.split();
    let waits = split.is_asking() || split.open() == 0;
    match waits && !known.leased_at(now) {
        true => kept(Capturing {
            due_at: Some(now),
            ..known.clone()
        }),
        false => stands(known),
    }
}

/// Somebody wants it tried again now. What was sent by then is due, also where nobody heard that it was.
pub(super) fn retried(
    case: &Case,
    known: &Capturing,
    (by, note): (UserId, &str),
    ctx: &Ctx,
) -> Result<Decision, Error> {
    // Whoever is at it would write over what is noted here.
    if known.leased_at(ctx.now) {
        return Err(Error::SagaBusy);
    }
    let mut retried = Capturing {
        taking: with_sent(case, known.taking.clone())?,
        tries: 0,
        ..known.clone()
    };
    retried.tell_of(ctx.now, "capture", "retried", Some((by, note.to_owned())));
    go_on(case, retried, ctx)
}

fn with_sent(case: &Case, mut taking: Taking) -> Result<Taking, Error> {
    for part in case.order.sub_orders() {
        if !part.progress.parcels.is_empty() {
            let tenant = part.part.tenant;
            taking = taking.changed(|split| split.sent(tenant)).map_err(unfit)?;
        }
    }
    Ok(taking)
}
