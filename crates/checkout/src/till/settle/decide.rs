//! What a command does to an order, its payment, its stock and the books. Pure.

use super::Saga;
use crate::error::Error;
use crate::saga::{End, Step};
use contracts::orders::{CancelReason, OrderStatus};
use inventory::till::Settlement;
use kernel::Timestamp;
use orders::domain::{Command, Event, Order, decide as decide_order};
use payments::domain::Event as Payment;
use std::time::Duration;

/// How long a payment is left to whoever took it. Short, so that a crash costs a buyer little; whoever needs longer
/// renews it.
pub const LEASE: Duration = Duration::from_secs(1);

/// By what a history tells that the bank wants to hear from the buyer; the payment is told once per attempt.
const ACTION_REQUIRED: &str = "requires_action";

/// What is asked of the till about an order.
#[derive(Clone, Debug)]
pub enum Ask {
    /// How it stands.
    Look,
    /// Pay with this means: begin an attempt, or go on with the one that is being made.
    Start {
        provider: &'static str,
        method: String,
        return_path: String,
    },
    /// Go on with a payment that was left lying.
    Take,
    /// A payment got somewhere and waits.
    Park {
        saga: Box<Saga>,
    },
    /// The money was taken.
    Confirm {
        saga: Box<Saga>,
        reference: String,
    },
    /// The money was refused.
    Decline {
        saga: Box<Saga>,
        reason: String,
    },
    /// The provider let the money go, or gave it back.
    Close {
        saga: Box<Saga>,
        end: End,
    },
    Cancel {
        reason: CancelReason,
    },
}

/// An order and its payment, as they stand.
#[derive(Clone, Debug)]
pub struct Case {
    pub order: Order,
    /// None before the first attempt to pay.
    pub saga: Option<Saga>,
}

/// What a command does. Nothing, where everything is absent.
#[derive(Debug, Default, PartialEq)]
pub struct Decision {
    pub order: Vec<Event>,
    pub stock: Option<Settlement>,
    pub payment: Option<Payment>,
    pub books: Option<Books>,
    pub saga: Option<Saga>,
    /// Whether the caller is to go on with the payment.
    pub leased: bool,
}

/// What is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Books {
    Sale,
    Refund,
}

pub fn decide(case: &Case, ask: &Ask, now: Timestamp) -> Result<Decision, Error> {
    match ask {
        Ask::Look => Ok(Decision::default()),
        Ask::Start {
            provider,
            method,
            return_path,
        } => start(case, provider, method, return_path, now),
        Ask::Take => Ok(case
            .saga
            .as_ref()
            .map_or_else(Decision::default, |saga| lease(saga, now))),
        Ask::Park { saga } => park(case, saga),
        Ask::Confirm { saga, reference } => confirm(case, saga, reference, now),
        Ask::Decline { saga, reason } => decline(case, saga, reason, now),
        Ask::Close { saga, end } => close(case, saga, end),
        Ask::Cancel { reason } => cancel(case, *reason, now),
    }
}

fn start(
    case: &Case,
    provider: &str,
    method: &str,
    return_path: &str,
    now: Timestamp,
) -> Result<Decision, Error> {
    match case.order.status {
        OrderStatus::Placed => {}
        // Paid already: the caller is told how it stands.
        OrderStatus::Confirmed => return Ok(Decision::default()),
        OrderStatus::Cancelled => {
            // Refused, in the words of the order's own rule.
            decide_order(Some(&case.order), &Command::Confirm, now)?;
            return Ok(Decision::default());
        }
    }
    match &case.saga {
        Some(saga) if !saga.step.has_ended() => Ok(go_on(saga, method, now)),
        // It ends at any moment now: money taken from here on would only go back.
        _ if now >= case.order.placed.reserved_until => Err(Error::HoldEnded),
        earlier => {
            let mut saga = earlier
                .clone()
                .unwrap_or_else(|| Saga::begun(String::new(), String::new()));
            saga.version += 1;
            saga.attempt += 1;
            saga.method = method.to_owned();
            saga.return_path = return_path.to_owned();
            saga.step = Step::Authorize;
            saga.tries = 0;
            take(&mut saga, now);
            Ok(Decision {
                payment: Some(Payment::Started {
                    attempt: saga.attempt,
                    provider: provider.to_owned(),
                    method: method.to_owned(),
                }),
                saga: Some(saga),
                leased: true,
                ..Decision::default()
            })
        }
    }
}

/// A payment is being made. With the same means the caller joins it; with another one, an attempt that only waits for
/// the buyer is let go first.
fn go_on(saga: &Saga, method: &str, now: Timestamp) -> Decision {
    let mut decision = lease(saga, now);
    if let Some(leased) = decision.saga.as_mut()
        && leased.method != method
        && matches!(leased.step, Step::AwaitBuyer { .. })
    {
        leased.step = Step::Abandon;
        leased.tries = 0;
    }
    decision
}

/// Takes a payment that has something left to do, unless somebody is at it.
fn lease(saga: &Saga, now: Timestamp) -> Decision {
    if saga.step.has_ended() || saga.leased_at(now) {
        return Decision::default();
    }
    let mut saga = saga.clone();
    saga.version += 1;
    take(&mut saga, now);
    Decision {
        saga: Some(saga),
        leased: true,
        ..Decision::default()
    }
}

/// Due at once, so that it is found after a crash, but not before the lease is over.
fn take(saga: &mut Saga, now: Timestamp) {
    saga.due_at = Some(now);
    saga.lease_until = Some(now + LEASE);
}

fn park(case: &Case, saga: &Saga) -> Result<Decision, Error> {
    let known = current(case, saga)?;
    let asked_before = known
        .history
        .iter()
        .any(|told| told.attempt == saga.attempt && told.outcome == ACTION_REQUIRED);
    let payment = match &saga.step {
        Step::AwaitBuyer { reference, url } if !asked_before && case.order.status == OrderStatus::Placed => {
            Some(Payment::ActionRequired {
                reference: reference.clone(),
                url: url.clone(),
            })
        }
        _ => None,
    };
    Ok(Decision {
        payment,
        saga: Some(advanced(saga)),
        ..Decision::default()
    })
}

fn confirm(case: &Case, saga: &Saga, reference: &str, now: Timestamp) -> Result<Decision, Error> {
    let events = decide_order(Some(&case.order), &Command::Confirm, now)?;
    if events.is_empty() {
        return Ok(Decision::default());
    }
    Ok(Decision {
        order: events,
        stock: Some(Settlement::Sold),
        payment: Some(Payment::Captured {
            reference: reference.to_owned(),
        }),
        books: Some(Books::Sale),
        saga: Some(ended(case, saga, End::Confirmed)),
        leased: false,
    })
}

fn decline(case: &Case, saga: &Saga, reason: &str, now: Timestamp) -> Result<Decision, Error> {
    current(case, saga)?;
    let command = Command::DeclinePayment {
        reason: reason.to_owned(),
    };
    Ok(Decision {
        order: decide_order(Some(&case.order), &command, now)?,
        payment: Some(Payment::Declined {
            reason: reason.to_owned(),
        }),
        saga: Some(ended(
            case,
            saga,
            End::Declined {
                reason: reason.to_owned(),
            },
        )),
        ..Decision::default()
    })
}

fn close(case: &Case, saga: &Saga, end: &End) -> Result<Decision, Error> {
    // What the provider did stands, whatever happened to the order meanwhile; done is done only once.
    if case.saga.as_ref().is_none_or(|known| known.step.has_ended()) {
        return Ok(Decision::default());
    }
    let decision = Decision {
        saga: Some(ended(case, saga, end.clone())),
        ..Decision::default()
    };
    Ok(match end {
        // Money that came for an order already ended was never sold for: there is nothing to post back.
        End::Refunded { reference } if case.order.paid => Decision {
            payment: Some(Payment::Refunded {
                reference: reference.clone(),
            }),
            books: Some(Books::Refund),
            ..decision
        },
        _ => decision,
    })
}

fn cancel(case: &Case, reason: CancelReason, now: Timestamp) -> Result<Decision, Error> {
    let events = decide_order(Some(&case.order), &Command::Cancel { reason }, now)?;
    if events.is_empty() {
        return Ok(Decision::default());
    }
    if case.order.status == OrderStatus::Placed {
        // A payment under way finds the order ended and lets the money go, or gives it back.
        let woken = case
            .saga
            .as_ref()
            .filter(|saga| !saga.step.has_ended())
            .map(|saga| Saga {
                version: saga.version + 1,
                due_at: Some(now),
                ..saga.clone()
            });
        return Ok(Decision {
            order: events,
            stock: Some(Settlement::Released),
            payment: Some(Payment::Voided),
            saga: woken,
            ..Decision::default()
        });
    }
    let refund = case.saga.as_ref().map(|saga| {
        let mut saga = Saga {
            version: saga.version + 1,
            step: Step::Refund,
            tries: 0,
            ..saga.clone()
        };
        take(&mut saga, now);
        saga
    });
    Ok(Decision {
        order: events,
        stock: Some(Settlement::Returned),
        leased: refund.is_some(),
        saga: refund,
        ..Decision::default()
    })
}

/// The saga as it is kept, if it is still the one that the caller went on with.
fn current<'a>(case: &'a Case, saga: &Saga) -> Result<&'a Saga, Error> {
    case.saga
        .as_ref()
        .filter(|known| known.version == saga.version)
        .ok_or(Error::Stale)
}

fn advanced(saga: &Saga) -> Saga {
    Saga {
        version: saga.version + 1,
        lease_until: None,
        ..saga.clone()
    }
}

/// Ends the payment, whatever version of it is kept: what the caller knows of its history is the longer one.
fn ended(case: &Case, saga: &Saga, end: End) -> Saga {
    Saga {
        version: case.saga.as_ref().map_or(saga.version, |known| known.version) + 1,
        step: Step::Ended { end },
        tries: 0,
        due_at: None,
        lease_until: None,
        ..saga.clone()
    }
}
