//! Returns as their buyers and sellers see them.

use super::returns::Return;
use super::view::{deduction, milestone, of_parcel, of_refund, units};
use super::{Received, ReturnStep, SubOrder, Units};
use contracts::orders as api;

impl SubOrder<'_> {
    #[must_use]
    pub fn returns(&self) -> Vec<api::Return> {
        let returns = self.progress.returns.iter();
        returns.map(|known| self.view_return(known)).collect()
    }

    fn view_return(&self, known: &Return) -> api::Return {
        let given = self.refund_of_return(known.id);
        let refund = given.map(|given| &given.refund);
        let answer = known.last(|step| match step {
            ReturnStep::Authorised { note } | ReturnStep::Refused { note } | ReturnStep::Closed { note } => {
                Some(note.clone())
            }
            _ => None,
        });
        let sent = known.last(|step| match step {
            ReturnStep::SentBack { carrier, tracking } => Some((carrier.clone(), tracking.clone())),
            _ => None,
        });
        let (carrier, tracking) = sent.map(|(_, sent)| sent).unwrap_or_default();
        api::Return {
            id: known.id,
            status: self.return_status(known),
            lines: lines(known),
            reason: known.requested.reason,
            note: known.requested.note.clone(),
            wish: known.requested.wish,
            answer: answer.map(|(_, note)| note).unwrap_or_default(),
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

/// A step in a return's timeline, where nobody wonders what it is a step of.
fn word(step: &ReturnStep) -> &'static str {
    let name = step.name();
    name.strip_prefix("return_").unwrap_or(name)
}

fn lines(known: &Return) -> Vec<api::ReturnLine> {
    let received = known.received().unwrap_or_default();
    let line = |asked: &Units| {
        let came = received.iter().find(|came| came.line == asked.line);
        let came = came.copied().unwrap_or(Received {
            line: asked.line,
            restocked: 0,
            written_off: 0,
        });
        api::ReturnLine {
            line: asked.line,
            quantity: asked.quantity,
            restocked: came.restocked,
            written_off: came.written_off,
        }
    };
    known.requested.lines.iter().map(line).collect()
}
