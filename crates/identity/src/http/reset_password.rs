use super::Visitor;
use crate::Accounts;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Confidential, Json, Problem, ProblemDocument};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = ResetPasswordRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// From the mailed link.
    token: String,
    /// At least 8 characters, capital and small letters, none of the passwords that everybody tries first.
    #[schema(min_length = 8, max_length = 256, format = Password)]
    password: String,
}

/// Sets a new password by the mailed link, which works once, and signs every device out.
#[utoipa::path(
    post, path = "/v1/auth/reset-password", tag = "identity", operation_id = "reset_password",
    request_body = Request, security(()),
    responses(
        (status = 204, description = "the new password holds"),
        (status = 400, body = ProblemDocument, description = "`link_invalid`, `password_weak`, `field_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`insecure_transport`: plain HTTP from another machine", content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, description = "`rate_limited`, with Retry-After", content_type = "application/problem+json"),
        (status = 503, body = ProblemDocument, description = "`unavailable`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    _: Confidential,
    Json(request): Json<Request>,
) -> Result<StatusCode, Problem> {
    accounts
        .reset_password(&visitor.ctx, &request.token, request.password, &visitor.address)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
