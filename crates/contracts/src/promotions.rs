//! Promotions: what takes something off a price, and who pays for it.

use crate::service::service;
use kernel::{Currency, Cursor, DateTime, Money, Page, PromotionId, TenantId};
use serde::{Deserialize, Serialize};

/// Who pays for a discount.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Funder {
    /// The shop: it sells for less.
    Seller,
    /// The marketplace: the shop is owed what it would be without the discount.
    Marketplace,
}

/// What one promotion takes off one line, or off one shop's delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Discount {
    pub promotion: PromotionId,
    /// As buyers read it.
    #[schema(example = "Spring sale")]
    pub name: String,
    pub funder: Funder,
    pub amount: Money,
}

/// A promotion that a basket gets something from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TakenPromotion {
    pub promotion: PromotionId,
    pub name: String,
    /// The coupon that brought it; absent for what needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "SPRING10")]
    pub code: Option<String>,
    pub funder: Funder,
    /// Off goods and delivery. Zero where it makes delivery free and there is no address yet.
    pub amount: Money,
}

/// What a promotion takes off. Amounts are minor units of its currency, shares hundredths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Offer {
    /// A share of what its goods cost.
    Percent { basis_points: u32 },
    /// So much off its goods together, and never more than they cost.
    Fixed { amount: i64 },
    /// Of every `buy + get` units of its goods, a share of what the `get` cheapest cost.
    BuyGet { buy: u32, get: u32, basis_points: u32 },
    /// What the cheapest delivery of its shops costs.
    FreeDelivery,
}

/// A promotion as its owner wishes it. What is absent is without end, and amounts are minor units of `currency`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOffer {
    /// As buyers read it.
    pub name: String,
    /// The coupon that brings it; none where it is to hold by itself.
    pub code: Option<String>,
    pub offer: Offer,
    pub currency: Option<Currency>,
    /// Only goods of this category, and of all below it.
    pub category: Option<String>,
    /// The least that its goods cost together, before any discount.
    pub least: Option<i64>,
    /// The most that it takes off one order.
    pub most: Option<i64>,
    /// The most that it takes off over all orders.
    pub budget: Option<i64>,
    /// Orders that may use it.
    pub uses_max: Option<i64>,
    /// Orders of one buyer that may.
    pub uses_per_buyer: Option<i64>,
    /// Now, if absent.
    pub starts_at: Option<DateTime>,
    pub ends_at: Option<DateTime>,
    /// Why, for whoever looks back.
    pub note: String,
}

/// A promotion, and how much of it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromotionCard {
    pub id: PromotionId,
    pub name: String,
    pub code: Option<String>,
    pub offer: Offer,
    /// Of its amounts.
    pub currency: Option<Currency>,
    pub category: Option<String>,
    /// How many products it names; none where it is for all.
    pub products: u64,
    pub least: Option<i64>,
    pub most: Option<i64>,
    pub budget: Option<i64>,
    pub uses_max: Option<i64>,
    pub uses_per_buyer: Option<i64>,
    pub starts_at: DateTime,
    /// The first moment at which it does not hold any more.
    pub ends_at: Option<DateTime>,
    /// Orders that use it.
    pub uses: u64,
    /// What it took off them, in minor units: of its currency, or of the orders'.
    pub spent: i64,
    /// When somebody ended it before its time.
    pub ended_at: Option<DateTime>,
}

service! {
    /// Promotions of one shop, or of the marketplace where no shop is named.
    PromotionDesk as "promotion_desk", remote RemotePromotionDesk, served ServedPromotionDesk {
        /// The latest first; only those that hold now or will, if `live`.
        fn promotions(shop: Option<TenantId>, live: bool, after: Option<Cursor>, limit: u16) -> Page<PromotionCard>;
        fn make(shop: Option<TenantId>, new: NewOffer) -> PromotionCard;
        /// Ends it now; orders that were placed keep what they got by it.
        fn end(shop: Option<TenantId>, id: PromotionId, note: String) -> PromotionCard;
    }
}

/// Why a coupon does nothing for a basket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodeRefusal {
    Unknown,
    NotStarted,
    Ended,
    /// It is for another currency.
    OtherCurrency,
    /// Nothing in the basket is what it is for, or not enough units of it.
    NoGoods,
    /// Its goods cost less than it asks for; `missing` tells by how much.
    BasketTooSmall,
    /// As many orders used it as may.
    UsedUp,
    /// What is left of its budget is less than it would take off.
    BudgetGone,
    /// This buyer used it as often as one may.
    UsedByBuyer,
    /// Another promotion of the same house gives more, or leaves nothing to take off.
    Superseded,
}

/// A coupon of the basket that does nothing for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefusedCode {
    #[schema(example = "SPRING10")]
    pub code: String,
    pub reason: CodeRefusal,
    /// Of goods that it is for, until it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Money>,
}

/// Coupons that one basket may name.
pub const CODES_MAX: usize = 5;
/// Characters of a coupon's code.
pub const CODE_CHARS: std::ops::RangeInclusive<usize> = 3..=24;

/// A coupon's code as it is kept: upper case, letters of the Latin alphabet, digits, dashes. None for what is no code.
#[must_use]
pub fn code(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    let sound = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    (CODE_CHARS.contains(&code.len()) && code.chars().all(sound)).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn codes_are_read_as_people_write_them() {
        assert_eq!(code(" spring-10 ").as_deref(), Some("SPRING-10"));
        for bad in ["", "ab", "with space", "año2026", "A23456789012345678901234567"] {
            assert_eq!(code(bad), None, "{bad}");
        }
    }
}
