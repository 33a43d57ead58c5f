use contracts::messages::{Closing, Side};
use kernel::{Fault, Kind};
use store::TxError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("There is no such thread, or it is not yours to see.")]
    NotFound,
    #[error("There is no such {0}, or it is not yours to see.")]
    NoSuch(&'static str),
    #[error("A moderator closed this conversation: {}", .0.reason)]
    Closed(Closing),
    #[error("The shop is not open at the moment: nobody can write for it or begin to write to it.")]
    ShopNotOpen,
    #[error("At most {max} {what}. Wait as long as Retry-After says.")]
    TooOften {
        max: u32,
        what: &'static str,
        retry_after_s: u32,
    },
    #[error("A quote answers a custom order. Write a message instead.")]
    NotAsked,
    #[error(
        "This quote can no longer be answered: it was answered, replaced, or its last day is over. Ask the shop for another."
    )]
    QuoteOver,
    #[error("At most {0} threads are written at once. Send the others in another call.")]
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
    #[error("something is kept that cannot be read: {0}")]
    Broken(String),
}

impl Error {
    pub(crate) fn too_often(side: Side, retry_after_s: u32) -> Self {
        use contracts::messages::{BUYERS_AN_HOUR_MAX, SHOPS_AN_HOUR_MAX};
        Self::TooOften {
            max: match side {
                Side::Buyer => BUYERS_AN_HOUR_MAX,
                Side::Shop => SHOPS_AN_HOUR_MAX,
            },
            what: "messages an hour",
            retry_after_s,
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
            Error::NotFound => Self::not_found("thread"),
            Error::NoSuch(what) => Self::not_found(what),
            Error::Closed(closing) => {
                let fault = Self::new(Kind::Conflict, "thread_closed", said).allowing(&["archive"]);
                fault.with("reason", closing.reason)
            }
            Error::ShopNotOpen => Self::new(Kind::Conflict, "shop_not_open", said),
            Error::TooOften { retry_after_s, .. } => {
                let mut fault = Self::new(Kind::TooMany, "messages_too_often", said);
                fault.retry_after_s = Some(retry_after_s);
                fault
            }
            Error::NotAsked => Self::new(Kind::Conflict, "quote_not_asked", said),
            Error::QuoteOver => Self::new(Kind::Conflict, "quote_over", said).allowing(&["send"]),
            Error::TooMany(_) => Self::field("too_many", "", said),
            Error::Field { code, field, .. } => Self::field(code, field, said),
            Error::Asked(fault) => fault,
            Error::Database(error) if store::is_outage(&error) => store::out_of_reach(&error),
            Error::Event(_) | Error::Database(_) | Error::Broken(_) => {
                tracing::error!(error = said, "messages failed");
                Self::internal()
            }
        }
    }
}
