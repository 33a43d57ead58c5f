use kernel::{Fault, Kind};
use store::TxError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("There is no such review, or it is not yours to see.")]
    NotFound,
    #[error("Nothing of such an order has arrived at you.")]
    NoSuchOrder,
    #[error(
        "Only what you bought with this account and have received can be reviewed. Wait until it is delivered, or look at the order."
    )]
    NotBought,
    #[error("You have reviewed this already. Change that review instead.")]
    Reviewed,
    #[error("This review is your own. Others say whether it helps them.")]
    Own,
    #[error("The review was changed meanwhile: it is at version {0} now. Read it again, then decide.")]
    Changed(i32),
    #[error("At most {0} reviews are written at once. Send the others in another call.")]
    TooMany(usize),
    #[error("{detail}")]
    Field {
        code: &'static str,
        field: &'static str,
        detail: String,
    },
    #[error(transparent)]
    Asked(#[from] Fault),
    #[error("an event cannot be written: {0}")]
    Event(#[from] serde_json::Error),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("a review is kept that cannot be read: {0}")]
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
            Error::NotFound => Self::not_found("review"),
            Error::NoSuchOrder => Self::not_found("order"),
            Error::NotBought => Self::new(Kind::Conflict, "not_received", said),
            Error::Reviewed => Self::new(Kind::Conflict, "already_reviewed", said),
            Error::Own => Self::new(Kind::Conflict, "own_review", said),
            Error::Changed(_) => Self::new(Kind::Conflict, "review_changed", said),
            Error::TooMany(_) => Self::field("too_many", "", said),
            Error::Field { code, field, .. } => Self::field(code, field, said),
            Error::Asked(fault) => fault,
            Error::Database(error) if store::is_outage(&error) => store::out_of_reach(&error),
            Error::Event(_) | Error::Database(_) | Error::Broken(_) => {
                tracing::error!(error = said, "reviews failed");
                Self::internal()
            }
        }
    }
}
