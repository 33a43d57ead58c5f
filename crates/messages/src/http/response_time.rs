use crate::app::Conversations;
use axum::extract::State;
use httpkit::{Anyone, Json, Path, Problem, ProblemDocument};
use kernel::Fault;
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ShopResponseTime)]
pub(crate) struct Answer {
    /// Half of the threads of the last 90 days were answered within so many hours; absent where there were fewer than five.
    #[serde(skip_serializing_if = "Option::is_none")]
    median_hours: Option<u32>,
    /// How many threads that is the median of.
    threads: u32,
}

/// How soon a shop answers.
#[utoipa::path(
    get, path = "/v1/shops/{slug}/response-time", tag = "messages", operation_id = "shop_response_time",
    params(("slug" = String, Path, description = "The shop")),
    security((), ("bearer" = [])),
    responses(
        (status = 200, description = "How soon, where it was asked often enough", body = Answer),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such shop", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    anyone: Anyone,
    Path(slug): Path<String>,
) -> Result<Json<Answer>, Problem> {
    let shop = conversations.0.tenants.shop_by_slug(&anyone.ctx, slug).await?;
    let shop = shop.ok_or_else(|| Fault::not_found("shop"))?;
    let time = conversations
        .response_times(&anyone.ctx, vec![shop.id])
        .await?
        .pop();
    Ok(Json(Answer {
        median_hours: time.map(|time| time.median_hours),
        threads: time.map_or(0, |time| time.threads),
    }))
}
