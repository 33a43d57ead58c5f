//! Payments over HTTP.

mod methods;

use crate::app::PaymentBook;
use utoipa_axum::{router::OpenApiRouter, routes};

/// All routes of payments. Paying itself belongs to the till: see checkout.
pub fn routes(payments: PaymentBook) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(methods::handler))
        .with_state(payments)
}
