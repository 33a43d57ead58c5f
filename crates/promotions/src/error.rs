use kernel::{Fault, Kind, MoneyError};
use store::TxError;

/// Promotions of one shop, or of the marketplace, that hold at once or will.
pub const LIVE_MAX: i64 = 200;
/// Days for which it is remembered that a coupon has ended, so that whoever has it is told so.
pub const LINGER_DAYS: i64 = 30;
/// Promotions of one shop, or of the marketplace, that are remembered: by every process, those that ended lately as well.
pub const LATELY_MAX: i64 = 1_000;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("There is no such promotion, or it is not yours to see.")]
    NotFound,
    #[error("The promotion has ended already. Make another one for what is to hold.")]
    Ended,
    #[error("At most {LIVE_MAX} promotions hold at once. End some that are not needed any more.")]
    TooMany,
    #[error(
        "At most {LATELY_MAX} promotions hold or have ended in the last {LINGER_DAYS} days. Wait until some are older."
    )]
    TooManyLately,
    #[error(
        "The code `{0}` is that of another promotion of yours, which holds or will. End it, or choose another code."
    )]
    CodeTaken(String),
    #[error("{detail}")]
    Field { field: &'static str, detail: String },
    /// Another context's refusal.
    #[error(transparent)]
    Asked(#[from] Fault),
    #[error("the amounts cannot be added up: {0}")]
    Money(#[from] MoneyError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("a promotion is kept that cannot be read: {0}")]
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
            Error::NotFound => Self::not_found("promotion"),
            Error::Ended => Self::new(Kind::Conflict, "promotion_ended", said).allowing(&[]),
            Error::TooMany | Error::TooManyLately => Self::new(Kind::Conflict, "too_many_promotions", said),
            Error::CodeTaken(_) => Self::new(Kind::Conflict, "code_taken", said).at("/code"),
            Error::Field { field, .. } => Self::field("field_invalid", field, said),
            Error::Asked(fault) => fault,
            Error::Database(error) if store::is_outage(&error) => store::out_of_reach(&error),
            Error::Money(_) | Error::Database(_) | Error::Broken(_) => {
                tracing::error!(error = said, "promotions failed");
                Self::internal()
            }
        }
    }
}
