//! Properties of whole lives of shops: sales, refunds, holds, payouts and returns in any order.
#![cfg(test)]

use super::*;
use kernel::{BasisPoints, Currency, HoldId, PayoutId};
use proptest::prelude::*;
use std::collections::HashMap;

#[derive(Clone, Debug)]
enum Act {
    Sell {
        total: i64,
        rate: u32,
    },
    /// Gives some of the nth sale back, or what is left of it.
    Refund(usize, i64),
    /// The nth sale's hold runs out.
    Release(usize),
    /// Sets money aside, more perhaps than there is.
    Hold(i64),
    Lift(usize),
    PayOut {
        minimum: i64,
    },
    /// The provider says something of the nth payout.
    Hear(usize, u8),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0i64..1_000_000, 0u32..=3_000).prop_map(|(total, rate)| Act::Sell { total, rate }),
        1 => (0usize..20, 1i64..400_000).prop_map(|(n, amount)| Act::Refund(n, amount)),
        3 => (0usize..20).prop_map(Act::Release),
        1 => (1i64..500_000).prop_map(Act::Hold),
        1 => (0usize..5).prop_map(Act::Lift),
        2 => (0i64..100_000).prop_map(|minimum| Act::PayOut { minimum }),
        3 => (0usize..10, 0u8..5).prop_map(|(n, what)| Act::Hear(n, what)),
    ]
}

struct Sold {
    order: OrderId,
    share: SellerShare,
    held: i64,
    /// Of its total, and of the commission on it.
    refunded: (i64, i64),
}

impl Sold {
    /// What the shop has of it.
    fn earned(&self) -> i64 {
        let (total, commission) = self.refunded;
        self.share.total.amount - total - (self.share.commission.amount - commission)
    }
}

struct Paid {
    id: PayoutId,
    amount: Money,
    state: PayoutState,
}

struct Life {
    tenant: TenantId,
    currency: Currency,
    entries: Vec<Entry>,
    sold: Vec<Sold>,
    holds: Vec<(Entry, bool)>,
    payouts: Vec<Paid>,
}

fn at() -> Timestamp {
    Timestamp::from_timestamp(1_790_000_000, 0).expect("in range")
}

impl Life {
    fn new(currency: &str) -> Self {
        Self {
            tenant: TenantId::new(at()),
            currency: currency.parse().expect("known"),
            entries: Vec::new(),
            sold: Vec::new(),
            holds: Vec::new(),
            payouts: Vec::new(),
        }
    }

    /// As the database does: an entry that exists is not made again.
    fn post(&mut self, entry: Entry) {
        if self.entries.iter().all(|e| e.id != entry.id) {
            self.entries.push(entry);
        }
    }

    fn reverse(&mut self, kind: &str, reference: Uuid) {
        let id = entry_id(kind, reference);
        let original = self.entries.iter().find(|e| e.id == id).expect("was posted");
        let entry = reversal(id, &original.postings, reference, at()).expect("in range");
        self.post(entry);
    }

    fn balance(&self, account: Account) -> i64 {
        let postings = self.entries.iter().flat_map(|e| &e.postings);
        postings
            .filter(|p| p.account == account)
            .map(|p| p.amount.amount)
            .sum()
    }

    fn standing(&self) -> Standing {
        Standing {
            payable: -self.balance(Account::SellerPayable),
            pending: self.sold.iter().map(|s| s.held).sum(),
            reserved: -self.balance(Account::SellerReserve),
        }
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Sell { total, rate } => {
                let total = Money::new(total, self.currency);
                let share = SellerShare {
                    tenant: self.tenant,
                    total,
                    commission: total.share(BasisPoints(rate)).expect("in range"),
                    tax: Money::zero(total.currency),
                    funded: Money::zero(total.currency),
                    sales_tax: Money::zero(total.currency),
                };
                let order = OrderId::new(at());
                self.post(sale(order, at(), &[share], Tendered::default()).expect("in range"));
                self.sold.push(Sold {
                    order,
                    share,
                    held: share.total.amount - share.commission.amount,
                    refunded: (0, 0),
                });
            }
            Act::Refund(n, amount) => self.refund(n, amount),
            Act::Release(n) => {
                if let Some(sold) = self.sold.get_mut(n) {
                    sold.held = 0;
                }
            }
            Act::Hold(amount) => {
                let id = HoldId::new(at());
                let entry =
                    reserve(id, self.tenant, at(), Money::new(amount, self.currency)).expect("in range");
                self.post(entry.clone());
                self.holds.push((entry, true));
            }
            Act::Lift(n) => {
                let Some(hold) = self.holds.get_mut(n).filter(|h| h.1) else {
                    return;
                };
                hold.1 = false;
                let reference = hold.0.reference;
                self.reverse("hold", reference);
            }
            Act::PayOut { minimum } => {
                let Some(amount) = self.standing().due(minimum) else {
                    return;
                };
                let (id, amount) = (PayoutId::new(at()), Money::new(amount, self.currency));
                self.post(payout_made(id, self.tenant, at(), amount).expect("in range"));
                self.payouts.push(Paid {
                    id,
                    amount,
                    state: PayoutState::Created,
                });
            }
            Act::Hear(n, what) => self.hear(n, what),
        }
    }

    fn refund(&mut self, n: usize, amount: i64) {
        let currency = self.currency;
        let Some(sold) = self.sold.get_mut(n) else { return };
        let (total, commission) = (sold.share.total.amount, sold.share.commission.amount);
        let before = sold.refunded;
        let amount = amount.min(total - before.0);
        if amount == 0 {
            return;
        }
        // As orders share the commission out: exact for the whole, whatever the pieces.
        let after = (before.0 + amount, commission * (before.0 + amount) / total);
        let back = SellerShare {
            tenant: self.tenant,
            total: Money::new(amount, currency),
            commission: Money::new(after.1 - before.1, currency),
            tax: Money::zero(currency),
            funded: Money::zero(currency),
            sales_tax: Money::zero(currency),
        };
        sold.refunded = after;
        // Taken from what is held first, as the database does.
        sold.held = (sold.held - (amount - back.commission.amount)).max(0);
        let order = sold.order;
        self.post(refund(RefundId::new(at()), order, at(), &[back], Tendered::default()).expect("in range"));
    }

    fn hear(&mut self, n: usize, what: u8) {
        let Some(paid) = self.payouts.get(n) else { return };
        let (reference, reason) = (String::new(), String::new());
        let said = match what {
            0 => Said::Paid { reference },
            1 => Said::Failed { reason },
            2 => Said::Returned { reference, reason },
            3 => Said::Unknown,
            _ => Said::NotFound,
        };
        let (id, amount) = (paid.id, paid.amount);
        let state = match step(paid.state, &said) {
            Step::Wait => paid.state,
            Step::Inquire => PayoutState::Unknown,
            Step::SendAgain => PayoutState::Created,
            Step::Pay => {
                self.post(payout_paid(id, at(), amount).expect("in range"));
                PayoutState::Paid
            }
            Step::Fail => {
                self.reverse("payout", id.0);
                PayoutState::Failed
            }
            Step::Return => {
                self.reverse("payout_paid", id.0);
                self.reverse("payout", id.0);
                PayoutState::Returned
            }
            Step::PayAndReturn => {
                self.post(payout_paid(id, at(), amount).expect("in range"));
                self.reverse("payout_paid", id.0);
                self.reverse("payout", id.0);
                PayoutState::Returned
            }
        };
        self.payouts[n].state = state;
    }

    /// The shop's account as a statement over everything up to the nth entry.
    fn lines(&self, entries: std::ops::Range<usize>) -> Vec<Line> {
        let lines = self.entries[entries].iter().map(|entry| {
            let of = |account| -> i64 {
                let mine = entry.postings.iter().filter(|p| p.account == account);
                -mine.map(|p| p.amount.amount).sum::<i64>()
            };
            Line {
                entry: entry.id.0,
                at: entry.at,
                kind: entry.kind.to_owned(),
                reversal: entry.kind == "reversal",
                reference: entry.reference,
                net: of(Account::SellerPayable),
                commission: of(Account::CommissionRevenue),
                tax: of(Account::TaxPayable),
            }
        });
        lines.collect()
    }

    /// What left for the bank and did not come back is never more than what was earned and not given back.
    fn paid_out(&self) -> i64 {
        let gone = |p: &&Paid| !matches!(p.state, PayoutState::Failed | PayoutState::Returned);
        self.payouts.iter().filter(gone).map(|p| p.amount.amount).sum()
    }
}

proptest! {
    #[test]
    fn in_every_life_the_books_balance_and_nothing_is_paid_twice(
        acts in prop::collection::vec(act(), 1..80),
        currency in prop::sample::select(vec!["JPY", "EUR", "KWD", "CLF"]),
    ) {
        let mut life = Life::new(currency);
        for act in &acts {
            let paid_before = life.payouts.len();
            let available = life.standing().available();
            life.act(act);
            let total: i64 = Account::ALL.into_iter().map(|a| life.balance(a)).sum();
            prop_assert_eq!(total, 0, "after {:?}", act);
            if life.payouts.len() > paid_before {
                prop_assert!(available > 0, "a payout needs something to pay");
                prop_assert_eq!(life.standing().available(), 0, "a payout takes all of it");
                prop_assert_eq!(life.standing().due(0), None, "asked again, nothing is due");
            }
            // What the shop has earned is with it, on its way, owed or reserved: nowhere else.
            let earned: i64 = life.sold.iter().map(Sold::earned).sum();
            let standing = life.standing();
            prop_assert_eq!(earned, standing.payable + standing.reserved + life.paid_out());
            let sent: i64 = life.payouts.iter().filter(|p| p.state == PayoutState::Paid).map(|p| p.amount.amount).sum();
            prop_assert_eq!(-life.balance(Account::Bank), sent, "the bank paid what was paid, once each");
        }
        for n in 0..life.sold.len() {
            life.refund(n, i64::MAX);
        }
        prop_assert_eq!(life.balance(Account::CommissionRevenue), 0, "given back in pieces is given back exactly");
        prop_assert_eq!(life.balance(Account::ProviderClearing), 0);
        let standing = life.standing();
        prop_assert_eq!(standing.payable + standing.reserved, -life.paid_out(), "what was paid out is owed back");
        let mut once = HashMap::new();
        for entry in &life.entries {
            *once.entry(entry.id).or_insert(0) += 1;
        }
        prop_assert!(once.values().all(|n| *n == 1));
    }

    #[test]
    fn statements_join_up_to_the_balance(acts in prop::collection::vec(act(), 1..60), cut in 0usize..60) {
        let mut life = Life::new("EUR");
        for act in &acts {
            life.act(act);
        }
        let cut = cut.min(life.entries.len());
        let first = statement(Money::zero(Currency::EUR), life.lines(0..cut)).expect("in range");
        let second = statement(first.closing, life.lines(cut..life.entries.len())).expect("in range");
        prop_assert_eq!(second.closing.amount, life.standing().payable);
        for m in first.movements.iter().chain(&second.movements) {
            prop_assert_eq!(m.gross.amount, m.net.amount + m.commission.amount + m.tax.amount);
        }
    }
}
