//! The endpoints, one file each: what buyers and sellers read, and what sellers do with their parcels. What moves stock or
//! money is checkout's.

mod begin_download;
mod get_credit_note;
mod get_invoice;
mod get_order;
mod list_credit_notes;
mod list_downloads;
mod list_events;
mod list_orders;
mod read_download;
mod request_return;
mod seller_authorise_return;
mod seller_credit_note;
mod seller_deliver;
mod seller_get_order;
mod seller_invoice;
mod seller_list_credit_notes;
mod seller_list_orders;
mod seller_list_returns;
mod seller_pack;
mod seller_packing_slip;
mod seller_refuse_return;
mod seller_ship;
mod send_return;

use crate::Orders;
use contracts::cart::CartOwner;
use httpkit::Shopper;
use kernel::{Ctx, Fault};
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
        .routes(routes!(list_credit_notes::handler))
        .routes(routes!(seller_list_credit_notes::handler))
        .routes(routes!(get_credit_note::handler))
        .routes(routes!(seller_credit_note::handler))
        .routes(routes!(get_invoice::handler))
        .routes(routes!(seller_invoice::handler))
        .routes(routes!(seller_packing_slip::handler))
        .routes(routes!(list_downloads::handler, begin_download::handler))
        .routes(routes!(read_download::handler))
        .with_state(orders)
}

/// The caller as the owner of an order; somebody without a token and without a cart owns none.
fn owner(shopper: Shopper) -> Result<(Ctx, CartOwner), Fault> {
    let owner = shopper.owner.ok_or_else(|| Fault::not_found("order"))?;
    Ok((shopper.ctx, owner))
}
