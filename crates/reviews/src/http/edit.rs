use crate::app::Ratings;
use axum::extract::State;
use contracts::reviews::{OwnReview, ReviewText};
use httpkit::{Buyer, Json, Path, Problem, ProblemDocument};
use kernel::{ImageId, ReviewId};
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EditReviewRequest)]
pub struct Request {
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5)]
    stars: Option<u8>,
    #[serde(default)]
    #[schema(max_length = 120)]
    title: Option<String>,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4_000)]
    text: Option<String>,
    /// All of them, in order.
    #[serde(default)]
    #[schema(max_items = 6)]
    photos: Option<Vec<ImageId>>,
}

/// Changes one of the caller's reviews; what is absent stays. What it said is kept for moderators, and moderation looks
/// again.
#[utoipa::path(
    patch, path = "/v1/reviews/{id}", tag = "reviews", operation_id = "edit_review",
    params(("id" = ReviewId, Path, description = "The review")),
    request_body = Request,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It is changed", body = OwnReview),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `stars_out_of_range`, `too_many_photos`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such review of yours", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ratings): State<Ratings>,
    buyer: Buyer,
    Path(id): Path<ReviewId>,
    Json(request): Json<Request>,
) -> Result<Json<OwnReview>, Problem> {
    let known = ratings.own(buyer.user, id).await?.review;
    let says = ReviewText {
        stars: request.stars.unwrap_or(known.stars),
        title: request.title.unwrap_or(known.title),
        text: request.text.unwrap_or(known.text),
        photos: request.photos.unwrap_or(known.photos),
    };
    Ok(Json(ratings.edit(&buyer.ctx, buyer.user, id, says).await?))
}
