use super::request::Through;
use crate::app::Conversations;
use axum::extract::State;
use contracts::messages::{Party, Thread};
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::ThreadId;

/// Marks all messages of one of the shop's threads as read up to one. What came behind it is not.
#[utoipa::path(
    put, path = "/v1/seller/messages/{id}/read", tag = "messages", operation_id = "read_seller_messages",
    params(("id" = ThreadId, Path, description = "The thread")),
    request_body = Through,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The thread as it is now", body = Thread),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such thread of yours", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    seller: Seller<perm::AnswerBuyers>,
    Path(id): Path<ThreadId>,
    Json(request): Json<Through>,
) -> Result<Json<Thread>, Problem> {
    let who = Party::Shop(seller.tenant);
    let read = conversations
        .mark_read(&seller.ctx, who, id, request.through)
        .await?;
    Ok(Json(read))
}
