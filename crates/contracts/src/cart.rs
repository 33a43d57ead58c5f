//! The cart: one for many sellers.

use crate::service::{public_event, service};
use kernel::{CartId, Currency, DateTime, Money, SkuId, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// Whose cart: a guest's by the secret in their cookie, or a signed-in buyer's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CartOwner {
    Guest(String),
    User(UserId),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CartLine {
    pub sku: SkuId,
    pub tenant: TenantId,
    pub quantity: u32,
    /// What one cost when it was put in; a change since is shown and must be accepted.
    pub price_seen: Money,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Cart {
    pub id: CartId,
    /// Rises with every change; the order names the version it was placed from.
    pub version: i64,
    pub currency: Currency,
    pub lines: Vec<CartLine>,
    /// Coupons, each once, in the order in which they were put in. Whether they hold says the quote.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Set once an order was placed from it; such a cart takes no more changes.
    pub ordered: bool,
    pub updated_at: DateTime,
}

service! {
    /// The cart context.
    CartService as "cart", remote RemoteCart, served ServedCart {
        /// The owner's open cart; none if they have none.
        fn open(owner: CartOwner) -> Option<Cart>;
        /// A cart by id, if the owner is its own; `version` asks for at least that version (a cached older one is read anew).
        fn get(owner: CartOwner, id: CartId, version: Option<i64>) -> Cart;
        /// Adds to the open cart, making one if need be. Checked against what is for sale and visibly in stock.
        fn add(owner: CartOwner, sku: SkuId, quantity: u32) -> Cart;
        /// Sets a line's quantity; zero removes it.
        fn set(owner: CartOwner, sku: SkuId, quantity: u32) -> Cart;
        /// Puts a coupon in. Whether it holds says the quote.
        fn add_code(owner: CartOwner, code: String) -> Cart;
        fn remove_code(owner: CartOwner, code: String) -> Cart;
        /// Accepts current prices for every line.
        fn accept_prices(owner: CartOwner) -> Cart;
        /// A guest signed in: their cart's lines join the user's.
        fn merge(guest: String, user: UserId) -> Option<Cart>;
        /// Orders were placed from the carts.
        fn close(ids: Vec<CartId>) -> ();
    }
}

public_event! {
    "cart.abandoned" CartAbandoned { cart: CartId, user: Option<UserId>, lines: u32 } key cart, tenant |_| None
}
