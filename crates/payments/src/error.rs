use kernel::{Fault, Kind};
use store::TxError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such payment")]
    NotFound,
    #[error("there is no challenge to answer")]
    NoChallenge,
    #[error("the charge is at {0}")]
    Elsewhere(String),
    #[error("a stored payment cannot be read: {0}")]
    Corrupt(String),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
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
        match error {
            Error::NotFound => Self::not_found("payment"),
            Error::NoChallenge => Self::new(
                Kind::Conflict,
                "challenge_answered",
                "This confirmation was answered before or has expired. Go back to the order to see how it stands.",
            ),
            Error::Database(ref error) if ::store::is_outage(error) => ::store::out_of_reach(error),
            Error::Elsewhere(_) | Error::Corrupt(_) | Error::Database(_) => {
                tracing::error!(%error, "payments failed");
                Self::internal()
            }
        }
    }
}
