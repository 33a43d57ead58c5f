use crate::Orders;
use axum::extract::State;
use contracts::orders::OrderPapers as _;
use httpkit::{LanguageQuery, Path, Pdf, Problem, ProblemDocument, Query, Seller, perm};
use kernel::{RefundId, SubOrderId};

/// Reads the credit note of money that was given back for a sub-order of the shop's, as PDF: what its buyer gets.
#[utoipa::path(
    get,
    path = "/v1/seller/orders/{id}/refunds/{refund}/credit-note.pdf",
    tag = "orders",
    operation_id = "get_seller_credit_note",
    params(
        ("id" = SubOrderId, Path, description = "The sub-order"),
        ("refund" = RefundId, Path, description = "As `list_seller_credit_notes` names it"),
        LanguageQuery,
    ),
    responses(
        (status = 200, description = "The credit note", body = Vec<u8>, content_type = "application/pdf"),
        (status = 400, description = "`parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    seller: Seller<perm::ReadSales>,
    Path((id, refund)): Path<(SubOrderId, RefundId)>,
    Query(query): Query<LanguageQuery>,
) -> Result<Pdf, Problem> {
    let note = orders.sale_credit_note(&seller.ctx, seller.tenant, id, refund, query.lang);
    Ok(Pdf(note.await?))
}
