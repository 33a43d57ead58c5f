use super::SignedIn;
use contracts::identity::Audience;
use httpkit::{Json, Problem, ProblemDocument};
use kernel::{DateTime, Role, SessionId, TenantId, UserId};
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Me)]
pub struct Response {
    id: UserId,
    email: String,
    email_verified: bool,
    name: String,
    /// In which capacity this token acts.
    audience: Audience,
    role: Role,
    /// The shop it acts for, with audience `seller`.
    #[serde(skip_serializing_if = "Option::is_none")]
    shop: Option<TenantId>,
    session: SessionId,
    /// When this token stops being good.
    expires_at: DateTime,
}

/// Who the token says one is.
#[utoipa::path(
    get, path = "/v1/me", tag = "identity", operation_id = "me",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Response),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_malformed`, `token_invalid`, `session_ended`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(caller: SignedIn) -> Result<Json<Response>, Problem> {
    let p = caller.principal;
    Ok(Json(Response {
        id: p.user,
        email: p.email,
        email_verified: p.email_verified,
        name: p.name,
        audience: p.audience,
        role: p.role,
        shop: p.tenant,
        session: p.session,
        expires_at: p.expires_at,
    }))
}
