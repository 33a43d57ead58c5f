use super::Api;
use super::warehouse::Warehouse;
use crate::domain::Rule;
use axum::extract::State;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Warehouses)]
pub(super) struct Response {
    #[schema(inline)]
    rule: Rule,
    /// The default one first, then by priority; closed ones last.
    warehouses: Vec<Warehouse>,
}

/// Lists the shop's warehouses.
#[utoipa::path(
    get,
    path = "/v1/seller/warehouses",
    tag = "inventory",
    operation_id = "list_warehouses",
    responses(
        (status = 200, description = "All of them", body = Response),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::ReadStock>,
) -> Result<Json<Response>, Problem> {
    let all = api.stock.warehouses(seller.tenant).await?;
    let warehouses = all.warehouses.into_iter();
    Ok(Json(Response {
        rule: all.rule,
        warehouses: warehouses.map(|w| Warehouse::of(seller.tenant, w)).collect(),
    }))
}
