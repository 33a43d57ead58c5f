//! A payout's way to the bank: its postings, and what follows from each answer of the provider.

use super::{Account, Entry, entry_id, moved};
use contracts::ledger::PayoutState;
use kernel::{Money, MoneyError, PayoutId, TenantId, Timestamp};

/// What the provider says of a payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Paid {
        reference: String,
    },
    Failed {
        reason: String,
    },
    /// It was paid, and the bank sent it back.
    Returned {
        reference: String,
        reason: String,
    },
    /// No answer came, so the money may or may not be on its way. Only an inquiry can tell.
    Unknown,
    /// The provider has never heard of it: it may be sent again.
    NotFound,
}

/// What follows from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing new: look again later.
    Wait,
    /// Ask again what became of it.
    Inquire,
    /// Send it again, under the same key.
    SendAgain,
    /// Post that the bank paid.
    Pay,
    /// Reverse what was posted when it was made.
    Fail,
    /// Reverse everything.
    Return,
    /// Post that the bank paid, then reverse everything.
    PayAndReturn,
}

/// What to do about an answer, from where the payout stands. What has ended stays as it is.
#[must_use]
pub fn step(state: PayoutState, said: &Said) -> Step {
    use PayoutState as S;
    match (state, said) {
        (S::Failed | S::Returned, _) => Step::Wait,
        (S::Paid, Said::Returned { .. }) => Step::Return,
        (S::Paid, _) => Step::Wait,
        (_, Said::Paid { .. }) => Step::Pay,
        (_, Said::Failed { .. }) => Step::Fail,
        (_, Said::Returned { .. }) => Step::PayAndReturn,
        (_, Said::Unknown) => Step::Inquire,
        (_, Said::NotFound) => Step::SendAgain,
    }
}

/// The shop's money is on its way.
pub fn payout_made(
    payout: PayoutId,
    tenant: TenantId,
    at: Timestamp,
    amount: Money,
) -> Result<Entry, MoneyError> {
    let accounts = [
        (Account::SellerPayable, Some(tenant)),
        (Account::PayoutClearing, None),
    ];
    moved(
        entry_id("payout", payout.0),
        "payout",
        payout.0,
        at,
        amount,
        accounts,
    )
}

/// The bank has paid it.
pub fn payout_paid(payout: PayoutId, at: Timestamp, amount: Money) -> Result<Entry, MoneyError> {
    let accounts = [(Account::PayoutClearing, None), (Account::Bank, None)];
    moved(
        entry_id("payout_paid", payout.0),
        "payout_paid",
        payout.0,
        at,
        amount,
        accounts,
    )
}
