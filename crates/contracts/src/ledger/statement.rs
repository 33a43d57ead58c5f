use kernel::{Cursor, DateTime, Money};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One movement of what a shop is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Movement {
    /// The ledger's entry.
    pub entry: Uuid,
    pub at: DateTime,
    /// Such as `sale`, `refund`, `payout`, `hold`, `listing_fee`, `promoted_fee`; for a reversal, of what it reverses.
    pub kind: String,
    /// Whether it undoes an earlier movement of this kind.
    pub reversal: bool,
    /// The order, payout, hold or product that it is about.
    pub reference: Uuid,
    /// What the buyer paid or got back, with what the marketplace pays for its discounts; below zero, what the shop pays.
    pub gross: Money,
    /// What the marketplace kept of it; negative when it was given back.
    pub commission: Money,
    /// Tax kept for the authorities, on the commission and, where the marketplace owes it, on what was sold; negative when it
    /// was given back.
    pub tax: Money,
    /// What the shop is owed more, or less, by it: gross less commission and tax.
    pub net: Money,
    /// What the shop was owed after it.
    pub balance: Money,
}

/// A shop's account in one currency over some days. What it comes to is of all of them, whichever page of its movements this is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Statement {
    pub opening: Money,
    pub commission: Money,
    pub tax: Money,
    /// What went to the shop's bank, less what came back.
    pub payouts: Money,
    pub closing: Money,
    /// Oldest first.
    pub movements: Vec<Movement>,
    /// Pass as `after` to read on; absent where these are the last movements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}
