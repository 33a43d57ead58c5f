//! How promotions look from outside.

use crate::domain::Benefit;
use crate::error::Error;
use crate::store::PromotionRow;
use contracts::promotions::{Funder, Offer};
use httpkit::PageQuery;
use kernel::{
    Actor, BasisPoints, Currency, Cursor, DateTime, Fault, Page, PageLimit, ProductId, PromotionId, TenantId,
};
use serde::{Deserialize, Serialize};

/// What is taken off. Amounts are minor units of the promotion's currency.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PromotionBenefit {
    /// A share of what its goods cost.
    Percent {
        /// Hundredths of a percent.
        #[schema(minimum = 1, maximum = 10_000, example = 1_000)]
        rate_basis_points: u32,
    },
    /// So much off its goods together, and never more than they cost.
    Fixed {
        #[schema(minimum = 1, example = 500)]
        amount: i64,
    },
    /// Of every `buy + get` units of its goods, a share of what the `get` cheapest cost.
    BuyGet {
        #[schema(minimum = 1, maximum = 100, example = 2)]
        buy: u32,
        #[schema(minimum = 1, maximum = 100, example = 1)]
        get: u32,
        /// Hundredths of a percent; all of it if absent.
        #[serde(default = "whole")]
        #[schema(minimum = 1, maximum = 10_000, example = 10_000)]
        rate_basis_points: u32,
    },
    /// What the cheapest delivery of its shops costs.
    FreeDelivery,
}

/// Hundredths of a percent.
pub const WHOLE: u32 = 10_000;

fn whole() -> u32 {
    WHOLE
}

impl From<PromotionBenefit> for Benefit {
    fn from(benefit: PromotionBenefit) -> Self {
        match benefit {
            PromotionBenefit::Percent { rate_basis_points } => Self::Percent(BasisPoints(rate_basis_points)),
            PromotionBenefit::Fixed { amount } => Self::Fixed(amount),
            PromotionBenefit::BuyGet {
                buy,
                get,
                rate_basis_points,
            } => Self::BuyGet {
                buy,
                get,
                rate: BasisPoints(rate_basis_points),
            },
            PromotionBenefit::FreeDelivery => Self::FreeDelivery,
        }
    }
}

impl From<Offer> for PromotionBenefit {
    fn from(offer: Offer) -> Self {
        match offer {
            Offer::Percent { basis_points } => Self::Percent {
                rate_basis_points: basis_points,
            },
            Offer::Fixed { amount } => Self::Fixed { amount },
            Offer::BuyGet {
                buy,
                get,
                basis_points,
            } => Self::BuyGet {
                buy,
                get,
                rate_basis_points: basis_points,
            },
            Offer::FreeDelivery => Self::FreeDelivery,
        }
    }
}

impl From<Benefit> for PromotionBenefit {
    fn from(benefit: Benefit) -> Self {
        match benefit {
            Benefit::Percent(rate) => Self::Percent {
                rate_basis_points: rate.0,
            },
            Benefit::Fixed(amount) => Self::Fixed { amount },
            Benefit::BuyGet { buy, get, rate } => Self::BuyGet {
                buy,
                get,
                rate_basis_points: rate.0,
            },
            Benefit::FreeDelivery => Self::FreeDelivery,
        }
    }
}

/// A promotion, and how much of it is used. It is never changed: to change one, end it and make another.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Promotion {
    id: PromotionId,
    /// As buyers read it.
    #[schema(example = "Spring sale")]
    name: String,
    /// The coupon that brings it; absent where it holds by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "SPRING10")]
    code: Option<String>,
    benefit: PromotionBenefit,
    /// Who pays for it: its shop for one of a shop's, else the marketplace.
    funder: Funder,
    /// Of all amounts here. One that names a currency holds for baskets in that one alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
    /// Only goods of this shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    shop: Option<TenantId>,
    /// Only goods of this category, and of all below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ceramics/bowls")]
    category: Option<String>,
    /// Only these; all if there is none.
    products: Vec<ProductId>,
    /// The least that its goods cost together, before any discount. Minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    least: Option<i64>,
    /// The most that it takes off one order. Minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<i64>,
    /// The most that it takes off over all orders. Minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<i64>,
    /// The most orders that use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    uses_max: Option<i64>,
    /// The most orders of one buyer that use it; guests are told apart by their e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    uses_per_buyer: Option<i64>,
    starts_at: DateTime,
    /// The first moment at which it does not hold any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<DateTime>,
    /// Orders that use it. One that is cancelled or expires gives its use back.
    uses: i64,
    /// What it took off them. Minor units of their currency.
    spent: i64,
    note: String,
    made_at: DateTime,
    /// When somebody ended it before its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_note: Option<String>,
    #[schema(value_type = Object)]
    made_by: Actor,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    ended_by: Option<Actor>,
}

impl Promotion {
    pub fn new(row: PromotionRow) -> Result<Self, Fault> {
        let currency = row.currency().map_err(|error: Error| Fault::from(error))?;
        Ok(Self {
            id: row.id,
            name: row.name,
            code: row.code,
            benefit: row.benefit.0.into(),
            funder: match row.tenant_id {
                Some(_) => Funder::Seller,
                None => Funder::Marketplace,
            },
            currency,
            shop: row.tenant_id.or(row.shop_id),
            category: row.category,
            products: row.products.into_iter().map(ProductId).collect(),
            least: row.least,
            most: row.most,
            budget: row.budget,
            uses_max: row.uses_max,
            uses_per_buyer: row.uses_per_buyer,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            uses: row.uses,
            spent: row.spent,
            note: row.note,
            made_at: row.made_at,
            ended_at: row.ended_at,
            end_note: row.end_note,
            made_by: row.made_by.0,
            ended_by: row.ended_by.map(|by| by.0),
        })
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `true`: only those that hold now or will.
    #[serde(default)]
    live: bool,
    /// Where to read on: `next` of the page before.
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Which part of a list is wanted.
pub struct Place {
    pub live: bool,
    pub before: Option<PromotionId>,
    pub limit: PageLimit,
}

impl Parameters {
    pub fn place(self) -> Result<Place, Fault> {
        let page = PageQuery {
            after: self.after,
            limit: self.limit,
        };
        let limit = page.limit()?;
        let wrong = || {
            Fault::field(
                "cursor_invalid",
                "after",
                "`after` must be `next` of the page before, as it was given.",
            )
        };
        let before = page.after.map(|cursor| cursor.0.parse().map_err(|_| wrong()));
        Ok(Place {
            live: self.live,
            before: before.transpose()?,
            limit,
        })
    }
}

/// The page of what was read, one row more than asked for if there is a next one.
pub fn page(mut rows: Vec<PromotionRow>, limit: PageLimit) -> Result<Page<Promotion>, Fault> {
    let has_more = rows.len() > limit.get();
    rows.truncate(limit.get());
    let next = rows
        .last()
        .filter(|_| has_more)
        .map(|row| Cursor(row.id.to_string()));
    let items = rows.into_iter().map(Promotion::new).collect::<Result<_, _>>()?;
    Ok(Page { items, next })
}
