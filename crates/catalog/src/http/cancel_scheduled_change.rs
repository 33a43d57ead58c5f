use crate::Products;
use axum::extract::State;
use contracts::catalog::schedule::ScheduledChange;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{ProductId, ScheduledChangeId};

/// Takes a change back whose time has not come. Asked twice, it is done once.
#[utoipa::path(
    post,
    path = "/v1/seller/products/{id}/scheduled-changes/{change}/cancel",
    operation_id = "cancel_scheduled_change",
    tag = "catalog",
    params(("id" = ProductId, Path), ("change" = ScheduledChangeId, Path)),
    responses(
        (status = 200, description = "Cancelled", body = ScheduledChange),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`schedule_over`: its time has come already", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Path((id, change)): Path<(ProductId, ScheduledChangeId)>,
) -> Result<Json<ScheduledChange>, Problem> {
    let scheduled = products
        .cancel_scheduled(&seller.ctx, seller.tenant, id, change)
        .await?;
    Ok(Json(scheduled))
}
