use kernel::{Fault, Kind};
use store::TxError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("There is no such webhook endpoint.")]
    NoEndpoint,
    #[error("There is no such message to this endpoint. Messages are kept for 30 days.")]
    NoMessage,
    #[error("A shop has at most {0} webhook endpoints. Delete one that is not needed any more.")]
    TooMany(i64),
    #[error("The endpoint is turned off. Turn it on first.")]
    Paused,
    #[error("This address cannot be told anything: {0}.")]
    Url(String),
    #[error("Messages are kept for 30 days: name a moment within them.")]
    TooLongAgo,
    #[error(transparent)]
    Asked(#[from] Fault),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("event: {0}")]
    Event(#[from] serde_json::Error),
    #[error(transparent)]
    Sealed(#[from] store::seal::SealError),
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
            Error::NoEndpoint => Self::not_found("webhook endpoint"),
            Error::NoMessage => Self::not_found("message"),
            Error::TooMany(_) => Self::new(Kind::Conflict, "too_many_endpoints", said),
            Error::Paused => Self::new(Kind::Conflict, "endpoint_paused", said),
            Error::Url(_) => Self::field("url_invalid", "/url", said),
            Error::TooLongAgo => Self::field("since_invalid", "/since", said),
            Error::Asked(fault) => fault,
            Error::Database(error) if store::is_outage(&error) => store::out_of_reach(&error),
            Error::Database(_) | Error::Event(_) | Error::Sealed(_) => {
                tracing::error!(error = said, "webhooks failed");
                Self::internal()
            }
        }
    }
}
