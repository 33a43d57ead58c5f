//! The endpoints, one file each. All of them read; orders are changed through checkout.

mod get_order;
mod list_events;
mod list_orders;
mod seller_get_order;
mod seller_list_orders;

use crate::Orders;
use contracts::cart::CartOwner;
use httpkit::Shopper;
use kernel::{Actor, Fault, Permission};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes(orders: Orders) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_orders::handler))
        .routes(routes!(get_order::handler))
        .routes(routes!(list_events::handler))
        .routes(routes!(seller_list_orders::handler))
        .routes(routes!(seller_get_order::handler))
        .with_state(orders)
}

/// As whom the caller may read an order: as its owner, or (`None`) as an operator who may read any.
fn reader(shopper: Shopper) -> Result<Option<CartOwner>, Fault> {
    match shopper.ctx.actor {
        Actor::Operator { role, .. } if role.may(Permission::ReadAnyOrder) => Ok(None),
        // Somebody without a token and without a cart owns nothing.
        _ => shopper.owner.map(Some).ok_or_else(|| Fault::not_found("order")),
    }
}
