use super::request::Archiving;
use crate::app::Conversations;
use axum::extract::State;
use contracts::messages::{Party, Thread};
use httpkit::{Buyer, Json, Path, Problem, ProblemDocument};
use kernel::ThreadId;

/// Puts one of the caller's threads away, or takes it back. A new message brings it back by itself; the other side sees nothing of it.
#[utoipa::path(
    put, path = "/v1/messages/{id}/archived", tag = "messages", operation_id = "archive_message_thread",
    params(("id" = ThreadId, Path, description = "The thread")),
    request_body = Archiving,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The thread as it is now", body = Thread),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such thread of yours", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    buyer: Buyer,
    Path(id): Path<ThreadId>,
    Json(request): Json<Archiving>,
) -> Result<Json<Thread>, Problem> {
    let who = Party::Buyer(buyer.user);
    let archived = conversations
        .archive(&buyer.ctx, who, id, request.archived)
        .await?;
    Ok(Json(archived))
}
