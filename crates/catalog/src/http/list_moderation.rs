use crate::Products;
use axum::extract::State;
use contracts::catalog::moderation::ModerationItem;
use httpkit::{Admin, Json, PageQuery, Problem, ProblemDocument, Query, perm};
use kernel::Page;

/// Products and changes that wait before buyers see them, the oldest first, with what differs.
#[utoipa::path(
    get,
    path = "/v1/admin/moderation",
    operation_id = "list_moderation",
    tag = "catalog",
    params(PageQuery),
    responses(
        (status = 200, description = "A page", body = Page<ModerationItem>),
        (status = 400, description = "`cursor_invalid`, `limit_out_of_range`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    admin: Admin<perm::ModerateCatalog>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ModerationItem>>, Problem> {
    let limit = page.limit().map_err(Problem)?;
    let page = products
        .moderation_queue(&admin.ctx, page.after.as_ref(), limit)
        .await?;
    Ok(Json(page))
}
