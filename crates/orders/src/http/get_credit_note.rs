use crate::Orders;
use axum::extract::State;
use contracts::orders::OrderPapers as _;
use httpkit::{CartToken, LanguageQuery, OrderReader, Path, Pdf, Problem, ProblemDocument, Query};
use kernel::{OrderId, RefundId};

/// Reads the credit note of money that was given back for an order of the caller's, as PDF. It has its number since then, and
/// stays the same.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}/refunds/{refund}/credit-note.pdf",
    tag = "orders",
    operation_id = "get_credit_note",
    params(
        ("id" = OrderId, Path, description = "The order"),
        ("refund" = RefundId, Path, description = "As `list_credit_notes` names it"),
        LanguageQuery,
        CartToken,
    ),
    responses(
        (status = 200, description = "The credit note", body = Vec<u8>, content_type = "application/pdf"),
        (status = 400, description = "`parameter_invalid`, `cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such order, not yours, or no such refund that is through", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    reader: OrderReader,
    Path((id, refund)): Path<(OrderId, RefundId)>,
    Query(query): Query<LanguageQuery>,
) -> Result<Pdf, Problem> {
    let OrderReader { ctx, owner } = reader;
    let note = orders.credit_note(&ctx, owner, id, refund, query.lang);
    Ok(Pdf(note.await?))
}
