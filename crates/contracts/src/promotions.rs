//! Promotions: what takes something off a price, and who pays for it.

use kernel::{Money, PromotionId};
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
