//! Everything inventory refuses, and what callers are told.

use ::store::constraint_of;
use kernel::{Fault, Kind, SkuId};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "{reserved} units of SKU {sku} are reserved for orders; a count cannot be below that. Count again, or cancel orders first."
    )]
    BelowReserved {
        pointer: String,
        sku: SkuId,
        reserved: i64,
    },
    #[error("Of SKU {sku} only {available} units are available; no more can be taken away.")]
    Insufficient {
        pointer: String,
        sku: SkuId,
        available: i64,
    },
    #[error("There is no SKU {sku} in your shop.")]
    UnknownSku { pointer: String, sku: SkuId },
    #[error("SKU {sku} is named twice. Name each SKU once.")]
    NamedTwice { pointer: String, sku: SkuId },
    #[error("Units on hand must be 0 to {}.", crate::domain::ON_HAND_MAX)]
    OutOfRange { pointer: String },
    #[error("This Idempotency-Key was used for another request. Use a new key for a new request.")]
    KeyReused,
    /// A refusal of another context, or of a field read by httpkit.
    #[error("{0}")]
    Fault(Box<Fault>),
    #[error("the database refused: {0}")]
    Database(sqlx::Error),
    #[error("an event could not be written: {0}")]
    Encode(#[from] serde_json::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        // The levels are locked and checked before they are written; a check that fires all the same is our defect.
        if let Some(constraint @ ("level_on_hand_check" | "level_reserved_check")) = constraint_of(&error) {
            tracing::error!(constraint, "a level was about to break its rule");
        }
        Self::Database(error)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl ::store::TxError for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        let plain = |kind, code| Self::new(kind, code, detail.clone());
        match error {
            Error::BelowReserved {
                pointer, reserved, ..
            } => plain(Kind::Conflict, "count_below_reserved")
                .at(pointer)
                .with("reserved", reserved),
            Error::Insufficient {
                pointer, available, ..
            } => plain(Kind::Conflict, "stock_insufficient")
                .at(pointer)
                .with("available", available),
            Error::UnknownSku { pointer, .. } => plain(Kind::Unprocessable, "sku_unknown").at(pointer),
            Error::NamedTwice { pointer, .. } => plain(Kind::Invalid, "sku_named_twice").at(pointer),
            Error::OutOfRange { pointer } => plain(Kind::Invalid, "on_hand_out_of_range").at(pointer),
            Error::KeyReused => plain(Kind::Unprocessable, "idempotency_key_reused").at("Idempotency-Key"),
            Error::Fault(fault) => *fault,
            Error::Database(ref error) if ::store::is_outage(error) => ::store::out_of_reach(error),
            Error::Database(_) | Error::Encode(_) => {
                tracing::error!(error = %detail, "inventory failed");
                Self::internal()
            }
        }
    }
}
