use super::Unread;
use crate::app::Conversations;
use axum::extract::State;
use contracts::messages::Party;
use httpkit::{Buyer, Json, Problem, ProblemDocument};

/// Counts the messages that the caller has not read.
#[utoipa::path(
    get, path = "/v1/messages/unread", tag = "messages", operation_id = "count_messages",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "How many", body = Unread),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    buyer: Buyer,
) -> Result<Json<Unread>, Problem> {
    let unread = conversations.unread(Party::Buyer(buyer.user)).await?;
    Ok(Json(Unread { unread }))
}
