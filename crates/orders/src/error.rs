//! Everything orders refuse, and what callers are told.

use crate::domain::Refusal;
use kernel::{Fault, Kind};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("Pass `next` of the page before, unchanged.")]
    BadCursor,
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    #[error("an event could not be written or read: {0}")]
    Json(#[from] serde_json::Error),
}

impl ::store::TxError for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::NoSuchOrder => Self::not_found("order"),
            Refusal::PlacedAlready => Self::new(Kind::Conflict, "order_placed_already", detail),
            Refusal::Illegal { from, allowed, .. } => Self::new(Kind::Conflict, "transition_illegal", detail)
                .with("from", from)
                .with("allowed", allowed),
            Refusal::NotDue(_) => Self::new(Kind::Conflict, "hold_not_due", detail),
            Refusal::Malformed(_) => Self::new(Kind::Unprocessable, "order_malformed", detail),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::BadCursor => Self::field("cursor_invalid", "after", error.to_string()),
            Error::Database(ref error) if ::store::is_outage(error) => ::store::out_of_reach(error),
            Error::Database(_) | Error::Json(_) => {
                tracing::error!(%error, "orders failed");
                Self::internal()
            }
        }
    }
}
