use super::Visitor;
use crate::Accounts;
use crate::keys::Jwk;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use httpkit::{Json, Problem};
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = JwkSet)]
pub struct Response {
    keys: Vec<Jwk>,
}

/// The public keys of access tokens (RFC 7517), for those who verify tokens themselves. A key is here two days before it signs.
#[utoipa::path(
    get, path = "/v1/.well-known/jwks.json", tag = "identity", operation_id = "jwks", security(()),
    responses((status = 200, body = Response))
)]
pub async fn handler(
    State(accounts): State<Accounts>,
    visitor: Visitor,
) -> Result<impl IntoResponse, Problem> {
    let keys = accounts.keys().published(visitor.ctx.now).await?;
    let cached = HeaderValue::from_static("public, max-age=300");
    Ok(([(header::CACHE_CONTROL, cached)], Json(Response { keys })))
}
