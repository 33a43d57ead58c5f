use super::feed::Feed;
use super::{Api, warehouse_or_default};
use crate::Error;
use crate::domain::{FeedFile, FeedReader};
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use futures::StreamExt;
use httpkit::{Json, Problem, ProblemDocument, Query, Seller, perm, text};
use kernel::{Fault, WarehouseId};
use serde::Deserialize;

pub(crate) const FILE_NAME_CHARS_MAX: usize = 200;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Whose list it is; the shop's default warehouse if absent.
    warehouse: Option<WarehouseId>,
    /// For your records.
    #[param(min_length = 1, max_length = 200)]
    file_name: Option<String>,
}

/// Compares a warehouse's own list with our books.
///
/// CSV with a column of codes (`sku`, `code`, `referencia` ...) and one of units on hand (`quantity`, `stock`,
/// `existencias` ...), others are passed over; at most 200,000 rows and 32 MiB. Nothing changes: the answer tells what does
/// not agree, and the lines of it can be listed, downloaded and adjusted.
#[utoipa::path(
    post,
    path = "/v1/seller/stock-feeds",
    tag = "inventory",
    operation_id = "upload_stock_feed",
    params(Parameters),
    request_body(content = Vec<u8>, content_type = "text/csv", description = "The list"),
    responses(
        (status = 201, description = "Compared", body = Feed),
        (status = 400, description = "`parameter_invalid`, `text_empty`, `text_too_long`, `text_control`, `body_unreadable`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`warehouse_unknown`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`file_too_large`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`header_unknown`, `file_empty`, `encoding_unsupported`, `row_too_long`, `cells_too_many`, `rows_too_many`, with `row`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::EditStock>,
    Query(parameters): Query<Parameters>,
    body: Body,
) -> Result<(StatusCode, Json<Feed>), Problem> {
    let file_name = match &parameters.file_name {
        Some(name) => text::line("file_name", name, FILE_NAME_CHARS_MAX)?,
        None => "feed".to_owned(),
    };
    let file = read(body).await?;
    let warehouse = warehouse_or_default(seller.tenant, parameters.warehouse);
    let feed = api
        .stock
        .reconcile(
            &seller.ctx,
            &*api.catalog,
            seller.tenant,
            warehouse,
            file_name,
            file,
        )
        .await?;
    Ok((StatusCode::CREATED, Json(feed.into())))
}

/// Cut into rows while it arrives.
async fn read(body: Body) -> Result<FeedFile, Error> {
    let mut reader = FeedReader::default();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            Fault::field(
                "body_unreadable",
                "",
                "The file broke off before its end. Send it again.",
            )
        })?;
        reader.push(&chunk)?;
    }
    Ok(reader.finish()?)
}
