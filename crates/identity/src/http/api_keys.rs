use crate::Accounts;
use crate::app::{NewApiKey, OVERLAP_HOURS_MAX, ShownApiKey};
use crate::store::api_key::ApiKey;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::identity::ApiScope;
use httpkit::{Auth, Json, Path, Problem, ProblemDocument, Seller, moment, perm};
use kernel::{ApiKeyId, DateTime, Fault, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key of the shop's own programs.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub struct View {
    id: ApiKeyId,
    /// Its first characters, to tell it from others.
    prefix: String,
    name: String,
    scopes: Vec<ApiScope>,
    /// In whose name it acts: it never does more than they may, and nothing once they have left.
    made_by: UserId,
    created_at: DateTime,
    expires_at: DateTime,
    /// To the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<DateTime>,
    /// The key that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<ApiKeyId>,
}

/// A new key, with its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = NewApiKey)]
pub struct Secret {
    /// To be sent as `Authorization: Bearer <secret>`. It is shown this once.
    secret: String,
    key: View,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ApiKeys)]
pub struct Keys {
    /// The newest first, at most 200.
    items: Vec<View>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MakeApiKeyRequest)]
pub struct Make {
    /// For people to know it by.
    #[schema(example = "Warehouse system", min_length = 1, max_length = 80)]
    name: String,
    /// What it opens. Writing does not include reading.
    #[schema(min_items = 1)]
    scopes: Vec<ApiScope>,
    /// A year from now where it is absent, two years at most.
    #[serde(default)]
    expires_at: Option<DateTime>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RotateApiKeyRequest)]
pub struct Rotate {
    /// For how long the old key goes on, so that nobody has to change both sides at one moment.
    #[serde(default = "a_day")]
    #[schema(maximum = 168, default = 24)]
    overlap_hours: u16,
}

fn a_day() -> u16 {
    24
}

/// Lists the shop's API keys, those that are over included.
#[utoipa::path(
    get, path = "/v1/seller/api-keys", tag = "identity", operation_id = "list_api_keys",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Keys),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`, `scope_missing`", content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(accounts): State<Accounts>,
    seller: Seller<perm::ManageKeys>,
) -> Result<Json<Keys>, Problem> {
    let keys = accounts.api_keys(seller.tenant).await?;
    let items = keys.into_iter().map(View::from).collect();
    Ok(Json(Keys { items }))
}

/// Makes an API key for the shop's own programs. Its secret is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/v1/seller/api-keys", tag = "identity", operation_id = "make_api_key",
    request_body = Make, security(("bearer" = [])),
    responses(
        (status = 201, body = Secret),
        (status = 400, body = ProblemDocument, description = "`field_invalid`, `text_empty`, `text_too_long`, `text_control`, `scopes_missing`, `expiry_invalid`, `parameter_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`, `scope_missing`, `feature_off`: `api_keys`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`too_many_keys`: 50 are good already", content_type = "application/problem+json"),
    )
)]
pub async fn make(
    State(accounts): State<Accounts>,
    seller: Seller<perm::ManageKeys>,
    Json(request): Json<Make>,
) -> Result<(StatusCode, Json<Secret>), Problem> {
    let new = NewApiKey {
        name: request.name,
        scopes: request.scopes,
        expires_at: request
            .expires_at
            .map(|at| moment("/expires_at", at))
            .transpose()?,
    };
    let shown = accounts
        .make_api_key(&seller.ctx, seller.tenant, seller.user, new)
        .await?;
    Ok((StatusCode::CREATED, Json(Secret::from(shown))))
}

/// Makes a key in the place of another, with the same name and scopes. The old one goes on for some hours.
#[utoipa::path(
    post, path = "/v1/seller/api-keys/{id}/rotate", tag = "identity", operation_id = "rotate_api_key",
    params(("id" = ApiKeyId, Path, description = "The key to be replaced")),
    request_body = Rotate, security(("bearer" = [])),
    responses(
        (status = 201, body = Secret),
        (status = 400, body = ProblemDocument, description = "`field_invalid`, `overlap_too_long`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`, `scope_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`api_key_over`: it expired, was revoked or was replaced before; `too_many_keys`", content_type = "application/problem+json"),
    )
)]
pub async fn rotate(
    State(accounts): State<Accounts>,
    seller: Seller<perm::ManageKeys>,
    Extension(auth): Extension<Auth>,
    Path(id): Path<ApiKeyId>,
    Json(request): Json<Rotate>,
) -> Result<(StatusCode, Json<Secret>), Problem> {
    if request.overlap_hours > OVERLAP_HOURS_MAX {
        let detail = format!("The old key may go on for at most {OVERLAP_HOURS_MAX} hours.");
        return Err(Problem(Fault::field(
            "overlap_too_long",
            "/overlap_hours",
            detail,
        )));
    }
    let shown = accounts
        .rotate_api_key(&seller.ctx, seller.tenant, seller.user, id, request.overlap_hours)
        .await?;
    if request.overlap_hours == 0 {
        auth.forget_key(id);
    }
    Ok((StatusCode::CREATED, Json(Secret::from(shown))))
}

/// Ends a key: it opens nothing any more, everywhere within seconds.
#[utoipa::path(
    post, path = "/v1/seller/api-keys/{id}/revoke", tag = "identity", operation_id = "revoke_api_key",
    params(("id" = ApiKeyId, Path, description = "The key")), security(("bearer" = [])),
    responses(
        (status = 200, body = View),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`, `scope_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
    )
)]
pub async fn revoke(
    State(accounts): State<Accounts>,
    seller: Seller<perm::ManageKeys>,
    Extension(auth): Extension<Auth>,
    Path(id): Path<ApiKeyId>,
) -> Result<Json<View>, Problem> {
    let key = accounts
        .revoke_api_key(&seller.ctx, seller.tenant, seller.user, id)
        .await?;
    auth.forget_key(id);
    Ok(Json(View::from(key)))
}

impl From<ApiKey> for View {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            prefix: key.prefix,
            name: key.name,
            scopes: key.scopes,
            made_by: key.made_by,
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
            replaced_by: key.replaced_by,
        }
    }
}

impl From<ShownApiKey> for Secret {
    fn from(shown: ShownApiKey) -> Self {
        Self {
            secret: shown.secret,
            key: View::from(shown.key),
        }
    }
}
