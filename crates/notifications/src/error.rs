use kernel::{Fault, Kind};
use store::TxError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("There is no such notification of yours.")]
    NotFound,
    #[error("This link is none of ours, or a part of it is missing. Open it as it stands in the mail.")]
    NoLink,
    #[error("Nothing of that name failed, or somebody has decided about it.")]
    NoFailure,
    #[error("There is no such version.")]
    NoVersion,
    #[error("Somebody changed it meanwhile. Look at it anew, and change what is there now.")]
    Changed,
    #[error("There is no such device of yours.")]
    NoDevice,
    #[error(
        "The e-mail address of your account is not confirmed yet. Open the link that was mailed to you, then try again."
    )]
    EmailUnverified,
    #[error("At most {limit}: text messages cost, and wake people. Wait as long as Retry-After says.")]
    TooManyCodes { limit: &'static str, retry_after_s: u32 },
    #[error("it was not carried: {0}")]
    Carrier(String),
    #[error("{detail}")]
    Field {
        code: &'static str,
        field: &'static str,
        detail: String,
    },
    #[error(transparent)]
    Asked(#[from] Fault),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("event: {0}")]
    Event(#[from] serde_json::Error),
    #[error("a notice is kept that cannot be read: {0}")]
    Broken(String),
}

impl Error {
    /// Of a list's place that is none.
    pub(crate) fn cursor() -> Self {
        Self::Field {
            code: "cursor_invalid",
            field: "after",
            detail: "Pass `next` of the page before, unchanged.".to_owned(),
        }
    }
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
            Error::NoFailure => Self::not_found("dead letter"),
            Error::NoVersion => Self::not_found("version"),
            Error::Changed => Self::new(Kind::PreconditionFailed, "version_changed", said),
            Error::NoLink => Self::not_found("link"),
            Error::Field { code, field, .. } => Self::field(code, field, said),
            Error::NoDevice => Self::not_found("device"),
            Error::EmailUnverified => Self::new(Kind::Forbidden, "email_unverified", said).at("/number"),
            Error::TooManyCodes { retry_after_s, .. } => {
                let mut fault = Self::new(Kind::TooMany, "phone_codes_too_many", said).at("/number");
                fault.retry_after_s = Some(retry_after_s);
                fault
            }
            Error::Asked(fault) => fault,
            Error::Database(error) if store::is_outage(&error) => store::out_of_reach(&error),
            Error::Database(_) | Error::Event(_) | Error::Broken(_) | Error::Carrier(_) => {
                tracing::error!(error = said, "notifications failed");
                Self::internal()
            }
        }
    }
}
