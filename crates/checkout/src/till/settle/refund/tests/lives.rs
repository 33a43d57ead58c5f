//! Whole lives of orders, in any order of things: what goes back never exceeds what came, and the books always balance.

use super::*;
use ledger::domain::{Account, Entry};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Act {
    Confirm,
    /// Wants units of a part's line, maybe its delivery.
    Units {
        part: usize,
        line: usize,
        quantity: u32,
        delivery: bool,
    },
    Amount {
        part: usize,
        amount: i64,
    },
    CancelPart(usize),
    Cancel,
    /// The provider ends the nth refund.
    End {
        refund: usize,
        refused: bool,
    },
    Retry(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Confirm),
        3 => (0usize..3, 0usize..3, 1u32..4, any::<bool>())
            .prop_map(|(part, line, quantity, delivery)| Act::Units { part, line, quantity, delivery }),
        3 => (0usize..3, 1i64..5_000).prop_map(|(part, amount)| Act::Amount { part, amount }),
        1 => (0usize..3).prop_map(Act::CancelPart),
        1 => Just(Act::Cancel),
        5 => (0usize..8, prop::bool::weighted(0.2)).prop_map(|(refund, refused)| Act::End { refund, refused }),
        1 => (0usize..8).prop_map(Act::Retry),
    ]
}

fn numbers() -> impl Strategy<Value = Numbers> {
    let lines = prop::collection::vec((1u32..4, 0i64..3_000), 1..3);
    (lines, 0i64..1_000, 0u32..=3_000).prop_map(|(lines, delivery, rate)| {
        let goods: i64 = lines
            .iter()
            .map(|&(quantity, price)| i64::from(quantity) * price)
            .sum();
        let goods = Money::new(goods, Currency::EUR);
        let commission = goods.share(kernel::BasisPoints(rate)).expect("in range");
        Numbers {
            commission: commission.amount,
            tax: commission
                .share(kernel::BasisPoints(2_100))
                .expect("in range")
                .amount,
            lines,
            delivery,
        }
    })
}

struct Life {
    case: Case,
    entries: Vec<Entry>,
    /// What the payment's shares gave back, by shop.
    shares: BTreeMap<TenantId, i64>,
    keys: usize,
}

impl Life {
    fn new(parts: &[Numbers]) -> Self {
        let mut case = case(placed(parts));
        case.saga = Some(Saga {
            version: 1,
            attempt: 1,
            ..Saga::begun("tok_visa".into(), "/return".into())
        });
        Self {
            case,
            entries: Vec::new(),
            shares: BTreeMap::new(),
            keys: 0,
        }
    }

    /// What the till would do; refusals change nothing.
    fn ask(&mut self, wanted: &Ask) {
        let Ok(decision) = ask(&mut self.case, wanted) else {
            return;
        };
        if let Some(saga) = decision.saga {
            self.case.saga = Some(saga);
        }
        if let Some(books) = &decision.books {
            let entry = entry(books, at(2), &self.case.order).expect("in range");
            assert!(
                self.entries.iter().all(|known| known.id != entry.id),
                "posted twice"
            );
            self.entries.push(entry);
        }
        if let Some(Payment::PartlyRefunded { amount, shares, .. }) = decision.payment {
            assert_eq!(amount, shares.iter().map(|share| share.amount).sum::<i64>());
            for share in shares {
                *self.shares.entry(share.tenant).or_default() += share.amount;
            }
        }
    }

    fn act(&mut self, act: &Act) {
        self.keys += 1;
        let key = self.keys.to_string();
        match *act {
            Act::Confirm => {
                let saga = self.case.saga.clone().expect("begun");
                self.ask(&Ask::Confirm {
                    saga: Box::new(saga),
                    reference: "r".into(),
                });
            }
            Act::Units {
                part,
                line,
                quantity,
                delivery,
            } => {
                let lines = vec![RefundUnits {
                    line: line_id(part, line),
                    quantity,
                }];
                self.ask(&wanted(part, RefundWish::Lines { lines, delivery }, &key));
            }
            Act::Amount { part, amount } => self.ask(&wanted(part, super::amount(amount), &key)),
            Act::CancelPart(part) => self.ask(&Ask::CancelPart {
                part: part_id(part),
                reason: CancelReason::Seller,
                note: "broke".into(),
            }),
            Act::Cancel => self.ask(&Ask::Cancel {
                reason: CancelReason::Buyer,
            }),
            Act::End { refund, refused: no } => {
                let end = if no { refused() } else { refunded() };
                self.with_refund(refund, |known| RefundAsk::Close(Box::new(known.clone()), end));
            }
            Act::Retry(refund) => self.with_refund(refund, |_| RefundAsk::Retry),
        }
    }

    fn with_refund(&mut self, n: usize, ask: impl FnOnce(&Refunding) -> RefundAsk) {
        if let Some(known) = self.case.refunds.get(n) {
            let ask = Ask::OfRefund {
                refund: known.id,
                ask: ask(known),
            };
            self.ask(&ask);
        }
    }

    fn balance(&self, account: Account, tenant: Option<TenantId>) -> i64 {
        let postings = self.entries.iter().flat_map(|entry| &entry.postings);
        postings
            .filter(|posting| posting.account == account && (tenant.is_none() || posting.tenant == tenant))
            .map(|posting| posting.amount.amount)
            .sum()
    }

    fn check(&self, after: &Act) -> Result<(), TestCaseError> {
        for entry in &self.entries {
            let sum: i64 = entry.postings.iter().map(|p| p.amount.amount).sum();
            prop_assert_eq!(sum, 0, "after {:?}", after);
        }
        let order = &self.case.order;
        for sub_order in order.sub_orders() {
            let (id, total) = (sub_order.part.id, sub_order.part.total());
            let gone = self.shares.get(&sub_order.part.tenant).copied().unwrap_or(0);
            prop_assert_eq!(gone, sub_order.refunded());
            let under_way: i64 = self
                .case
                .refunds
                .iter()
                .filter(|refund| !refund.step.has_ended())
                .flat_map(|refund| &refund.parts)
                .filter(|part| part.part == id)
                .map(|part| part.amount)
                .sum();
            prop_assert!(
                gone + under_way <= total,
                "{gone} + {under_way} of {total} after {after:?}"
            );
        }
        let captured = if order.paid { order.total().amount } else { 0 };
        prop_assert_eq!(
            self.balance(Account::ProviderClearing, None),
            captured - order.refunded(),
            "what the provider holds is what came less what went back"
        );
        Ok(())
    }

    /// The provider carries out whatever is under way, and what is left goes back in pieces.
    fn give_all_back(&mut self, piece: i64) {
        let under_way = |refund: &Refunding| !refund.step.has_ended();
        while let Some(refund) = self.case.refunds.iter().position(under_way) {
            self.act(&Act::End {
                refund,
                refused: false,
            });
        }
        for part in 0..self.case.order.placed.parts.len() {
            // Not more pieces than an order has refunds.
            let piece = piece.max((self.case.order.placed.parts[part].total() + 14) / 15);
            while self.case.order.refundable(part_id(part)) > 0 {
                let amount = piece.min(self.case.order.refundable(part_id(part)));
                self.act(&Act::Amount { part, amount });
                let last = self.case.refunds.len() - 1;
                self.act(&Act::End {
                    refund: last,
                    refused: false,
                });
            }
        }
    }
}

proptest! {
    #[test]
    fn what_goes_back_is_never_more_than_came_and_all_of_it_is_all_of_it(
        parts in prop::collection::vec(numbers(), 1..4),
        acts in prop::collection::vec(act(), 1..40),
        piece in 1i64..2_000,
    ) {
        let mut life = Life::new(&parts);
        for act in &acts {
            life.act(act);
            life.check(act)?;
        }
        life.give_all_back(piece);
        life.check(&Act::Confirm)?;
        let order = life.case.order.clone();
        if order.paid {
            prop_assert_eq!(order.refunded(), order.total().amount);
        }
        for sub_order in order.sub_orders() {
            let tenant = Some(sub_order.part.tenant);
            prop_assert_eq!(life.balance(Account::SellerPayable, tenant), 0, "the shop's share came back exactly");
            prop_assert_eq!(life.balance(Account::CommissionRevenue, tenant), 0, "and so did the commission");
            prop_assert_eq!(life.balance(Account::TaxPayable, tenant), 0, "and the tax on it");
        }
    }
}
