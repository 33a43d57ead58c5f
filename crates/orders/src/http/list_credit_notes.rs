use crate::Orders;
use axum::extract::State;
use contracts::orders::{CreditNote, Orders as _};
use httpkit::{CartToken, Json, OrderReader, Path, Problem, ProblemDocument};
use kernel::OrderId;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = CreditNotes)]
pub(super) struct Response {
    /// Oldest first.
    pub(super) items: Vec<CreditNote>,
}

/// Lists the credit notes of an order of the caller's: one for each refund, numbered by its shop.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}/credit-notes",
    tag = "orders",
    operation_id = "list_credit_notes",
    params(("id" = OrderId, Path, description = "The order"), CartToken),
    responses(
        (status = 200, description = "Its credit notes", body = Response),
        (status = 400, description = "`cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    reader: OrderReader,
    Path(id): Path<OrderId>,
) -> Result<Json<Response>, Problem> {
    let OrderReader { ctx, owner } = reader;
    let items = orders.credit_notes(&ctx, owner, id).await?;
    Ok(Json(Response { items }))
}
