use crate::Products;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::TenantId;
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PutShopTrustRequest)]
pub(super) struct Request {
    trusted: bool,
}

/// Says whether a shop is taken for new no more. What waits only because it was new is seen at once.
#[utoipa::path(
    put,
    path = "/v1/admin/moderation/shops/{id}",
    operation_id = "put_shop_trust",
    tag = "catalog",
    params(("id" = TenantId, Path)),
    request_body = Request,
    responses(
        (status = 204, description = "It is as asked"),
        (status = 400, description = "`field_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    admin: Admin<perm::ModerateCatalog>,
    Path(id): Path<TenantId>,
    Json(request): Json<Request>,
) -> Result<StatusCode, Problem> {
    products.trust_shop(&admin.ctx, id, request.trusted).await?;
    Ok(StatusCode::NO_CONTENT)
}
