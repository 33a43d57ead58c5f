//! The chart of accounts, and the entries that an order makes in its life.
#![deny(clippy::float_arithmetic)]

mod astray;
mod commission;
mod fees;
mod hold;
mod life;
mod listing;
mod promoted;
pub mod purse;
mod schedule;
mod settlement;
mod statement;
mod transfer;
mod year;

pub use astray::{refund_again, refund_came_back};
pub use commission::{Charged, Conditions, Rule, Rulebook, Sold, Tariff};
pub use fees::{provider_fee, provider_transfer};
pub use hold::{Standing, reserve};
pub use listing::{Lister, ListingCharge, ListingRule, listing_charge, rule_for};
pub use promoted::promoted_fee;
pub use schedule::{Schedule, ScheduleError};
pub use settlement::{FileLine, FileRefusal, LINES_MAX, LineKind, read_file};
pub use statement::{Line, Place, Sums, statement, statement_page};
pub use transfer::{Said, Step, payout_made, payout_paid, step};
pub use year::{Takings, YearInCurrency, year};

pub use contracts::ledger::{HoldReason, Movement, PayoutState, Statement};

use kernel::{EntryId, Money, MoneyError, OrderId, RefundId, TenantId, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The chart of accounts. Debits are positive, credits negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    /// Money the payment provider has taken for us and not yet paid out. Asset.
    ProviderClearing,
    /// Refunds that their banks sent back: owed to buyers until they are given back again. Liability.
    BuyerFunds,
    /// What the marketplace owes a shop. Liability, kept per shop.
    SellerPayable,
    /// The part of it that is held back. Liability, kept per shop.
    SellerReserve,
    /// What the marketplace has earned, kept per shop. Income.
    CommissionRevenue,
    /// What shops pay for having products listed, and put forward in searches, kept per shop. Income.
    ListingRevenue,
    /// Tax collected for the authorities, kept per shop. Liability.
    TaxPayable,
    /// Discounts that the marketplace pays for, kept per shop. Expense.
    PromotionExpense,
    /// The marketplace's bank account. Asset.
    Bank,
    /// Payouts that were begun and of which the provider has not said that they were paid. Liability.
    PayoutClearing,
    /// What payment providers keep for themselves. Expense.
    ProviderFees,
    /// What is on gift cards and not spent yet. Liability; card by card in `ledger.purse`.
    GiftCardsOutstanding,
    /// What buyers have as store credit. Liability; buyer by buyer in `ledger.purse`.
    StoreCreditOutstanding,
    /// Gift cards and store credit that the marketplace gave away. Expense.
    GoodwillExpense,
}

impl Account {
    pub const ALL: [Self; 14] = [
        Self::ProviderClearing,
        Self::BuyerFunds,
        Self::SellerPayable,
        Self::SellerReserve,
        Self::CommissionRevenue,
        Self::ListingRevenue,
        Self::TaxPayable,
        Self::PromotionExpense,
        Self::Bank,
        Self::PayoutClearing,
        Self::ProviderFees,
        Self::GiftCardsOutstanding,
        Self::StoreCreditOutstanding,
        Self::GoodwillExpense,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ProviderClearing => "provider_clearing",
            Self::BuyerFunds => "buyer_funds",
            Self::SellerPayable => "seller_payable",
            Self::SellerReserve => "seller_reserve",
            Self::CommissionRevenue => "commission_revenue",
            Self::ListingRevenue => "listing_revenue",
            Self::TaxPayable => "tax_payable",
            Self::PromotionExpense => "promotion_expense",
            Self::Bank => "bank",
            Self::PayoutClearing => "payout_clearing",
            Self::ProviderFees => "provider_fees",
            Self::GiftCardsOutstanding => "gift_cards_outstanding",
            Self::StoreCreditOutstanding => "store_credit_outstanding",
            Self::GoodwillExpense => "goodwill_expense",
        }
    }
}

/// One line of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    pub account: Account,
    pub tenant: Option<TenantId>,
    /// Debit positive, credit negative.
    pub amount: Money,
}

/// A balanced set of postings about one thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: EntryId,
    pub kind: &'static str,
    pub reference: Uuid,
    pub at: Timestamp,
    pub postings: Vec<Posting>,
}

/// What one shop's share of a paid order, or of a refund, consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SellerShare {
    pub tenant: TenantId,
    /// What the buyer pays for it, goods and delivery; or gets back.
    pub total: Money,
    /// What the marketplace keeps of it; or gives up.
    pub commission: Money,
    /// The tax on that, kept for the authorities.
    pub tax: Money,
    /// What the marketplace pays for its discounts, beside what the buyer pays; or takes back.
    pub funded: Money,
    /// What of the total is tax that the marketplace owes the authorities; or owes no more.
    pub sales_tax: Money,
}

/// What of an order, or of a refund, goes by gift cards and store credit, in minor units of its currency. The rest goes by
/// a payment provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tendered {
    pub gift_cards: i64,
    pub store_credit: i64,
}

/// An order was paid, by its provider, by gift cards, by store credit: each shop is owed its total, and what the marketplace
/// pays for its discounts, less commission, the tax on it, and the tax on what was sold where the marketplace owes that.
pub fn sale(
    order: OrderId,
    at: Timestamp,
    shares: &[SellerShare],
    tendered: Tendered,
) -> Result<Entry, MoneyError> {
    Ok(Entry {
        id: entry_id("sale", order.0),
        kind: "sale",
        reference: order.0,
        at,
        postings: transfer(shares, tendered, 1)?,
    })
}

/// Some shops' shares of an order were captured, by the take of this number: each is owed what a sale would owe it, of what
/// was captured. Nothing is posted of a share before; number 0 is of shares of which nothing is to be paid.
pub fn sale_of_take(
    order: OrderId,
    number: u32,
    at: Timestamp,
    shares: &[SellerShare],
) -> Result<Entry, MoneyError> {
    Ok(Entry {
        id: take_entry_id(order.0, number),
        kind: "sale",
        reference: order.0,
        at,
        postings: transfer(shares, Tendered::default(), 1)?,
    })
}

/// The id of the entry of a take, in the order's own month.
#[must_use]
pub fn take_entry_id(order: Uuid, number: u32) -> EntryId {
    entry_id(&format!("sale of take {number}"), order)
}

/// Some of an order was given back, or the last of it: of each shop's total and of the commission on it, what went back.
pub fn refund(
    refund: RefundId,
    order: OrderId,
    at: Timestamp,
    shares: &[SellerShare],
    tendered: Tendered,
) -> Result<Entry, MoneyError> {
    Ok(Entry {
        id: entry_id("refund", refund.0),
        kind: "refund",
        reference: order.0,
        at,
        postings: transfer(shares, tendered, -1)?,
    })
}

fn transfer(shares: &[SellerShare], tendered: Tendered, sign: i64) -> Result<Vec<Posting>, MoneyError> {
    let Some(currency) = shares.first().map(|s| s.total.currency) else {
        return Ok(Vec::new());
    };
    let signed = |m: Money| {
        m.amount
            .checked_mul(sign)
            .map(|amount| Money { amount, ..m })
            .ok_or(MoneyError::Overflow)
    };
    let total = Money::sum(currency, shares.iter().map(|s| s.total))?;
    let [cards, credit] = [tendered.gift_cards, tendered.store_credit].map(|part| Money::new(part, currency));
    let mut postings = Vec::with_capacity(3 + 4 * shares.len());
    for (account, part) in [
        (Account::ProviderClearing, total.sub(cards)?.sub(credit)?),
        (Account::GiftCardsOutstanding, cards),
        (Account::StoreCreditOutstanding, credit),
    ] {
        postings.push(Posting {
            account,
            tenant: None,
            amount: signed(part)?,
        });
    }
    for share in shares {
        let due = share.total.add(share.funded)?;
        let owed = share.commission.add(share.tax)?.add(share.sales_tax)?.sub(due)?;
        postings.push(Posting {
            account: Account::SellerPayable,
            tenant: Some(share.tenant),
            amount: signed(owed)?,
        });
    }
    for share in shares {
        let earned = Money::zero(currency).sub(share.commission)?;
        postings.push(Posting {
            account: Account::CommissionRevenue,
            tenant: Some(share.tenant),
            amount: signed(earned)?,
        });
    }
    for share in shares {
        let collected = Money::zero(currency).sub(share.tax.add(share.sales_tax)?)?;
        postings.push(Posting {
            account: Account::TaxPayable,
            tenant: Some(share.tenant),
            amount: signed(collected)?,
        });
    }
    for share in shares {
        postings.push(Posting {
            account: Account::PromotionExpense,
            tenant: Some(share.tenant),
            amount: signed(share.funded)?,
        });
    }
    postings.retain(|p| p.amount.amount != 0);
    Ok(postings)
}

/// Undoes an entry: its postings, mirrored. The id follows from the entry's own, so that it happens once.
pub fn reversal(
    original: EntryId,
    postings: &[Posting],
    reference: Uuid,
    at: Timestamp,
) -> Result<Entry, MoneyError> {
    let mirrored = postings.iter().map(|posting| {
        Ok(Posting {
            amount: Money::zero(posting.amount.currency).sub(posting.amount)?,
            ..*posting
        })
    });
    Ok(Entry {
        id: entry_id("reversal", original.0),
        kind: "reversal",
        reference,
        at,
        postings: mirrored.collect::<Result<_, MoneyError>>()?,
    })
}

/// Moves `amount` from one account to another.
fn moved(
    id: EntryId,
    kind: &'static str,
    reference: Uuid,
    at: Timestamp,
    amount: Money,
    [to, from]: [(Account, Option<TenantId>); 2],
) -> Result<Entry, MoneyError> {
    let posting = |(account, tenant), amount| Posting {
        account,
        tenant,
        amount,
    };
    let mut postings = vec![
        posting(to, amount),
        posting(from, Money::zero(amount.currency).sub(amount)?),
    ];
    postings.retain(|p| p.amount.amount != 0);
    Ok(Entry {
        id,
        kind,
        reference,
        at,
        postings,
    })
}

/// The id of the one entry of a kind about a thing: the thing's own time, so that the entry lies in the same
/// month, and a hash of both. Posting it twice meets the primary key.
#[must_use]
pub fn entry_id(kind: &str, reference: Uuid) -> EntryId {
    let hash = Sha256::new()
        .chain_update(kind.as_bytes())
        .chain_update(reference.as_bytes())
        .finalize();
    let mut bytes = *reference.as_bytes();
    bytes[6..].copy_from_slice(&hash[..10]);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    EntryId(Uuid::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;
    use proptest::prelude::*;

    fn now() -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000, 0).expect("in range")
    }

    fn eur(amount: i64) -> Money {
        Money::new(amount, Currency::EUR)
    }

    #[test]
    fn a_sale_owes_each_shop_its_total_and_what_is_paid_for_discounts_less_commission_and_tax() {
        let (a, b) = (TenantId::new(now()), TenantId::new(now()));
        let shares = [
            SellerShare {
                tenant: a,
                total: eur(5_000),
                commission: eur(500),
                tax: eur(105),
                funded: eur(0),
                sales_tax: eur(0),
            },
            SellerShare {
                tenant: b,
                total: eur(1_990),
                commission: eur(199),
                tax: eur(0),
                funded: eur(1_000),
                sales_tax: eur(345),
            },
        ];
        let entry = sale(OrderId::new(now()), now(), &shares, Tendered::default()).expect("balanced");
        let lines: Vec<_> = entry
            .postings
            .iter()
            .map(|p| (p.account, p.tenant, p.amount.amount))
            .collect();
        assert_eq!(
            lines,
            vec![
                (Account::ProviderClearing, None, 6_990),
                (Account::SellerPayable, Some(a), -4_395),
                (Account::SellerPayable, Some(b), -2_446),
                (Account::CommissionRevenue, Some(a), -500),
                (Account::CommissionRevenue, Some(b), -199),
                (Account::TaxPayable, Some(a), -105),
                (Account::TaxPayable, Some(b), -345),
                (Account::PromotionExpense, Some(b), 1_000),
            ]
        );
    }

    #[test]
    fn one_thing_has_one_entry_of_a_kind_in_its_own_month() {
        let order = OrderId::new(now());
        assert_eq!(entry_id("sale", order.0), entry_id("sale", order.0));
        assert_ne!(entry_id("sale", order.0), entry_id("refund", order.0));
        assert_eq!(
            kernel::uuid_time(entry_id("sale", order.0).0),
            kernel::uuid_time(order.0)
        );
    }

    #[test]
    fn each_take_posts_its_own_shares_once() {
        let share = |total| SellerShare {
            tenant: TenantId::new(now()),
            total: eur(total),
            commission: eur(total / 10),
            tax: eur(0),
            funded: eur(0),
            sales_tax: eur(0),
        };
        let order = OrderId::new(now());
        let first = sale_of_take(order, 1, now(), &[share(5_000)]).expect("balanced");
        let second = sale_of_take(order, 2, now(), &[share(1_990)]).expect("balanced");
        let whole = sale(order, now(), &[share(6_990)], Tendered::default()).expect("balanced");
        let ids = [first.id, second.id, whole.id];
        assert_eq!(ids.iter().collect::<std::collections::HashSet<_>>().len(), 3);
        assert_eq!(first.id, take_entry_id(order.0, 1));
        assert_eq!((first.kind, first.reference), ("sale", order.0));
        let taken = |entry: &Entry| entry.postings.first().map(|p| (p.account, p.amount.amount));
        assert_eq!(taken(&first), Some((Account::ProviderClearing, 5_000)));
        assert_eq!(taken(&second), Some((Account::ProviderClearing, 1_990)));
        for entry in [first, second] {
            assert_eq!(entry.postings.iter().map(|p| p.amount.amount).sum::<i64>(), 0);
        }
    }

    proptest! {
        #[test]
        fn sale_and_refund_balance_and_cancel_out(parts in prop::collection::vec((0i64..10_000_000, 0u32..=10_000, 0u32..=3_000, 0i64..10_000_000), 1..8)) {
            let share = |amount: Money, rate| amount.share(kernel::BasisPoints(rate)).expect("in range");
            let shares: Vec<_> = parts.iter().map(|&(total, rate, tax, funded)| SellerShare {
                tenant: TenantId::new(now()),
                total: eur(total),
                commission: share(eur(total), rate),
                tax: share(share(eur(total), rate), tax),
                funded: eur(funded),
                sales_tax: share(eur(total), tax),
            }).collect();
            let order = OrderId::new(now());
            let all: i64 = shares.iter().map(|share| share.total.amount).sum();
            let tendered = Tendered { gift_cards: all / 3, store_credit: all / 5 };
            let sold = sale(order, now(), &shares, tendered).expect("in range");
            let given_back = refund(RefundId::new(now()), order, now(), &shares, tendered).expect("in range");
            prop_assert_eq!(sold.postings.iter().map(|p| p.amount.amount).sum::<i64>(), 0);
            for (s, r) in sold.postings.iter().zip(&given_back.postings) {
                prop_assert_eq!((s.account, s.tenant, s.amount.amount), (r.account, r.tenant, -r.amount.amount));
            }
        }
    }
}
