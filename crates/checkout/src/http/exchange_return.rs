use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::Checkout;
use contracts::orders::SubOrder;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{ReturnId, SubOrderId};

/// Takes the same goods from stock again, at no charge, for a return whose goods are there. They are sent as another parcel of
/// the sub-order, which names the return as its `exchange`.
#[utoipa::path(
    post,
    path = "/v1/seller/orders/{id}/returns/{return}/exchange",
    tag = "checkout",
    operation_id = "exchange_return",
    params(
        ("id" = SubOrderId, Path, description = "The sub-order"),
        ("return" = ReturnId, Path, description = "The return"),
    ),
    responses(
        (status = 200, description = "Taken from stock, to be sent", body = SubOrder),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`; `exchange_out_of_stock`, with `shortages`: give the money back instead", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    seller: Seller<perm::FulfilSales>,
    Path((id, of)): Path<(SubOrderId, ReturnId)>,
) -> Result<Json<SubOrder>, Problem> {
    let exchanged = checkouts.exchange_return(&seller.ctx, seller.tenant, id, of);
    Ok(Json(exchanged.await?))
}
