use crate::Orders;
use axum::extract::State;
use contracts::orders::OrderPapers as _;
use httpkit::{LanguageQuery, Path, Pdf, Problem, ProblemDocument, Query, Seller, perm};
use kernel::SubOrderId;

/// Reads the packing slip of a sub-order of the shop's, as PDF: what goes into the parcel beside the goods, without prices.
#[utoipa::path(
    get,
    path = "/v1/seller/orders/{id}/packing-slip.pdf",
    tag = "orders",
    operation_id = "get_packing_slip",
    params(("id" = SubOrderId, Path, description = "The sub-order"), LanguageQuery),
    responses(
        (status = 200, description = "The packing slip", body = Vec<u8>, content_type = "application/pdf"),
        (status = 400, description = "`parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`document_not_due`, with `from`: it is not paid, or cancelled", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    seller: Seller<perm::ReadSales>,
    Path(id): Path<SubOrderId>,
    Query(query): Query<LanguageQuery>,
) -> Result<Pdf, Problem> {
    let slip = orders.packing_slip(&seller.ctx, seller.tenant, id, query.lang);
    Ok(Pdf(slip.await?))
}
