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
        match error {
            Error::Database(error) if store::is_outage(&error) => store::out_of_reach(&error),
            error => {
                tracing::error!(%error, "the ledger failed");
                Self::internal()
            }
        }
    }
}
