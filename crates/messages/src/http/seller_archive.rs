use super::request::Archiving;
use crate::app::Conversations;
use axum::extract::State;
use contracts::messages::{Party, Thread};
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::ThreadId;

/// Puts one of the shop's threads away, or takes it back. A new message brings it back by itself; the other side sees nothing of it.
#[utoipa::path(
    put, path = "/v1/seller/messages/{id}/archived", tag = "messages", operation_id = "archive_seller_message_thread",
    params(("id" = ThreadId, Path, description = "The thread")),
    request_body = Archiving,
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
    Json(request): Json<Archiving>,
) -> Result<Json<Thread>, Problem> {
    let who = Party::Shop(seller.tenant);
    let archived = conversations
        .archive(&seller.ctx, who, id, request.archived)
        .await?;
    Ok(Json(archived))
}
