//! What a shop is owed and cannot have yet.

use super::{Account, Entry, entry_id, moved};
use kernel::{HoldId, Money, MoneyError, TenantId, Timestamp};

/// Sets a shop's money aside. Reversing the entry releases it.
pub fn reserve(hold: HoldId, tenant: TenantId, at: Timestamp, amount: Money) -> Result<Entry, MoneyError> {
    let accounts = [
        (Account::SellerPayable, Some(tenant)),
        (Account::SellerReserve, Some(tenant)),
    ];
    moved(entry_id("hold", hold.0), "hold", hold.0, at, amount, accounts)
}

/// How a shop stands in one currency, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What it is owed and what is not reserved; negative when it owes.
    pub payable: i64,
    /// What of it waits for delivery.
    pub pending: i64,
    /// What lies in reserve.
    pub reserved: i64,
}

impl Standing {
    /// What could be paid out; negative when later sales must make up for it first.
    #[must_use]
    pub fn available(self) -> i64 {
        self.payable.saturating_sub(self.pending)
    }

    /// What is paid out when a period ends: everything available, if it reaches the minimum. A shortfall and what
    /// is too little are carried into the next period.
    #[must_use]
    pub fn due(self, minimum: i64) -> Option<i64> {
        let available = self.available();
        (available > 0 && available >= minimum).then_some(available)
    }
}
