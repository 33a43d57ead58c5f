//! How much money somebody wants to give back.

use contracts::checkout::{RefundTo, RefundUnits, RefundWish};
use httpkit::text;
use kernel::limits::{AMOUNT_MINOR_MAX, CART_LINES_MAX};
use kernel::{Fault, Money};
use serde::Deserialize;
use utoipa::ToSchema;

/// Characters of a reason: what the narrowest payment provider passes on.
const REASON_CHARS_MAX: usize = 255;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RefundRequest)]
pub(super) struct Wish {
    /// Units to give back what was paid for. Either these, or an amount.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub(super) lines: Vec<RefundUnits>,
    /// Whether what was paid for the delivery, and is left of it, is given back too.
    #[serde(default)]
    pub(super) delivery: bool,
    /// In the currency of the order, above zero.
    #[serde(default)]
    pub(super) amount: Option<Money>,
    /// Why: the buyer reads it.
    #[schema(min_length = 1, max_length = 255, example = "The glaze was cracked.")]
    pub(super) reason: String,
    /// `store_credit` where the buyer wants it there; by default it goes back where it came from.
    #[serde(default)]
    pub(super) to: RefundTo,
}

impl Wish {
    /// The wish and its reason, if it is clear how much is meant.
    pub fn checked(self) -> Result<(RefundWish, String), Fault> {
        let reason = text::line("/reason", &self.reason, REASON_CHARS_MAX)?;
        let wish = match (self.amount, self.lines.is_empty() && !self.delivery) {
            (Some(amount), true) if (1..=AMOUNT_MINOR_MAX).contains(&amount.amount) => {
                RefundWish::Amount(amount)
            }
            (Some(_), true) => {
                return Err(Fault::field(
                    "field_invalid",
                    "/amount/amount",
                    format!("The amount must be 1 to {AMOUNT_MINOR_MAX} minor units."),
                ));
            }
            (None, false) => self.of_lines()?,
            (Some(_), false) | (None, true) => {
                return Err(Fault::field(
                    "refund_unclear",
                    "/lines",
                    "Name the lines with their units, or the delivery, or both; or give an amount instead.",
                ));
            }
        };
        Ok((wish, reason))
    }

    fn of_lines(self) -> Result<RefundWish, Fault> {
        if self.lines.len() > CART_LINES_MAX {
            return Err(Fault::field(
                "field_invalid",
                "/lines",
                format!("At most {CART_LINES_MAX} lines; an order has no more."),
            ));
        }
        if let Some(index) = self.lines.iter().position(|line| line.quantity == 0) {
            return Err(Fault::field(
                "field_invalid",
                format!("/lines/{index}/quantity"),
                "Give at least one unit.",
            ));
        }
        Ok(RefundWish::Lines {
            lines: self.lines,
            delivery: self.delivery,
        })
    }
}
