//! Units on their way back from a buyer: what follows from the steps of their return.

use super::progress::{Sent, SubOrder, units_of};
use super::{
    Deduction, Line, Order, Received, Refund, RefundLine, Refusal, ReturnRequest, ReturnStep, Units,
};
use contracts::orders::ReturnStatus;
use kernel::{LineId, RefundId, ReturnId, SubOrderId, Timestamp, allocate};

/// A return as its steps made it. The first is the request.
#[derive(Clone, Debug, PartialEq)]
pub struct Return {
    pub id: ReturnId,
    pub requested: ReturnRequest,
    pub at: Timestamp,
    /// What happened then.
    pub steps: Vec<(Timestamp, ReturnStep)>,
}

/// Days in which a shop answers a return that is asked for: the marketplace's, the same for every shop. What is not answered
/// then is authorised.
pub const ANSWER_DAYS: i64 = 3;

/// How money goes back for a return.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReturnTerms {
    /// Whether what is left of the delivery's price goes back too.
    pub delivery: bool,
    pub deduction: Option<Deduction>,
    /// The buyer is told.
    pub reason: String,
}

/// Whether more is expected of it.
#[must_use]
pub fn is_open(status: ReturnStatus) -> bool {
    use ReturnStatus as S;
    !matches!(status, S::Refused | S::Withdrawn | S::Closed)
}

/// What a step makes of a sub-order's returns.
pub(super) fn evolve(returns: &mut Vec<Return>, id: ReturnId, at: Timestamp, step: ReturnStep) {
    match (returns.iter_mut().find(|known| known.id == id), step) {
        (None, ReturnStep::Requested(requested)) => returns.push(Return {
            id,
            requested,
            at,
            steps: Vec::new(),
        }),
        (Some(known), step) => known.steps.push((at, step)),
        (None, _) => {}
    }
}

impl Return {
    /// The last of its steps for which `told` says something, and when it was.
    pub(super) fn last<'a, T>(
        &'a self,
        told: impl Fn(&'a ReturnStep) -> Option<T>,
    ) -> Option<(Timestamp, T)> {
        let mut steps = self.steps.iter().rev();
        steps.find_map(|(at, step)| Some((*at, told(step)?)))
    }

    fn has(&self, told: impl Fn(&ReturnStep) -> bool) -> bool {
        self.steps.iter().any(|(_, step)| told(step))
    }

    /// Whether this was said before, by whoever clicks twice. How goods travel may be said again in other words: of that the
    /// last word counts.
    pub(super) fn was_told(&self, said: &ReturnStep) -> bool {
        match said {
            ReturnStep::SentBack { .. } => {
                let sent = self.last(|step| matches!(step, ReturnStep::SentBack { .. }).then_some(step));
                sent.is_some_and(|(_, step)| step == said)
            }
            _ => self.has(|step| step == said),
        }
    }

    /// Until when its shop may refuse it.
    #[must_use]
    pub fn answer_by(&self) -> Timestamp {
        self.at + chrono::TimeDelta::days(ANSWER_DAYS)
    }

    /// What its shop said last, or was said in its place.
    #[must_use]
    pub fn answer(&self) -> Option<&str> {
        let answer = self.last(|step| match step {
            ReturnStep::Authorised { note } | ReturnStep::Refused { note } | ReturnStep::Closed { note } => {
                Some(note.as_str())
            }
            _ => None,
        });
        answer.map(|(_, note)| note)
    }

    /// What came back of it, once it has.
    #[must_use]
    pub fn received(&self) -> Option<&[Received]> {
        let lines = self.last(|step| match step {
            ReturnStep::Received { lines } => Some(lines.as_slice()),
            _ => None,
        });
        lines.map(|(_, lines)| lines)
    }

    #[must_use]
    pub fn was_exchanged(&self) -> bool {
        self.has(|step| *step == ReturnStep::Exchanged)
    }

    pub(super) fn was_closed(&self) -> bool {
        self.has(|step| matches!(step, ReturnStep::Closed { .. }))
    }

    fn was_withdrawn(&self) -> bool {
        self.has(|step| *step == ReturnStep::Withdrawn)
    }

    fn was_refused(&self) -> bool {
        self.has(|step| matches!(step, ReturnStep::Refused { .. }))
    }

    /// Units that it is about: those that came back, once they have, and until then those that were asked for.
    #[must_use]
    pub fn units(&self) -> Vec<Units> {
        match self.received() {
            None => self.requested.lines.clone(),
            Some(lines) => lines
                .iter()
                .map(|received| Units {
                    line: received.line,
                    quantity: received.units(),
                })
                .filter(|units| units.quantity > 0)
                .collect(),
        }
    }
}

impl Order {
    /// The sub-order that a return is of.
    #[must_use]
    pub fn part_of_return(&self, id: ReturnId) -> Option<SubOrderId> {
        let found = self.sub_orders().find(|part| part.find_return(id).is_some());
        found.map(|sub_order| sub_order.part.id)
    }
}

impl<'a> SubOrder<'a> {
    #[must_use]
    pub fn find_return(&self, id: ReturnId) -> Option<&'a Return> {
        self.progress.returns.iter().find(|known| known.id == id)
    }
}

impl SubOrder<'_> {
    /// The refund of a return, if there was one.
    #[must_use]
    pub fn refund_of_return(&self, id: ReturnId) -> Option<&super::Given> {
        let mut refunds = self.progress.refunds.iter();
        refunds.find(|given| given.refund.of_return == Some(id))
    }

    #[must_use]
    pub fn return_status(&self, known: &Return) -> ReturnStatus {
        use ReturnStatus as S;
        let refunded = self.refund_of_return(known.id).is_some();
        let received = known.received().is_some();
        let exchanged = known.was_exchanged();
        let sent = |step: &ReturnStep| matches!(step, ReturnStep::SentBack { .. });
        let authorised = |step: &ReturnStep| matches!(step, ReturnStep::Authorised { .. });
        // The first that holds.
        let facts = [
            (known.was_refused(), S::Refused),
            (known.was_closed(), S::Closed),
            (known.was_withdrawn(), S::Withdrawn),
            (exchanged && self.is_replaced(known), S::Closed),
            (exchanged, S::Exchanged),
            (refunded && received, S::Closed),
            (refunded, S::Refunded),
            (received, S::Received),
            (known.has(sent), S::SentBack),
            (known.has(authorised), S::Authorised),
        ];
        let holds = facts.into_iter().find(|(holds, _)| *holds);
        holds.map_or(S::Requested, |(_, status)| status)
    }

    /// Parcels with the goods of a return that are sent again.
    pub(super) fn exchange_parcels(&self, of: ReturnId) -> impl Iterator<Item = &Sent> {
        let parcels = self.progress.parcels.iter();
        parcels.filter(move |sent| sent.parcel.exchange == Some(of))
    }

    fn is_replaced(&self, known: &Return) -> bool {
        let mut parcels = self.exchange_parcels(known.id);
        self.left_to_exchange(known).is_empty() && parcels.all(|sent| sent.delivered_at.is_some())
    }

    /// What of an exchanged return is still to be sent again.
    #[must_use]
    pub fn left_to_exchange(&self, known: &Return) -> Vec<Units> {
        if !known.was_exchanged() {
            return Vec::new();
        }
        let sent: Vec<Units> = self
            .exchange_parcels(known.id)
            .flat_map(|sent| sent.parcel.lines.iter().copied())
            .collect();
        let left = known.units().into_iter().map(|units| Units {
            quantity: units.quantity.saturating_sub(units_of(units.line, &sent)),
            ..units
        });
        left.filter(|units| units.quantity > 0).collect()
    }

    /// What of an exchanged return was never sent again, because the shop closed it first: it is on the shelf.
    #[must_use]
    pub fn put_back(&self, known: &Return) -> Vec<Units> {
        match known.was_closed() {
            true => self.left_to_exchange(known),
            false => Vec::new(),
        }
    }

    /// Returns of which more is expected.
    pub fn open_returns(&self) -> impl Iterator<Item = &Return> {
        let returns = self.progress.returns.iter();
        returns.filter(|known| is_open(self.return_status(known)))
    }

    #[must_use]
    pub fn has_open_returns(&self) -> bool {
        self.open_returns().next().is_some()
    }

    /// Whether all units that arrived are back, and stay there.
    #[must_use]
    pub fn is_returned(&self) -> bool {
        let returns = self.progress.returns.iter();
        let back: Vec<Units> = returns
            .filter(|known| known.received().is_some() && !known.was_exchanged())
            .flat_map(Return::units)
            .collect();
        let mut lines = self.part.lines.iter();
        !back.is_empty() && lines.all(|line| units_of(line.id, &back) >= self.delivered(line.id))
    }

    /// Units of a line that are in returns, and so in no other.
    fn in_returns(&self, line: LineId) -> u32 {
        let returns = self.progress.returns.iter();
        returns
            .map(|known| match self.return_status(known) {
                ReturnStatus::Refused | ReturnStatus::Withdrawn => 0,
                // The buyer has the same goods again, but for what was not sent.
                ReturnStatus::Closed if known.was_exchanged() => {
                    units_of(line, &self.left_to_exchange(known))
                }
                // The buyer never parted with them.
                ReturnStatus::Closed
                    if known.received().is_none() && self.refund_of_return(known.id).is_none() =>
                {
                    0
                }
                _ => units_of(line, &known.requested.lines),
            })
            .sum()
    }

    /// Units of a line that its buyer can ask to return: delivered, and not in another return, nor refunded outside of any.
    #[must_use]
    pub fn returnable(&self, line: &Line) -> u32 {
        let refunds = self.progress.refunds.iter();
        let without_return = refunds.filter(|given| given.refund.of_return.is_none());
        let refunded: u32 = without_return
            .flat_map(|given| &given.refund.lines)
            .filter(|refunded| refunded.line == line.id)
            .map(|refunded| refunded.quantity)
            .sum();
        // What was cancelled was refunded first.
        let refunded = refunded.saturating_sub(self.cancelled(line.id));
        let gone = self.in_returns(line.id).saturating_add(refunded);
        self.delivered(line.id).saturating_sub(gone)
    }

    /// All units that could be returned.
    #[must_use]
    pub fn returnable_units(&self) -> Vec<Units> {
        if !self.has_arrived() {
            return Vec::new();
        }
        let lines = self.part.lines.iter().map(|line| Units {
            line: line.id,
            quantity: self.returnable(line),
        });
        lines.filter(|units| units.quantity > 0).collect()
    }

    /// Until when its buyer may ask for a return, once it is delivered: to the end of the last day (UTC), because it is the day
    /// that buyers are told. A shop that takes nothing back leaves no time.
    #[must_use]
    pub fn return_until(&self) -> Option<Timestamp> {
        let delivered = self
            .progress
            .delivered_at
            .filter(|_| !self.part.is_downloaded())?;
        if self.part.return_days == 0 {
            return Some(delivered);
        }
        let days = chrono::Days::new(u64::from(self.part.return_days));
        let last = delivered.date_naive().checked_add_days(days)?;
        Some(last.and_hms_opt(23, 59, 59)?.and_utc())
    }

    /// What goes back for a return: what was paid for its units and is not given back yet, less what the shop keeps. None
    /// where that is nothing because all of it was given back before.
    pub fn refund_for(
        &self,
        known: &Return,
        id: RefundId,
        terms: &ReturnTerms,
    ) -> Result<Option<Refund>, Refusal> {
        let mut lines = self.left_of(&known.units())?;
        let goods: i64 = lines.iter().map(|line| line.amount).sum();
        let left = self.refundable() - goods;
        if let Some(deduction) = &terms.deduction {
            deduct(&mut lines, deduction)?;
        }
        lines.retain(|line| line.amount > 0);
        let delivery = match terms.delivery {
            true => (self.part.delivery.price - self.delivery_refunded()).min(left),
            false => 0,
        };
        let amount = lines.iter().map(|line| line.amount).sum::<i64>() + delivery;
        Ok((amount > 0).then(|| Refund {
            id,
            part: self.part.id,
            lines,
            delivery,
            amount,
            reason: terms.reason.clone(),
            of_return: Some(known.id),
            released: false,
            deduction: terms.deduction.clone(),
        }))
    }
}

/// Takes a deduction from the amounts of lines, each in proportion, to the minor unit.
fn deduct(lines: &mut [RefundLine], deduction: &Deduction) -> Result<(), Refusal> {
    let goods: i64 = lines.iter().map(|line| line.amount).sum();
    if deduction.amount <= 0 || deduction.amount >= goods {
        return Err(Refusal::BadDeduction {
            wanted: deduction.amount,
            goods,
        });
    }
    let weights: Vec<u64> = lines
        .iter()
        .map(|line| u64::try_from(line.amount).unwrap_or(0))
        .collect();
    for (line, kept) in lines.iter_mut().zip(allocate(deduction.amount, &weights)) {
        line.amount -= kept;
    }
    Ok(())
}
