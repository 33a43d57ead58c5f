//! Promotions over HTTP: a shop's own, and the marketplace's.

mod admin_end;
mod admin_get;
mod admin_list;
mod admin_make;
pub(crate) mod request;
mod seller_end;
mod seller_get;
mod seller_list;
mod seller_make;
mod view;

use crate::app::Promotions;
use utoipa_axum::{router::OpenApiRouter, routes};

/// All routes of promotions.
pub fn routes(promotions: Promotions) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(seller_list::handler, seller_make::handler))
        .routes(routes!(seller_get::handler))
        .routes(routes!(seller_end::handler))
        .routes(routes!(admin_list::handler, admin_make::handler))
        .routes(routes!(admin_get::handler))
        .routes(routes!(admin_end::handler))
        .with_state(promotions)
}
