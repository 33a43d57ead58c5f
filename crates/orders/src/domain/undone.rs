//! What refunds undo of a sale beside its price: the commission on it, the tax on that, and what the marketplace paid for
//! its discounts. Pure.
//!
//! With a line goes as much of its own as is given back of its price, and so with the delivery; an amount that belongs to
//! neither takes its share of what is left of the others. A line that costs nothing, because promotions pay for all of it,
//! gives back as much of its own as there are units of it that are not sent, or came back and stay. Whatever the pieces,
//! together they never take more than there is, never less than before, and all of it with the last unit of money.

use super::event::funded;
use super::progress::units_of;
use super::{Given, Line, Part, Return, SubOrder, Units};
use contracts::orders::ReturnStatus;
use kernel::{LineId, allocate};

/// Minor units that went back with what was given back so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// What the marketplace gave up.
    pub commission: i64,
    /// And of the tax on it.
    pub tax: i64,
    /// What it took back of what it paid for discounts.
    pub funded: i64,
}

impl Undone {
    /// What was undone from `before` until this.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            commission: self.commission - before.commission,
            tax: self.tax - before.tax,
            funded: self.funded - before.funded,
        }
    }

    /// What the marketplace keeps no more: commission, and the tax on it.
    #[must_use]
    pub fn kept(self) -> i64 {
        self.commission + self.tax
    }
}

impl SubOrder<'_> {
    /// What was undone of its sale so far.
    #[must_use]
    pub fn undone(&self) -> Undone {
        match self.ends_unpaid_for() {
            true => self.part.sold(),
            false => {
                let back = |line: &Line| self.back(line.id).min(line.quantity);
                self.part.undone_by(&self.progress.refunds, back)
            }
        }
    }

    /// Units of a line that its shop has for good: they are not sent, or came back and stay.
    fn back(&self, line: LineId) -> u32 {
        let returned: u32 = self
            .progress
            .returns
            .iter()
            .map(|known| units_of(line, &self.staying(known)))
            .sum();
        returned.saturating_add(self.cancelled(line))
    }

    /// What of a return that is over the shop keeps.
    fn staying(&self, known: &Return) -> Vec<Units> {
        match (self.return_status(known), known.was_exchanged()) {
            (ReturnStatus::Closed, true) => self.put_back(known),
            (ReturnStatus::Closed, false) if known.received().is_some() => known.units(),
            _ => Vec::new(),
        }
    }

    /// Whether it was sold for nothing, because the marketplace pays for all of it, and is cancelled now or back for good: no
    /// money goes back to the buyer, and all that the sale posted is undone.
    #[must_use]
    pub fn ends_unpaid_for(&self) -> bool {
        let is_over = || self.cancellation().is_some() || self.is_returned() && !self.has_open_returns();
        self.order.paid && self.part.total() == 0 && is_over()
    }
}

impl Part {
    /// All that can be undone of its sale.
    #[must_use]
    pub fn sold(&self) -> Undone {
        Undone {
            commission: self.commission,
            tax: self.commission_tax,
            funded: self.funded(),
        }
    }

    /// What these undo, the first refunds that were given for it, once so many units of lines are `back`.
    #[must_use]
    pub fn undone_by(&self, refunds: &[Given], back: impl Fn(&Line) -> u32) -> Undone {
        let costs_nothing = |line: &Line| line.total() == 0;
        if refunds.is_empty() && !self.lines.iter().any(costs_nothing) {
            return Undone::default();
        }
        let kept = self.undone_of(refunds, &back, self.kept(), Line::kept, 0);
        let tax = portion(self.commission_tax, kept, self.kept());
        let of_line = |line: &Line| funded(&line.discounts);
        Undone {
            commission: kept - tax,
            tax,
            funded: self.undone_of(
                refunds,
                &back,
                self.funded(),
                of_line,
                funded(&self.delivery.discounts),
            ),
        }
    }

    /// What refunds undo of `all`, of which so much is each line's and so much the delivery's. What is nobody's goes with
    /// any money.
    fn undone_of(
        &self,
        refunds: &[Given],
        back: impl Fn(&Line) -> u32,
        all: i64,
        of_line: impl Fn(&Line) -> i64,
        of_delivery: i64,
    ) -> i64 {
        let refunds = || refunds.iter().map(|given| &given.refund);
        let (paid, given): (i64, i64) = (self.total(), refunds().map(|refund| refund.amount).sum());
        if given == paid && paid > 0 {
            // With the last of it goes what belongs to lines that cost nothing.
            return all;
        }
        let lines = self.lines.iter().map(|line| {
            let refunded = refunds().flat_map(|refund| &refund.lines);
            let of_it = refunded.filter(|refunded| refunded.line == line.id);
            let given: i64 = of_it.map(|refunded| refunded.amount).sum();
            let own = of_line(line);
            let undone = match line.total() {
                0 => portion(own, back(line).into(), line.quantity.into()),
                paid => portion(own, given, paid),
            };
            (own, undone, given)
        });
        let of_it: i64 = refunds().map(|refund| refund.delivery).sum();
        let delivery = (
            of_delivery,
            portion(of_delivery, of_it, self.delivery.price),
            of_it,
        );
        let (mut owned, mut undone, mut named) = (0, 0, 0);
        for (own, share, given) in lines.chain([delivery]) {
            owned += own;
            undone += share;
            named += given;
        }
        undone + portion(owned - undone, given - named, paid - named) + portion(all - owned, given, paid)
    }
}

/// What falls on a part of the whole, by largest remainder.
pub(super) fn portion(shared: i64, part: i64, whole: i64) -> i64 {
    let weight = |amount: i64| u64::try_from(amount).unwrap_or(0);
    match allocate(shared, &[weight(part), weight(whole - part)])[..] {
        [share, _] if part > 0 => share,
        _ => 0,
    }
}
