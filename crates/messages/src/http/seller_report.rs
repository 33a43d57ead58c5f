use super::request::Abuse;
use crate::app::Conversations;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::messages::Party;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::ThreadId;

/// Reports one of the shop's threads to the moderators. It stays as it is until one has looked; a second report before that adds
/// nothing.
#[utoipa::path(
    post, path = "/v1/seller/messages/{id}/reports", tag = "messages", operation_id = "report_seller_message_thread",
    params(("id" = ThreadId, Path, description = "The thread")),
    request_body = Abuse,
    security(("bearer" = [])),
    responses(
        (status = 204, description = "A moderator will look"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such thread of yours", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    seller: Seller<perm::AnswerBuyers>,
    Path(id): Path<ThreadId>,
    Json(request): Json<Abuse>,
) -> Result<StatusCode, Problem> {
    let who = Party::Shop(seller.tenant);
    conversations
        .report(&seller.ctx, who, id, request.reason, &request.note)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
