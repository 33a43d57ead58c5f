use super::Visitor;
use crate::{Accounts, TokenPair};
use axum::extract::State;
use httpkit::{Confidential, Json, Problem, ProblemDocument};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = RefreshRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    refresh_token: String,
}

/// Exchanges a refresh token for a new pair, once. Used twice, it ends the session: somebody else has it.
#[utoipa::path(
    post, path = "/v1/auth/refresh", tag = "identity", operation_id = "refresh",
    request_body = Request, security(()),
    responses(
        (status = 200, body = TokenPair),
        (status = 400, body = ProblemDocument, description = "`field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`refresh_token_invalid`, `session_ended`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`insecure_transport`: plain HTTP from another machine", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    _: Confidential,
    Json(request): Json<Request>,
) -> Result<Json<TokenPair>, Problem> {
    Ok(Json(
        accounts.refresh(&visitor.ctx, &request.refresh_token).await?,
    ))
}
