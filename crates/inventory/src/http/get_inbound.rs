use super::Api;
use super::inbound::Inbound;
use axum::extract::State;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::InboundId;

/// Shows a transfer or a purchase order.
#[utoipa::path(
    get,
    path = "/v1/seller/inbound/{id}",
    tag = "inventory",
    operation_id = "get_inbound",
    params(("id" = InboundId, Path, description = "The transfer or purchase order")),
    responses(
        (status = 200, description = "As it stands", body = Inbound),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`inbound_unknown`, `not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::ReadStock>,
    Path(id): Path<InboundId>,
) -> Result<Json<Inbound>, Problem> {
    let inbound = api.stock.inbound(seller.tenant, id).await?;
    Ok(Json(inbound.into()))
}
