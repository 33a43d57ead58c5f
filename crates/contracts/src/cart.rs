//! The cart: one for many sellers.

use crate::making::Answers;
use crate::service::{public_event, service};
use kernel::{CartId, CartLineId, Currency, DateTime, Money, SkuId, TenantId, UserId};
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
    /// Of goods made to order; the SKU stands for the line of plain goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<CartLineId>,
    /// How they are to be made: the same goods made otherwise are another line.
    #[serde(default, skip_serializing_if = "Answers::is_empty")]
    pub answers: Answers,
}

impl CartLine {
    /// What changes of the line name it by.
    #[must_use]
    pub fn id(&self) -> CartLineId {
        self.line.unwrap_or(CartLineId(self.sku.0))
    }
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

impl Cart {
    /// Units of a SKU in it, however they are to be made: what its quantity breaks go by.
    #[must_use]
    pub fn units_of(&self, sku: SkuId) -> u32 {
        let lines = self.lines.iter().filter(|line| line.sku == sku);
        lines.map(|line| line.quantity).fold(0, u32::saturating_add)
    }
}

service! {
    /// The cart context.
    CartService as "cart", remote RemoteCart, served ServedCart {
        /// The owner's open cart; none if they have none.
        fn open(owner: CartOwner) -> Option<Cart>;
        /// A cart by id, if the owner is its own; `version` asks for at least that version (a cached older one is read anew).
        fn get(owner: CartOwner, id: CartId, version: Option<i64>) -> Cart;
        /// Adds to the open cart, making one if need be. Checked against what is for sale and visibly in stock.
        /// Goods made to order are added with their buyer's answers; those made otherwise are other lines.
        fn add(owner: CartOwner, sku: SkuId, quantity: u32, answers: Answers) -> Cart;
        /// Sets a line's quantity; zero removes it.
        fn set(owner: CartOwner, line: CartLineId, quantity: u32) -> Cart;
        /// Puts a coupon in. Whether it holds says the quote.
        fn add_code(owner: CartOwner, code: String) -> Cart;
        fn remove_code(owner: CartOwner, code: String) -> Cart;
        /// Accepts current prices for every line.
        fn accept_prices(owner: CartOwner) -> Cart;
        /// A guest signed in: their cart's lines join the user's.
        fn merge(guest: String, user: UserId) -> Option<Cart>;
        /// Orders were placed from the carts.
        fn close(ids: Vec<CartId>) -> ();
        /// How many carts were begun from one moment on and before another, ordered ones included. Those that were left for long
        /// are gone.
        fn begun(from: DateTime, until: DateTime) -> u64;
    }
}

public_event! {
    "cart.abandoned" CartAbandoned { cart: CartId, user: Option<UserId>, lines: u32 } key cart, tenant |_| None
}
