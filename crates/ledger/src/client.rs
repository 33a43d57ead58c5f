//! The ledger as other contexts know it.

mod desk;
mod purses;
mod settlement;

use crate::app::Ledger;
use crate::domain::entry_id;
use crate::error::Error;
use crate::store::BalanceRow;
use crate::store::turnover::{self, EntryRow, TurnoverRow};
use ::store::Scope;
use contracts::Reply;
use contracts::ledger::{self as api, AccountBalance, Grain, LedgerEntry, LedgerPosting, Turnover};
use kernel::{Ctx, Currency, DateTime, Fault, Money, OrderId, TenantId};

fn balance(row: BalanceRow) -> Result<AccountBalance, Fault> {
    let currency: Currency = row.currency.parse().map_err(|_| Fault::internal())?;
    Ok(AccountBalance {
        account: row.account,
        balance: Money::new(row.balance, currency),
    })
}

fn moved(row: &TurnoverRow) -> Result<Turnover, Fault> {
    let currency: Currency = row.currency.parse().map_err(|_| Fault::internal())?;
    Ok(Turnover {
        day: row.day,
        sold: Money::new(row.sold, currency),
        refunded: Money::new(row.refunded, currency),
        commission: Money::new(row.commission, currency),
    })
}

fn entry(row: EntryRow) -> Result<LedgerEntry, Fault> {
    let posting = |(account, tenant, currency, amount): (String, Option<uuid::Uuid>, String, i64)| {
        let currency: Currency = currency.parse().map_err(|_| Fault::internal())?;
        Ok::<_, Fault>(LedgerPosting {
            account,
            tenant: tenant.map(TenantId),
            amount: Money::new(amount, currency),
        })
    };
    Ok(LedgerEntry {
        kind: row.kind,
        at: row.at,
        postings: row
            .postings
            .0
            .into_iter()
            .map(posting)
            .collect::<Result<_, _>>()?,
    })
}

impl api::Ledger for Ledger {
    fn trial_balance<'a>(&'a self, _ctx: &'a Ctx, at: DateTime) -> Reply<'a, Vec<AccountBalance>> {
        Box::pin(async move {
            let rows = Ledger::trial_balance(self, at)
                .await
                .map_err(|e: Error| Fault::from(e))?;
            rows.into_iter().map(balance).collect()
        })
    }

    fn turnover<'a>(
        &'a self,
        _ctx: &'a Ctx,
        from: DateTime,
        until: DateTime,
        by: Grain,
    ) -> Reply<'a, Vec<Turnover>> {
        Box::pin(async move {
            let read = async {
                let mut tx = self.db().begin(Scope::System).await?;
                let rows = turnover::turnover(&mut tx, [from, until], by).await?;
                tx.commit().await?;
                Ok::<_, Error>(rows)
            };
            read.await?.iter().map(moved).collect()
        })
    }

    fn entries_of<'a>(&'a self, _ctx: &'a Ctx, order: OrderId) -> Reply<'a, Vec<LedgerEntry>> {
        Box::pin(async move {
            let read = async {
                let mut tx = self.db().begin(Scope::System).await?;
                let rows = turnover::of_order(&mut tx, entry_id("sale", order.0).0, order.0).await?;
                tx.commit().await?;
                Ok::<_, Error>(rows)
            };
            read.await?.into_iter().map(entry).collect()
        })
    }
}
