use kernel::{Fault, Kind};
use store::TxError;

/// Regions that there may be.
pub const REGIONS_MAX: i64 = 2_000;
/// Categories that there may be.
pub const CATEGORIES_MAX: i64 = 200;
/// Rates that hold or will.
pub const RATES_MAX: i64 = 10_000;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    #[error("There is a {what} `{code}` already. Choose another code.")]
    CodeTaken { what: &'static str, code: String },
    #[error("`{place}` belongs to the region `{region}` already. Each place belongs to one region.")]
    PlaceTaken { place: String, region: String },
    #[error(
        "The rate `{0}` holds for that region and category in that time. End it first, or let this one begin when it has ended."
    )]
    RateHolds(String),
    #[error("The rate has an end already. An end is not changed.")]
    RateEnded,
    #[error("There are as many of these as may be: {0}. End or use some that there are.")]
    TooMany(i64),
    #[error("{detail}")]
    Field { field: &'static str, detail: String },
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("a tax is kept that cannot be read: {0}")]
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
            Error::NotFound(what) => Self::not_found(what),
            Error::CodeTaken { .. } => Self::new(Kind::Conflict, "code_taken", said).at("/code"),
            Error::PlaceTaken { .. } => Self::new(Kind::Conflict, "place_taken", said),
            Error::RateHolds(_) => Self::new(Kind::Conflict, "rate_holds", said),
            Error::RateEnded => Self::new(Kind::Conflict, "rate_ended", said).allowing(&[]),
            Error::TooMany(_) => Self::new(Kind::Conflict, "too_many", said),
            Error::Field { field, .. } => Self::field("field_invalid", field, said),
            Error::Database(error) if store::is_outage(&error) => store::out_of_reach(&error),
            Error::Database(_) | Error::Broken(_) => {
                tracing::error!(error = said, "taxes failed");
                Self::internal()
            }
        }
    }
}
