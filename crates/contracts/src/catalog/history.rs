//! What became of a shop's products over time: versions, and uploads that are undone.

use super::{AttributeValue, Listing, ProductStatus};
use crate::service::service;
use kernel::{Cursor, DateTime, ImportId, Page, ProductId, ScheduledChangeId};
use serde::{Deserialize, Serialize};

/// What brought a version about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum VersionCause {
    /// Somebody changed the product.
    Hand,
    Upload {
        import: ImportId,
    },
    /// An upload was undone.
    Undo {
        import: ImportId,
    },
    /// An earlier version was restored.
    Restore {
        version: i64,
    },
    /// Pictures that an upload named by address have arrived.
    Pictures,
    /// A change whose time had come.
    Schedule {
        change: ScheduledChangeId,
    },
}

/// One field's change. `attributes/glaze` is the attribute `glaze`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldChange {
    #[schema(example = "title")]
    pub field: String,
    /// What it was; null where there was nothing.
    #[schema(value_type = Object)]
    pub from: serde_json::Value,
    #[schema(value_type = Object)]
    pub to: serde_json::Value,
}

/// One version of a product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProductVersion {
    pub version: i64,
    pub at: DateTime,
    /// In words: `Ada Lovelace`, `scheduled by Ada Lovelace`, `the marketplace`.
    pub who: String,
    /// The name in it, where it is a person's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub person: Option<String>,
    pub cause: VersionCause,
    /// Whether the product was deleted by it.
    pub deleted: bool,
    /// What changed; empty for the first version.
    pub change: Vec<FieldChange>,
}

/// A variant as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PastVariant {
    pub sku: kernel::SkuId,
    pub code: String,
    pub options: Vec<super::OptionValue>,
    pub price: kernel::Money,
    pub compare_at: Option<kernel::Money>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sale: Option<super::Sale>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub breaks: Vec<super::QuantityBreak>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dimensions: Option<super::Dimensions>,
    pub weight_g: u32,
    pub gtin: Option<String>,
}

/// A product as it was in one of its versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PastProduct {
    pub id: ProductId,
    pub version: i64,
    pub at: DateTime,
    pub who: String,
    /// Whether it was deleted then; it is shown as it was before.
    pub deleted: bool,
    pub status: ProductStatus,
    pub title: String,
    /// The description as it was written.
    pub description: String,
    pub brand: String,
    /// The category's path, under its present name.
    pub category: Option<String>,
    #[schema(value_type = Object)]
    pub attributes: std::collections::BTreeMap<String, AttributeValue>,
    pub tags: Vec<String>,
    pub tax_category: String,
    pub images: Vec<super::Picture>,
    pub variants: Vec<PastVariant>,
}

/// How the undoing of an upload stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UndoReport {
    pub import: ImportId,
    /// Products that the upload had created: they are deleted.
    pub deleted: u64,
    /// Products that the upload had changed: they are what they were before.
    pub restored: u64,
    /// Products that were left as they are.
    pub skipped: u64,
    /// The first 1,000 of them.
    pub skips: Vec<UndoSkip>,
    pub started_at: DateTime,
    /// Absent while it runs, or after it was broken off: ask again, and it goes on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub finished_at: Option<DateTime>,
}

/// A product that an undo left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UndoSkip {
    pub product: ProductId,
    pub title: String,
    /// `changed_since`, `uploaded_since`, `deleted_since`, or why the catalogue refused the old content: `sku_taken` ...
    pub code: String,
    pub reason: String,
}

service! {
    /// The past of a shop's products.
    History as "catalog_history", remote RemoteHistory, served ServedHistory {
        /// Newest first, of deleted products too.
        fn versions(tenant: kernel::TenantId, id: ProductId, after: Option<Cursor>, limit: u16) -> Page<ProductVersion>;
        /// Writes the product as it was in `version`, which makes a new version; the caller saw version `seen`.
        fn restore(tenant: kernel::TenantId, id: ProductId, seen: i64, version: i64) -> Listing;
        /// Undoes an upload as a whole; goes on with an undo that was broken off; asked again it answers the same.
        fn undo_upload(tenant: kernel::TenantId, id: ImportId) -> UndoReport;
        /// How the undo of an upload stands; none if it was not undone.
        fn undo_of(tenant: kernel::TenantId, id: ImportId) -> Option<UndoReport>;
    }
}
