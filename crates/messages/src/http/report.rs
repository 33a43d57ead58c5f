use super::request::Abuse;
use crate::app::Conversations;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::messages::Party;
use httpkit::{Buyer, Json, Path, Problem, ProblemDocument};
use kernel::ThreadId;

/// Reports one of the caller's threads to the moderators. It stays as it is until one has looked; a second report before that adds
/// nothing.
#[utoipa::path(
    post, path = "/v1/messages/{id}/reports", tag = "messages", operation_id = "report_message_thread",
    params(("id" = ThreadId, Path, description = "The thread")),
    request_body = Abuse,
    security(("bearer" = [])),
    responses(
        (status = 204, description = "A moderator will look"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such thread of yours", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    buyer: Buyer,
    Path(id): Path<ThreadId>,
    Json(request): Json<Abuse>,
) -> Result<StatusCode, Problem> {
    let who = Party::Buyer(buyer.user);
    conversations
        .report(&buyer.ctx, who, id, request.reason, &request.note)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
