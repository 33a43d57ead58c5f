//! Comparisons with a warehouse's own list, as the API shows them.

use crate::MismatchKind;
use crate::domain::FeedError;
use kernel::{DateTime, ProductId, SkuId, StockFeedId, WarehouseId};
use serde::Serialize;
use utoipa::ToSchema;

/// What a warehouse says it has, against our books.
#[derive(Serialize, ToSchema)]
#[schema(as = StockFeed)]
pub(super) struct Feed {
    id: StockFeedId,
    warehouse: WarehouseId,
    file_name: String,
    created_at: DateTime,
    /// Rows of the file, without its header.
    rows: i64,
    /// Rows that cannot be read, or whose code stands there twice. They are in no comparison.
    failed: i64,
    matching: i64,
    /// Lines that both know, in other numbers.
    differing: i64,
    /// Lines whose code is none of the shop's.
    unknown: i64,
    /// SKUs that lie there by our books and that the file does not name.
    missing: i64,
    /// The first 100 of what cannot be read.
    errors: Vec<FeedError>,
}

impl From<crate::Feed> for Feed {
    fn from(feed: crate::Feed) -> Self {
        Self {
            id: feed.id,
            warehouse: feed.warehouse,
            file_name: feed.file_name,
            created_at: feed.created_at,
            rows: feed.rows,
            failed: feed.failed,
            matching: feed.matching,
            differing: feed.differing,
            unknown: feed.unknown,
            missing: feed.missing,
            errors: feed.errors,
        }
    }
}

/// One line that does not agree.
#[derive(Serialize, ToSchema)]
#[schema(as = StockMismatch)]
pub(super) struct Line {
    #[schema(inline)]
    kind: MismatchKind,
    /// Of the file: the header is row 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<i64>,
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<SkuId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<ProductId>,
    /// Units on hand by our books when the file was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    ours: Option<i64>,
    /// Units by the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    theirs: Option<i64>,
    /// What adjusting adds to our books.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    adjusted_at: Option<DateTime>,
}

impl From<crate::FeedLine> for Line {
    fn from(line: crate::FeedLine) -> Self {
        Self {
            difference: line.difference(),
            kind: line.kind,
            row: line.row,
            code: line.code,
            sku: line.sku,
            product: line.product,
            ours: line.ours,
            theirs: line.theirs,
            adjusted_at: line.adjusted_at,
        }
    }
}
