use kernel::{Fault, MoneyError};
use store::TxError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the amounts cannot be added up: {0}")]
    Money(#[from] MoneyError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

impl TxError for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            Self::Money(_) => None,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        tracing::error!(%error, "the ledger failed");
        Fault::internal()
    }
}
