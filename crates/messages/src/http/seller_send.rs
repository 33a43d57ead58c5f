use super::request::Words;
use crate::app::Conversations;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::messages::{Message, Party};
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::ThreadId;

/// Writes a message into one of the shop's threads. Ways to reach each other past the marketplace are hidden in it until the buyer
/// has a paid order with the shop: `hidden` says which.
#[utoipa::path(
    post, path = "/v1/seller/messages/{id}", tag = "messages", operation_id = "send_seller_message",
    params(("id" = ThreadId, Path, description = "The thread")),
    request_body = Words,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "It is written", body = Message),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such thread of yours", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`thread_closed`: a moderator closed it, with `reason`; `shop_not_open`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`messages_too_often`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    seller: Seller<perm::AnswerBuyers>,
    Path(id): Path<ThreadId>,
    Json(request): Json<Words>,
) -> Result<(StatusCode, Json<Message>), Problem> {
    let who = Party::Shop(seller.tenant);
    let sent = conversations
        .send(&seller.ctx, who, id, &request.text, request.language)
        .await?;
    Ok((StatusCode::CREATED, Json(sent)))
}
