//! Who is owed what.

use crate::service::service;
use kernel::{DateTime, Money, TenantId};
use serde::{Deserialize, Serialize};

/// What stands on one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountBalance {
    /// Such as `seller_payable`.
    pub account: String,
    /// Debit positive, credit negative. Over all accounts they sum to zero in each currency.
    pub balance: Money,
}

service! {
    /// The ledger's answers.
    Ledger as "ledger", remote RemoteLedger, served ServedLedger {
        /// What the marketplace owes a shop, one amount per currency it sold in.
        fn payable(tenant: TenantId) -> Vec<Money>;
        /// Every account's balance at a moment.
        fn trial_balance(at: DateTime) -> Vec<AccountBalance>;
    }
}
