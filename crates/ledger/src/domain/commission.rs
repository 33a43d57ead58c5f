//! What the marketplace charges a shop for a sale: which rule holds for a line, and what it makes of it.
//!
//! Of the rules whose every condition a line meets, the most specific holds. Rules are compared in this order:
//!
//! 1. one for the product before one that names none,
//! 2. one for the shop before one that names none,
//! 3. one for a deeper category before one for a category above it, and that before none,
//! 4. one for the shop's plan before one that names none,
//! 5. one for the currency before one for any,
//! 6. the one that has been valid for less long, then the one made later.
//!
//! Where none holds, the house's rate does.

use kernel::{BasisPoints, CommissionRuleId, Currency, Money, MoneyError, ProductId, TenantId, Timestamp};
use std::cmp::Reverse;
use std::collections::HashMap;

/// What a rule is about; a condition that is absent is met by all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    pub product: Option<ProductId>,
    pub shop: Option<TenantId>,
    /// A category's path, such as `ceramics/bowls`: met by it and by all below it.
    pub category: Option<String>,
    /// The shop's plan, as its terms name it.
    pub plan: Option<String>,
    pub currency: Option<Currency>,
}

/// What is charged. Amounts are in minor units of the rule's currency, for each unit sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tariff {
    /// Of the line's total.
    pub rate: BasisPoints,
    /// Added to it.
    pub fixed: i64,
    /// The least, and the most, that both together come to.
    pub floor: Option<i64>,
    pub cap: Option<i64>,
    /// Tax on the commission, charged on top of it.
    pub tax: BasisPoints,
}

/// A rule, for as long as it is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub id: CommissionRuleId,
    pub conditions: Conditions,
    pub tariff: Tariff,
    pub valid_from: Timestamp,
    /// The first moment at which it is not valid any more; none if it has no end yet.
    pub valid_to: Option<Timestamp>,
}

/// A line of an order, as rules see it.
#[derive(Clone, Copy, Debug)]
pub struct Sold<'a> {
    pub product: ProductId,
    pub shop: TenantId,
    pub category: Option<&'a str>,
    pub quantity: u32,
    pub total: Money,
}

/// What a line is charged, frozen when it is sold. In minor units of the line's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charged {
    pub commission: i64,
    pub tax: i64,
    /// None where the house's rate held.
    pub rule: Option<CommissionRuleId>,
}

impl Conditions {
    fn are_met_by(&self, line: &Sold<'_>, plan: Option<&str>) -> bool {
        self.product.is_none_or(|product| product == line.product)
            && self.shop.is_none_or(|shop| shop == line.shop)
            && self
                .currency
                .is_none_or(|currency| currency == line.total.currency)
            && self.plan.as_deref().is_none_or(|wanted| Some(wanted) == plan)
            && self
                .category
                .as_deref()
                .is_none_or(|above| line.category.is_some_and(|path| lies_in(path, above)))
    }
}

/// Whether a category is another one, or below it.
fn lies_in(path: &str, above: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Rule {
    /// Greater is more specific.
    fn rank(&self) -> impl Ord + use<> {
        let Conditions {
            product,
            shop,
            category,
            plan,
            currency,
        } = &self.conditions;
        let depth = category.as_ref().map(|path| path.split('/').count());
        (
            product.is_some(),
            shop.is_some(),
            depth,
            plan.is_some(),
            currency.is_some(),
            self.valid_from,
            self.id,
        )
    }

    fn is_valid(&self, at: Timestamp) -> bool {
        self.valid_from <= at && self.valid_to.is_none_or(|until| at < until)
    }
}

impl Tariff {
    /// The commission on a line and the tax on it, each rounded once, half to even. Together they are never more than the
    /// line's total: nobody pays for having sold something.
    pub fn of(&self, quantity: u32, total: Money) -> Result<(i64, i64), MoneyError> {
        let units = |amount: i64| {
            amount
                .checked_mul(i64::from(quantity))
                .ok_or(MoneyError::Overflow)
        };
        let mut commission = total
            .share(self.rate)?
            .amount
            .checked_add(units(self.fixed)?)
            .ok_or(MoneyError::Overflow)?;
        if let Some(floor) = self.floor {
            commission = commission.max(units(floor)?);
        }
        if let Some(cap) = self.cap {
            commission = commission.min(units(cap)?);
        }
        let commission = commission.clamp(0, self.most(total));
        let tax = Money::new(commission, total.currency).share(self.tax)?;
        Ok((commission, tax.amount))
    }

    /// The greatest commission that leaves room for its tax.
    fn most(&self, total: Money) -> i64 {
        let whole = i128::from(total.amount.max(0)).saturating_mul(10_000);
        let with_tax = i128::from(self.tax.0).saturating_add(10_000);
        whole
            .checked_div(with_tax)
            .and_then(|most| i64::try_from(most).ok())
            .unwrap_or(0)
    }
}

/// All rules, most specific first, so that the first that holds is the one.
#[derive(Clone, Debug, Default)]
pub struct Rulebook {
    house: BasisPoints,
    of_products: HashMap<ProductId, Vec<Rule>>,
    of_shops: HashMap<TenantId, Vec<Rule>>,
    of_all: Vec<Rule>,
    plans: HashMap<TenantId, String>,
}

impl Rulebook {
    /// `house` is charged where no rule holds; `plans` are the shops' that have one.
    #[must_use]
    pub fn new(house: BasisPoints, mut rules: Vec<Rule>, plans: HashMap<TenantId, String>) -> Self {
        rules.sort_by_cached_key(|rule| Reverse(rule.rank()));
        let mut book = Self {
            house,
            plans,
            ..Self::default()
        };
        for rule in rules {
            match (rule.conditions.product, rule.conditions.shop) {
                (Some(product), _) => book.of_products.entry(product).or_default().push(rule),
                (None, Some(shop)) => book.of_shops.entry(shop).or_default().push(rule),
                (None, None) => book.of_all.push(rule),
            }
        }
        book
    }

    /// What a line sold at a moment is charged.
    pub fn charge(&self, line: &Sold<'_>, at: Timestamp) -> Result<Charged, MoneyError> {
        let plan = self.plans.get(&line.shop).map(String::as_str);
        self.charge_on_plan(line, plan, at)
    }

    /// The same, were the shop on this plan.
    pub fn charge_on_plan(
        &self,
        line: &Sold<'_>,
        plan: Option<&str>,
        at: Timestamp,
    ) -> Result<Charged, MoneyError> {
        let rule = self.rule(line, plan, at);
        let house = Tariff {
            rate: self.house,
            ..Tariff::default()
        };
        let tariff = rule.map_or(house, |rule| rule.tariff);
        let (commission, tax) = tariff.of(line.quantity, line.total)?;
        Ok(Charged {
            commission,
            tax,
            rule: rule.map(|rule| rule.id),
        })
    }

    fn rule(&self, line: &Sold<'_>, plan: Option<&str>, at: Timestamp) -> Option<&Rule> {
        let products = self.of_products.get(&line.product).into_iter().flatten();
        let shops = self.of_shops.get(&line.shop).into_iter().flatten();
        let mut rules = products.chain(shops).chain(&self.of_all);
        rules.find(|rule| rule.is_valid(at) && rule.conditions.are_met_by(line, plan))
    }
}

#[cfg(test)]
mod tests;
