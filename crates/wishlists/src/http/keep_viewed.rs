use crate::app::Wishes;
use axum::extract::State;
use contracts::wishlists::Viewed;
use httpkit::{Buyer, Json, Problem, ProblemDocument};
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeepViewedRequest)]
pub struct Request {
    kept: bool,
}

/// Says whether what the caller looks at is kept. Not keeping it forgets it.
#[utoipa::path(
    put, path = "/v1/viewed", tag = "wishlists", operation_id = "keep_viewed_products",
    request_body = Request,
    security(("bearer" = [])),
    responses(
        (status = 200, body = Viewed),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(wishes): State<Wishes>,
    buyer: Buyer,
    Json(request): Json<Request>,
) -> Result<Json<Viewed>, Problem> {
    Ok(Json(wishes.keep_viewed(buyer.user, request.kept).await?))
}
