use super::Unread;
use crate::app::Conversations;
use axum::extract::State;
use contracts::messages::Party;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};

/// Counts the messages that the shop has not read.
#[utoipa::path(
    get, path = "/v1/seller/messages/unread", tag = "messages", operation_id = "count_seller_messages",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "How many", body = Unread),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    seller: Seller<perm::AnswerBuyers>,
) -> Result<Json<Unread>, Problem> {
    let unread = conversations.unread(Party::Shop(seller.tenant)).await?;
    Ok(Json(Unread { unread }))
}
