//! The port to whoever pays shops: a bank, or a payment provider's payouts.

use crate::domain::Said;
use ::store::Db;
use futures::future::BoxFuture;
use kernel::{Money, Timestamp};

/// Asks for money to be sent to a shop's bank account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The same key is the same transfer, however often it is asked for.
    pub key: String,
    pub amount: Money,
    /// The provider's token for the account.
    pub destination: String,
    pub at: Timestamp,
}

/// Pays shops. Every call is idempotent by the transfer's key.
pub trait PayoutProvider: Send + Sync + 'static {
    fn name(&self) -> &'static str;
    fn send(&self, transfer: Transfer) -> BoxFuture<'_, Said>;
    /// How a transfer stands; the only way to learn what became of an unanswered one, or that a bank sent it back.
    fn inquire(&self, key: String, destination: String, now: Timestamp) -> BoxFuture<'_, Said>;
}

/// The built-in bank: behaves as its tokens say, and remembers its transfers as a real one does.
///
/// | token | behaviour |
/// |---|---|
/// | `sandbox:bank` | pays at once |
/// | `sandbox:closed` | fails: the account is closed |
/// | `sandbox:timeout` | pays, but the answer is lost |
/// | `sandbox:lost` | the request never arrives the first time: no transfer, no answer |
/// | `sandbox:returns` | pays; the bank sends it back after two days |
#[derive(Clone)]
pub struct SandboxBank {
    db: Db,
}

pub const DESTINATIONS: [&str; 5] = [
    "sandbox:bank",
    "sandbox:closed",
    "sandbox:timeout",
    "sandbox:lost",
    "sandbox:returns",
];

const RETURNS_AFTER: chrono::TimeDelta = chrono::TimeDelta::days(2);

#[derive(sqlx::FromRow)]
struct TransferRow {
    reference: String,
    state: String,
    created_at: Timestamp,
}

impl SandboxBank {
    /// Its books live in the ledger's schema, where nothing of ours reads them.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    async fn find(&self, key: &str) -> Result<Option<TransferRow>, sqlx::Error> {
        sqlx::query_as("select reference, state, created_at from ledger.sandbox_transfer where key = $1")
            .bind(key)
            .fetch_optional(self.db.pool())
            .await
    }

    async fn enter(&self, transfer: &Transfer) -> Result<(), sqlx::Error> {
        let state = match transfer.destination.as_str() {
            "sandbox:closed" => "failed",
            _ => "paid",
        };
        sqlx::query(
            "insert into ledger.sandbox_transfer (key, reference, currency, amount, state, created_at)
             values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
        )
        .bind(&transfer.key)
        .bind(format!("tr_{}", transfer.key))
        .bind(transfer.amount.currency.code())
        .bind(transfer.amount.amount)
        .bind(state)
        .bind(transfer.at)
        .execute(self.db.pool())
        .await?;
        Ok(())
    }

    async fn answer(&self, key: &str, destination: &str, now: Timestamp) -> Result<Said, sqlx::Error> {
        let Some(row) = self.find(key).await? else {
            return Ok(Said::NotFound);
        };
        let is_back = destination == "sandbox:returns" && now - row.created_at >= RETURNS_AFTER;
        Ok(match row.state.as_str() {
            "failed" => Said::Failed {
                reason: "The account is closed.".to_owned(),
            },
            _ if is_back => Said::Returned {
                reference: row.reference,
                reason: "The bank does not know the account.".to_owned(),
            },
            _ => Said::Paid {
                reference: row.reference,
            },
        })
    }

    async fn try_send(&self, transfer: &Transfer) -> Result<Said, sqlx::Error> {
        if transfer.destination == "sandbox:lost" && !self.was_lost(&transfer.key).await? {
            return Ok(Said::Unknown);
        }
        self.enter(transfer).await?;
        if transfer.destination == "sandbox:timeout" {
            return Ok(Said::Unknown);
        }
        self.answer(&transfer.key, &transfer.destination, transfer.at)
            .await
    }

    /// Whether a first request of this key got lost on its way; notes that one has.
    async fn was_lost(&self, key: &str) -> Result<bool, sqlx::Error> {
        let noted = sqlx::query("insert into ledger.sandbox_lost (key) values ($1) on conflict do nothing")
            .bind(key)
            .execute(self.db.pool())
            .await?;
        Ok(noted.rows_affected() == 0)
    }
}

/// A sandbox that cannot read its books gives no answer.
fn said(outcome: Result<Said, sqlx::Error>) -> Said {
    outcome.unwrap_or_else(|error| {
        tracing::warn!(%error, "the sandbox bank cannot read its books");
        Said::Unknown
    })
}

impl PayoutProvider for SandboxBank {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn send(&self, transfer: Transfer) -> BoxFuture<'_, Said> {
        Box::pin(async move { said(self.try_send(&transfer).await) })
    }

    fn inquire(&self, key: String, destination: String, now: Timestamp) -> BoxFuture<'_, Said> {
        Box::pin(async move { said(self.answer(&key, &destination, now).await) })
    }
}
