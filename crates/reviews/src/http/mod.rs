//! Reviews over HTTP: for everybody, for buyers, for shops and for moderators.

mod admin_approve;
mod admin_list;
mod admin_reject;
mod delete;
mod edit;
mod of_order;
mod of_product;
mod of_shop;
mod own_get;
mod own_list;
mod reply;
mod report;
mod request;
mod seller_list;
mod unvote;
mod vote;
mod write;

use crate::app::Ratings;
use axum::extract::FromRef;
use contracts::catalog::Catalog;
use contracts::tenants::Tenants;
use httpkit::PageQuery;
use kernel::Fault;
use serde::Serialize;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Reviews, with those who know which products and shops there are.
#[derive(Clone)]
pub(crate) struct Api {
    ratings: Ratings,
    catalog: Arc<dyn Catalog>,
    tenants: Arc<dyn Tenants>,
}

impl FromRef<Api> for Ratings {
    fn from_ref(api: &Api) -> Self {
        api.ratings.clone()
    }
}

/// All routes of reviews.
pub fn routes(ratings: Ratings, catalog: Arc<dyn Catalog>, tenants: Arc<dyn Tenants>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(own_list::handler, write::handler))
        .routes(routes!(own_get::handler, edit::handler, delete::handler))
        .routes(routes!(vote::handler, unvote::handler))
        .routes(routes!(report::handler))
        .routes(routes!(of_order::handler))
        .routes(routes!(of_product::handler))
        .routes(routes!(of_shop::handler))
        .routes(routes!(seller_list::handler))
        .routes(routes!(reply::handler))
        .routes(routes!(admin_list::handler))
        .routes(routes!(admin_approve::handler))
        .routes(routes!(admin_reject::handler))
        .with_state(Api {
            ratings,
            catalog,
            tenants,
        })
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ReviewVotes)]
pub(crate) struct Votes {
    /// Buyers who find it helpful.
    helpful: u32,
}

/// How many items a page is to have.
fn limit(page: &PageQuery) -> Result<u16, Fault> {
    // A page has at most 100.
    page.limit()
        .map(|limit| u16::try_from(limit.get()).unwrap_or(u16::MAX))
}
