//! The context's endpoints.

mod search;
mod suggest;

use crate::Searches;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All endpoints, under `/v1`.
pub fn routes(searches: Searches) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(search::handler))
        .routes(routes!(suggest::handler))
        .with_state(searches)
}
