use super::terms::Terms;
use super::units::at_most;
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{AfterReceipt, Checkout, Receipt, ReceiptLine, ReturnTerms};
use contracts::orders::SubOrder;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{Fault, ReturnId, SubOrderId};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReceiveReturnRequest)]
pub(super) struct Request {
    /// What came, each line once; units of the return that are in none have not come.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<ReceiptLine>,
    #[serde(default)]
    then: Then,
    /// How the money goes back, where it does; to say something here takes the right to give money back.
    #[serde(default)]
    refund: Option<Terms>,
}

/// What follows when the goods of a return are there.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AfterReceipt)]
enum Then {
    /// The money goes back, unless it did before.
    #[default]
    Refund,
    /// The same goods are sent again: see `ship_seller_order` and its `exchange`.
    Exchange,
    /// The shop decides later.
    Nothing,
}

impl Request {
    fn checked(self) -> Result<Receipt, Fault> {
        at_most(self.lines.len())?;
        let then = match (self.then, self.refund) {
            (Then::Refund, terms) => AfterReceipt::Refund(terms.unwrap_or_default().into()),
            (_, Some(_)) => {
                let detail = "Leave this out where no money goes back.";
                return Err(Fault::field("field_invalid", "/refund", detail));
            }
            (Then::Exchange, None) => AfterReceipt::Exchange,
            (Then::Nothing, None) => AfterReceipt::Nothing,
        };
        Ok(Receipt {
            lines: self.lines,
            then,
        })
    }
}

/// Says that goods of a return came back to the shop, and what became of each unit: back in stock, or written off. What was
/// paid for them goes back, unless something else is to follow. Said twice alike, they came once.
#[utoipa::path(
    post,
    path = "/v1/seller/orders/{id}/returns/{return}/receive",
    tag = "checkout",
    operation_id = "receive_return",
    params(
        ("id" = SubOrderId, Path, description = "The sub-order"),
        ("return" = ReturnId, Path, description = "The return"),
    ),
    request_body = Request,
    responses(
        (status = 200, description = "Received; the money is on its way back or is being asked for, or the same goods are taken from stock", body = SubOrder),
        (status = 400, description = "`json_malformed`, `field_invalid`, `units_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`; `units_too_many`, with `line`, `wanted` and `left`; `exchange_out_of_stock`, with `shortages`: give the money back instead; `refund_too_large`, `refunds_too_many`; `capture_under_way`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`deduction_invalid`, with `goods`; `currency_differs`, `refund_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    seller: Seller<perm::FulfilSales>,
    Path((id, of)): Path<(SubOrderId, ReturnId)>,
    Json(request): Json<Request>,
) -> Result<Json<SubOrder>, Problem> {
    let receipt = request.checked()?;
    // Whoever agreed to the return agreed to give back what was paid for its goods, neither less nor more.
    if matches!(&receipt.then, AfterReceipt::Refund(terms) if *terms != ReturnTerms::default()) {
        seller.permit::<perm::RefundSales>()?;
    }
    let received = checkouts.receive_return(&seller.ctx, seller.tenant, id, of, receipt);
    Ok(Json(received.await?))
}
