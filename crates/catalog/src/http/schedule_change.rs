use crate::Products;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::catalog::schedule::{ScheduledChange, ScheduledPatch};
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{DateTime, ProductId};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScheduleChangeRequest)]
pub(super) struct Request {
    /// A time to come, at most a year ahead.
    at: DateTime,
    change: ScheduledPatch,
}

/// Asks for a change of one's own product at a time to come.
///
/// It is applied once, as a version that says who asked for it. What could not be changed now is refused now; what cannot be
/// applied when its time has come is told as failed, with the reason, and not tried again.
#[utoipa::path(
    post,
    path = "/v1/seller/products/{id}/scheduled-changes",
    operation_id = "schedule_change",
    tag = "catalog",
    params(("id" = ProductId, Path)),
    request_body = Request,
    responses(
        (status = 201, description = "It waits for its time", body = ScheduledChange),
        (status = 400, description = "`field_invalid`, `change_empty`, `time_out_of_range`, `variant_unknown`, and what changing refuses", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`schedules_too_many`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Path(id): Path<ProductId>,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<ScheduledChange>), Problem> {
    let Request { at, change } = request;
    let scheduled = products
        .schedule(&seller.ctx, seller.tenant, id, at, change)
        .await?;
    Ok((StatusCode::CREATED, Json(scheduled)))
}
