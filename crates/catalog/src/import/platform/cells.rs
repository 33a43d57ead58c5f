//! Cells of a row by their names in snake_case: read, taken out, put in.

use crate::domain::slug::snake_case;
use crate::import::row::Row;
use serde_json::Value;
use std::sync::Arc;

pub fn find(row: &Row, name: &str) -> Option<usize> {
    row.cells
        .iter()
        .position(|(n, _)| &**n == name || snake_case(n, 200) == name)
}

pub fn get(row: &Row, name: &str) -> Option<String> {
    crate::import::values::text(&row.cells[find(row, name)?].1)
}

pub fn take(row: &mut Row, name: &str) -> Option<String> {
    let at = find(row, name)?;
    crate::import::values::text(&row.cells.remove(at).1)
}

pub fn set(row: &mut Row, name: &str, value: &str) {
    row.cells.retain(|(n, _)| &**n != name);
    if !value.is_empty() {
        row.cells.push((Arc::from(name), Value::from(value)));
    }
}

/// An empty new name takes the cell out.
pub fn rename(row: &mut Row, name: &str, new: &str) {
    let Some(at) = find(row, name) else { return };
    let column = Arc::clone(&row.cells[at].0);
    if let Some(value) = take(row, name)
        && !new.is_empty()
    {
        set(row, new, &value);
        row.shaped.renamed.push((Arc::from(new), column));
    }
}

/// As the file writes it.
pub fn name_of(row: &Row, name: &str) -> String {
    find(row, name).map_or_else(|| name.to_owned(), |at| row.cells[at].0.to_string())
}

pub fn parts(text: &str, separator: char) -> Vec<String> {
    text.split(separator)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `size=M,color=Red`.
pub fn pairs(text: &str, separator: char) -> Vec<(String, String)> {
    text.split(separator)
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
        .collect()
}
