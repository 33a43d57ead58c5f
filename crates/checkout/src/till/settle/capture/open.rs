//! What is given back of shares that are not captured: it is released as it is decided, without the provider, and nothing of it was
//! ever posted. What is captured is given back as any other money, of the take that took it. Pure.

use super::super::decide::{Books, Case, Decision};
use super::super::refund::{RELEASED, RefundMove, Refunding, Share, given_back};
use super::{CaptureMove, Capturing, unfit};
use crate::error::Error;
use crate::refund::{End, Outcome, Step};
use contracts::checkout::RefundTo;
use kernel::{Ctx, TenantId, Timestamp};
use orders::domain::{Event, Refund, Refusal};

/// A decision that was made as if all were captured, as it is where some is not.
pub fn fitted(case: &Case, known: &Capturing, mut decision: Decision, ctx: &Ctx) -> Result<Decision, Error> {
    decision.books = decision.books.and_then(|books| of_posted(known, books));
    let begun = match decision.refund.take() {
        Some(RefundMove::Leased(begun)) if case.refunds.iter().all(|known| known.id != begun.id) => begun,
        other => {
            decision.refund = other;
            return Ok(decision);
        }
    };
    let (open, taken) = sorted(case, known, &begun)?;
    if let Some(open) = open {
        release(case, known, &mut decision, open, ctx)?;
    }
    if let Some(taken) = taken {
        // What was released with it stands beside it.
        decision.released = decision.refund.take().and_then(|moved| match moved {
            RefundMove::Kept(released) => Some(released),
            RefundMove::Stands(_) | RefundMove::Leased(_) => None,
        });
        decision.refund = Some(RefundMove::Leased(taken));
    }
    Ok(decision)
}

/// Of what is undone by itself, what was posted: the sale of another share is posted without it.
fn of_posted(known: &Capturing, books: Books) -> Option<Books> {
    let is_posted = |share: &Share| {
        let stand = known.taking.split().share_of(share.tenant);
        stand.is_none_or(|stand| stand.captured > 0 || stand.authorized == 0)
    };
    match books {
        Books::Refund {
            refund,
            mut shares,
            tenders,
        } => {
            shares.retain(is_posted);
            (!shares.is_empty()).then_some(Books::Refund {
                refund,
                shares,
                tenders,
            })
        }
        other => Some(other),
    }
}

/// What of a refund is of open shares, and what is of captured ones.
fn sorted(
    case: &Case,
    known: &Capturing,
    begun: &Refunding,
) -> Result<(Option<Refunding>, Option<Refunding>), Error> {
    let (mut open, mut taken) = (Vec::new(), Vec::new());
    let mut of: Option<String> = None;
    for part in &begun.parts {
        let tenant = tenant_of(case, part)?;
        let share = known.taking.split().share_of(tenant).ok_or(Error::Internal)?;
        if share.asked > 0 {
            return Err(Error::BeingCaptured);
        }
        if share.captured == 0 {
            open.push(part.clone());
            continue;
        }
        let take = known.taking.take_of(tenant).ok_or(Error::Internal)?;
        if of.as_ref().is_some_and(|other| *other != take) {
            return Err(Error::CapturedApart);
        }
        of = Some(take);
        taken.push(part.clone());
    }
    let of_these = |parts: Vec<Refund>, of: Option<String>| {
        let first = parts.first()?.id;
        Some(Refunding {
            id: first,
            parts,
            of,
            ..begun.clone()
        })
    };
    Ok((of_these(open, None), of_these(taken, of)))
}

fn tenant_of(case: &Case, part: &Refund) -> Result<TenantId, Error> {
    let sub_order = case.order.sub_order(part.part).ok_or(Refusal::NoSuchPart)?;
    Ok(sub_order.part.tenant)
}

fn release(
    case: &Case,
    known: &Capturing,
    decision: &mut Decision,
    open: Refunding,
    ctx: &Ctx,
) -> Result<(), Error> {
    if open.to == RefundTo::StoreCredit {
        return Err(Error::NotCaptured);
    }
    let mut taking = known.taking.clone();
    for part in &open.parts {
        let tenant = tenant_of(case, part)?;
        taking = taking
            .changed(|split| split.give_back(tenant, part.amount))
            .map_err(unfit)?;
    }
    let then = decision.order.iter().cloned();
    let order = then.fold(case.order.clone(), |order, event| order.then(ctx.now, event));
    let after = Case {
        order,
        ..case.clone()
    };
    let (events, ended) = told(&after, open, ctx.now)?;
    decision.order.extend(events);
    decision.payment = taking.split().told_since(known.taking.split(), "");
    decision.refund = Some(RefundMove::Kept(ended));
    decision.capture = Some(CaptureMove::Kept(Capturing {
        due_at: match taking.split().open() {
            // The provider is to let go what is left.
            0 => Some(ctx.now),
            _ => known.due_at,
        },
        taking,
        ..known.clone()
    }));
    Ok(())
}

/// What the order's history tells of money that its buyer is not charged, and the refund of it, which is through.
pub(super) fn told(
    case: &Case,
    mut refund: Refunding,
    now: Timestamp,
) -> Result<(Vec<Event>, Refunding), Error> {
    refund.parts.iter_mut().for_each(|part| part.released = true);
    let (events, _) = given_back(case, &refund, now)?;
    let reference = || RELEASED.to_owned();
    let mut ended = Refunding {
        step: Step::Close {
            reference: reference(),
        },
        due_at: None,
        lease_until: None,
        ended_at: Some(now),
        ..refund
    };
    ended.tell(now, &Outcome::Done);
    ended.step = Step::Ended {
        end: End::Refunded {
            reference: reference(),
        },
    };
    Ok((events, ended))
}
