use contracts::wishlists::ITEMS_MAX;
use kernel::{Fault, Kind};
use store::TxError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("There is no such product, or it is not for sale.")]
    NoProduct,
    #[error("It is not on the list.")]
    NotThere,
    #[error("There is no such wish list, or it is not shared any more.")]
    NotShared,
    #[error("A wish list holds at most {ITEMS_MAX} products. Remove some first.")]
    Full,
    #[error(transparent)]
    Asked(#[from] Fault),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("a list is kept that cannot be read: {0}")]
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
            Error::NoProduct => Self::not_found("product"),
            Error::NotThere => Self::not_found("item"),
            Error::NotShared => Self::not_found("wishlist"),
            Error::Full => Self::new(Kind::Conflict, "wishlist_full", said),
            Error::Asked(fault) => fault,
            Error::Database(error) if store::is_outage(&error) => store::out_of_reach(&error),
            Error::Database(_) | Error::Broken(_) => {
                tracing::error!(error = said, "wish lists failed");
                Self::internal()
            }
        }
    }
}
