use crate::error::Error;
use crate::store::{self, BalanceRow};
use ::store::{Db, Scope};
use kernel::{TenantId, Timestamp};

/// The ledger's questions. Its answers to "who is owed what" come from postings alone.
#[derive(Clone)]
pub struct Ledger {
    db: Db,
}

impl Ledger {
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    /// Every account's balance at a time, in minor units, debit positive.
    pub async fn trial_balance(&self, at: Timestamp) -> Result<Vec<BalanceRow>, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let rows = store::trial_balance(&mut tx, at).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// A shop's accounts now.
    pub async fn shop_balances(&self, tenant: TenantId) -> Result<Vec<BalanceRow>, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let rows = store::shop_balances(&mut tx, tenant.0).await?;
        tx.commit().await?;
        Ok(rows)
    }
}
