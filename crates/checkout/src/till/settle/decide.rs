//! What a command does to an order, its payment, its stock and the books. Pure.

use super::Saga;
use super::cancel::{UnitsAsk, cancel_part, cancel_units};
use super::capture::{self, CaptureAsk, CaptureMove, Capturing};
use super::confirm::{confirm, confirm_authorized, reopen};
use super::intervene::{ByHand, intervene};
use super::refund::{self, RefundAsk, RefundMove, RefundRequest, Refunding, Share};
use super::returns::{self, Goods, ReturnAsk};
use super::unpaid::unpaid_for;
use crate::error::Error;
use crate::saga::{End, NOTHING_TO_PAY, Step};
use contracts::orders::{CancelReason, OrderStatus};
use contracts::payments::CaptureTime;
use inventory::till::{Line, Settlement};
use kernel::{Ctx, RefundId, SubOrderId, TenantId, Timestamp};
use orders::domain::{Command, Event, Order, Tender, decide as decide_order};
use payments::Terms;
use payments::domain::Event as Payment;
use std::time::Duration;

/// How long a payment is left to whoever took it. Short, so that a crash costs a buyer little; whoever needs longer
/// renews it.
pub const LEASE: Duration = Duration::from_secs(1);

/// By what a history tells that the bank wants to hear from the buyer; the payment is told once per attempt.
const ACTION_REQUIRED: &str = "requires_action";
/// And that the money is set aside; likewise.
const AUTHORIZED: &str = "authorized";

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
        capture: CaptureTime,
    },
    /// Go on with a payment that was left lying.
    Take,
    /// The provider told something about this attempt: look at it now.
    Hear {
        attempt: u32,
    },
    /// A payment got somewhere and waits.
    Park {
        saga: Box<Saga>,
        /// The provider's reference, where it said since the saga was last kept that the money is set aside.
        authorized: Option<String>,
    },
    /// The money was taken.
    Confirm {
        saga: Box<Saga>,
        reference: String,
    },
    /// The money is set aside, and is taken as shops send their goods.
    ConfirmAuthorized {
        saga: Box<Saga>,
        reference: String,
        terms: Terms,
    },
    /// The order expired, and now the money is set aside: hold its goods again, so that it can be taken.
    Reopen {
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
    /// A person steps in.
    Intervene(Box<ByHand>),
    /// Cancel one sub-order of a paid order.
    CancelPart {
        part: SubOrderId,
        reason: CancelReason,
        note: String,
    },
    /// Cancel some units of one that were not sent.
    CancelUnits(Box<UnitsAsk>),
    /// A return whose step moves goods or money, or depends on money under way.
    Return(Box<ReturnAsk>),
    /// Give money back for a sub-order.
    Refund(Box<RefundRequest>),
    OfRefund {
        refund: RefundId,
        ask: RefundAsk,
    },
    /// About the shares of a payment that are captured as shops send.
    OfCapture(CaptureAsk),
}

impl Ask {
    /// What a trial calls it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Start { .. } => "start",
            Self::Take => "take",
            Self::Hear { .. } => "hear",
            Self::Park { .. } => "park",
            Self::Confirm { .. } => "confirm",
            Self::ConfirmAuthorized { .. } => "confirm_authorized",
            Self::Reopen { .. } => "reopen",
            Self::Decline { .. } => "decline",
            Self::Close { .. } => "close",
            Self::Cancel {
                reason: CancelReason::Expired,
            } => "expire",
            Self::Cancel { .. } => "cancel",
            Self::Intervene(_) => "intervene",
            Self::CancelPart { .. } => "cancel_part",
            Self::CancelUnits(_) => "cancel_units",
            Self::Return(ask) => ask.act.name(),
            Self::Refund(_) => "refund_begin",
            Self::OfRefund { ask, .. } => ask.name(),
            Self::OfCapture(ask) => ask.name(),
        }
    }

    /// Whether what was given back, or is about to be, matters to it; and so does what is captured by then.
    #[must_use]
    pub fn concerns_refunds(&self) -> bool {
        matches!(
            self,
            Self::Cancel { .. }
                | Self::CancelPart { .. }
                | Self::CancelUnits(_)
                | Self::Return(_)
                | Self::Refund(_)
                | Self::OfRefund { .. }
                | Self::OfCapture(_)
                | Self::Intervene(_)
        )
    }
}

/// An order and its payment, as they stand.
#[derive(Clone, Debug)]
pub struct Case {
    pub order: Order,
    /// None before the first attempt to pay.
    pub saga: Option<Saga>,
    /// Of what was sold, oldest first. Only read for commands that [concern](Ask::concerns_refunds) them.
    pub refunds: Vec<Refunding>,
    /// The shares of its payment, where they are captured as shops send. Likewise.
    pub capturing: Option<Capturing>,
}

/// What a command does. Nothing, where everything is absent.
#[derive(Debug, Default, PartialEq)]
pub struct Decision {
    pub order: Vec<Event>,
    /// Stock to be held again first. Where it is not there any more, nothing else of the decision happens.
    pub hold: Option<Hold>,
    pub stock: Option<Settlement>,
    /// The one shop whose goods are settled; all if none.
    pub stock_of: Option<TenantId>,
    /// Of what was sold, what is not sent after all.
    pub unsent: Vec<Line>,
    pub payment: Option<Payment>,
    pub books: Option<Books>,
    pub saga: Option<Saga>,
    /// Whether the caller is to go on with the payment.
    pub leased: bool,
    pub refund: Option<RefundMove>,
    /// What of it was never captured, and is through at once: beside what goes back by the provider.
    pub released: Option<Refunding>,
    /// Goods of a return that change hands.
    pub goods: Option<Goods>,
    pub capture: Option<CaptureMove>,
}

impl Decision {
    /// Whether shelves are to be locked for it.
    #[must_use]
    pub fn touches_stock(&self) -> bool {
        self.stock.is_some() || self.hold.is_some() || self.goods.is_some() || !self.unsent.is_empty()
    }
}

/// An expired order's goods, held again: all lines or none.
#[derive(Debug, PartialEq)]
pub struct Hold {
    pub until: Timestamp,
    /// How the payment goes on where they are not there any more. Kept at once and in the same transaction, so that
    /// nobody confirms the order later, when the money is already on its way back.
    pub otherwise: Saga,
}

/// What is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Books {
    Sale,
    /// Of the shares that the take of this number captured.
    SaleOfTake {
        number: u32,
        shares: Vec<Share>,
    },
    Refund {
        refund: RefundId,
        shares: Vec<Share>,
        /// What of it goes back to gift cards and store credit.
        tenders: Vec<Tender>,
    },
    /// What a refund gave back by the provider is the provider's again.
    CameBack {
        refund: RefundId,
        attempt: u32,
        /// Minor units of the order's currency.
        amount: i64,
    },
    /// It was given back anew.
    GivenAgain {
        refund: RefundId,
        attempt: u32,
        amount: i64,
    },
}

pub fn decide(case: &Case, ask: &Ask, ctx: &Ctx) -> Result<Decision, Error> {
    let decision = decide_as_captured(case, ask, ctx)?;
    match &case.capturing {
        Some(capturing) => capture::fitted(case, capturing, decision, ctx),
        None => Ok(decision),
    }
}

/// As if all of the money that was sold for were captured.
fn decide_as_captured(case: &Case, ask: &Ask, ctx: &Ctx) -> Result<Decision, Error> {
    let now = ctx.now;
    match ask {
        Ask::Look => Ok(Decision::default()),
        Ask::Start {
            provider,
            method,
            return_path,
            capture,
        } => start(
            case,
            provider,
            (method.as_str(), return_path.as_str()),
            *capture,
            now,
        ),
        Ask::Take => Ok(case
            .saga
            .as_ref()
            .map_or_else(Decision::default, |saga| lease(saga, now))),
        Ask::Hear { attempt } => Ok(case
            .saga
            .as_ref()
            .filter(|saga| saga.attempt == *attempt)
            .map_or_else(Decision::default, |saga| hear(saga, now))),
        Ask::Park { saga, authorized } => park(case, saga, authorized.as_deref(), now),
        Ask::Confirm { saga, reference } => confirm(case, saga, reference, now),
        Ask::ConfirmAuthorized {
            saga,
            reference,
            terms,
        } => confirm_authorized(case, saga, reference, *terms, now),
        Ask::Reopen { saga, reference } => reopen(case, saga, reference, now),
        Ask::Decline { saga, reason } => decline(case, saga, reason, now),
        Ask::Close { saga, end } => close(case, saga, end),
        Ask::Intervene(by_hand) => intervene(case, by_hand, ctx),
        Ask::Cancel { reason } => cancel(case, *reason, ctx),
        Ask::CancelPart { part, reason, note } => cancel_part(case, ctx, *part, *reason, note),
        Ask::CancelUnits(ask) => cancel_units(case, ctx, ask),
        Ask::Return(ask) => returns::decide(case, ctx, ask),
        Ask::Refund(request) => refund::request(case, ctx, request),
        Ask::OfRefund { refund, ask } => refund::decide(case, *refund, ask, ctx),
        Ask::OfCapture(ask) => capture::decide(case, ask, ctx),
    }
}

fn start(
    case: &Case,
    provider: &str,
    (method, return_path): (&str, &str),
    capture: CaptureTime,
    now: Timestamp,
) -> Result<Decision, Error> {
    match case.order.status {
        OrderStatus::Placed => {}
        // Paid already: the caller is told how it stands.
        OrderStatus::Confirmed => return Ok(Decision::default()),
        OrderStatus::Cancelled => {
            // The hold ran out while a payment was under way, which may open the order again: the caller joins it.
            let late = case.saga.as_ref().filter(|saga| !saga.step.has_ended());
            if let Some(saga) = late.filter(|_| case.order.has_expired()) {
                return Ok(lease(saga, now));
            }
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
            saga.capture = match case.order.placed.tenders.is_empty() && case.order.charged().amount > 0 {
                true => capture,
                // Gift cards and store credit are spent as the order is confirmed, and so is the rest of it captured.
                false => CaptureTime::AtOnce,
            };
            saga.step = match case.order.charged().amount {
                // Promotions took off all of it, or gift cards pay it: no provider has anything to do.
                0 => Step::Confirm {
                    reference: NOTHING_TO_PAY.to_owned(),
                },
                _ => Step::Authorize,
            };
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

/// Makes a payment due that waits, and one that was let go too early.
fn hear(saga: &Saga, now: Timestamp) -> Decision {
    let woken = match &saga.step {
        Step::Ended { end: End::Voided } => Saga {
            version: saga.version + 1,
            step: Step::InquireLate,
            tries: 0,
            due_at: Some(now),
            ..saga.clone()
        },
        // Whoever is at it is asking the provider just now.
        step if step.has_ended() || saga.leased_at(now) => return Decision::default(),
        _ => Saga {
            due_at: Some(now),
            ..saga.clone()
        },
    };
    Decision {
        saga: Some(woken),
        ..Decision::default()
    }
}

/// Due at once, so that it is found after a crash, but not before the lease is over.
pub(super) fn take(saga: &mut Saga, now: Timestamp) {
    saga.due_at = Some(now);
    saga.lease_until = Some(now + LEASE);
}

fn park(case: &Case, saga: &Saga, authorized: Option<&str>, now: Timestamp) -> Result<Decision, Error> {
    let known = current(case, saga)?;
    let heard = |outcome| {
        let mut told = known.history.iter();
        told.any(|told| told.attempt == saga.attempt && told.outcome == outcome)
    };
    let payment = match (&saga.step, authorized) {
        _ if case.order.status != OrderStatus::Placed => None,
        // The taking hangs: shops and staff see meanwhile that the money is there.
        (_, Some(reference)) if !heard(AUTHORIZED) => Some(Payment::Authorized {
            reference: reference.to_owned(),
        }),
        (Step::AwaitBuyer { reference, url }, _) if !heard(ACTION_REQUIRED) && !heard(AUTHORIZED) => {
            Some(Payment::ActionRequired {
                reference: reference.clone(),
                url: url.clone(),
            })
        }
        _ => None,
    };
    let mut parked = advanced(saga);
    if case.order.status != OrderStatus::Placed && saga.step.needs_open_order() {
        // The order ended meanwhile: there is nothing to wait for.
        parked.due_at = Some(now);
    }
    Ok(Decision {
        payment,
        saga: Some(parked),
        ..Decision::default()
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
        End::Refunded { reference } => Decision {
            payment: Some(Payment::Refunded {
                reference: reference.clone(),
            }),
            ..decision
        },
        _ => decision,
    })
}

pub(super) fn cancel(case: &Case, reason: CancelReason, ctx: &Ctx) -> Result<Decision, Error> {
    let now = ctx.now;
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
    Ok(Decision {
        stock: Some(Settlement::Returned),
        refund: refund::rest(case, ctx, None)?,
        books: unpaid_for(&case.order, &events, ctx),
        order: events,
        ..Decision::default()
    })
}

/// The saga as it is kept, if it is still the one that the caller went on with.
pub(super) fn current<'a>(case: &'a Case, saga: &Saga) -> Result<&'a Saga, Error> {
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
pub(super) fn ended(case: &Case, saga: &Saga, end: End) -> Saga {
    Saga {
        version: case.saga.as_ref().map_or(saga.version, |known| known.version) + 1,
        step: Step::Ended { end },
        tries: 0,
        due_at: None,
        lease_until: None,
        ..saga.clone()
    }
}
