use super::request::Boxed;
use crate::app::Conversations;
use axum::extract::State;
use contracts::messages::{Party, Thread};
use httpkit::{Json, Problem, ProblemDocument, Query, Seller, perm};
use kernel::Page;

/// Lists the shop's threads, those with the latest messages first.
#[utoipa::path(
    get, path = "/v1/seller/messages", tag = "messages", operation_id = "list_seller_messages",
    params(Boxed),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of threads", body = Page<Thread>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    seller: Seller<perm::AnswerBuyers>,
    Query(parameters): Query<Boxed>,
) -> Result<Json<Page<Thread>>, Problem> {
    let (query, page) = parameters.read();
    let limit = super::limit(&page)?;
    let who = Party::Shop(seller.tenant);
    Ok(Json(conversations.threads(who, query, page.after, limit).await?))
}
