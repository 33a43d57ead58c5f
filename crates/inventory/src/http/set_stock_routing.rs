use super::Api;
use crate::domain::Rule;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetStockRoutingRequest)]
pub(super) struct Request {
    #[schema(inline)]
    rule: Rule,
}

/// Says by which rule orders are sent from the shop's warehouses. It holds for orders placed from now on.
#[utoipa::path(
    put,
    path = "/v1/seller/stock-routing",
    tag = "inventory",
    operation_id = "set_stock_routing",
    request_body = Request,
    responses(
        (status = 204, description = "It holds"),
        (status = 400, description = "`field_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::EditStock>,
    Json(request): Json<Request>,
) -> Result<StatusCode, Problem> {
    api.stock.set_rule(seller.tenant, request.rule).await?;
    Ok(StatusCode::NO_CONTENT)
}
