use crate::app::Conversations;
use axum::extract::State;
use contracts::messages::Message;
use httpkit::{Buyer, Json, Path, Problem, ProblemDocument};
use kernel::{MessageId, ThreadId};
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AnswerQuoteRequest)]
pub struct Request {
    /// Accepts it, or declines it.
    accept: bool,
}

/// Accepts or declines a shop's quote. What is accepted is a statement in the thread: the shop carries it out by a product that
/// is made to order.
#[utoipa::path(
    put, path = "/v1/messages/{id}/quotes/{message}/answer", tag = "messages", operation_id = "answer_message_quote",
    params(("id" = ThreadId, Path, description = "The thread"), ("message" = MessageId, Path, description = "The quote's message")),
    request_body = Request,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The quote as it stands now", body = Message),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such thread of yours, or no such quote in it", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`quote_over`: it was answered, replaced, or its last day is over; `thread_closed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`messages_too_often`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    buyer: Buyer,
    Path((id, message)): Path<(ThreadId, MessageId)>,
    Json(request): Json<Request>,
) -> Result<Json<Message>, Problem> {
    let answered = conversations
        .answer_quote(&buyer.ctx, buyer.user, id, message, request.accept)
        .await?;
    Ok(Json(answered))
}
