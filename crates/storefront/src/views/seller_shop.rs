//! The seller's shop: what buyers read of it, and what the operator checks.

use askama::Template;

use super::common::{Accent, Choice, Field, Image, Price};
use super::page::Page;
use super::work::{Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "seller_shop.html")]
pub struct SellerShopPage {
    pub page: Page,
    pub work: WorkBar,
    pub version: i64,
    pub error: Option<String>,
    pub may_edit: bool,
    pub name: Field,
    pub story: Field,
    pub returns: Field,
    pub return_days: Field,
    /// Whether tax comes on top of its prices.
    pub tax_on_top: bool,
    pub country: Field,
    pub countries: Vec<Choice>,
    pub province: Field,
    pub provinces: Vec<Choice>,
    pub postcode: Field,
    pub town: Field,
    pub accent: Accent,
    pub logo: Option<Image>,
    pub banner: Option<Image>,
    pub delivery: Vec<DeliveryWay>,
    pub checks: Vec<CheckForm>,
    /// True once the operator has approved: the check-list is done with.
    pub approved: bool,
}

impl SellerShopPage {
    fn accents(&self) -> [Accent; 8] {
        Accent::ALL
    }
}

/// One way in which the shop sends, with what it costs where.
#[derive(Clone, Debug)]
pub struct DeliveryWay {
    pub name: String,
    pub rates: Vec<RateRow>,
}

#[derive(Clone, Debug)]
pub struct RateRow {
    pub zone: String,
    /// What the zone only counts, by name.
    pub places: String,
    pub price: Price,
    pub free_from: Option<Price>,
    /// How long it is on its way, in words.
    pub days: String,
}

/// One item of the check-list, to be stated.
#[derive(Clone, Debug)]
pub struct CheckForm {
    /// Distinguishes its fields.
    pub code: &'static str,
    pub label: String,
    pub hint: String,
    pub holder_label: String,
    pub reference_label: String,
    pub status: Status,
    /// What was stated before: who, and the end of the reference.
    pub stated: Option<String>,
    /// The operator's answer.
    pub remark: String,
    pub holder: Field,
    pub reference: Field,
    /// Whether it is still to be stated.
    pub is_open: bool,
}
