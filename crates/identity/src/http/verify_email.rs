use super::Visitor;
use crate::Accounts;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Json, Problem, ProblemDocument};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = VerifyEmailRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// From the mailed link.
    token: String,
}

/// Verifies the address of an account by the mailed link, which works once.
#[utoipa::path(
    post, path = "/v1/auth/verify-email", tag = "identity", operation_id = "verify_email",
    request_body = Request, security(()),
    responses(
        (status = 204, description = "verified"),
        (status = 400, body = ProblemDocument, description = "`link_invalid`, `field_invalid`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    Json(request): Json<Request>,
) -> Result<StatusCode, Problem> {
    accounts.verify_email(&visitor.ctx, &request.token).await?;
    Ok(StatusCode::NO_CONTENT)
}
