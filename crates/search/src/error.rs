use crate::engine::{BadCursor, EngineError};
use ::store::TxError;
use kernel::{Fault, Kind};

/// Why a search was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    /// A parameter at fault, already in words for the caller.
    #[error("{0}")]
    Query(Fault),
    /// No index can be opened yet; one is being built.
    #[error("the index is being built")]
    NotReady,
    /// More searches wait than can be done in time.
    #[error("too many searches at once")]
    Busy,
    #[error("the index failed: {0}")]
    Engine(EngineError),
    #[error("the search was broken off: {0}")]
    Panicked(tokio::task::JoinError),
    #[error("the index is elsewhere: {0}")]
    Elsewhere(crate::opensearch::Trouble),
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    #[error("It has ended already. An end is not changed.")]
    Ended,
    #[error("There are as many of these as may be: {0}. End some that there are.")]
    TooMany(i64),
    #[error("an event cannot be written: {0}")]
    Event(#[from] serde_json::Error),
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

impl From<EngineError> for Error {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Cursor(bad) => Self::Cursor(bad),
            EngineError::OutOfTime => Self::Busy,
            other => Self::Engine(other),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Cursor(bad) => Fault::field("cursor_invalid", "after", format!("{bad}.")),
            Error::Query(fault) => fault,
            Error::NotReady => Fault::unavailable("The search"),
            Error::Busy => {
                let mut fault = Fault::new(
                    Kind::Unavailable,
                    "search_busy",
                    "The search is busy and could not answer in time. Please try again.",
                );
                fault.retry_after_s = Some(1);
                fault
            }
            Error::Elsewhere(trouble) => (&trouble).into(),
            Error::NotFound(what) => Fault::not_found(what),
            Error::Ended => Fault::new(Kind::Conflict, "ended", error.to_string()).allowing(&[]),
            Error::TooMany(_) => Fault::new(Kind::Conflict, "too_many", error.to_string()),
            Error::Database(error) if ::store::is_outage(&error) => ::store::out_of_reach(&error),
            Error::Engine(_) | Error::Panicked(_) | Error::Event(_) | Error::Database(_) => {
                tracing::error!(%error, "a search failed");
                Fault::internal()
            }
        }
    }
}
