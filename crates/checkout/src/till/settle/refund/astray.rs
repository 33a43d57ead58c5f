//! Refunds that went through and did not reach their buyers. What the order's history, the shops' books and the credit notes
//! tell of them stays as it is: the shop gave the money, and has no claim to it. The provider has it again, and the
//! marketplace owes it to the buyer until another attempt gets through. Pure.

use super::super::decide::{Books, Case, Decision};
use super::{RefundMove, Refunding, kept, told};
use crate::refund::{End, Outcome, Step};
use contracts::checkout::RefundStatus;
use kernel::{TenantId, Timestamp, allocate};
use payments::Answer;
use payments::domain::{Event as Payment, RefundedShare};
use std::collections::BTreeMap;

/// The provider says of an attempt that it failed after it seemed to have gone through.
pub(super) fn came_back(
    case: &Case,
    known: &Refunding,
    attempt: u32,
    reason: &str,
    now: Timestamp,
) -> Decision {
    let amount = known.charged();
    let went_back = known.status() == RefundStatus::Refunded && !known.was_released();
    if !went_back || known.attempt != attempt || amount == 0 {
        return told(known);
    }
    let shares = shares(case, known);
    let mut back = known.clone();
    let answer = Answer::Declined {
        reason: reason.to_owned(),
    };
    back.tell(now, &Outcome::Answer(answer));
    Decision {
        payment: Some(Payment::RefundCameBack {
            refund: known.id,
            amount,
            shares: shares.clone(),
        }),
        books: Some(Books::CameBack {
            refund: known.id,
            attempt,
            amount,
        }),
        ..kept(Refunding {
            version: known.version + 1,
            step: Step::Ended {
                end: End::CameBack {
                    reason: reason.to_owned(),
                },
            },
            ended_at: Some(now),
            came_back: shares,
            ..back
        })
    }
}

/// What the provider gave back, by shop: of each as much as its part is of the whole.
fn shares(case: &Case, known: &Refunding) -> Vec<RefundedShare> {
    let mut given: BTreeMap<TenantId, u64> = BTreeMap::new();
    for part in &known.parts {
        let tenant = case
            .order
            .sub_order(part.part)
            .map(|sub_order| sub_order.part.tenant);
        let Some(tenant) = tenant else { continue };
        *given.entry(tenant).or_default() += part.amount.unsigned_abs();
    }
    let weights: Vec<u64> = given.values().copied().collect();
    let amounts = allocate(known.charged(), &weights);
    given
        .into_keys()
        .zip(amounts)
        .filter(|(_, amount)| *amount > 0)
        .map(|(tenant, amount)| RefundedShare { tenant, amount })
        .collect()
}

/// Asked for again, as another attempt: only what the provider has. Nothing of the order need be looked at, as nothing of it
/// changes.
pub(super) fn tried_again(known: &Refunding, now: Timestamp) -> Decision {
    let again = Refunding {
        attempt: known.attempt + 1,
        tries: 0,
        ..known.clone()
    };
    Decision {
        refund: Some(RefundMove::Leased(again.taken(Step::Ask, now))),
        ..Decision::default()
    }
}

/// This time it got through.
pub(super) fn given_again(known: &Refunding, ended: Refunding, reference: &str) -> Decision {
    let amount = known.charged();
    Decision {
        payment: Some(Payment::PartlyRefunded {
            refund: known.id,
            reference: reference.to_owned(),
            amount,
            shares: known.came_back.clone(),
        }),
        books: Some(Books::GivenAgain {
            refund: known.id,
            attempt: known.attempt,
            amount,
        }),
        ..kept(Refunding {
            came_back: Vec::new(),
            ..ended
        })
    }
}

/// What is owed to the buyer stays so when the provider refuses to try again: it is no promise that could be taken back.
pub(super) fn ended(known: &Refunding, end: End) -> End {
    match end {
        End::Refused { reason } if !known.came_back.is_empty() => End::CameBack { reason },
        end => end,
    }
}
