use super::Api;
use super::inbound::Inbound;
use axum::extract::State;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::InboundId;

/// Ends a transfer or a purchase whose rest will not come: its missing units are told, and no longer incoming. Closing it
/// twice is closing it once.
#[utoipa::path(
    post,
    path = "/v1/seller/inbound/{id}/close",
    tag = "inventory",
    operation_id = "close_inbound",
    params(("id" = InboundId, Path, description = "The transfer or purchase order")),
    responses(
        (status = 200, description = "Closed", body = Inbound),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`inbound_unknown`, `not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`inbound_ended`: it was received in full", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::EditStock>,
    Path(id): Path<InboundId>,
) -> Result<Json<Inbound>, Problem> {
    let inbound = api.stock.close_inbound(&seller.ctx, seller.tenant, id).await?;
    Ok(Json(inbound.into()))
}
