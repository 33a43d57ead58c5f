//! What goes back for units of lines, when their money was not asked for as such: they came back, or are not sent.

use super::{Refund, RefundLine, Refusal, SubOrder, Units};
use kernel::{LineId, RefundId};

impl SubOrder<'_> {
    /// What was paid for units and is not given back yet, line by line; zero where that is nothing.
    pub(super) fn left_of(&self, units: &[Units]) -> Result<Vec<RefundLine>, Refusal> {
        self.left_behind(units, |_, refunded| refunded)
    }

    /// The same, where so many units of a line come before these as `before` makes of the line and its units whose money went back.
    fn left_behind(
        &self,
        units: &[Units],
        before: impl Fn(LineId, u32) -> u32,
    ) -> Result<Vec<RefundLine>, Refusal> {
        let mut left = self.refundable();
        let line = |units: &Units| {
            let line = self.line(units.line).ok_or(Refusal::BadUnits)?;
            let (given, refunded) = self.line_refunded(line.id);
            let paid = line.paid_for(units.quantity, before(line.id, refunded));
            let amount = paid.min(line.total() - given).min(left);
            left -= amount;
            Ok(RefundLine {
                line: line.id,
                quantity: units.quantity.min(line.quantity.saturating_sub(refunded)),
                amount,
            })
        };
        units.iter().map(line).collect()
    }

    /// What goes back for units that are cancelled now; none where that is nothing. Units whose money went back before are
    /// those that were sent, and then the first of these.
    pub fn refund_for_cancelled(
        &self,
        units: &[Units],
        id: RefundId,
        reason: &str,
    ) -> Result<Option<Refund>, Refusal> {
        let unpaid_for = |units: &Units| {
            let (_, refunded) = self.line_refunded(units.line);
            let spoken_for = self.cancelled(units.line) + self.shipped(units.line);
            let given_back = refunded.saturating_sub(spoken_for);
            Units {
                quantity: units.quantity.saturating_sub(given_back),
                ..*units
            }
        };
        // Where only what is downloaded stays, nothing was delivered that was paid for.
        let count = |units: &[Units]| units.iter().map(|u| u64::from(u.quantity)).sum::<u64>();
        let is_nothing_sent = self.progress.provided_at.is_some()
            && self.progress.parcels.is_empty()
            && count(units) == count(&self.left_to_ship());
        let units: Vec<Units> = units.iter().map(unpaid_for).collect();
        // Behind those cancelled before, though their money be still on its way or less than a minor unit.
        let mut lines = self.left_behind(&units, |line, refunded| refunded.max(self.cancelled(line)))?;
        lines.retain(|line| line.amount > 0);
        let goods: i64 = lines.iter().map(|line| line.amount).sum();
        let delivery = match is_nothing_sent {
            // No more than is left of all that was paid.
            true => (self.part.delivery.price - self.delivery_refunded())
                .min(self.refundable() - goods)
                .max(0),
            false => 0,
        };
        let amount = goods + delivery;
        Ok((amount > 0).then(|| Refund {
            id,
            part: self.part.id,
            lines,
            delivery,
            amount,
            reason: reason.to_owned(),
            of_return: None,
            released: false,
            deduction: None,
        }))
    }
}
