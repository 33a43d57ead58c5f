use super::Visitor;
use crate::Accounts;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Json, Problem, ProblemDocument};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = MailedLinkRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    #[schema(example = "lucia@example.org")]
    email: String,
}

/// Mails a link to choose a new password, if the account exists. The answer is the same if it does not.
#[utoipa::path(
    post, path = "/v1/auth/request-password-reset", tag = "identity", operation_id = "request_password_reset",
    request_body = Request, security(()),
    responses(
        (status = 202, description = "a link is on its way if the account exists"),
        (status = 400, body = ProblemDocument, description = "`email_invalid`, `field_invalid`", content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, description = "`rate_limited`, with Retry-After", content_type = "application/problem+json"),
    )
)]
pub async fn reset(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    Json(request): Json<Request>,
) -> Result<StatusCode, Problem> {
    accounts
        .request_reset(&visitor.ctx, &request.email, &visitor.address)
        .await?;
    Ok(StatusCode::ACCEPTED)
}

/// Mails the link that verifies an address anew, if there is such an account and it is not verified yet. The answer is
/// the same if not. The newest link alone is good.
#[utoipa::path(
    post, path = "/v1/auth/resend-verification", tag = "identity", operation_id = "resend_verification",
    request_body = Request, security(()),
    responses(
        (status = 202, description = "a link is on its way if there is anything to verify"),
        (status = 400, body = ProblemDocument, description = "`email_invalid`, `field_invalid`", content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, description = "`rate_limited`, with Retry-After", content_type = "application/problem+json"),
    )
)]
pub async fn verification(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    Json(request): Json<Request>,
) -> Result<StatusCode, Problem> {
    accounts
        .request_verification(&visitor.ctx, &request.email, &visitor.address)
        .await?;
    Ok(StatusCode::ACCEPTED)
}
