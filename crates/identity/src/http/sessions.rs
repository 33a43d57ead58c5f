use super::SignedIn;
use crate::Accounts;
use crate::store::session::SessionLine;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::identity::Audience;
use httpkit::{Json, Path, Problem, ProblemDocument};
use kernel::{DateTime, SessionId, TenantId};
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Sessions)]
pub struct Response {
    /// The latest used first, at most 100.
    items: Vec<Session>,
}

/// One signed-in browser or device.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Session {
    id: SessionId,
    /// Whether it is the one that asks.
    current: bool,
    /// A browser's session with a cookie, or a client of the API.
    browser: bool,
    audience: Audience,
    #[serde(skip_serializing_if = "Option::is_none")]
    shop: Option<TenantId>,
    /// What the browser or client calls itself.
    device: String,
    address: String,
    started_at: DateTime,
    /// To the minute.
    last_seen_at: DateTime,
    expires_at: DateTime,
}

/// Where one is signed in.
#[utoipa::path(
    get, path = "/v1/me/sessions", tag = "identity", operation_id = "list_sessions",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Response),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_malformed`, `token_invalid`, `session_ended`", content_type = "application/problem+json"),
    )
)]
pub async fn list(State(accounts): State<Accounts>, caller: SignedIn) -> Result<Json<Response>, Problem> {
    let lines = accounts.sessions(&caller.ctx, caller.principal.user).await?;
    let current = caller.principal.session;
    let items = lines.into_iter().map(|line| session(line, current)).collect();
    Ok(Json(Response { items }))
}

/// Signs one of one's devices out. Its access token dies within seconds, its refresh token at once.
#[utoipa::path(
    delete, path = "/v1/me/sessions/{id}", tag = "identity", operation_id = "end_session",
    params(("id" = String, Path, format = Uuid)), security(("bearer" = [])),
    responses(
        (status = 204, description = "signed out"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_malformed`, `token_invalid`, `session_ended`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
    )
)]
pub async fn end(
    State(accounts): State<Accounts>,
    caller: SignedIn,
    Path(id): Path<SessionId>,
) -> Result<StatusCode, Problem> {
    accounts
        .end_session(&caller.ctx, caller.principal.user, id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn session(line: SessionLine, current: SessionId) -> Session {
    Session {
        current: line.id == current,
        id: line.id,
        browser: line.browser,
        audience: line.audience,
        shop: line.acts_for,
        device: line.device,
        address: line.address,
        started_at: line.started_at,
        last_seen_at: line.last_seen_at,
        expires_at: line.expires_at,
    }
}
