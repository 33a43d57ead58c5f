//! How money goes back for a return.

use contracts::checkout::ReturnTerms;
use contracts::orders::Deduction;
use serde::Deserialize;
use utoipa::ToSchema;

/// What was paid for the units and is not given back yet goes back.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReturnTerms)]
pub(super) struct Terms {
    /// Whether what was paid for the delivery, and is left of it, goes back too.
    #[serde(default)]
    delivery: bool,
    /// What the shop keeps of it, in the currency of the order.
    #[serde(default)]
    deduction: Option<Deduction>,
}

impl From<Terms> for ReturnTerms {
    fn from(terms: Terms) -> Self {
        Self {
            delivery: terms.delivery,
            deduction: terms.deduction,
        }
    }
}
