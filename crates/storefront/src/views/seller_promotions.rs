//! The shop's discounts and coupons.

use askama::Template;

use super::common::{Choice, Field, Link};
use super::page::Page;
use super::work::{Section, Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "seller_promotions.html")]
pub struct SellerPromotionsPage {
    pub page: Page,
    pub work: WorkBar,
    pub tabs: Vec<Section>,
    pub rows: Vec<PromotionRow>,
    pub more: Option<Link>,
    pub may_edit: bool,
}

#[derive(Clone, Debug)]
pub struct PromotionRow {
    /// Distinguishes its form.
    pub id: String,
    pub name: String,
    /// The coupon that brings it; empty where it holds by itself.
    pub code: String,
    /// What it takes off, and of what.
    pub gives: String,
    pub when: String,
    /// Orders that use it, and how many may.
    pub uses: String,
    /// What it took off so far, and of how much.
    pub cost: String,
    pub status: Status,
    /// Where it is ended; none where it has ended, or may not be.
    pub end: Option<String>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_promotion.html")]
pub struct SellerPromotionPage {
    pub page: Page,
    pub work: WorkBar,
    pub error: Option<String>,
    pub currency: String,
    pub name: Field,
    pub code: Field,
    pub kind: Field,
    pub kinds: Vec<Choice>,
    pub share: Field,
    pub amount: Field,
    pub buy: Field,
    pub get: Field,
    pub category: Field,
    pub categories: Vec<Choice>,
    pub least: Field,
    pub most: Field,
    pub starts: Field,
    pub ends: Field,
    pub budget: Field,
    pub uses: Field,
    pub uses_per_buyer: Field,
}
