//! What every file format is cut into.

use crate::domain::said::Surcharge;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Bytes of one row. A quote that is never closed would otherwise swallow the rest of the file into memory.
pub const ROW_BYTES_MAX: usize = 1024 * 1024;
/// Cells of one row.
pub const CELLS_MAX: usize = 4_096;

/// One row: cells by the name of their column, in the file's order. Empty cells are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// As people count: the header of a CSV file is row 1; lines of NDJSON and elements of an array start at 1.
    pub number: u64,
    pub cells: Vec<(Arc<str>, Value)>,
    /// Names that an object gives without a value. What has a header needs none.
    pub emptied: Vec<Arc<str>>,
    /// What bringing an export of another system into shape found out.
    pub shaped: Shaped,
}

/// What the cells of a row that was brought into shape do not say by themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shaped {
    /// Names given to cells, and the columns of the file that they stand for: errors name those.
    pub renamed: Vec<(Arc<str>, Arc<str>)>,
    pub surcharge: Surcharge,
}

impl Shaped {
    /// The column as the file calls it.
    #[must_use]
    pub fn column(&self, name: &Arc<str>) -> Arc<str> {
        let found = self.renamed.iter().find(|(new, _)| new == name);
        Arc::clone(found.map_or(name, |(_, column)| column))
    }
}

/// What is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct RowError {
    #[schema(example = 17)]
    pub row: u64,
    /// The column's name in the file; empty if the row as a whole is at fault.
    #[schema(example = "Variant Price")]
    pub column: String,
    #[schema(example = "price_invalid")]
    pub code: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl RowError {
    pub fn new(row: u64, column: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self {
            row,
            column: column.into(),
            code: code.to_owned(),
            message: message.into(),
        }
    }
}

/// Why a file cannot be read on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {row}: {message}")]
pub struct Broken {
    pub row: u64,
    pub code: &'static str,
    pub message: String,
}

impl Broken {
    pub fn new(row: u64, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            row,
            code,
            message: message.into(),
        }
    }
}

/// The row of a JSON object, or what is wrong with its text.
pub fn parse_object(number: u64, text: &[u8]) -> Result<Row, RowError> {
    let object: Map<String, Value> = serde_json::from_slice(text).map_err(|error| {
        let message = if error.is_data() {
            "Each row must be a JSON object, such as {\"sku\": \"B1\", \"title\": \"Oak bowl\", \"price\": 19.9}.".to_owned()
        } else {
            format!("This is not well-formed JSON: {error}.")
        };
        RowError::new(number, "", "json_malformed", message)
    })?;
    if object.len() > CELLS_MAX {
        return Err(too_many_cells(number));
    }
    let (emptied, cells): (Vec<_>, Vec<_>) = object
        .into_iter()
        .map(|(name, value)| (Arc::from(name), value))
        .partition(|(_, value)| is_empty(value));
    Ok(Row {
        number,
        cells,
        emptied: emptied.into_iter().map(|(name, _)| name).collect(),
        shaped: Shaped::default(),
    })
}

pub fn too_many_cells(number: u64) -> RowError {
    RowError::new(
        number,
        "",
        "cells_too_many",
        format!("A row may have at most {CELLS_MAX} cells."),
    )
}

pub fn too_long(number: u64) -> RowError {
    RowError::new(
        number,
        "",
        "row_too_long",
        format!("A row may have at most {ROW_BYTES_MAX} bytes."),
    )
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
