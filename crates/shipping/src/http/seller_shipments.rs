use super::Items;
use crate::Shipments;
use axum::extract::State;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::SubOrderId;

/// Lists the parcels of a sub-order of the shop's that labels were asked for, with their way.
#[utoipa::path(
    get,
    path = "/v1/seller/orders/{id}/shipments",
    tag = "shipping",
    operation_id = "list_seller_shipments",
    params(("id" = SubOrderId, Path, description = "The sub-order")),
    responses(
        (status = 200, description = "Its shipments", body = Items),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(shipments): State<Shipments>,
    seller: Seller<perm::ReadSales>,
    Path(id): Path<SubOrderId>,
) -> Result<Json<Items>, Problem> {
    // Whose it is says orders; what a shop has not cannot be told from what there is not.
    shipments
        .orders()
        .sub_order(&seller.ctx, seller.tenant, id)
        .await?;
    let items = shipments.of_sub_order(seller.tenant, id).await?;
    Ok(Json(Items { items }))
}
