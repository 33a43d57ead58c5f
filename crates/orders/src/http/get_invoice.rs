use crate::Orders;
use axum::extract::State;
use contracts::orders::OrderPapers as _;
use httpkit::{CartToken, LanguageQuery, OrderReader, Path, Pdf, Problem, ProblemDocument, Query};
use kernel::{OrderId, SubOrderId};

/// Reads the invoice of one seller's part of an order of the caller's, as PDF. It is issued, under the shop's next number,
/// when somebody asks for it first, and stays the same from then on.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}/sub-orders/{sub_order}/invoice.pdf",
    tag = "orders",
    operation_id = "get_invoice",
    params(
        ("id" = OrderId, Path, description = "The order"),
        ("sub_order" = SubOrderId, Path, description = "The seller's part of it"),
        LanguageQuery,
        CartToken,
    ),
    responses(
        (status = 200, description = "The invoice", body = Vec<u8>, content_type = "application/pdf"),
        (status = 400, description = "`parameter_invalid`, `cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such order, or not yours", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`document_not_due`, with `from`: it is not paid, or cancelled", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    reader: OrderReader,
    Path((id, sub_order)): Path<(OrderId, SubOrderId)>,
    Query(query): Query<LanguageQuery>,
) -> Result<Pdf, Problem> {
    let OrderReader { ctx, owner } = reader;
    Ok(Pdf(orders
        .invoice(&ctx, owner, id, sub_order, query.lang)
        .await?))
}
