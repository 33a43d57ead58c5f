use super::Visitor;
use crate::Accounts;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::Language;
use contracts::identity::RegisterUser;
use httpkit::{Confidential, Json, Problem, ProblemDocument};
use kernel::UserId;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = RegisterRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    #[schema(example = "lucia@example.org", max_length = 254)]
    email: String,
    #[schema(example = "Lucía Romero", max_length = 120)]
    name: String,
    /// At least 8 characters, capital and small letters, none of the passwords that everybody tries first.
    #[schema(min_length = 8, max_length = 256, format = Password)]
    password: String,
    #[serde(default)]
    language: Language,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RegisterResponse)]
pub struct Response {
    id: UserId,
}

/// Creates an account and mails a link that verifies its address.
#[utoipa::path(
    post, path = "/v1/auth/register", tag = "identity", operation_id = "register",
    request_body = Request, security(()),
    responses(
        (status = 201, body = Response),
        (status = 400, body = ProblemDocument, description = "`email_invalid`, `password_weak`, `text_empty`, `text_too_long`, `text_control`, `field_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`insecure_transport`: plain HTTP from another machine", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`email_taken`", content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, description = "`rate_limited`, with Retry-After", content_type = "application/problem+json"),
        (status = 503, body = ProblemDocument, description = "`unavailable`: too many passwords are being hashed", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    _: Confidential,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<Response>), Problem> {
    let Request {
        email,
        name,
        password,
        language,
    } = request;
    let register = RegisterUser {
        email,
        name,
        password,
        address: visitor.address,
        language,
    };
    let id = accounts.register(&visitor.ctx, register).await?;
    Ok((StatusCode::CREATED, Json(Response { id })))
}
