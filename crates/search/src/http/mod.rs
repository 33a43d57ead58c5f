//! The context's endpoints.

mod click;
mod likes;
mod promoted;
mod report;
mod rules;
mod search;
mod suggest;
mod synonyms;

use crate::{Desk, Promoter, Searches};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What buyers ask, under `/v1`.
pub fn routes(searches: Searches) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(search::handler))
        .routes(routes!(suggest::handler))
        .routes(routes!(click::handler))
        .with_state(searches)
}

/// What operators say about searches.
pub fn desk_routes(desk: Desk) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(synonyms::list, synonyms::make))
        .routes(routes!(synonyms::end))
        .routes(routes!(rules::list, rules::make))
        .routes(routes!(rules::end))
        .routes(routes!(rules::preview))
        .routes(routes!(report::handler))
        .with_state(desk)
}

/// What shops pay for being put forward.
pub fn promoting_routes(promoter: Promoter) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(promoted::tariffs, promoted::set_tariff))
        .routes(routes!(promoted::list, promoted::promote))
        .routes(routes!(promoted::stop))
        .with_state(promoter)
}

/// All there are: so few that they need no pages.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ListOf<T> {
    items: Vec<T>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SearchNote)]
pub(crate) struct Note {
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}
