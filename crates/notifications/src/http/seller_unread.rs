use super::Unread;
use crate::app::Notices;
use axum::extract::State;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};

/// Counts the shop's notifications that are not read.
#[utoipa::path(
    get, path = "/v1/seller/notifications/unread", tag = "notifications", operation_id = "count_seller_notifications",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "How many", body = Unread),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    seller: Seller<perm::ReadNotices>,
) -> Result<Json<Unread>, Problem> {
    let unread = notices.unread(super::staff(&seller)).await?;
    Ok(Json(Unread { unread }))
}
