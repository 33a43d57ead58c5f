use super::SignedIn;
use crate::Accounts;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use contracts::identity::Credential;
use httpkit::{Auth, Problem, ProblemDocument};

/// Ends the session of the token: neither it nor its refresh token is good any more.
#[utoipa::path(
    post, path = "/v1/auth/logout", tag = "identity", operation_id = "logout",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "signed out"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_malformed`, `token_invalid`, `session_ended`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(accounts): State<Accounts>,
    caller: SignedIn,
    Extension(auth): Extension<Auth>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    accounts.sign_out(&caller.ctx, caller.principal.session).await?;
    if let Some(token) = bearer_of(&headers) {
        auth.forget(&Credential::Bearer(token));
    }
    Ok(StatusCode::NO_CONTENT)
}

fn bearer_of(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (_, token) = value.split_once(' ')?;
    Some(token.trim().to_owned())
}
