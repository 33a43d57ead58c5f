//! What becomes of refunds: begun by whoever asks or with what is cancelled, closed with what they do to payment, order
//! and books. Pure; [`table`] keeps them.
//!
//! A refund that is under way is promised: until it ends, its money counts as given back, so that two never give back the
//! same. One that the provider refused is promised no longer, until it is tried again.

mod amounts;
mod astray;
mod by_hand;
mod given;
pub mod table;

pub use by_hand::answers;
pub use given::Share;
pub(super) use given::given_back;

#[cfg(test)]
pub(super) mod tests;

use super::decide::{Books, Case, Decision, LEASE};
use super::intervene::ByHand;
use super::saga::{Told, keep};
use crate::error::Error;
use crate::refund::{End, Next, Outcome, Step, next};
use crate::saga;
use crate::tender::back;
use amounts::{all_of, wished};
use contracts::checkout::{RefundStatus, RefundTo, RefundWish};
use kernel::{Actor, Ctx, OrderId, RefundId, SubOrderId, Timestamp, UserId};
use orders::domain::{Command, Event, Order, Refund, Refusal, SubOrder, Tender, decide as decide_order};
use payments::domain::{Event as Payment, RefundedShare};
use payments::provider::charge_key;

/// Refunds of one order that may be asked for; cancelling is always possible.
pub const REFUNDS_MAX: usize = 100;

/// Stands for a provider's reference where all of it goes back to gift cards and store credit.
pub const BY_TENDER: &str = "gift-cards-and-store-credit";
/// And where nothing of it had been captured yet: it is not given back, but never taken.
pub const RELEASED: &str = "not-captured";
/// Told to buyers by providers that say why.
const CANCELLED: &str = "The order was cancelled.";
const CANCELLED_IN_PART: &str = "A part of the order was cancelled.";

/// Money on its way back: one refund at the provider, for one or more sub-orders.
#[derive(Clone, Debug, PartialEq)]
pub struct Refunding {
    pub id: RefundId,
    pub order: OrderId,
    /// One more with every write that whoever is at it must know of.
    pub version: i64,
    /// From 1; one more each time a refused refund is tried again.
    pub attempt: u32,
    /// The key under which the provider knows the charge.
    pub charge: String,
    /// And the take that it goes back of, where the charge was captured by shares.
    pub of: Option<String>,
    /// One per sub-order, as the order's history will tell it.
    pub parts: Vec<Refund>,
    pub to: RefundTo,
    /// What of it goes back to gift cards and store credit; the rest goes by the provider.
    pub tenders: Vec<Tender>,
    pub asked_by: Actor,
    pub asked_at: Timestamp,
    pub key: Option<RefundKey>,
    pub step: Step,
    /// How often the step was tried in vain.
    pub tries: u32,
    pub due_at: Option<Timestamp>,
    pub lease_until: Option<Timestamp>,
    pub history: Vec<Told>,
    pub ended_at: Option<Timestamp>,
    /// What the provider gave back and has again, by shop, until it is given back anew. The order's history, the shops'
    /// books and the credit notes told of it when it first went through, and do so once.
    pub came_back: Vec<RefundedShare>,
}

/// By what whoever asked knows a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundKey {
    /// Apart from everybody else's.
    pub key: String,
    /// Of all that the request says.
    pub request_hash: Vec<u8>,
}

/// A refund that somebody wants.
#[derive(Clone, Debug)]
pub struct RefundRequest {
    pub id: RefundId,
    pub part: SubOrderId,
    pub wish: RefundWish,
    pub reason: String,
    pub to: RefundTo,
    pub key: RefundKey,
}

/// What a decision does to a refund.
#[derive(Clone, Debug, PartialEq)]
pub enum RefundMove {
    /// Nothing; this is how it stands.
    Stands(Refunding),
    /// It stands so from now on.
    Kept(Refunding),
    /// The same, and it is left to the caller to go on with.
    Leased(Refunding),
}

impl RefundMove {
    #[must_use]
    pub fn refund(&self) -> &Refunding {
        match self {
            Self::Stands(refund) | Self::Kept(refund) | Self::Leased(refund) => refund,
        }
    }

    /// What is to be written.
    #[must_use]
    pub fn changed(&self) -> Option<&Refunding> {
        match self {
            Self::Stands(_) => None,
            Self::Kept(refund) | Self::Leased(refund) => Some(refund),
        }
    }
}

/// What is asked of the till about a refund that exists.
#[derive(Clone, Debug)]
pub enum RefundAsk {
    /// Go on with it, if nobody is at it.
    Take,
    /// The provider told something about it: look at it now.
    Hear,
    /// It got somewhere and waits.
    Park(Box<Refunding>),
    /// The provider gave the money back, or will not.
    Close(Box<Refunding>, End),
    /// The provider refused it, or it came back: try again.
    Retry,
    /// The provider says of this attempt, which went through, that it failed after all.
    CameBack { attempt: u32, reason: String },
    /// A person steps in.
    Intervene(Box<ByHand>),
}

impl RefundAsk {
    /// What a trial calls it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Take => "refund_take",
            Self::Hear => "refund_hear",
            Self::Park(_) => "refund_park",
            Self::Close(_, End::Refunded { .. }) => "refund_close",
            Self::Close(_, End::Refused { .. } | End::CameBack { .. }) => "refund_refuse",
            Self::Retry => "refund_retry",
            Self::CameBack { .. } => "refund_came_back",
            Self::Intervene(_) => "refund_intervene",
        }
    }
}

impl Refunding {
    /// Minor units of the order's currency.
    #[must_use]
    pub fn amount(&self) -> i64 {
        self.parts.iter().map(|part| part.amount).sum()
    }

    /// What of it the provider is asked for.
    #[must_use]
    pub fn charged(&self) -> i64 {
        self.amount() - self.tenders.iter().map(|tender| tender.amount).sum::<i64>()
    }

    /// Where it begins: of what goes back without the provider, the till is told at once.
    fn first_step(&self) -> Step {
        match self.charged() {
            0 => Step::Close {
                reference: BY_TENDER.to_owned(),
            },
            _ => Step::Ask,
        }
    }

    /// Whether nothing of it was ever captured.
    #[must_use]
    pub fn was_released(&self) -> bool {
        matches!(&self.step, Step::Ended { end: End::Refunded { reference } } if reference == RELEASED)
    }

    #[must_use]
    pub fn was_refused(&self) -> bool {
        self.status() == RefundStatus::Refused
    }

    /// Under which the provider knows it.
    #[must_use]
    pub fn provider_key(&self) -> String {
        format!("{}-{}", self.id, self.attempt)
    }

    /// The same for all of its parts; the buyer is told.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.parts.first().map_or("", |part| &part.reason)
    }

    #[must_use]
    pub fn status(&self) -> RefundStatus {
        match &self.step {
            Step::Ended {
                end: End::Refunded { .. },
            } => RefundStatus::Refunded,
            Step::Ended {
                end: End::Refused { .. },
            } => RefundStatus::Refused,
            Step::Ended {
                end: End::CameBack { .. },
            } => RefundStatus::CameBack,
            _ => RefundStatus::Pending,
        }
    }

    /// Notes what came of the present step.
    pub fn tell(&mut self, at: Timestamp, outcome: &Outcome) {
        self.note(at, outcome.name(), None, None);
    }

    fn note(&mut self, at: Timestamp, outcome: &str, by: Option<UserId>, note: Option<String>) {
        let told = Told {
            at,
            attempt: self.attempt,
            step: self.step.name().to_owned(),
            outcome: outcome.to_owned(),
            by,
            note,
        };
        keep(&mut self.history, told);
    }

    /// Notes what came of the present step and goes to the one that follows. Says when that is to be done.
    pub fn came(&mut self, outcome: Outcome, at: Timestamp) -> saga::Pause {
        self.tell(at, &outcome);
        let Next { step, pause } = next(self.step.clone(), outcome);
        self.tries = if step == self.step { self.tries + 1 } else { 0 };
        self.step = step;
        pause
    }

    #[must_use]
    pub fn leased_at(&self, now: Timestamp) -> bool {
        self.lease_until.is_some_and(|until| until > now)
    }

    /// At this step from now on, left to whoever asked.
    fn taken(mut self, step: Step, now: Timestamp) -> Self {
        self.version += 1;
        self.step = step;
        self.due_at = Some(now);
        self.lease_until = Some(now + LEASE);
        self.ended_at = None;
        self
    }
}

/// The reverse of [`Refunding::provider_key`].
#[must_use]
pub fn read_provider_key(key: &str) -> Option<RefundId> {
    key.rsplit_once('-')?.0.parse().ok()
}

/// Somebody wants money back for a sub-order. The same key is the same refund.
pub fn request(case: &Case, ctx: &Ctx, request: &RefundRequest) -> Result<Decision, Error> {
    let same_key = |known: &&Refunding| known.key.as_ref().is_some_and(|key| key.key == request.key.key);
    if let Some(known) = case.refunds.iter().find(same_key) {
        return match known.key.as_ref() == Some(&request.key) {
            true => Ok(take(known, ctx.now)),
            false => Err(Error::KeyReused),
        };
    }
    if case.refunds.len() >= REFUNDS_MAX {
        return Err(Error::TooManyRefunds);
    }
    let promised = promised(case, ctx.now);
    let sub_order = promised.sub_order(request.part).ok_or(Refusal::NoSuchPart)?;
    let refund = wished(&sub_order, request)?;
    decide_order(Some(&promised), &Command::Refund(refund.clone()), ctx.now)?;
    let begun = begin_to(
        case,
        ctx,
        request.id,
        vec![refund],
        Some(request.key.clone()),
        request.to,
    )?;
    Ok(Decision {
        refund: Some(RefundMove::Leased(begun)),
        ..Decision::default()
    })
}

/// What is given back when an order is cancelled, or one part of it: all that was paid for it and is not given back or
/// promised yet. Nothing, where that is nothing.
pub fn rest(case: &Case, ctx: &Ctx, only: Option<SubOrderId>) -> Result<Option<RefundMove>, Error> {
    let reason = match only {
        Some(_) => CANCELLED_IN_PART,
        None => CANCELLED,
    };
    let wanted = |sub_order: &SubOrder<'_>| only.is_none_or(|only| only == sub_order.part.id);
    Ok(rest_of(case, ctx, wanted, reason)?.map(RefundMove::Leased))
}

/// The same of the sub-orders that are wanted, begun.
pub(super) fn rest_of(
    case: &Case,
    ctx: &Ctx,
    wanted: impl Fn(&SubOrder<'_>) -> bool,
    reason: &str,
) -> Result<Option<Refunding>, Error> {
    let promised = promised(case, ctx.now);
    let left = promised
        .sub_orders()
        .filter(|sub_order| sub_order.refundable() > 0 && wanted(sub_order));
    let parts: Vec<Refund> = left
        .map(|sub_order| all_of(&sub_order, RefundId::new(ctx.now), reason))
        .collect();
    match parts.first().map(|part| part.id) {
        Some(id) => begin(case, ctx, id, parts, None).map(Some),
        None => Ok(None),
    }
}

/// What `ask` does to a refund that exists.
pub fn decide(case: &Case, id: RefundId, ask: &RefundAsk, ctx: &Ctx) -> Result<Decision, Error> {
    let known = case.refunds.iter().find(|refund| refund.id == id);
    let known = known.ok_or(Error::NoSuchRefund)?;
    match ask {
        RefundAsk::Take => Ok(take(known, ctx.now)),
        RefundAsk::Hear => Ok(hear(known, ctx.now)),
        RefundAsk::Park(refund) => park(known, refund),
        RefundAsk::Close(refund, end) => close(case, known, refund, end, ctx.now),
        RefundAsk::Retry => retry(case, &by_hand::asked_again(known, ctx), ctx.now),
        RefundAsk::Intervene(by_hand) => by_hand::intervene(case, known, by_hand, ctx.now),
        RefundAsk::CameBack { attempt, reason } => {
            Ok(astray::came_back(case, known, *attempt, reason, ctx.now))
        }
    }
}

/// Takes a refund that has something left to do, unless somebody is at it. Whoever had it and did not come back may have
/// asked the provider: what became of that is inquired about first.
pub(super) fn take(known: &Refunding, now: Timestamp) -> Decision {
    if known.step.has_ended() || known.leased_at(now) {
        return told(known);
    }
    let step = match known.step {
        Step::Ask if known.lease_until.is_some() => Step::Inquire,
        _ => known.step.clone(),
    };
    Decision {
        refund: Some(RefundMove::Leased(known.clone().taken(step, now))),
        ..Decision::default()
    }
}

/// Nothing happens, and the caller learns how it stands.
pub(super) fn told(known: &Refunding) -> Decision {
    Decision {
        refund: Some(RefundMove::Stands(known.clone())),
        ..Decision::default()
    }
}

fn kept(refund: Refunding) -> Decision {
    Decision {
        refund: Some(RefundMove::Kept(refund)),
        ..Decision::default()
    }
}

/// Makes a refund due that waits; whoever is at it is asking the provider just now.
fn hear(known: &Refunding, now: Timestamp) -> Decision {
    if known.step.has_ended() || known.leased_at(now) {
        return told(known);
    }
    kept(Refunding {
        due_at: Some(now),
        ..known.clone()
    })
}

fn park(known: &Refunding, refund: &Refunding) -> Result<Decision, Error> {
    if known.version != refund.version || known.step.has_ended() {
        return Err(Error::Stale);
    }
    Ok(kept(Refunding {
        version: known.version + 1,
        lease_until: None,
        ..refund.clone()
    }))
}

fn close(
    case: &Case,
    known: &Refunding,
    refund: &Refunding,
    end: &End,
    now: Timestamp,
) -> Result<Decision, Error> {
    // What the provider said of this attempt stands, whatever version of it is kept; done is done only once.
    if known.attempt != refund.attempt {
        return Err(Error::Stale);
    }
    if known.step.has_ended() {
        return Ok(told(known));
    }
    let ended = Refunding {
        version: known.version + 1,
        step: Step::Ended {
            end: astray::ended(known, end.clone()),
        },
        tries: 0,
        due_at: None,
        lease_until: None,
        ended_at: Some(now),
        ..refund.clone()
    };
    let End::Refunded { reference } = end else {
        return Ok(kept(ended));
    };
    if !known.came_back.is_empty() {
        return Ok(astray::given_again(known, ended, reference));
    }
    let (order, shares) = given_back(case, known, now)?;
    Ok(Decision {
        order,
        payment: Some(Payment::PartlyRefunded {
            refund: known.id,
            reference: reference.clone(),
            amount: known.amount(),
            shares: shares.iter().map(Share::of_payment).collect(),
        }),
        books: Some(Books::Refund {
            refund: known.id,
            shares,
            tenders: known.tenders.clone(),
        }),
        ..kept(ended)
    })
}

/// A refund that the provider refused is asked for again, as another attempt, if it can still be given back. One that is
/// under way is gone on with, one that is through is left alone.
fn retry(case: &Case, known: &Refunding, now: Timestamp) -> Result<Decision, Error> {
    match known.status() {
        RefundStatus::Refused => {}
        RefundStatus::CameBack => return Ok(astray::tried_again(known, now)),
        RefundStatus::Pending | RefundStatus::Refunded => return Ok(take(known, now)),
    }
    let mut promised = promised(case, now);
    for part in &known.parts {
        if let (Some(of), Some(sub_order)) = (part.of_return, promised.sub_order(part.part)) {
            // Meanwhile the buyer may have kept the goods, or the shop have sent others.
            sub_order.return_to_refund(of)?;
        }
        for event in decide_order(Some(&promised), &Command::Refund(part.clone()), now)? {
            promised = promised.then(now, event);
        }
    }
    // What went back meanwhile went to gift cards and store credit first.
    let again = Refunding {
        attempt: known.attempt + 1,
        tenders: back(case, known.amount(), known.to, Some(known))?,
        tries: 0,
        ..known.clone()
    };
    let step = again.first_step();
    Ok(Decision {
        refund: Some(RefundMove::Leased(again.taken(step, now))),
        ..Decision::default()
    })
}

/// The order as it will be when every refund under way is through. Its history tells of what came back already.
pub(super) fn promised(case: &Case, now: Timestamp) -> Order {
    let under_way = case
        .refunds
        .iter()
        .filter(|refund| !refund.step.has_ended() && refund.came_back.is_empty());
    let parts = under_way.flat_map(|refund| &refund.parts);
    parts.fold(case.order.clone(), |order, part| {
        order.then(now, Event::Refunded { refund: part.clone() })
    })
}

pub(super) fn begin(
    case: &Case,
    ctx: &Ctx,
    id: RefundId,
    parts: Vec<Refund>,
    key: Option<RefundKey>,
) -> Result<Refunding, Error> {
    begin_to(case, ctx, id, parts, key, RefundTo::Origin)
}

fn begin_to(
    case: &Case,
    ctx: &Ctx,
    id: RefundId,
    parts: Vec<Refund>,
    key: Option<RefundKey>,
    to: RefundTo,
) -> Result<Refunding, Error> {
    // What was sold was paid with the last attempt.
    let saga = case.saga.as_ref().ok_or(Error::Stale)?;
    let amount = parts.iter().map(|part| part.amount).sum();
    let begun = Refunding {
        to,
        tenders: back(case, amount, to, None)?,
        id,
        order: case.order.id,
        version: 0,
        attempt: 1,
        charge: charge_key(case.order.placed.payment, saga.attempt),
        of: None,
        parts,
        asked_by: ctx.actor.clone(),
        asked_at: ctx.now,
        key,
        step: Step::Ask,
        tries: 0,
        due_at: None,
        lease_until: None,
        history: Vec::new(),
        ended_at: None,
        came_back: Vec::new(),
    };
    debug_assert!(matches!(
        saga.step,
        saga::Step::Ended {
            end: saga::End::Confirmed
        }
    ));
    let step = begun.first_step();
    Ok(begun.taken(step, ctx.now))
}
