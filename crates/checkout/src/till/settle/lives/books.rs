//! The ledger in memory, and shops that are paid out.

use kernel::{Currency, EntryId, Money, PayoutId, TenantId, Timestamp};
use ledger::domain::{
    Account, Entry, PayoutState, Said, Standing, Step, entry_id, payout_made, payout_paid, reversal, step,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

#[derive(Default)]
pub struct Books {
    known: HashSet<EntryId>,
    /// Per account and shop; a shop has one currency, the marketplace's own accounts are kept per currency.
    balances: HashMap<(Account, Option<TenantId>, Currency), i64>,
    sums: HashMap<Currency, i64>,
    payouts: Vec<Payout>,
}

struct Payout {
    id: PayoutId,
    tenant: TenantId,
    amount: Money,
    state: PayoutState,
    /// What was posted for it and may have to be reversed.
    entries: Vec<Entry>,
}

impl Books {
    /// Posts once; both the entry and all there is sum to zero.
    pub fn post(&mut self, entry: &Entry) {
        assert!(self.known.insert(entry.id), "posted twice: {entry:?}");
        for posting in &entry.postings {
            let Money { amount, currency } = posting.amount;
            *self.sums.entry(currency).or_default() += amount;
            *self
                .balances
                .entry((posting.account, posting.tenant, currency))
                .or_default() += amount;
        }
        assert!(
            self.sums.values().all(|sum| *sum == 0),
            "{:?} after {entry:?}",
            self.sums
        );
    }

    pub fn balance(&self, account: Account, tenant: Option<TenantId>, currency: Currency) -> i64 {
        self.balances
            .get(&(account, tenant, currency))
            .copied()
            .unwrap_or(0)
    }

    pub fn payable(&self, tenant: TenantId, currency: Currency) -> i64 {
        -self.balance(Account::SellerPayable, Some(tenant), currency)
    }

    /// Pays a shop what is not held; says whether there was anything.
    pub fn pay_out(
        &mut self,
        id: PayoutId,
        tenant: TenantId,
        at: Timestamp,
        currency: Currency,
        held: i64,
    ) -> bool {
        let standing = Standing {
            payable: self.payable(tenant, currency),
            pending: held,
            reserved: 0,
        };
        let Some(amount) = standing.due(0) else {
            assert!(standing.available() <= 0, "{standing:?} is due");
            return false;
        };
        let amount = Money::new(amount, currency);
        let made = payout_made(id, tenant, at, amount).expect("in range");
        self.post(&made);
        assert_eq!(
            self.payable(tenant, currency),
            held,
            "a payout takes all that is not held"
        );
        self.payouts.push(Payout {
            id,
            tenant,
            amount,
            state: PayoutState::Created,
            entries: vec![made],
        });
        true
    }

    /// The bank says something of the nth payout; says whether it came back.
    pub fn hear(&mut self, n: usize, said: &Said, at: Timestamp) -> bool {
        let Some(payout) = self.payouts.get_mut(n) else {
            return false;
        };
        let (id, amount) = (payout.id, payout.amount);
        let paid = || payout_paid(id, at, amount).expect("in range");
        let step = step(payout.state, said);
        payout.state = match step {
            Step::Wait | Step::Inquire | Step::SendAgain => payout.state,
            Step::Pay => PayoutState::Paid,
            Step::Fail => PayoutState::Failed,
            Step::Return | Step::PayAndReturn => PayoutState::Returned,
        };
        let mut entries = Vec::new();
        if matches!(step, Step::Pay | Step::PayAndReturn) {
            let entry = paid();
            payout.entries.push(entry.clone());
            entries.push(entry);
        }
        if matches!(step, Step::Fail | Step::Return | Step::PayAndReturn) {
            for entry in &payout.entries {
                entries.push(reversal(entry.id, &entry.postings, id.0, at).expect("in range"));
            }
        }
        for entry in &entries {
            self.post(entry);
        }
        matches!(step, Step::Return | Step::PayAndReturn)
    }

    pub fn payouts(&self) -> usize {
        self.payouts.len()
    }

    /// What left for the bank and did not come back.
    pub fn paid_out(&self, tenant: TenantId) -> i64 {
        let gone = |payout: &&Payout| {
            payout.tenant == tenant && !matches!(payout.state, PayoutState::Failed | PayoutState::Returned)
        };
        self.payouts
            .iter()
            .filter(gone)
            .map(|payout| payout.amount.amount)
            .sum()
    }

    /// What the bank paid.
    pub fn at_the_bank(&self, currency: Currency) -> i64 {
        let paid = |payout: &&Payout| payout.state == PayoutState::Paid && payout.amount.currency == currency;
        self.payouts
            .iter()
            .filter(paid)
            .map(|payout| payout.amount.amount)
            .sum()
    }
}

/// Whether the entry is the one sale of an order.
pub fn is_sale(entry: &Entry, order: Uuid) -> bool {
    entry.id == entry_id("sale", order)
}
