//! Wish lists over HTTP.

mod add;
mod clear_viewed;
mod get;
mod keep_viewed;
mod remove;
mod share;
mod shared;
mod unshare;
mod viewed;

use crate::app::Wishes;
use utoipa_axum::{router::OpenApiRouter, routes};

/// All routes of wish lists.
pub fn routes(wishes: Wishes) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get::handler))
        .routes(routes!(add::handler, remove::handler))
        .routes(routes!(share::handler, unshare::handler))
        .routes(routes!(shared::handler))
        .routes(routes!(
            viewed::handler,
            keep_viewed::handler,
            clear_viewed::handler
        ))
        .with_state(wishes)
}
