//! What a shop pays for having a product listed: which rule holds for the shop, and for how long a charge is good.
//!
//! Of the rules that a shop meets, one for the shop holds before one for its plan, that before one for all, and of equals
//! the one that has been valid for less long. Where none does, being listed costs nothing.

use super::{Account, Entry, Posting};
use chrono::TimeDelta;
use kernel::{
    BasisPoints, Currency, EntryId, ListingRuleId, Money, MoneyError, ProductId, TenantId, Timestamp,
};

/// Days that a charge may come late, and still be for the time since the last.
const ARREARS_DAYS: i64 = 1;
/// Days after which it is asked again whether what cost nothing still does.
const FREE_DAYS: i64 = 1;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingRule {
    pub id: ListingRuleId,
    /// Conditions that are absent are met by all.
    pub shop: Option<TenantId>,
    pub plan: Option<String>,
    /// For each product; of the currency of the shops that it is about.
    pub fee: Money,
    /// On the fee, charged on top of it.
    pub tax: BasisPoints,
    /// For how long a product stays listed for it; none: for ever.
    pub period_days: Option<u16>,
    pub valid_from: Timestamp,
    pub valid_to: Option<Timestamp>,
}

/// A shop that has products listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lister {
    pub shop: TenantId,
    pub plan: Option<String>,
    pub currency: Currency,
}

impl ListingRule {
    fn holds_for(&self, lister: &Lister, at: Timestamp) -> bool {
        self.fee.currency == lister.currency
            && self.shop.is_none_or(|shop| shop == lister.shop)
            && self
                .plan
                .as_ref()
                .is_none_or(|plan| lister.plan.as_ref() == Some(plan))
            && self.valid_from <= at
            && self.valid_to.is_none_or(|until| at < until)
    }

    /// The time that a charge made at `at` pays for, where nothing is paid since `due`: nobody pays for the time before there
    /// was a rule, nor for more than a day before the rule was found to hold for them. Free is free for a day: the next may
    /// have another rule.
    #[must_use]
    pub fn paid(&self, due: Timestamp, at: Timestamp) -> (Timestamp, Option<Timestamp>) {
        let from = due.max(self.valid_from).max(at - TimeDelta::days(ARREARS_DAYS));
        if self.fee.amount == 0 {
            return (from, Some(at + TimeDelta::days(FREE_DAYS)));
        }
        let period = self.period_days.map(|days| TimeDelta::days(i64::from(days)));
        (from, period.map(|period| from + period))
    }
}

/// The rule by which a shop is charged at a moment.
#[must_use]
pub fn rule_for<'r>(rules: &'r [ListingRule], lister: &Lister, at: Timestamp) -> Option<&'r ListingRule> {
    let rank = |rule: &&ListingRule| (rule.shop.is_some(), rule.plan.is_some(), rule.valid_from, rule.id);
    let holding = rules.iter().filter(|rule| rule.holds_for(lister, at));
    holding.max_by_key(rank)
}

/// What one product was charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingCharge {
    pub product: ProductId,
    pub fee: Money,
    pub tax: Money,
    pub paid_from: Timestamp,
    pub paid_until: Option<Timestamp>,
    pub entry: Entry,
}

/// Charges a shop for a product for which nothing is paid since `due`: it is owed less. None where the rule asks nothing.
pub fn listing_charge(
    id: EntryId,
    rule: &ListingRule,
    shop: TenantId,
    (product, due): (ProductId, Timestamp),
    at: Timestamp,
) -> Result<Option<ListingCharge>, MoneyError> {
    if rule.fee.amount == 0 {
        return Ok(None);
    }
    let tax = rule.fee.share(rule.tax)?;
    let (paid_from, paid_until) = rule.paid(due, at);
    let zero = Money::zero(rule.fee.currency);
    let posting = |account, amount| Posting {
        account,
        tenant: Some(shop),
        amount,
    };
    let mut postings = vec![
        posting(Account::SellerPayable, rule.fee.add(tax)?),
        posting(Account::ListingRevenue, zero.sub(rule.fee)?),
        posting(Account::TaxPayable, zero.sub(tax)?),
    ];
    postings.retain(|posting| posting.amount.amount != 0);
    Ok(Some(ListingCharge {
        product,
        fee: rule.fee,
        tax,
        paid_from,
        paid_until,
        entry: Entry {
            id,
            kind: "listing_fee",
            reference: product.0,
            at,
            postings,
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i64) -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000, 0).expect("in range") + TimeDelta::days(n)
    }

    fn rule(shop: Option<TenantId>, plan: Option<&str>, fee: i64, from: i64) -> ListingRule {
        ListingRule {
            id: ListingRuleId::new(day(from)),
            shop,
            plan: plan.map(str::to_owned),
            fee: Money::new(fee, Currency::EUR),
            tax: BasisPoints(2_100),
            period_days: Some(120),
            valid_from: day(from),
            valid_to: None,
        }
    }

    #[test]
    fn a_rule_for_the_shop_holds_before_one_for_its_plan_and_that_before_one_for_all() {
        let (ours, other) = (TenantId::new(day(0)), TenantId::new(day(0)));
        let ended = ListingRule {
            valid_to: Some(day(5)),
            ..rule(None, None, 99, 4)
        };
        let rules = [
            rule(None, None, 20, 0),
            rule(None, None, 30, 2),
            rule(None, Some("pro"), 10, 0),
            rule(Some(ours), None, 0, 0),
            ended,
        ];
        let charged = |shop, plan: Option<&str>, currency, at| {
            let lister = Lister {
                shop,
                plan: plan.map(str::to_owned),
                currency,
            };
            rule_for(&rules, &lister, at).map(|rule| rule.fee.amount)
        };
        let euro = Currency::EUR;
        assert_eq!(charged(other, None, euro, day(1)), Some(20));
        assert_eq!(charged(other, None, euro, day(3)), Some(30), "the newer one");
        assert_eq!(
            charged(other, None, euro, day(5)),
            Some(30),
            "the newest has ended"
        );
        assert_eq!(charged(other, Some("pro"), euro, day(5)), Some(10));
        assert_eq!(charged(ours, Some("pro"), euro, day(5)), Some(0));
        assert_eq!(
            charged(other, None, Currency::USD, day(5)),
            None,
            "not in its currency"
        );
        assert_eq!(charged(other, None, euro, day(-1)), None, "before all of them");
    }

    #[test]
    fn a_charge_takes_fee_and_tax_from_what_the_shop_is_owed_and_pays_for_a_period() {
        let (shop, product, id) = (
            TenantId::new(day(0)),
            ProductId::new(day(0)),
            EntryId::new(day(9)),
        );
        let charge = |rule: &ListingRule, due| {
            listing_charge(id, rule, shop, (product, due), day(9)).expect("in range")
        };
        let charged = charge(&rule(None, None, 50, 0), day(8)).expect("something");
        assert_eq!((charged.paid_from, charged.paid_until), (day(8), Some(day(128))));
        let postings: Vec<_> = charged
            .entry
            .postings
            .iter()
            .map(|p| (p.account, p.amount.amount))
            .collect();
        let expected = [
            (Account::SellerPayable, 60),
            (Account::ListingRevenue, -50),
            (Account::TaxPayable, -10),
        ];
        assert_eq!(postings, expected);
        assert_eq!(
            (charged.entry.kind, charged.entry.reference),
            ("listing_fee", product.0)
        );
        // Nobody pays for the time before there was a rule, nor for long ago.
        let once = |from| ListingRule {
            period_days: None,
            ..rule(None, None, 50, from)
        };
        for (valid_from, paid_from) in [(9, 9), (0, 8)] {
            let charged = charge(&once(valid_from), day(1)).expect("something");
            assert_eq!((charged.paid_from, charged.paid_until), (day(paid_from), None));
        }
        assert_eq!(charge(&rule(None, None, 0, 0), day(8)), None);
        let freed = once(0);
        let freed = ListingRule {
            fee: Money::zero(Currency::EUR),
            ..freed
        };
        assert_eq!(
            freed.paid(day(8), day(9)).1,
            Some(day(10)),
            "tomorrow another rule may hold"
        );
    }
}
