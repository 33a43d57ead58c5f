//! Everything inventory refuses, and what callers are told.

use crate::domain::{BrokenFeed, InboundState};
use ::store::constraint_of;
use kernel::{Fault, InboundId, Kind, SkuId, StockFeedId, WarehouseId};

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
    #[error("There is no warehouse {0} in your shop.")]
    NoSuchWarehouse(WarehouseId),
    #[error("The warehouse {0} is closed and takes nothing in. Name an open one.")]
    WarehouseClosed(WarehouseId),
    #[error("The default warehouse stays open: rename it, or say where it stands.")]
    DefaultWarehouse,
    #[error(
        "The warehouse still has {on_hand} units on hand and {incoming} on their way. Transfer or count off what is there, and end what is under way."
    )]
    WarehouseInUse { on_hand: i64, incoming: i64 },
    #[error(
        "A shop may have {} open warehouses. Close one first.",
        crate::app::WAREHOUSES_MAX
    )]
    TooManyWarehouses,
    #[error("Another of your warehouses has this code. Choose another code.")]
    WarehouseCodeTaken,
    #[error("There is no transfer or purchase order {0} in your shop.")]
    NoSuchInbound(InboundId),
    #[error("A transfer goes from one warehouse to another. Name two.")]
    SameWarehouse,
    #[error("Units of one line must be 1 to {}.", crate::domain::ON_HAND_MAX)]
    QuantityOutOfRange { pointer: String },
    #[error("Nothing more can be done to it: it is {}.", ended(*.0))]
    InboundEnded(InboundState),
    #[error("SKU {sku} is not part of it. Adjust its stock instead.")]
    NotInInbound { pointer: String, sku: SkuId },
    #[error(
        "Of SKU {sku} only {to_come} units are still to come. Adjust its stock for what came beyond that."
    )]
    MoreThanExpected {
        pointer: String,
        sku: SkuId,
        to_come: i64,
    },
    #[error("Order up to {low_below} units or more: fewer would still be low.")]
    OrderUpTo { pointer: String, low_below: i64 },
    #[error("There is no stock feed {0} in your shop.")]
    NoSuchFeed(StockFeedId),
    #[error("Row {}: {}", .0.row, .0.message)]
    BrokenFeed(BrokenFeed),
    #[error("Name the lines either by `skus` (1 to 500) or by `kinds` (differs, missing).")]
    NothingChosen,
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
        if let Some(constraint @ ("level_on_hand_check" | "level_reserved_check" | "level_incoming_check")) =
            constraint_of(&error)
        {
            tracing::error!(constraint, "a level was about to break its rule");
        }
        match constraint_of(&error) {
            Some("warehouse_code_key" | "warehouse_pool_tenant_id_code_key") => Self::WarehouseCodeTaken,
            _ => Self::Database(error),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl From<BrokenFeed> for Error {
    fn from(broken: BrokenFeed) -> Self {
        Self::BrokenFeed(broken)
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
            Error::NoSuchWarehouse(_) => plain(Kind::NotFound, "warehouse_unknown").at("/warehouse"),
            Error::WarehouseClosed(_) => plain(Kind::Conflict, "warehouse_closed")
                .at("/warehouse")
                .allowing(&[]),
            Error::DefaultWarehouse => plain(Kind::Conflict, "warehouse_default"),
            Error::WarehouseInUse { on_hand, incoming } => plain(Kind::Conflict, "warehouse_in_use")
                .with("on_hand", on_hand)
                .with("incoming", incoming),
            Error::TooManyWarehouses => plain(Kind::Conflict, "warehouses_too_many"),
            Error::WarehouseCodeTaken => plain(Kind::Conflict, "warehouse_code_taken").at("/code"),
            Error::NoSuchInbound(_) => plain(Kind::NotFound, "inbound_unknown"),
            Error::SameWarehouse => plain(Kind::Unprocessable, "warehouses_same").at("/to"),
            Error::QuantityOutOfRange { pointer } => {
                plain(Kind::Invalid, "quantity_out_of_range").at(pointer)
            }
            Error::InboundEnded(state) => plain(Kind::Conflict, "inbound_ended")
                .with("state", state)
                .allowing(&[]),
            Error::NotInInbound { pointer, .. } => plain(Kind::Unprocessable, "sku_not_expected").at(pointer),
            Error::MoreThanExpected { pointer, to_come, .. } => plain(Kind::Conflict, "more_than_expected")
                .at(pointer)
                .with("to_come", to_come),
            Error::OrderUpTo { pointer, .. } => plain(Kind::Invalid, "order_up_to_too_low").at(pointer),
            Error::NoSuchFeed(_) => plain(Kind::NotFound, "stock_feed_unknown"),
            Error::BrokenFeed(broken) if broken.code == "file_too_large" => {
                plain(Kind::TooLarge, "file_too_large")
            }
            Error::BrokenFeed(broken) => plain(Kind::Unprocessable, broken.code).with("row", broken.row),
            Error::NothingChosen => plain(Kind::Invalid, "lines_unchosen").at("/skus"),
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

fn ended(state: InboundState) -> &'static str {
    match state {
        InboundState::UnderWay => "under way",
        InboundState::Received => "received in full",
        InboundState::Closed => "closed",
    }
}
