use super::{Outcome, owner};
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{Checkout, Pay};
use httpkit::{CartToken, Json, Path, Problem, ProblemDocument, Shopper, text};
use kernel::{Fault, OrderId};
use serde::Deserialize;
use utoipa::ToSchema;

/// Characters of a provider's token for a means of payment.
const METHOD_CHARS_MAX: usize = 200;
/// Characters of a path that the bank sends the buyer back to.
const RETURN_PATH_CHARS_MAX: usize = 500;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PayOrderRequest)]
pub(super) struct Request {
    /// The provider's token for the means of payment, never a card number. Left out where the order costs nothing.
    #[serde(default)]
    #[schema(example = "tok_visa", max_length = 200)]
    method: String,
    /// Where the bank sends the buyer back to: a path of this site. The order's own when absent.
    #[serde(default)]
    #[schema(example = "/checkout/return", max_length = 500)]
    return_path: Option<String>,
}

/// Pays an order. Asked again, it tells how the payment stands; after a decline it begins another attempt. One order is
/// charged once, however often it is asked: the order itself is the key.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/pay",
    tag = "checkout",
    operation_id = "pay_order",
    params(("id" = OrderId, Path, description = "The order"), CartToken),
    request_body = Request,
    responses(
        (status = 200, description = "How the payment stands", body = Outcome),
        (status = 400, description = "`field_invalid`, `return_path_invalid`, `text_empty`, `text_too_long`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`: the order was cancelled, with `from` and `allowed`; `hold_ended`: too late to pay", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    shopper: Shopper,
    Path(order): Path<OrderId>,
    Json(request): Json<Request>,
) -> Result<Json<Outcome>, Problem> {
    let (ctx, owner) = owner(shopper, "order")?;
    let method = text::optional_line("/method", &request.method, METHOD_CHARS_MAX)?;
    let return_path = match request.return_path {
        Some(path) => path_of_ours(&path)?,
        None => format!("/orders/{order}"),
    };
    let outcome = checkouts
        .pay(
            &ctx,
            Pay {
                owner,
                order,
                method,
                return_path,
            },
        )
        .await?;
    Ok(Json(Outcome::from(outcome)))
}

/// A path, and not the address of another site: `//host` and `/\host` are such.
fn path_of_ours(path: &str) -> Result<String, Fault> {
    let path = text::line("/return_path", path, RETURN_PATH_CHARS_MAX)?;
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    ours.then_some(path).ok_or_else(|| {
        Fault::field(
            "return_path_invalid",
            "/return_path",
            "This must be a path of this site, such as /checkout/return.",
        )
    })
}
