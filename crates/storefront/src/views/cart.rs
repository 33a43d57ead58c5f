//! The cart: one basket, many sellers.

use askama::Template;

use super::common::{Image, Price, ProductCard, Stock};
use super::making::Made;
use super::page::{Page, Tone};

#[derive(Clone, Debug, Template)]
#[template(path = "cart.html")]
pub struct CartPage {
    pub page: Page,
    pub groups: Vec<SellerGroup>,
    pub items: u64,
    /// What changed since the goods were put in.
    pub changes: Vec<Change>,
    /// Before discounts.
    pub subtotal: Price,
    pub savings: Vec<Saving>,
    pub coupons: Coupons,
    /// The least that delivery can cost over all sellers; the choice comes at checkout.
    pub delivery_from: Price,
    pub taxes: Taxes,
    pub total: Price,
    /// False while a line cannot be bought as it is.
    pub ready: bool,
    /// Shown when the cart is empty.
    pub suggestions: Vec<ProductCard>,
}

/// What is bought from one seller: later one parcel and one sub-order.
#[derive(Clone, Debug)]
pub struct SellerGroup {
    pub seller: String,
    pub href: String,
    pub place: String,
    pub dispatch_days: u64,
    /// Whether nothing of it is sent.
    pub is_downloaded: bool,
    pub lines: Vec<CartLine>,
    pub subtotal: Price,
    /// None where the seller sends for nothing.
    pub delivery_from: Option<Price>,
    /// What is missing until delivery is free.
    pub free_delivery_gap: Option<Price>,
}

#[derive(Clone, Debug)]
pub struct CartLine {
    pub id: String,
    pub title: String,
    pub href: String,
    /// Empty when the product has one variant.
    pub variant: String,
    pub made: Option<Made>,
    /// Whether it is made in other ways by now, and must be chosen anew.
    pub is_outdated: bool,
    pub image: Option<Image>,
    pub unit_price: Price,
    pub total: Price,
    pub quantity: u64,
    pub quantity_max: u64,
    pub stock: Stock,
}

/// What a promotion takes off; below zero.
#[derive(Clone, Debug)]
pub struct Saving {
    pub name: String,
    pub code: Option<String>,
    /// None while it is not known how much, because it is off the delivery.
    pub amount: Option<Price>,
}

/// Taxes beside a total.
#[derive(Clone, Debug, Default)]
pub struct Taxes {
    /// What comes on top of prices that do not include it.
    pub added: Option<Price>,
    /// What is in the total, by rate; empty where nothing is.
    pub note: String,
}

/// The coupons of a basket.
#[derive(Clone, Debug)]
pub struct Coupons {
    pub codes: Vec<Coupon>,
    /// Where their forms lead back to.
    pub next: String,
}

#[derive(Clone, Debug)]
pub struct Coupon {
    pub code: String,
    /// Why it does nothing, where that is so.
    pub refusal: Option<String>,
}

/// A price or stock change that the buyer should see.
#[derive(Clone, Debug)]
pub struct Change {
    pub tone: Tone,
    pub text: String,
}
