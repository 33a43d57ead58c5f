//! Bulk upload: a file of products, read as a stream.
//!
//! bytes -> [`format`] cuts rows -> [`assemble`] reads cells by the meaning of their columns -> [`group`] gathers
//! the rows of one product -> [`batch`] fills batches, and [`run`] writes them, each in one transaction with the count of its rows.

mod array;
mod assemble;
mod batch;
mod cells;
mod check;
mod csv;
mod dates;
mod encoding;
mod errors;
mod fields;
mod format;
#[cfg(test)]
mod fuzz;
mod group;
mod kept;
mod layout;
mod lines;
mod list;
mod looked;
mod names;
mod naming;
mod numbers;
mod padding;
mod platform;
pub(crate) mod row;
mod run;
mod source;
mod speaks;
mod told;
mod values;
mod warned;
mod work;
mod xlsx;

pub use format::Format;
pub use row::RowError;
pub use run::{ImportOptions, ImportReport, OnProgress, import_file};
pub(crate) use work::read_files;
