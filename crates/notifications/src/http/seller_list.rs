use super::request::Asked;
use crate::app::Notices;
use axum::extract::State;
use contracts::notifications::Notice;
use httpkit::{Json, Problem, ProblemDocument, Query, Seller, perm};
use kernel::Page;

/// Lists the shop's notifications, the latest first, in the language that is asked for.
#[utoipa::path(
    get, path = "/v1/seller/notifications", tag = "notifications", operation_id = "list_seller_notifications",
    params(Asked),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of notifications", body = Page<Notice>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    seller: Seller<perm::ReadNotices>,
    Query(asked): Query<Asked>,
) -> Result<Json<Page<Notice>>, Problem> {
    let (language, page) = asked.read();
    let limit = super::limit(&page)?;
    let reader = super::staff(&seller);
    Ok(Json(
        notices
            .feed(&seller.ctx, reader, language, page.after, limit)
            .await?,
    ))
}
