use super::request::ReviewBody;
use crate::app::Ratings;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::reviews::{NewReview, OwnReview};
use httpkit::{Buyer, Json, Problem, ProblemDocument};
use kernel::{OrderId, ProductId};
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WriteReviewRequest)]
pub struct Request {
    /// The order by which it was bought.
    order: OrderId,
    product: ProductId,
    #[schema(inline)]
    says: ReviewBody,
}

/// Reviews something that was bought and received, once per purchase. What moderation doubts is read by nobody until a
/// moderator has looked: its status is `queued`.
#[utoipa::path(
    post, path = "/v1/reviews", tag = "reviews", operation_id = "write_review",
    request_body = Request,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "It is written", body = OwnReview),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `stars_out_of_range`, `too_many_photos`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`not_received`: it was not bought with this account, or has not arrived; `already_reviewed`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ratings): State<Ratings>,
    buyer: Buyer,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<OwnReview>), Problem> {
    let new = NewReview {
        order: request.order,
        product: request.product,
        says: request.says.into(),
    };
    let written = ratings.write(&buyer.ctx, buyer.user, new).await?;
    Ok((StatusCode::CREATED, Json(written)))
}
