//! Who is owed what.

use crate::service::{public_event, service};
use kernel::{DateTime, Money, PayoutId, TenantId};
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

public_event! {
    /// The provider has paid a shop.
    "ledger.payout_paid" PayoutPaid { payout: PayoutId, tenant: TenantId, amount: Money } key payout, tenant |e| Some(e.tenant)
}
public_event! {
    /// The provider would not pay: the money is owed to the shop again.
    "ledger.payout_failed" PayoutFailed { payout: PayoutId, tenant: TenantId, amount: Money, reason: String } key payout, tenant |e| Some(e.tenant)
}
public_event! {
    /// The shop's bank sent a payout back: the money is owed to the shop again.
    "ledger.payout_returned" PayoutReturned { payout: PayoutId, tenant: TenantId, amount: Money, reason: String } key payout, tenant |e| Some(e.tenant)
}
