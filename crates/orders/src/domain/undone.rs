//! What refunds undo of a sale beside its price: the commission on it, the tax on that, and what the marketplace paid for
//! its discounts. Pure.
//!
//! With a line goes as much of its own as is given back of its price, and so with the delivery; an amount that belongs to
//! neither takes its share of what is left of the others. Whatever the pieces, together they never take more than there
//! is, never less than before, and all of it with the last unit of money.

use super::event::funded;
use super::{Given, Line, Part, SubOrder};
use kernel::allocate;

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
            false => self.part.undone_by(&self.progress.refunds),
        }
    }

    /// Whether it was sold for nothing, because the marketplace pays for all of it, and is cancelled now: no money goes
    /// back to the buyer, and all that the sale posted is undone.
    fn ends_unpaid_for(&self) -> bool {
        self.order.paid && self.part.total() == 0 && self.cancellation().is_some()
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

    /// What these undo, the first refunds that were given for it.
    #[must_use]
    pub fn undone_by(&self, refunds: &[Given]) -> Undone {
        if refunds.is_empty() {
            return Undone::default();
        }
        let kept = self.undone_of(refunds, self.kept(), Line::kept, 0);
        let tax = portion(self.commission_tax, kept, self.kept());
        let of_line = |line: &Line| funded(&line.discounts);
        Undone {
            commission: kept - tax,
            tax,
            funded: self.undone_of(refunds, self.funded(), of_line, funded(&self.delivery.discounts)),
        }
    }

    /// What refunds undo of `all`, of which so much is each line's and so much the delivery's. What is nobody's goes with
    /// any money.
    fn undone_of(
        &self,
        refunds: &[Given],
        all: i64,
        of_line: impl Fn(&Line) -> i64,
        of_delivery: i64,
    ) -> i64 {
        let refunds = || refunds.iter().map(|given| &given.refund);
        let (paid, given): (i64, i64) = (self.total(), refunds().map(|refund| refund.amount).sum());
        if given == paid {
            // With the last of it goes what belongs to lines that cost nothing.
            return if paid > 0 { all } else { 0 };
        }
        let lines = self.lines.iter().map(|line| {
            let refunded = refunds().flat_map(|refund| &refund.lines);
            let given = refunded.filter(|refunded| refunded.line == line.id);
            (
                of_line(line),
                given.map(|refunded| refunded.amount).sum(),
                line.total(),
            )
        });
        let delivery = (
            of_delivery,
            refunds().map(|refund| refund.delivery).sum(),
            self.delivery.price,
        );
        let (mut owned, mut undone, mut named) = (0, 0, 0);
        for (own, given, paid) in lines.chain([delivery]) {
            let given: i64 = given;
            owned += own;
            undone += portion(own, given, paid);
            named += given;
        }
        undone + portion(owned - undone, given - named, paid - named) + portion(all - owned, given, paid)
    }
}

/// What falls on a part of the whole, by largest remainder.
fn portion(shared: i64, part: i64, whole: i64) -> i64 {
    let weight = |amount: i64| u64::try_from(amount).unwrap_or(0);
    match allocate(shared, &[weight(part), weight(whole - part)])[..] {
        [share, _] if part > 0 => share,
        _ => 0,
    }
}
