use super::Marked;
use super::request::Through;
use crate::app::Notices;
use axum::extract::State;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};

/// Marks all of the shop's notifications as read, up to one. What came after it stays unread.
#[utoipa::path(
    put, path = "/v1/seller/notifications/read", tag = "notifications", operation_id = "read_seller_notifications",
    request_body = Through,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "How many were not", body = Marked),
        (status = 400, description = "`json_malformed`, `field_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    seller: Seller<perm::ReadNotices>,
    Json(request): Json<Through>,
) -> Result<Json<Marked>, Problem> {
    let reader = super::staff(&seller);
    let read = notices
        .mark_all_read(&seller.ctx, reader, request.through)
        .await?;
    Ok(Json(Marked { read }))
}
