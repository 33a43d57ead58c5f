//! A file of products from its choice to its end: looked at, checked, read.

use super::{ProductStatus, Upload};
use crate::Blob;
use crate::service::service;
use kernel::{DateTime, ImportId, Money, TenantId};
use serde::{Deserialize, Serialize};

/// What a column means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnMeaning {
    /// As the file's header names it.
    #[schema(example = "Existencias")]
    pub column: String,
    /// A field's code, such as `title`, `price`, `stock`, `attribute` or `ignored`.
    #[schema(example = "stock")]
    pub field: String,
}

/// How a file is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reading {
    /// Columns left out mean what was proposed.
    #[schema(max_items = 4096)]
    pub mapping: Vec<ColumnMeaning>,
    /// Of prices that do not say, such as `EUR`; the shop's if absent.
    #[schema(example = "EUR")]
    pub currency: Option<String>,
    /// Units of rows without stock; left alone if absent.
    #[schema(minimum = 0, maximum = 1_000_000_000_i64)]
    pub default_stock: Option<i64>,
    /// Of products that do not say; `active` if absent.
    pub status: Option<ProductStatus>,
    /// Whether the next file with these columns is to be read the same way.
    pub remember: bool,
}

/// How far a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// Kept and looked at; nothing is written.
    Draft,
    /// Read to its end without writing anything.
    Checking,
    Checked,
    /// Given over to be read: see the upload of the same id.
    Started,
}

/// A column of the file and what it seems to mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FileColumn {
    pub column: String,
    /// Its first values.
    pub samples: Vec<String>,
    /// The field's code.
    #[schema(example = "price")]
    pub field: String,
    /// In percent: 100 where the name is known, less where it was told by the values.
    pub confidence: u8,
}

/// A product as it would land.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LandingProduct {
    /// Its first row.
    pub row: u64,
    pub key: String,
    pub title: String,
    pub category: Option<String>,
    /// Of its cheapest variant.
    pub price: Option<Money>,
    pub variants: u64,
    pub images: u64,
    /// Units of all variants, where the file says.
    pub stock: Option<i64>,
    pub status: Option<ProductStatus>,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FileError {
    pub row: u64,
    /// Empty if the row as a whole is at fault.
    pub column: String,
    pub code: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// What may not be meant as it will be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FileWarning {
    /// `price_without_tax`, `price_with_tax`
    pub code: String,
    pub column: String,
    /// What it is and what to do about it.
    pub message: String,
}

/// What reading the whole file would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FileCheck {
    /// Whether it has been read to its end.
    pub finished: bool,
    pub rows: u64,
    pub rows_failed: u64,
    /// Products that would be new, changed, as before; of a file that lists categories, those.
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    /// The first errors.
    pub errors: Vec<FileError>,
    /// Why it could not be read to its end.
    pub failure: Option<String>,
}

/// A file that is kept and not yet read, and what it seems to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FileDraft {
    /// Also the upload's, once it is started.
    pub id: ImportId,
    pub file_name: String,
    pub bytes: u64,
    pub state: FileState,
    /// `csv`, `xlsx`, `ndjson` or `json_array`.
    pub format: String,
    /// Of CSV.
    pub delimiter: Option<String>,
    /// `utf-8`, `utf-16` or `windows-1252`.
    pub encoding: String,
    /// The shop system whose export this is, where it is known by its columns.
    #[schema(example = "shopify")]
    pub platform: Option<String>,
    pub columns: Vec<FileColumn>,
    /// Fields that no column holds and without which no product lands.
    pub missing: Vec<String>,
    /// To be looked at before it is read.
    #[serde(default)]
    pub warnings: Vec<FileWarning>,
    pub reading: Reading,
    /// The first products, as they would land.
    pub first: Vec<LandingProduct>,
    /// What is wrong with the first rows.
    pub errors: Vec<FileError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<FileCheck>,
    pub created_at: DateTime,
}

/// Which file about an upload's errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorFile {
    /// Row, column, value, code, message.
    List,
    /// The products' own rows as they were, with a column of errors: to be mended and uploaded again.
    Rows,
}

/// How far an upload is, for its progress bar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UploadProgress {
    pub upload: Upload,
    /// Of the file's bytes; 100 at its end.
    pub percent: u8,
    /// Rows a second so far.
    pub rows_per_s: u64,
}

service! {
    /// What a shop's staff do with a file before and while it is read.
    Intake as "intake", remote RemoteIntake, served ServedIntake {
        /// Keeps a file and looks at it. The same content gives the same draft until it is started.
        fn keep_file(tenant: TenantId, name: String, bytes: Blob) -> ImportId;
        /// A kept file and what reading it would give; `None` for uploads that were not kept.
        fn file_draft(tenant: TenantId, id: ImportId) -> Option<FileDraft>;
        /// Where a kept file stands, and what its check has found so far.
        fn file_state(tenant: TenantId, id: ImportId) -> Option<(FileState, FileCheck)>;
        /// States how the file is to be read.
        fn set_reading(tenant: TenantId, id: ImportId, reading: Reading) -> ();
        /// Reads it to its end without writing anything, in the background.
        fn check_file(tenant: TenantId, id: ImportId) -> ();
        /// Reads it, in the background. Asked twice, done once.
        fn start_file(tenant: TenantId, id: ImportId) -> ();
        fn progress(tenant: TenantId, id: ImportId) -> UploadProgress;
        /// As CSV.
        fn error_file(tenant: TenantId, id: ImportId, file: ErrorFile) -> String;
    }
}
