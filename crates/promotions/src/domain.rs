//! What a promotion is, and what those that hold make of a basket.
#![deny(clippy::float_arithmetic)]

mod apply;
mod book;
mod buyer;
mod tally;

pub use apply::{
    Applied, Basket, BasketLine, BasketPart, DeliveryCost, Off, PartOff, apply, limited, refusal,
};
pub use book::{Book, Candidates};
pub use buyer::Buyer;
pub use tally::{Claim, Gone, Tallies, Tally, Why};

use contracts::promotions::Funder;
use kernel::{BasisPoints, Currency, ProductId, PromotionId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

/// A promotion. It is never changed, only ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    pub id: PromotionId,
    /// The shop whose it is, and that pays for it; the marketplace if none.
    pub shop: Option<TenantId>,
    /// As buyers read it.
    pub name: String,
    /// The coupon that brings it; none where it holds by itself.
    pub code: Option<String>,
    pub benefit: Benefit,
    pub conditions: Conditions,
    /// Of its amounts. One that names a currency holds for baskets in that one alone.
    pub currency: Option<Currency>,
    /// The most that it takes off one order; none is without end.
    pub most: Option<i64>,
    pub limits: Limits,
    pub starts_at: Timestamp,
    /// The first moment at which it does not hold any more; none if it has no end yet.
    pub ends_at: Option<Timestamp>,
}

/// What is taken off. Amounts are minor units of the promotion's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Benefit {
    /// A share of what its goods cost.
    Percent(BasisPoints),
    /// So much off its goods together, and never more than they cost.
    Fixed(i64),
    /// Of every `buy + get` units of its goods, `rate` off the `get` cheapest.
    BuyGet { buy: u32, get: u32, rate: BasisPoints },
    /// What the cheapest delivery of its shops costs.
    FreeDelivery,
}

/// Which goods it is for: those that meet every condition. One that is absent or empty is met by all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    pub shop: Option<TenantId>,
    /// A category's path, such as `ceramics/bowls`: met by it and by all below it.
    pub category: Option<String>,
    pub products: Vec<ProductId>,
    /// The least that its goods cost together, before any discount.
    pub least: Option<i64>,
}

/// How much of it there is; none is without end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Minor units taken off, over all orders.
    pub budget: Option<i64>,
    /// Orders, in all.
    pub uses: Option<i64>,
    /// Orders of one buyer.
    pub uses_per_buyer: Option<i64>,
}

impl Limits {
    #[must_use]
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Promotion {
    #[must_use]
    pub fn funder(&self) -> Funder {
        match self.shop {
            Some(_) => Funder::Seller,
            None => Funder::Marketplace,
        }
    }

    /// Whether goods of this kind are what it is for.
    fn is_for(&self, shop: TenantId, line: &BasketLine<'_>) -> bool {
        let conditions = &self.conditions;
        self.shop.is_none_or(|own| own == shop)
            && conditions.shop.is_none_or(|wanted| wanted == shop)
            && (conditions.products.is_empty() || conditions.products.contains(&line.product))
            && conditions
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
