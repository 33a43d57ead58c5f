//! What a batch does to gift cards and store credit: what orders had set aside is spent when they are paid and let go when
//! they end; refunds put money back. What is opened again sets it aside anew, as it holds its goods.

use super::Settle;
use super::batch::Decided;
use super::decide::Books;
use crate::error::Error;
use crate::tender::parts;
use contracts::purses::PurseKind;
use kernel::PurseId;
use ledger::domain::entry_id;
use ledger::till::purses::{Locked, Opening};
use orders::domain::Tender;

impl Decided {
    /// What goes back to gift cards and store credit with it.
    fn given_back(&self) -> &[Tender] {
        match &self.decision.books {
            Some(Books::Refund { tenders, .. }) => tenders,
            _ => &[],
        }
    }

    /// Whether what its order has set aside changes with it.
    fn concerns_holds(&self) -> bool {
        matches!(self.decision.books, Some(Books::Sale)) || self.decision.hold.is_some() || self.change.ends()
    }
}

/// The purses that are to be locked for a batch, and those of buyers who may have none yet.
pub(super) fn touched(decided: &[Result<Decided, Error>]) -> (Vec<PurseId>, Vec<Opening>) {
    let (mut purses, mut openings) = (Vec::new(), Vec::new());
    for decided in decided.iter().flatten() {
        let order = &decided.change.order;
        if decided.concerns_holds() {
            purses.extend(order.placed.tenders.iter().map(|tender| tender.purse));
        }
        for tender in decided.given_back() {
            match (tender.kind, order.placed.buyer) {
                (PurseKind::StoreCredit, Some(user)) => openings.push(Opening {
                    user,
                    currency: order.currency(),
                    at: order.placed_at,
                }),
                _ => purses.push(tender.purse),
            }
        }
    }
    (purses, openings)
}

/// Moves what was decided, once it is known which orders are opened again.
pub(super) fn move_purses(commands: &[&Settle], decided: &[Result<Decided, Error>], purses: &mut Locked) {
    for (command, decided) in commands.iter().zip(decided) {
        let Ok(decided) = decided else { continue };
        let (order, now) = (&decided.change.order, command.ctx.now);
        match &decided.decision.books {
            Some(Books::Sale) => {
                let entry = entry_id("sale", order.id.0);
                purses.spend(order.id, &parts(&order.placed.tenders), entry, now);
            }
            Some(Books::Refund { refund, tenders, .. }) => {
                let entry = entry_id("refund", refund.0);
                purses.give_back((order.id, *refund), &parts(tenders), entry, now);
            }
            // Gift cards and store credit keep what they got.
            Some(Books::CameBack { .. } | Books::GivenAgain { .. }) | None => {}
            // Where they pay a part of an order, all of it is captured at once.
            Some(Books::SaleOfTake { .. }) => {}
        }
        // What was paid was spent, and goes back by a refund.
        if decided.change.ends() && !order.paid {
            purses.release(order.id, &parts(&order.placed.tenders), now);
        }
    }
}
