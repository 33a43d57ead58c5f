use super::Visitor;
use crate::{Accounts, TokenPair};
use axum::extract::State;
use contracts::identity::FinishSignIn;
use httpkit::{Confidential, Json, Problem, ProblemDocument};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = FinishLoginRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// From the refusal of `/v1/auth/login`.
    challenge: String,
    /// Six digits of the app, or a recovery code, which works once.
    #[schema(example = "123456")]
    code: String,
}

/// Ends a sign-in whose password was right: with a code of the account's app, or with a recovery code. A challenge is good
/// for ten minutes, and once; a code of the app is taken once. Three wrong ones in a row lock the address, as wrong
/// passwords do.
#[utoipa::path(
    post, path = "/v1/auth/second-factor", tag = "identity", operation_id = "finish_login",
    request_body = Request, security(()),
    responses(
        (status = 200, body = TokenPair),
        (status = 400, body = ProblemDocument, description = "`field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`challenge_invalid`: sign in again; `one_time_code_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`insecure_transport`: plain HTTP from another machine", content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, description = "`account_locked` with `locked_until`, `rate_limited`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    _: Confidential,
    Json(request): Json<Request>,
) -> Result<Json<TokenPair>, Problem> {
    let finish = FinishSignIn {
        challenge: request.challenge,
        code: request.code,
        device: visitor.device,
        address: visitor.address,
    };
    Ok(Json(accounts.finish_login(&visitor.ctx, finish).await?))
}
