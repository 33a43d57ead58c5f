use super::Unread;
use crate::app::Notices;
use axum::extract::State;
use httpkit::{Buyer, Json, Problem, ProblemDocument};

/// Counts the caller's own notifications that are not read.
#[utoipa::path(
    get, path = "/v1/notifications/unread", tag = "notifications", operation_id = "count_notifications",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "How many", body = Unread),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(State(notices): State<Notices>, buyer: Buyer) -> Result<Json<Unread>, Problem> {
    let unread = notices.unread(super::own(buyer.user)).await?;
    Ok(Json(Unread { unread }))
}
