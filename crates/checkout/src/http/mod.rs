//! The endpoints, one file each.

mod cancel_order;
mod cancel_sale;
mod cancel_sale_units;
mod cancel_sub_order;
mod cancel_units;
mod capture_time;
mod change_address;
mod close_return;
mod compensate_payment;
mod exchange_return;
mod get_payment;
mod hear_webhook;
mod list_order_refunds;
mod list_own_refunds;
mod list_payments;
mod list_refunds;
mod list_refused_refunds;
mod list_sale_refunds;
mod list_uncaptured_payments;
mod pay_order;
mod place_order;
mod quote;
mod receive_return;
mod refund_order;
mod refund_return;
mod refund_sale;
mod resume_payment;
mod retry_capture;
mod retry_payment;
mod retry_refund;
mod skip_payment_step;
mod skip_refund;
mod terms;
mod units;
mod wish;
mod withdraw_return;

use crate::Checkouts;
use axum::Extension;
use contracts::cart::CartOwner;
use contracts::checkout::{OrderRefund, PayOutcome};
use contracts::orders::Order;
use contracts::payments::PaymentStatus;
use httpkit::{RequestInfo, Shopper, text};
use kernel::{Ctx, Fault};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes(checkouts: Checkouts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(quote::handler))
        .routes(routes!(place_order::handler))
        .routes(routes!(pay_order::handler))
        .routes(routes!(resume_payment::handler))
        .routes(routes!(change_address::handler))
        .routes(routes!(cancel_order::handler))
        .routes(routes!(cancel_sub_order::handler))
        .routes(routes!(cancel_sale::handler))
        .routes(routes!(cancel_units::handler))
        .routes(routes!(cancel_sale_units::handler))
        .routes(routes!(refund_sale::handler, list_sale_refunds::handler))
        .routes(routes!(list_own_refunds::handler))
        .routes(routes!(refund_order::handler, list_order_refunds::handler))
        .routes(routes!(retry_refund::handler))
        .routes(routes!(withdraw_return::handler))
        .routes(routes!(receive_return::handler))
        .routes(routes!(refund_return::handler))
        .routes(routes!(exchange_return::handler))
        .routes(routes!(close_return::handler))
        .routes(routes!(list_refused_refunds::handler))
        .routes(routes!(hear_webhook::handler))
        .routes(routes!(list_payments::handler))
        .routes(routes!(get_payment::handler))
        .routes(routes!(retry_payment::handler))
        .routes(routes!(skip_payment_step::handler))
        .routes(routes!(list_refunds::handler))
        .routes(routes!(skip_refund::handler))
        .routes(routes!(compensate_payment::handler))
        .routes(routes!(capture_time::show, capture_time::set))
        .routes(routes!(list_uncaptured_payments::handler))
        .routes(routes!(retry_capture::handler))
        .with_state(checkouts)
}

/// Characters of what a person notes with what they do.
const NOTE_CHARS_MAX: usize = 500;

/// Why somebody steps in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByHand {
    /// Kept in the payment's timeline.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

impl ByHand {
    fn note(&self) -> Result<String, Fault> {
        text::line("/note", &self.note, NOTE_CHARS_MAX)
    }
}

/// How a payment stands.
#[derive(Serialize, ToSchema)]
#[schema(as = PaymentOutcome)]
pub(crate) struct Outcome {
    status: PaymentStatus,
    /// Why it was declined, in words a buyer understands. The order and its stock are still held: pay again.
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_reason: Option<String>,
    /// Where the buyer confirms with their bank, for status `requires_action`.
    #[serde(skip_serializing_if = "Option::is_none")]
    action_url: Option<String>,
    order: Order,
}

impl From<PayOutcome> for Outcome {
    fn from(outcome: PayOutcome) -> Self {
        Self {
            status: outcome.status,
            decline_reason: outcome.decline_reason,
            action_url: outcome.action_url,
            order: outcome.order,
        }
    }
}

/// Money that went back, or is on its way.
#[derive(Serialize, ToSchema)]
#[schema(as = OrderRefunds)]
pub(crate) struct Refunds {
    /// Oldest first.
    items: Vec<OrderRefund>,
}

/// The caller's address, by which guesses are counted.
fn client(info: Option<Extension<RequestInfo>>) -> String {
    info.map_or_else(String::new, |info| info.client.to_string())
}

/// The caller as the owner of `what`; somebody without a token and without a cart owns nothing.
fn owner(shopper: Shopper, what: &str) -> Result<(Ctx, CartOwner), Fault> {
    let owner = shopper.owner.ok_or_else(|| Fault::not_found(what))?;
    Ok((shopper.ctx, owner))
}
