//! The audit trail over HTTP.

use crate::app::Trail;
use axum::extract::State;
use contracts::audit::{AuditEntry, AuditFilter};
use httpkit::{Admin, Json, PageQuery, Problem, ProblemDocument, Query, moment, perm};
use kernel::{Cursor, DateTime, Page, TenantId, UserId};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The trail, for administrators.
pub fn routes(trail: Trail) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).with_state(trail)
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Only what this person did.
    #[serde(default)]
    who: Option<UserId>,
    /// Only what concerns this shop.
    #[serde(default)]
    tenant: Option<TenantId>,
    /// Only changes of this kind.
    #[serde(default)]
    #[param(example = "shop.status")]
    kind: Option<String>,
    /// Only changes of what has this id.
    #[serde(default)]
    about: Option<String>,
    /// From this moment on.
    #[serde(default)]
    from: Option<DateTime>,
    /// Before this moment.
    #[serde(default)]
    to: Option<DateTime>,
    /// Where to read on: `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Lists what the marketplace's staff and sellers changed, the latest first. What happened some moments ago may still be on
/// its way.
#[utoipa::path(
    get, path = "/v1/admin/audit", tag = "audit", operation_id = "list_audit_entries",
    params(Params),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of it", body = Page<AuditEntry>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(trail): State<Trail>,
    _: Admin<perm::ManageSystem>,
    Query(asked): Query<Params>,
) -> Result<Json<Page<AuditEntry>>, Problem> {
    let page = PageQuery {
        after: asked.after,
        limit: asked.limit,
    };
    let filter = AuditFilter {
        who: asked.who,
        tenant: asked.tenant,
        kind: asked.kind,
        about: asked.about,
        from: asked.from.map(|at| moment("from", at)).transpose()?,
        to: asked.to.map(|at| moment("to", at)).transpose()?,
    };
    let limit = page.limit()?;
    Ok(Json(trail.entries(&filter, page.after.as_ref(), limit).await?))
}
