use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{CaptureSetting, PaymentDesk as _};
use contracts::payments::CaptureTime;
use httpkit::{Admin, Json, Problem, ProblemDocument, perm};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetCaptureTime {
    /// `at_once`: all of a payment, as its order is confirmed; `on_dispatch`: each shop's share, as the shop sends its goods.
    capture: CaptureTime,
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Says when the marketplace captures what its buyers pay.
#[utoipa::path(
    get, path = "/v1/admin/capture-time", tag = "checkout", operation_id = "get_capture_time",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "As it is set", body = CaptureSetting),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn show(
    State(checkouts): State<Checkouts>,
    admin: Admin<perm::ReadAnyOrder>,
) -> Result<Json<CaptureSetting>, Problem> {
    Ok(Json(checkouts.capture_setting(&admin.ctx).await?))
}

/// Sets when the marketplace captures what its buyers pay. Payments that began before stay as they began.
#[utoipa::path(
    put, path = "/v1/admin/capture-time", tag = "checkout", operation_id = "set_capture_time",
    request_body = SetCaptureTime,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It is set", body = CaptureSetting),
        (status = 400, description = "`json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn set(
    State(checkouts): State<Checkouts>,
    admin: Admin<perm::ManagePayments>,
    Json(request): Json<SetCaptureTime>,
) -> Result<Json<CaptureSetting>, Problem> {
    let set = checkouts.set_capture(&admin.ctx, request.capture, request.note);
    Ok(Json(set.await?))
}
