use crate::Orders;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::IntoResponse;
use contracts::orders::{AsOf, Order, Orders as _};
use httpkit::{CartToken, Json, OrderReader, Path, Problem, ProblemDocument, Query, etag, moment};
use kernel::{DateTime, Fault, OrderId};
use serde::Deserialize;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// As it stood at this version.
    #[param(minimum = 1)]
    version: Option<i64>,
    /// As it stood at this time.
    at: Option<DateTime>,
}

/// Reads an order of the caller's, as it is or as it was.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}",
    tag = "orders",
    operation_id = "get_order",
    params(("id" = OrderId, Path, description = "The order"), Parameters, CartToken),
    responses(
        (status = 200, description = "The order", body = Order, headers(("ETag" = String, description = "Its version"))),
        (status = 400, description = "`parameter_invalid`, `cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such order, not yours, or not yet placed then", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    reader: OrderReader,
    Path(id): Path<OrderId>,
    Query(parameters): Query<Parameters>,
) -> Result<impl IntoResponse, Problem> {
    let OrderReader { ctx, owner } = reader;
    if parameters.version.is_some_and(|version| version < 1) {
        let detail = "`version` must be 1 or more.";
        return Err(Problem(Fault::field("parameter_invalid", "version", detail)));
    }
    let as_of = AsOf {
        version: parameters.version,
        at: parameters.at.map(|at| moment("at", at)).transpose()?,
    };
    let order = orders.order(&ctx, owner, id, as_of).await?;
    Ok(([(ETAG, etag(order.version))], Json(order)))
}
