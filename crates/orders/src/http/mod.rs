//! The endpoints, one file each: what buyers and sellers read, and what sellers do with their parcels. What moves stock or
//! money is checkout's.

mod get_order;
mod list_credit_notes;
mod list_events;
mod list_orders;
mod request_return;
mod seller_authorise_return;
mod seller_close_return;
mod seller_deliver;
mod seller_get_order;
mod seller_list_credit_notes;
mod seller_list_orders;
mod seller_list_returns;
mod seller_pack;
mod seller_refuse_return;
mod seller_ship;
mod send_return;

use crate::Orders;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use contracts::cart::CartOwner;
use httpkit::{Anyone, Problem, Shopper};
use kernel::{Actor, Ctx, Fault, Permission};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes(orders: Orders) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_orders::handler))
        .routes(routes!(get_order::handler))
        .routes(routes!(list_events::handler))
        .routes(routes!(seller_list_orders::handler))
        .routes(routes!(seller_get_order::handler))
        .routes(routes!(seller_pack::handler))
        .routes(routes!(seller_ship::handler))
        .routes(routes!(seller_deliver::handler))
        .routes(routes!(request_return::handler))
        .routes(routes!(send_return::handler))
        .routes(routes!(seller_list_returns::handler))
        .routes(routes!(seller_authorise_return::handler))
        .routes(routes!(seller_refuse_return::handler))
        .routes(routes!(seller_close_return::handler))
        .routes(routes!(list_credit_notes::handler))
        .routes(routes!(seller_list_credit_notes::handler))
        .with_state(orders)
}

/// Who may read an order: its owner, or (`None`) an operator who may read any.
pub(super) struct Reader {
    ctx: Ctx,
    owner: Option<CartOwner>,
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Anyone { ctx, .. } = Anyone::from_request_parts(parts, state).await?;
        if let Actor::Operator { role, .. } = ctx.actor
            && role.may(Permission::ReadAnyOrder)
        {
            return Ok(Self { ctx, owner: None });
        }
        let Shopper { ctx, owner, .. } = Shopper::from_request_parts(parts, state).await?;
        // Somebody without a token and without a cart owns nothing.
        let owner = owner.ok_or_else(|| Fault::not_found("order"))?;
        Ok(Self {
            ctx,
            owner: Some(owner),
        })
    }
}

/// The caller as the owner of an order; somebody without a token and without a cart owns none.
fn owner(shopper: Shopper) -> Result<(Ctx, CartOwner), Fault> {
    let owner = shopper.owner.ok_or_else(|| Fault::not_found("order"))?;
    Ok((shopper.ctx, owner))
}
