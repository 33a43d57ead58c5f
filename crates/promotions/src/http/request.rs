//! A promotion as its owner wishes it.

use super::view::{PromotionBenefit, WHOLE};
use crate::app::NewPromotion;
use crate::domain::{Conditions, Limits};
use crate::error::Error;
use contracts::promotions::{CODE_CHARS, NewOffer, code};
use httpkit::{moment, text};
use kernel::limits::AMOUNT_MINOR_MAX;
use kernel::{Ctx, Currency, DateTime, Fault, ProductId, TenantId};
use serde::Deserialize;

/// Characters of a promotion's name.
const NAME_CHARS_MAX: usize = 80;
/// Characters of a note.
const NOTE_CHARS_MAX: usize = 500;
/// Characters of a category's path.
const CATEGORY_CHARS_MAX: usize = 400;
/// Products that one promotion may name.
const PRODUCTS_MAX: usize = 200;
/// Units that a rule may ask for, or give.
const UNITS_MAX: u32 = 100;
/// Orders that a limit may name.
const USES_MAX: i64 = 1_000_000_000;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPromotion)]
pub struct Request {
    /// As buyers read it.
    #[schema(example = "Spring sale", min_length = 1, max_length = 80)]
    name: String,
    /// The coupon that brings it: letters, digits and dashes; absent where it is to hold by itself.
    #[serde(default)]
    #[schema(example = "SPRING10", min_length = 3, max_length = 24)]
    code: Option<String>,
    benefit: PromotionBenefit,
    /// Of all amounts here; needed where there are any. One that names a currency holds for baskets in that one alone.
    #[serde(default)]
    currency: Option<Currency>,
    /// Only goods of this shop. A shop's own promotions are for its own goods anyway.
    #[serde(default)]
    shop: Option<TenantId>,
    /// Only goods of this category, and of all below it.
    #[serde(default)]
    #[schema(example = "ceramics/bowls", min_length = 1, max_length = 400)]
    category: Option<String>,
    /// Only these; all if there is none.
    #[serde(default)]
    #[schema(max_items = 200)]
    products: Vec<ProductId>,
    /// The least that its goods cost together, before any discount. Minor units.
    #[serde(default)]
    #[schema(minimum = 1)]
    least: Option<i64>,
    /// The most that it takes off one order. Minor units.
    #[serde(default)]
    #[schema(minimum = 1)]
    most: Option<i64>,
    /// The most that it takes off over all orders. Minor units.
    #[serde(default)]
    #[schema(minimum = 1)]
    budget: Option<i64>,
    /// The most orders that use it.
    #[serde(default)]
    #[schema(minimum = 1)]
    uses_max: Option<i64>,
    /// The most orders of one buyer that use it.
    #[serde(default)]
    #[schema(minimum = 1)]
    uses_per_buyer: Option<i64>,
    /// Now, if absent.
    #[serde(default)]
    starts_at: Option<DateTime>,
    /// The first moment at which it does not hold any more; it holds until somebody ends it, if absent.
    #[serde(default)]
    ends_at: Option<DateTime>,
    /// Why, for whoever looks back.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: String,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromotionEnd {
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500)]
    pub note: String,
}

impl PromotionEnd {
    pub fn note(&self) -> Result<String, Fault> {
        text::line("/note", &self.note, NOTE_CHARS_MAX)
    }
}

impl From<NewOffer> for Request {
    fn from(new: NewOffer) -> Self {
        Self {
            name: new.name,
            code: new.code,
            benefit: new.offer.into(),
            currency: new.currency,
            shop: None,
            category: new.category,
            products: Vec::new(),
            least: new.least,
            most: new.most,
            budget: new.budget,
            uses_max: new.uses_max,
            uses_per_buyer: new.uses_per_buyer,
            starts_at: new.starts_at,
            ends_at: new.ends_at,
            note: new.note,
        }
    }
}

impl Request {
    /// The shop that it names, if it does.
    pub fn shop(&self) -> Option<TenantId> {
        self.shop
    }

    /// What is wished, if it can be.
    pub fn read(self, ctx: &Ctx) -> Result<NewPromotion, Fault> {
        self.check()?;
        let starts_at = self.starts_at.map(|at| moment("/starts_at", at)).transpose()?;
        let ends_at = self.ends_at.map(|at| moment("/ends_at", at)).transpose()?;
        let starts_at = starts_at.unwrap_or(ctx.now);
        if ends_at.is_some_and(|end| end <= starts_at || end <= ctx.now) {
            return Err(refused(
                "/ends_at",
                "`ends_at` lies after `starts_at`, and ahead.",
            ));
        }
        let category = self
            .category
            .map(|path| text::line("/category", &path, CATEGORY_CHARS_MAX));
        Ok(NewPromotion {
            name: text::line("/name", &self.name, NAME_CHARS_MAX)?,
            code: self.code.map(|wanted| read_code(&wanted)).transpose()?,
            benefit: self.benefit.into(),
            conditions: Conditions {
                shop: self.shop,
                category: category.transpose()?,
                products: self.products,
                least: self.least,
            },
            currency: self.currency,
            most: self.most,
            limits: Limits {
                budget: self.budget,
                uses: self.uses_max,
                uses_per_buyer: self.uses_per_buyer,
            },
            starts_at,
            ends_at,
            note: text::optional_line("/note", &self.note, NOTE_CHARS_MAX)?,
        })
    }

    fn check(&self) -> Result<(), Fault> {
        let fixed = self.check_benefit()?;
        if self.products.len() > PRODUCTS_MAX {
            return Err(refused(
                "/products",
                "A promotion names at most 200 products; name a category instead.",
            ));
        }
        for (field, amount) in [
            ("/least", self.least),
            ("/most", self.most),
            ("/budget", self.budget),
            ("/benefit/amount", fixed),
        ] {
            if amount.is_some_and(|amount| !(1..=AMOUNT_MINOR_MAX).contains(&amount)) {
                return Err(refused(
                    field,
                    "An amount is above zero, and not beyond all prices.",
                ));
            }
            if amount.is_some() && self.currency.is_none() {
                return Err(refused("/currency", "Amounts are of a currency: name it."));
            }
        }
        for (field, uses) in [
            ("/uses_max", self.uses_max),
            ("/uses_per_buyer", self.uses_per_buyer),
        ] {
            if uses.is_some_and(|uses| !(1..=USES_MAX).contains(&uses)) {
                return Err(refused(field, "Give 1 to 1000000000 orders, or leave it out."));
            }
        }
        Ok(())
    }

    /// What is in order by itself, with the amount that needs a currency.
    fn check_benefit(&self) -> Result<Option<i64>, Fault> {
        let is_rate = |rate: u32| (1..=WHOLE).contains(&rate);
        let is_count = |units: u32| (1..=UNITS_MAX).contains(&units);
        match self.benefit {
            PromotionBenefit::Percent { rate_basis_points }
            | PromotionBenefit::BuyGet {
                rate_basis_points, ..
            } if !is_rate(rate_basis_points) => Err(refused(
                "/benefit/rate_basis_points",
                "Give 1 to 10000 hundredths of a percent.",
            )),
            PromotionBenefit::BuyGet { buy, get, .. } if !is_count(buy) || !is_count(get) => Err(refused(
                "/benefit/buy",
                "Give 1 to 100 units to buy, and 1 to 100 to get.",
            )),
            PromotionBenefit::Fixed { amount } => Ok(Some(amount)),
            _ => Ok(None),
        }
    }
}

fn read_code(wanted: &str) -> Result<String, Fault> {
    code(wanted).ok_or_else(|| {
        let detail = format!(
            "A code has {} to {} letters of A to Z, digits and dashes, such as SPRING-10.",
            CODE_CHARS.start(),
            CODE_CHARS.end()
        );
        Error::Field {
            field: "/code",
            detail,
        }
        .into()
    })
}

fn refused(field: &'static str, detail: &str) -> Fault {
    Error::Field {
        field,
        detail: detail.to_owned(),
    }
    .into()
}
