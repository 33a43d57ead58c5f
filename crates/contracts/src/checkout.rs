//! From cart to order: what it would cost, placing it, paying it.

use crate::cart::CartOwner;
use crate::catalog::Offer;
use crate::orders::Order;
use crate::service::service;
use crate::{Address, payments::PaymentStatus};
use kernel::{CartId, Money, OrderId, SkuId, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// What a cart would cost, delivered to a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuoteRequest {
    pub owner: CartOwner,
    pub cart: CartId,
    /// The least version of the cart the caller has seen.
    pub cart_version: Option<i64>,
    /// Without it delivery is left out of the totals.
    pub address: Option<Address>,
    /// Chosen option per shop; the cheapest where none is named.
    pub delivery: Vec<DeliveryChoice>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveryChoice {
    pub tenant: TenantId,
    #[schema(example = "standard")]
    pub code: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    pub cart: CartId,
    pub cart_version: i64,
    pub groups: Vec<QuoteGroup>,
    pub subtotal: Money,
    /// Absent while there is no address.
    pub delivery: Option<Money>,
    pub total: Money,
}

/// One seller's part of a quote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuoteGroup {
    pub tenant: TenantId,
    pub shop_name: String,
    pub shop_slug: String,
    pub lines: Vec<QuoteLine>,
    pub subtotal: Money,
    /// Ways of delivery to the address, cheapest first; empty while there is no address, or when none covers it.
    pub options: Vec<DeliveryQuote>,
    pub chosen: Option<String>,
    pub delivery: Option<Money>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuoteLine {
    pub offer: Offer,
    pub quantity: u32,
    pub total: Money,
    /// What it cost when it was put in, when that differs.
    pub price_was: Option<Money>,
    pub available: i64,
}

impl QuoteLine {
    /// Whether this line can be ordered as it is.
    #[must_use]
    pub fn orderable(&self) -> bool {
        self.offer.for_sale && self.available >= i64::from(self.quantity)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveryQuote {
    pub code: String,
    pub name: String,
    pub price: Money,
    pub days_min: u16,
    pub days_max: u16,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceOrder {
    pub owner: CartOwner,
    /// The signed-in buyer, if there is one.
    pub buyer: Option<UserId>,
    /// The same key twice is one order; the second call gets the first one's answer.
    pub idempotency_key: String,
    pub cart: CartId,
    pub cart_version: i64,
    /// What the buyer agreed to pay; anything else is refused with the new total.
    pub expected_total: Money,
    pub email: String,
    pub address: Address,
    pub delivery: Vec<DeliveryChoice>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pay {
    pub owner: CartOwner,
    pub order: OrderId,
    /// The provider's token for the buyer's means of payment; never a card number.
    pub method: String,
    /// Where the bank sends the buyer back to, a path of this site.
    pub return_path: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PayOutcome {
    pub status: PaymentStatus,
    pub order: Order,
    pub decline_reason: Option<String>,
    pub action_url: Option<String>,
}

/// A line that cannot be had, in the `shortages` member of an `out_of_stock` refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Shortage {
    pub sku: SkuId,
    pub requested: i64,
    pub available: i64,
}

service! {
    /// The till.
    Checkout as "checkout", remote RemoteCheckout, served ServedCheckout {
        fn quote(request: QuoteRequest) -> Quote;
        /// Holds the stock of every line and records the order, or does nothing at all.
        fn place(request: PlaceOrder) -> Order;
        /// Pays a placed order, or asks again what became of an earlier attempt.
        fn pay(request: Pay) -> PayOutcome;
        /// The buyer came back from their bank, or wonders how it stands.
        fn resume(owner: CartOwner, order: OrderId) -> PayOutcome;
        /// Cancels an order of the owner's: frees its stock, and returns the money if it was paid.
        fn cancel(owner: CartOwner, order: OrderId) -> Order;
    }
}
