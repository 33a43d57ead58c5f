//! Returns as their buyers and sellers see them.

use super::progress::units_of;
use super::returns::Return;
use super::view::{deduction, milestone, of_parcel, of_refund, units};
use super::{ReturnStep, SubOrder, Units};
use contracts::orders as api;
use contracts::orders::ReturnStatus;

impl SubOrder<'_> {
    #[must_use]
    pub fn returns(&self) -> Vec<api::Return> {
        let returns = self.progress.returns.iter();
        returns.map(|known| self.view_return(known)).collect()
    }

    fn view_return(&self, known: &Return) -> api::Return {
        let given = self.refund_of_return(known.id);
        let refund = given.map(|given| &given.refund);
        let sent = known.last(|step| match step {
            ReturnStep::SentBack { carrier, tracking } => Some((carrier.clone(), tracking.clone())),
            _ => None,
        });
        let (carrier, tracking) = sent.map(|(_, sent)| sent).unwrap_or_default();
        api::Return {
            id: known.id,
            status: self.return_status(known),
            lines: self.return_lines(known),
            reason: known.requested.reason,
            note: known.requested.note.clone(),
            wish: known.requested.wish,
            answer_by: (self.return_status(known) == ReturnStatus::Requested).then(|| known.answer_by()),
            answer: known.answer().unwrap_or_default().to_owned(),
            carrier,
            tracking,
            refund: refund.map(|refund| refund.id),
            refunded: refund.map(|refund| self.order.money(refund.amount)),
            deduction: refund
                .and_then(|refund| refund.deduction.as_ref())
                .map(|kept| deduction(self.order, kept)),
            exchange: match known.was_exchanged() {
                true => known.units().iter().map(units).collect(),
                false => Vec::new(),
            },
            timeline: self.return_timeline(known),
        }
    }

    /// What happened to it, in order of time, with the money and the goods that went the other way.
    fn return_timeline(&self, known: &Return) -> Vec<api::Milestone> {
        let mut milestones = vec![milestone("requested", known.at)];
        milestones.extend(known.steps.iter().map(|(at, step)| milestone(word(step), *at)));
        let given = self.refund_of_return(known.id);
        milestones.extend(given.map(|given| of_refund(given.at, given.refund.id)));
        for sent in self.exchange_parcels(known.id) {
            milestones.push(of_parcel("shipped", sent.at, sent.parcel.id));
            let delivered = sent.delivered_at;
            milestones.extend(delivered.map(|at| of_parcel("delivered", at, sent.parcel.id)));
        }
        // Stable: what happened at one time keeps the order in which it can happen.
        milestones.sort_by_key(|milestone| milestone.at);
        milestones
    }
}

impl SubOrder<'_> {
    fn return_lines(&self, known: &Return) -> Vec<api::ReturnLine> {
        let received = known.received().unwrap_or_default();
        let put_back = self.put_back(known);
        let line = |asked: &Units| {
            let came = received.iter().find(|came| came.line == asked.line);
            api::ReturnLine {
                line: asked.line,
                quantity: asked.quantity,
                restocked: came.map_or(0, |came| came.restocked),
                written_off: came.map_or(0, |came| came.written_off),
                put_back: units_of(asked.line, &put_back),
            }
        };
        known.requested.lines.iter().map(line).collect()
    }
}

/// A step in a return's timeline, where nobody wonders what it is a step of.
fn word(step: &ReturnStep) -> &'static str {
    let name = step.name();
    name.strip_prefix("return_").unwrap_or(name)
}
