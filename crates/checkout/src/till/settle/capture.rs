//! Shares of a payment that are captured as shops send their goods: what becomes of them, and what that does to payment, order
//! and books. Pure; [`table`] keeps them, and [`crate::capture::drive`] asks the provider.
//!
//! Every step is taken with the order locked. What is to be asked is kept before it is asked, and answered to the version that
//! was kept: an answer to a question that somebody else has taken over is not believed, since they ask for it themselves.

mod nudge;
mod open;
pub mod table;

pub use open::fitted;

use super::decide::{Books, Case, Decision, LEASE};
use super::refund::{RefundMove, Share, rest_of};
use super::saga::{Told, keep};
use crate::error::Error;
use crate::saga::{Pause, answer_name};
use chrono::TimeDelta;
use kernel::{Ctx, OrderId, TenantId, Timestamp, UserId};
use orders::domain::{Order, Part, SubOrder};
use payments::domain::Event as Payment;
use payments::domain::split::{Refused, Share as Stand, Split};
use payments::provider::charge_key;
use payments::taking::{Pause as Wait, Question, Taking};
use payments::{Answer, ProviderCharge, Terms};

/// How long before the money lapses staff are told of what is open of it.
pub const WARNING: TimeDelta = TimeDelta::hours(24);

/// Told to the buyer of what was not captured in time.
const LAPSED: &str = "It was not sent in time, and is not charged.";

/// The shares of one order's payment.
#[derive(Clone, Debug, PartialEq)]
pub struct Capturing {
    pub order: OrderId,
    /// One more with every write that whoever is at it must know of; that goods were sent, or money is released, is none.
    pub version: i64,
    pub taking: Taking,
    /// What is not captured by then cannot be captured any more.
    pub lapses_at: Timestamp,
    /// When staff were told that something of it lapses soon.
    pub warned_at: Option<Timestamp>,
    /// How often the question was put in vain.
    pub tries: u32,
    pub due_at: Option<Timestamp>,
    pub lease_until: Option<Timestamp>,
    pub history: Vec<Told>,
    pub ended_at: Option<Timestamp>,
}

/// What is asked of the till about them.
#[derive(Clone, Debug)]
pub enum CaptureAsk {
    /// A shop has sent something of its part.
    Sent { tenant: TenantId },
    /// Go on with them, if nobody is at it.
    Take,
    /// The provider told something about the payment: look at once at what is asked about its shares.
    Hear,
    /// Somebody wants it tried again now, and says why.
    Retry { by: UserId, note: String },
    /// What the provider said to the question that was left to the caller.
    Answer {
        version: i64,
        question: Box<Question>,
        answer: Answer,
    },
}

/// What a decision does to them.
#[derive(Clone, Debug, PartialEq)]
pub enum CaptureMove {
    /// Nothing; this is how they stand.
    Stands(Capturing),
    /// They stand so from now on.
    Kept(Capturing),
    /// The same, and the provider is to be asked this by the caller.
    Leased(Capturing, Box<Question>),
}

impl CaptureAsk {
    /// What a trial calls it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sent { .. } => "capture_sent",
            Self::Take => "capture_take",
            Self::Hear => "capture_hear",
            Self::Retry { .. } => "capture_retry",
            Self::Answer { .. } => "capture_answer",
        }
    }
}

impl CaptureMove {
    /// How they stand then.
    #[must_use]
    pub fn capturing(&self) -> &Capturing {
        match self {
            Self::Stands(capturing) | Self::Kept(capturing) | Self::Leased(capturing, _) => capturing,
        }
    }

    /// What is to be written.
    #[must_use]
    pub fn changed(&self) -> Option<&Capturing> {
        match self {
            Self::Stands(_) => None,
            Self::Kept(capturing) | Self::Leased(capturing, _) => Some(capturing),
        }
    }
}

/// What a question is called, by a trial and in histories.
#[must_use]
pub fn question_name(question: &Question) -> &'static str {
    match question {
        Question::Take(_) => "capture_ask",
        Question::InquireTake(_) => "capture_inquire",
        Question::Release(_) => "capture_release",
        Question::Void(_) => "capture_void",
    }
}

impl Capturing {
    /// The money of an order is set aside by this attempt. What is downloaded is had as it is confirmed.
    pub fn begun(order: &Order, attempt: u32, terms: Terms, now: Timestamp) -> Result<Self, Error> {
        let charge = ProviderCharge {
            key: charge_key(order.placed.payment, attempt),
            amount: order.charged(),
        };
        let shares = order.placed.parts.iter().map(|part| (part.tenant, part.total()));
        let mut taking = Taking::begun(charge, terms.captures, shares).map_err(unfit)?;
        for part in order.placed.parts.iter().filter(|part| is_sent_by_itself(part)) {
            taking = taking.changed(|split| split.sent(part.tenant)).map_err(unfit)?;
        }
        let begun = Self {
            order: order.id,
            version: 1,
            taking,
            lapses_at: terms.lapses_at,
            warned_at: None,
            tries: 0,
            due_at: None,
            lease_until: None,
            history: Vec::new(),
            ended_at: None,
        };
        let due = begun.taking.split().shares().iter().any(|share| share.due);
        Ok(match due {
            true => Self {
                due_at: Some(now),
                ..begun
            },
            false => begun.waiting(now),
        })
    }

    #[must_use]
    pub fn leased_at(&self, now: Timestamp) -> bool {
        self.lease_until.is_some_and(|until| until > now)
    }

    /// Minor units that could not be captured in time.
    #[must_use]
    pub fn lapsed(&self) -> i64 {
        let shares = self.taking.split().shares().iter();
        shares.map(|share| share.lapsed).sum()
    }

    /// Until a shop sends, or the time runs out.
    fn waiting(self, now: Timestamp) -> Self {
        let mut waiting = self.warned(now);
        waiting.tries = 0;
        waiting.lease_until = None;
        waiting.due_at = Some(match waiting.warned_at {
            None => (waiting.lapses_at - WARNING).max(now),
            Some(_) => waiting.lapses_at.max(now),
        });
        waiting
    }

    /// Listed for staff from now on, if something of it lapses soon, or did.
    fn warned(mut self, now: Timestamp) -> Self {
        if self.warned_at.is_some() {
            return self;
        }
        if now >= self.lapses_at - WARNING && self.taking.split().open() > 0 {
            self.warned_at = Some(now);
            self.tell(now, "capture", "lapsing");
        } else if self.lapsed() > 0 {
            self.warned_at = Some(now);
        }
        self
    }

    fn tell(&mut self, at: Timestamp, step: &str, outcome: &str) {
        self.tell_of(at, step, outcome, None);
    }

    fn tell_of(&mut self, at: Timestamp, step: &str, outcome: &str, by: Option<(UserId, String)>) {
        let (by, note) = by.unzip();
        let told = Told {
            at,
            attempt: 1,
            step: step.to_owned(),
            outcome: outcome.to_owned(),
            by,
            note,
        };
        keep(&mut self.history, told);
    }
}

/// Nothing of it is sent: it is downloaded.
fn is_sent_by_itself(part: &Part) -> bool {
    part.lines.iter().all(|line| line.digital.is_some())
}

/// What a payment's shares are is said by its order, so that they always fit.
fn unfit(refused: Refused) -> Error {
    tracing::error!(%refused, "a payment's shares are not those of its order");
    Error::Internal
}

pub(super) fn decide(case: &Case, ask: &CaptureAsk, ctx: &Ctx) -> Result<Decision, Error> {
    // Captured at once, or never paid: there is nothing to do.
    let Some(known) = &case.capturing else {
        return match ask {
            CaptureAsk::Retry { .. } => Err(Error::NoSuchCapture),
            _ => Ok(Decision::default()),
        };
    };
    if known.ended_at.is_some() {
        return match ask {
            CaptureAsk::Answer { .. } => Err(Error::Stale),
            CaptureAsk::Retry { .. } => Err(Error::CaptureEnded),
            CaptureAsk::Sent { .. } | CaptureAsk::Take | CaptureAsk::Hear => Ok(stands(known)),
        };
    }
    match ask {
        CaptureAsk::Sent { tenant } => sent(case, known, *tenant, ctx),
        CaptureAsk::Take if known.leased_at(ctx.now) => Ok(stands(known)),
        CaptureAsk::Take => go_on(case, known.clone(), ctx),
        CaptureAsk::Hear => Ok(nudge::heard(known, ctx.now)),
        CaptureAsk::Retry { by, note } => nudge::retried(case, known, (*by, note.as_str()), ctx),
        CaptureAsk::Answer {
            version,
            question,
            answer,
        } => match known.version == *version {
            true => answered(case, known, question, answer, ctx),
            false => Err(Error::Stale),
        },
    }
}

fn stands(known: &Capturing) -> Decision {
    Decision {
        capture: Some(CaptureMove::Stands(known.clone())),
        ..Decision::default()
    }
}

fn kept(capturing: Capturing) -> Decision {
    Decision {
        capture: Some(CaptureMove::Kept(capturing)),
        ..Decision::default()
    }
}

fn leased(capturing: Capturing, question: Question, now: Timestamp) -> Decision {
    let leased = Capturing {
        version: capturing.version + 1,
        due_at: Some(now),
        lease_until: Some(now + LEASE),
        ..capturing
    };
    Decision {
        capture: Some(CaptureMove::Leased(leased, Box::new(question))),
        ..Decision::default()
    }
}

fn sent(case: &Case, known: &Capturing, tenant: TenantId, ctx: &Ctx) -> Result<Decision, Error> {
    if known
        .taking
        .split()
        .share_of(tenant)
        .is_none_or(|share| share.due)
    {
        // Told before, with an earlier parcel; or it is none of this order's shops.
        return Ok(stands(known));
    }
    let taking = known.taking.clone();
    let sent = Capturing {
        taking: taking.changed(|split| split.sent(tenant)).map_err(unfit)?,
        ..known.clone()
    };
    match known.leased_at(ctx.now) {
        // Whoever is at it finds it when its question is answered.
        true => Ok(kept(sent)),
        false => go_on(case, sent, ctx),
    }
}

/// What is to be asked now is left to the caller; where that is nothing, it is waited for.
fn go_on(case: &Case, capturing: Capturing, ctx: &Ctx) -> Result<Decision, Error> {
    let now = ctx.now;
    let capturing = capturing.warned(now);
    let split = capturing.taking.split();
    if now >= capturing.lapses_at && !split.is_asking() && split.open() > 0 {
        let over = capturing.taking.clone().lapsed();
        let mut decision = moved(case, &capturing, &over, "", ctx)?;
        let mut lapsed = Capturing {
            version: capturing.version + 1,
            taking: over,
            due_at: Some(now),
            lease_until: None,
            ..capturing
        };
        lapsed.tell(now, "capture", "lapsed");
        decision.capture = Some(CaptureMove::Kept(lapsed));
        return Ok(decision);
    }
    let (taking, question) = capturing.taking.clone().ask();
    let asked = Capturing { taking, ..capturing };
    Ok(match question {
        Some(question) => leased(asked, question, now),
        None if asked.taking.split().has_ended() => ended(asked, now),
        None => kept(Capturing {
            version: asked.version + 1,
            ..asked.waiting(now)
        }),
    })
}

/// Nothing is set aside any more. Where nothing was captured, the payment was let go.
fn ended(capturing: Capturing, now: Timestamp) -> Decision {
    let nothing = capturing.taking.split().captured() == 0;
    Decision {
        payment: nothing.then_some(Payment::Voided),
        ..kept(Capturing {
            version: capturing.version + 1,
            tries: 0,
            due_at: None,
            lease_until: None,
            ended_at: Some(now),
            ..capturing
        })
    }
}

fn answered(
    case: &Case,
    known: &Capturing,
    question: &Question,
    answer: &Answer,
    ctx: &Ctx,
) -> Result<Decision, Error> {
    let now = ctx.now;
    let (taking, wait) = known.taking.clone().answered(question, answer);
    let reference = match answer {
        Answer::Captured { reference } => reference.as_str(),
        _ => "",
    };
    let decision = moved(case, known, &taking, reference, ctx)?;
    let mut told = known.clone();
    told.tell(now, question_name(question), answer_name(answer));
    if wait == Wait::Backoff {
        let later = Capturing {
            version: known.version + 1,
            taking,
            tries: known.tries.saturating_add(1),
            due_at: Some(now + Pause::Backoff.length(known.tries)),
            lease_until: None,
            ..told
        };
        return Ok(with(decision, kept(later.warned(now))));
    }
    let (taking, question) = taking.ask();
    let next = Capturing {
        taking,
        tries: 0,
        ..told
    }
    .warned(now);
    let split = next.taking.split();
    let follows = match question {
        Some(question) => leased(next, question, now),
        None if split.has_ended() && split.captured() > 0 => ended(next, now),
        // That all of it was let go is told by itself: a payment is told of one thing at a time.
        None if split.has_ended() => kept(Capturing {
            version: next.version + 1,
            due_at: Some(now),
            lease_until: None,
            ..next
        }),
        None => kept(Capturing {
            version: next.version + 1,
            ..next.waiting(now)
        }),
    };
    Ok(with(decision, follows))
}

/// What was decided of the money, and how the shares go on.
fn with(decision: Decision, follows: Decision) -> Decision {
    Decision {
        capture: follows.capture,
        ..decision
    }
}

/// What is told of shares that stand as in `after` from now on: captured ones are sold for, and of those that were not captured in
/// time the buyer is charged nothing.
fn moved(
    case: &Case,
    known: &Capturing,
    after: &Taking,
    reference: &str,
    ctx: &Ctx,
) -> Result<Decision, Error> {
    let (before, split) = (known.taking.split(), after.split());
    let mut decision = Decision {
        payment: split.told_since(before, reference),
        books: captured(&case.order, before, split),
        ..Decision::default()
    };
    let both = before.shares().iter().zip(split.shares());
    let lost = both.filter(|(before, after)| after.lapsed > before.lapsed);
    let lost: Vec<TenantId> = lost.map(|(_, after)| after.tenant).collect();
    if lost.is_empty() {
        return Ok(decision);
    }
    let of_lost = |sub_order: &SubOrder<'_>| lost.contains(&sub_order.part.tenant);
    if let Some(refund) = rest_of(case, ctx, of_lost, LAPSED)? {
        let (events, ended) = open::told(case, refund, ctx.now)?;
        decision.order = events;
        decision.refund = Some(RefundMove::Kept(ended));
    }
    Ok(decision)
}

/// What is posted of the shares that were captured.
fn captured(order: &Order, before: &Split, after: &Split) -> Option<Books> {
    let both = before.shares().iter().zip(after.shares());
    let taken: Vec<(&Stand, &Stand)> = both
        .filter(|(before, after)| after.captured > before.captured)
        .collect();
    let number = taken.first()?.1.taken_by?;
    let shares = taken.iter().filter_map(|(before, after)| {
        let mut sub_orders = order.sub_orders();
        let sub_order = sub_orders.find(|sub_order| sub_order.part.tenant == after.tenant)?;
        Some(sold(&sub_order, after.captured - before.captured))
    });
    Some(Books::SaleOfTake {
        number,
        shares: shares.collect(),
    })
}

/// What is posted as the order is confirmed: of parts that cost nothing, because promotions pay for all of them.
pub(super) fn free(order: &Order) -> Option<Books> {
    let free = order.sub_orders().filter(|sub_order| sub_order.part.total() == 0);
    let shares: Vec<Share> = free.map(|sub_order| sold(&sub_order, 0)).collect();
    (!shares.is_empty()).then_some(Books::SaleOfTake { number: 0, shares })
}

/// The sale of a share of which so much was captured: less than what was agreed to by all that was released before, with what
/// that undid of it.
fn sold(sub_order: &SubOrder<'_>, amount: i64) -> Share {
    let (part, undone) = (sub_order.part, sub_order.undone());
    Share {
        tenant: part.tenant,
        amount,
        commission: part.commission - undone.commission,
        tax: part.commission_tax - undone.tax,
        funded: part.funded() - undone.funded,
        sales_tax: part.tax_kept() - sub_order.tax_kept_refunded(),
    }
}

#[cfg(test)]
mod tests;
