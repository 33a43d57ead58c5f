use crate::Products;
use axum::extract::State;
use contracts::catalog::moderation::{ModerationFilter, ModerationItem, ModerationKind};
use httpkit::{Admin, Json, PageQuery, Problem, ProblemDocument, Query, perm};
use kernel::{Cursor, Page, TenantId};
use serde::Deserialize;

/// Which of what waits; all of it where nothing is named.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// Of this shop alone.
    #[serde(default)]
    shop: Option<TenantId>,
    /// `new` products that buyers have never seen, or a `change` of what they know.
    #[serde(default)]
    #[param(inline)]
    kind: Option<ModerationKind>,
    /// What has waited for so many hours, or longer.
    #[serde(default)]
    #[param(minimum = 0, maximum = 65535, example = 24)]
    waited_hours: Option<u16>,
    /// Where to read on: `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Products and changes that wait before buyers see them, the oldest first, with what differs.
#[utoipa::path(
    get,
    path = "/v1/admin/moderation",
    operation_id = "list_moderation",
    tag = "catalog",
    params(Params),
    responses(
        (status = 200, description = "A page", body = Page<ModerationItem>),
        (status = 400, description = "`parameter_invalid`, `cursor_invalid`, `limit_out_of_range`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    admin: Admin<perm::ModerateCatalog>,
    Query(params): Query<Params>,
) -> Result<Json<Page<ModerationItem>>, Problem> {
    let filter = ModerationFilter {
        shop: params.shop,
        kind: params.kind,
        waited_hours: params.waited_hours,
    };
    let page = PageQuery {
        after: params.after,
        limit: params.limit,
    };
    let limit = page.limit().map_err(Problem)?;
    let page = products
        .moderation_queue(&admin.ctx, filter, page.after.as_ref(), limit)
        .await?;
    Ok(Json(page))
}
