//! The ledger as other contexts know it.

mod purses;
mod settlement;

use crate::app::Ledger;
use crate::error::Error;
use crate::store::BalanceRow;
use contracts::Reply;
use contracts::ledger::{self as api, AccountBalance};
use kernel::{Ctx, Currency, DateTime, Fault, Money, TenantId};

fn balance(row: BalanceRow) -> Result<AccountBalance, Fault> {
    let currency: Currency = row.currency.parse().map_err(|_| Fault::internal())?;
    Ok(AccountBalance {
        account: row.account,
        balance: Money::new(row.balance, currency),
    })
}

impl api::Ledger for Ledger {
    fn payable<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, Vec<Money>> {
        Box::pin(async move {
            let rows = self
                .shop_balances(tenant)
                .await
                .map_err(|e: Error| Fault::from(e))?;
            rows.into_iter()
                .filter(|row| row.account == crate::Account::SellerPayable.name())
                // A liability is a credit, which the ledger keeps as a negative number.
                .map(|row| balance(row).map(|b| Money::new(-b.balance.amount, b.balance.currency)))
                .collect()
        })
    }

    fn trial_balance<'a>(&'a self, _ctx: &'a Ctx, at: DateTime) -> Reply<'a, Vec<AccountBalance>> {
        Box::pin(async move {
            let rows = Ledger::trial_balance(self, at)
                .await
                .map_err(|e: Error| Fault::from(e))?;
            rows.into_iter().map(balance).collect()
        })
    }
}
