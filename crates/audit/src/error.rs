use kernel::Fault;
use store::TxError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Asked(#[from] Fault),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("event: {0}")]
    Event(#[from] serde_json::Error),
}

impl TxError for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let said = error.to_string();
        match error {
            Error::Asked(fault) => fault,
            Error::Database(error) if store::is_outage(&error) => store::out_of_reach(&error),
            Error::Database(_) | Error::Event(_) => {
                tracing::error!(error = said, "the audit trail failed");
                Self::internal()
            }
        }
    }
}
