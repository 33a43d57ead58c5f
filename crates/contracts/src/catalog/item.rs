//! The same thing sold by several shops.

use kernel::{Actor, DateTime, Money, ProductId, SkuId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

/// How it is decided which offer of an item is put first. In stock comes first in all of them, and the oldest wins among
/// equals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WinningRule {
    /// The price together with the shop's cheapest delivery.
    #[default]
    LandedPrice,
    /// The price alone.
    ItemPrice,
    /// Whoever came first.
    Oldest,
}

/// What one shop asks for an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ItemOffer {
    pub product: ProductId,
    /// Its part of the page's address.
    pub slug: String,
    pub shop: TenantId,
    pub shop_name: String,
    pub shop_slug: String,
    /// Of its cheapest variant that is in stock, or of all.
    pub price: Money,
    /// Whether other variants cost more.
    pub price_from: bool,
    /// The least that the shop asks for delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_from: Option<Money>,
    pub in_stock: bool,
    /// What is bought, where there is nothing to choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<SkuId>,
    /// Whether this offer is put first.
    pub wins: bool,
}

/// What the rule looks at to say which of several offers of one item is put first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferStanding {
    pub product: ProductId,
    pub tenant: TenantId,
    pub in_stock: bool,
    /// Of its cheapest variant that is in stock, or of all.
    pub price: Money,
    /// The least that its shop asks for delivering it; none where the shop sends nothing.
    pub delivery: Option<Money>,
    /// Since when the product is there.
    pub since: Timestamp,
}

/// A seller's word that two products are one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ItemProposal {
    pub product: ProductId,
    pub title: String,
    pub shop: TenantId,
    pub same_as: ProductId,
    pub same_as_title: String,
    #[schema(value_type = Object)]
    pub proposed_by: Actor,
    pub proposed_at: DateTime,
}
