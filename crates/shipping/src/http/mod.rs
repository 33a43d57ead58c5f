//! The endpoints, one file each: labels for sellers, the way of parcels for buyers, and what carriers tell.

mod book;
mod hand_over;
mod hear_webhook;
mod label;
mod list_carriers;
mod order_shipments;
mod partner_get;
mod partner_push;
mod seller_shipments;

use crate::Shipments;
use contracts::shipping::Shipment;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes(shipments: Shipments) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_carriers::handler))
        .routes(routes!(seller_shipments::handler, book::handler))
        .routes(routes!(hand_over::handler))
        .routes(routes!(label::handler))
        .routes(routes!(order_shipments::handler))
        .routes(routes!(partner_get::handler))
        .routes(routes!(partner_push::handler))
        .routes(routes!(hear_webhook::handler))
        .with_state(shipments)
}

#[derive(Serialize, ToSchema)]
#[schema(as = Shipments)]
struct Items {
    /// The oldest first.
    items: Vec<Shipment>,
}
