//! The cart over HTTP. A signed-in buyer's cart is found by their token, a guest's by `X-Cart-Token`.

mod add_line;
mod get_cart;
mod merge;
mod set_line;

use crate::app::Carts;
use contracts::cart::Cart;
use kernel::{CartId, Currency, DateTime};
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

/// All routes of carts.
pub fn routes(carts: Carts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_cart::handler))
        .routes(routes!(add_line::handler))
        .routes(routes!(set_line::set, set_line::remove))
        .routes(routes!(merge::handler))
        .with_state(carts)
}

/// A cart, as its owner sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CartBody {
    /// Absent while nothing was ever put in.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<CartId>,
    /// The order names it: `cart_version` of `POST /v1/orders`.
    version: i64,
    currency: Currency,
    lines: Vec<contracts::cart::CartLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<DateTime>,
    /// A new guest's secret, shown once: send it as `X-Cart-Token` from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    cart_token: Option<String>,
}

impl CartBody {
    fn of(cart: Cart, cart_token: Option<String>) -> Self {
        Self {
            id: Some(cart.id),
            version: cart.version,
            currency: cart.currency,
            lines: cart.lines,
            updated_at: Some(cart.updated_at),
            cart_token,
        }
    }

    fn empty() -> Self {
        Self {
            id: None,
            version: 0,
            currency: Currency::EUR,
            lines: Vec::new(),
            updated_at: None,
            cart_token: None,
        }
    }
}
