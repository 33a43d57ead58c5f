use crate::Searches;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::search::Click;
use httpkit::{Anyone, Json, Problem, ProblemDocument};

/// Tells that somebody looked closer at something a search found, so that operators learn what searches are good for. Nobody is
/// named; a click on a search that is not known is forgotten.
#[utoipa::path(
    post, path = "/v1/search/clicks", tag = "search", operation_id = "tell_search_click",
    request_body = Click, security((), ("bearer" = [])),
    responses(
        (status = 202, description = "It is noted, unless too many come at once"),
        (status = 400, body = ProblemDocument, description = "`json_malformed`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, description = "`rate_limited`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(searches): State<Searches>,
    caller: Anyone,
    Json(click): Json<Click>,
) -> Result<StatusCode, Problem> {
    searches.click(click, caller.ctx.now)?;
    Ok(StatusCode::ACCEPTED)
}
