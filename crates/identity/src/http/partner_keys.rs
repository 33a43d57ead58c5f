use crate::Accounts;
use crate::app::{NewPartnerKey, OVERLAP_HOURS_MAX, Shown};
use crate::store::partner_key::PartnerKey;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::identity::PartnerScope;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, moment, perm};
use kernel::{DateTime, Fault, PartnerKeyId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key of a partner's program.
#[derive(Serialize, ToSchema)]
#[schema(as = PartnerKey)]
pub struct View {
    id: PartnerKeyId,
    /// Its first characters, to tell it from others.
    prefix: String,
    name: String,
    carrier: String,
    scopes: Vec<PartnerScope>,
    created_at: DateTime,
    expires_at: DateTime,
    /// To the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<DateTime>,
    /// The key that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<PartnerKeyId>,
}

/// A new key, with its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = NewPartnerKey)]
pub struct Secret {
    /// To be sent as `Authorization: Bearer <secret>`. It is shown this once.
    secret: String,
    key: View,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PartnerKeys)]
pub struct Keys {
    /// The newest first, at most 200.
    items: Vec<View>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MakePartnerKeyRequest)]
pub struct Make {
    /// For operators to know it by.
    #[schema(example = "Correos, production", min_length = 1, max_length = 80)]
    name: String,
    /// The carrier whose shipments it opens, as in the address of its webhook: lower-case letters, digits and hyphens.
    #[schema(example = "sandbox", min_length = 1, max_length = 40)]
    carrier: String,
    #[schema(min_items = 1)]
    scopes: Vec<PartnerScope>,
    /// A year from now where it is absent, two years at most.
    #[serde(default)]
    expires_at: Option<DateTime>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RotatePartnerKeyRequest)]
pub struct Rotate {
    /// For how long the old key goes on, so that nobody has to change both sides at one moment.
    #[serde(default = "a_day")]
    #[schema(maximum = 168, default = 24)]
    overlap_hours: u16,
}

fn a_day() -> u16 {
    24
}

/// Lists the keys of partners' programs, those that are over included.
#[utoipa::path(
    get, path = "/v1/admin/partner-keys", tag = "identity", operation_id = "list_partner_keys",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Keys),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(accounts): State<Accounts>,
    _admin: Admin<perm::ManagePartners>,
) -> Result<Json<Keys>, Problem> {
    let keys = accounts.partner_keys().await?;
    let items = keys.into_iter().map(View::from).collect();
    Ok(Json(Keys { items }))
}

/// Makes a key for a partner's program. Its secret is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/v1/admin/partner-keys", tag = "identity", operation_id = "make_partner_key",
    request_body = Make, security(("bearer" = [])),
    responses(
        (status = 201, body = Secret),
        (status = 400, body = ProblemDocument, description = "`field_invalid`, `text_empty`, `text_too_long`, `text_control`, `carrier_invalid`, `scopes_missing`, `expiry_invalid`, `parameter_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
    )
)]
pub async fn make(
    State(accounts): State<Accounts>,
    admin: Admin<perm::ManagePartners>,
    Json(request): Json<Make>,
) -> Result<(StatusCode, Json<Secret>), Problem> {
    let new = NewPartnerKey {
        name: request.name,
        carrier: request.carrier,
        scopes: request.scopes,
        expires_at: request
            .expires_at
            .map(|at| moment("/expires_at", at))
            .transpose()?,
    };
    let shown = accounts.make_partner_key(&admin.ctx, admin.user, new).await?;
    Ok((StatusCode::CREATED, Json(Secret::from(shown))))
}

/// Makes a key in the place of another, with the same name, carrier and scopes. The old one goes on for some hours.
#[utoipa::path(
    post, path = "/v1/admin/partner-keys/{id}/rotate", tag = "identity", operation_id = "rotate_partner_key",
    params(("id" = PartnerKeyId, Path, description = "The key to be replaced")),
    request_body = Rotate, security(("bearer" = [])),
    responses(
        (status = 201, body = Secret),
        (status = 400, body = ProblemDocument, description = "`field_invalid`, `overlap_too_long`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`partner_key_over`: it expired, was revoked or was replaced before", content_type = "application/problem+json"),
    )
)]
pub async fn rotate(
    State(accounts): State<Accounts>,
    admin: Admin<perm::ManagePartners>,
    Path(id): Path<PartnerKeyId>,
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
        .rotate_partner_key(&admin.ctx, admin.user, id, request.overlap_hours)
        .await?;
    Ok((StatusCode::CREATED, Json(Secret::from(shown))))
}

/// Ends a key: it opens nothing any more, within seconds.
#[utoipa::path(
    post, path = "/v1/admin/partner-keys/{id}/revoke", tag = "identity", operation_id = "revoke_partner_key",
    params(("id" = PartnerKeyId, Path, description = "The key")), security(("bearer" = [])),
    responses(
        (status = 200, body = View),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
    )
)]
pub async fn revoke(
    State(accounts): State<Accounts>,
    admin: Admin<perm::ManagePartners>,
    Path(id): Path<PartnerKeyId>,
) -> Result<Json<View>, Problem> {
    let key = accounts.revoke_partner_key(&admin.ctx, admin.user, id).await?;
    Ok(Json(View::from(key)))
}

impl From<PartnerKey> for View {
    fn from(key: PartnerKey) -> Self {
        Self {
            id: key.id,
            prefix: key.prefix,
            name: key.name,
            carrier: key.carrier,
            scopes: key.scopes,
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
            replaced_by: key.replaced_by,
        }
    }
}

impl From<Shown> for Secret {
    fn from(shown: Shown) -> Self {
        Self {
            secret: shown.secret,
            key: View::from(shown.key),
        }
    }
}
