use crate::app::Conversations;
use axum::extract::State;
use contracts::messages::{Conversation, Party};
use httpkit::{Json, PageQuery, Path, Problem, ProblemDocument, Query, Seller, perm};
use kernel::ThreadId;

/// Reads one of the shop's threads: its messages, the latest first. Reading it this way marks nothing as read.
#[utoipa::path(
    get, path = "/v1/seller/messages/{id}", tag = "messages", operation_id = "get_seller_message_thread",
    params(("id" = ThreadId, Path, description = "The thread"), PageQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The thread and some of its messages", body = Conversation),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such thread of yours", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    seller: Seller<perm::AnswerBuyers>,
    Path(id): Path<ThreadId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Conversation>, Problem> {
    let limit = super::limit(&page)?;
    let who = Party::Shop(seller.tenant);
    let found = conversations
        .conversation(&seller.ctx, who, id, page.after, limit)
        .await?;
    Ok(Json(found))
}
