use kernel::Fault;
use store::TxError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("There is no such notification of yours.")]
    NotFound,
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("event: {0}")]
    Event(#[from] serde_json::Error),
    #[error("a notice is kept that cannot be read: {0}")]
    Broken(String),
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
            Error::NotFound => Self::not_found("notification"),
            Error::Database(error) if store::is_outage(&error) => store::out_of_reach(&error),
            Error::Database(_) | Error::Event(_) | Error::Broken(_) => {
                tracing::error!(error = said, "notifications failed");
                Self::internal()
            }
        }
    }
}
