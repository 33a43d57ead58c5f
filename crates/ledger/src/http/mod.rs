//! The ledger over HTTP.

mod seller_balance;
mod trial_balance;

use crate::app::Ledger;
use utoipa_axum::{router::OpenApiRouter, routes};

/// All routes of the ledger.
pub fn routes(ledger: Ledger) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(trial_balance::handler))
        .routes(routes!(seller_balance::handler))
        .with_state(ledger)
}
