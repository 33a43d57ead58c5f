//! The catalogue over HTTP: one file per endpoint.

mod approve_moderation;
mod cancel_scheduled_change;
mod create_product;
mod delete_product;
mod get_import;
mod get_media;
mod get_moderation_rules;
mod get_own_product;
mod get_product;
mod get_product_version;
mod import_drafts;
mod import_events;
mod import_files;
mod items;
mod languages;
mod list_categories;
mod list_import_errors;
mod list_moderation;
mod list_needy_products;
mod list_own_products;
mod list_prices;
mod list_product_versions;
mod list_products;
mod list_scheduled_changes;
mod patch_product;
mod preview_import;
mod put_categories;
mod put_moderation_rules;
mod put_shop_trust;
mod reject_moderation;
mod restore_product_version;
mod schedule_change;
mod start_import;
mod tend;
mod undo_import;
mod upload_image;
mod upload_product_file;

use crate::{OwnProduct, Products};
use axum::http::header;
use axum::response::IntoResponse;
use httpkit::{Json, etag};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Everything under `/v1`.
pub fn routes(products: Products) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_product::handler))
        .routes(routes!(list_products::handler))
        .routes(routes!(list_categories::handler))
        .routes(routes!(list_own_products::handler, create_product::handler))
        .routes(routes!(
            get_own_product::handler,
            patch_product::handler,
            delete_product::handler
        ))
        .routes(routes!(list_prices::handler))
        .routes(routes!(list_product_versions::handler))
        .routes(routes!(get_product_version::handler))
        .routes(routes!(list_scheduled_changes::handler, schedule_change::handler))
        .routes(routes!(cancel_scheduled_change::handler))
        .routes(routes!(restore_product_version::handler))
        .routes(routes!(list_needy_products::handler))
        .routes(routes!(upload_image::handler))
        .routes(routes!(upload_product_file::handler))
        .routes(routes!(start_import::handler))
        .routes(routes!(preview_import::handler))
        .routes(routes!(import_drafts::show))
        .routes(routes!(import_drafts::describe))
        .routes(routes!(import_drafts::check))
        .routes(routes!(import_drafts::start))
        .routes(routes!(import_events::handler))
        .routes(routes!(import_files::list))
        .routes(routes!(import_files::rows))
        .routes(routes!(get_import::handler))
        .routes(routes!(list_import_errors::handler))
        .routes(routes!(undo_import::handler))
        .routes(routes!(list_moderation::handler))
        .routes(routes!(approve_moderation::handler))
        .routes(routes!(reject_moderation::handler))
        .routes(routes!(
            get_moderation_rules::handler,
            put_moderation_rules::handler
        ))
        .routes(routes!(put_shop_trust::handler))
        .routes(routes!(tend::list, tend::create, put_categories::handler))
        .routes(routes!(tend::get, tend::change))
        .routes(routes!(items::match_product))
        .routes(routes!(items::list))
        .routes(routes!(items::refuse))
        .routes(routes!(items::propose, items::withdraw))
        .with_state(products)
}

/// Pictures, under `/media`: for browsers, outside the API's description and rate limits.
pub fn media_routes(products: Products) -> axum::Router {
    axum::Router::new()
        .route("/media/{name}", axum::routing::get(get_media::handler))
        .with_state(products)
}

/// A seller's product with its version as entity tag.
fn tagged(product: OwnProduct) -> impl IntoResponse {
    ([(header::ETAG, etag(product.listing.version))], Json(product))
}
