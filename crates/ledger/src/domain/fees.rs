//! Entries that follow from a payment provider's settlement file.

use super::{Account, Entry, entry_id, moved};
use kernel::{Money, MoneyError, Timestamp};
use uuid::Uuid;

/// The provider kept a fee. `line` names the line of the provider's file that says so.
pub fn provider_fee(line: Uuid, at: Timestamp, fee: Money) -> Result<Entry, MoneyError> {
    let accounts = [(Account::ProviderFees, None), (Account::ProviderClearing, None)];
    moved(
        entry_id("provider_fee", line),
        "provider_fee",
        line,
        at,
        fee,
        accounts,
    )
}

/// The provider sent what it held to the marketplace's bank.
pub fn provider_transfer(line: Uuid, at: Timestamp, amount: Money) -> Result<Entry, MoneyError> {
    let accounts = [(Account::Bank, None), (Account::ProviderClearing, None)];
    moved(
        entry_id("provider_transfer", line),
        "provider_transfer",
        line,
        at,
        amount,
        accounts,
    )
}
