use super::request::In;
use crate::app::Notices;
use axum::extract::State;
use contracts::notifications::Notice;
use httpkit::{Json, Path, Problem, ProblemDocument, Query, Seller, perm};
use kernel::EventId;

/// Marks one of the shop's notifications as read.
#[utoipa::path(
    put, path = "/v1/seller/notifications/{id}/read", tag = "notifications", operation_id = "read_seller_notification",
    params(("id" = EventId, Path, description = "The notification"), In),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The notification as it is now", body = Notice),
        (status = 400, description = "`parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such notification of yours", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    seller: Seller<perm::ReadNotices>,
    Path(id): Path<EventId>,
    Query(asked): Query<In>,
) -> Result<Json<Notice>, Problem> {
    let (reader, language) = (super::staff(&seller), asked.language.unwrap_or_default());
    Ok(Json(notices.mark_read(&seller.ctx, reader, id, language).await?))
}
