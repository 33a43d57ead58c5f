//! Everything orders refuse, and what callers are told.

use crate::domain::Refusal;
use ::store::streams::AppendError;
use kernel::{Fault, Kind};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("Pass `next` of the page before, unchanged.")]
    BadCursor,
    #[error(
        "There is no {what} of a sub-order that is {from}: it is made once the order is paid, and not any more when it \
         is cancelled."
    )]
    NoPaper { what: &'static str, from: &'static str },
    #[error("{}", .0.detail)]
    Text(#[from] Fault),
    #[error("the history was not written: {0}")]
    Append(#[from] AppendError),
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    #[error("an event could not be written or read: {0}")]
    Json(#[from] serde_json::Error),
}

impl ::store::TxError for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            Self::Append(error) => error.database(),
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
            Refusal::NoSuchPart => Self::not_found("sub-order"),
            Refusal::NoSuchParcel => Self::not_found("parcel"),
            Refusal::NoSuchReturn => Self::not_found("return"),
            Refusal::NotTheirs => Self::new(Kind::Conflict, "cancel_sub_order", detail),
            Refusal::BadUnits => Self::field("units_invalid", "/lines", detail),
            Refusal::NothingToShip => Self::new(Kind::Conflict, "nothing_to_ship", detail),
            Refusal::TooManyUnits { line, wanted, left }
            | Refusal::TooManyToReturn { line, wanted, left } => {
                Self::new(Kind::Conflict, "units_too_many", detail)
                    .with("line", line)
                    .with("wanted", wanted)
                    .with("left", left)
            }
            Refusal::Provided => Self::new(Kind::Conflict, "downloads_provided", detail),
            Refusal::RefundInstead => Self::new(Kind::Conflict, "refund_instead", detail),
            Refusal::NotReturnable { line, .. } | Refusal::NotSent { line, .. } => {
                Self::new(Kind::Conflict, "not_returnable", detail).with("line", line)
            }
            Refusal::ReturnTooLate { until } => {
                Self::new(Kind::Conflict, "return_too_late", detail).with("until", until)
            }
            Refusal::TooManyReturns => Self::new(Kind::Conflict, "returns_too_many", detail),
            Refusal::BadDeduction { goods, .. } => {
                Self::new(Kind::Unprocessable, "deduction_invalid", detail).with("goods", goods)
            }
            Refusal::NoteMissing | Refusal::ReasonUnclear => Self::field("note_missing", "/note", detail),
            Refusal::BadRefund(_) => Self::new(Kind::Unprocessable, "refund_invalid", detail),
            Refusal::RefundTooLarge { wanted, left, .. } => {
                Self::new(Kind::Conflict, "refund_too_large", detail)
                    .with("wanted", wanted)
                    .with("left", left)
            }
            Refusal::IdTaken(_) => Self::new(Kind::Conflict, "id_taken", detail),
            Refusal::NotDue(_) => Self::new(Kind::Conflict, "hold_not_due", detail),
            Refusal::Malformed(_) => Self::new(Kind::Unprocessable, "order_malformed", detail),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Text(fault) => fault,
            Error::NoPaper { from, .. } => {
                Self::new(Kind::Conflict, "document_not_due", error.to_string()).with("from", from)
            }
            Error::BadCursor => Self::field("cursor_invalid", "after", error.to_string()),
            Error::Append(AppendError::Database(ref error)) | Error::Database(ref error)
                if ::store::is_outage(error) =>
            {
                ::store::out_of_reach(error)
            }
            // The order is locked before it is read: nobody can have been quicker.
            Error::Append(_) | Error::Database(_) | Error::Json(_) => {
                tracing::error!(%error, "orders failed");
                Self::internal()
            }
        }
    }
}
