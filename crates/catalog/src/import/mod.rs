//! Bulk upload: a file of products, read as a stream.
//!
//! bytes -> [`format`] cuts rows -> [`assemble`] reads cells by the meaning of their columns -> [`group`] gathers
//! the rows of one product -> [`batch`] fills batches, and [`run`] writes them, each in one transaction with the count of its rows.

mod array;
mod assemble;
mod batch;
mod cells;
mod csv;
mod fields;
mod format;
mod group;
mod lines;
mod numbers;
pub(crate) mod row;
mod run;
mod source;
mod values;

pub use format::Format;
pub use row::RowError;
pub use run::{ImportOptions, ImportReport, OnProgress, import_file};
