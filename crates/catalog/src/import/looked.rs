//! What the beginning of a file shows, and what may be stated about reading it.

use super::format::{Format, HEAD_BYTES};
use super::layout::Layout;
use super::naming::{code_of, guesses};
use super::row::RowError;
use crate::domain::{ParsedDraft, Refusal};
use crate::error::Error;
use contracts::catalog::uploads::{ColumnMeaning, FileError, LandingProduct, Reading};
use kernel::Currency;
use std::collections::HashMap;
use std::sync::Arc;

/// Columns that a mapping names; more are details of products in any case.
pub const COLUMNS_MAPPED_MAX: usize = 400;
const SAMPLE_CHARS_MAX: usize = 80;
/// What a proposal must be sure of, in percent, to be followed where nobody says otherwise.
const FOLLOWED: u8 = 50;
/// As above, in exports whose columns we know: there is nothing to be guessed.
const FOLLOWED_OF_KNOWN: u8 = 100;

/// What the beginning of a file shows.
pub struct Look {
    pub format: Format,
    pub delimiter: Option<char>,
    pub encoding: &'static str,
    pub platform: Option<&'static str>,
    pub header: Option<Vec<Arc<str>>>,
    /// Columns in the file's order, with their first values.
    pub columns: Vec<(Arc<str>, Vec<String>)>,
}

/// What each column is read as unless somebody says otherwise.
pub fn proposed(look: &Look, remembered: &[ColumnMeaning]) -> Vec<ColumnMeaning> {
    let pairs: Vec<(&str, &[String])> = look
        .columns
        .iter()
        .map(|(name, samples)| (&**name, samples.as_slice()))
        .collect();
    let remembered: HashMap<&str, &str> = remembered
        .iter()
        .map(|m| (m.column.as_str(), m.field.as_str()))
        .collect();
    pairs
        .iter()
        .zip(guesses(&pairs))
        .filter(|((name, _), _)| !name.contains('\0'))
        .map(|((name, _), guess)| {
            let followed = if look.platform.is_some() {
                FOLLOWED_OF_KNOWN
            } else {
                FOLLOWED
            };
            let guessed = if guess.confidence >= followed {
                code_of(&guess.field)
            } else {
                "attribute".to_owned()
            };
            ColumnMeaning {
                column: (*name).to_owned(),
                field: remembered.get(name).map_or(guessed, |field| (*field).to_owned()),
            }
        })
        .collect()
}

pub fn check_reading(reading: &Reading) -> Result<(), Error> {
    if reading.mapping.len() > COLUMNS_MAPPED_MAX {
        return Err(Refusal::new(
            "mapping",
            "too_many",
            format!("At most {COLUMNS_MAPPED_MAX} columns can be mapped; the others become attributes."),
        )
        .into());
    }
    if let Some(i) = reading
        .mapping
        .iter()
        .position(|m| m.column.contains('\0') || m.column.len() > HEAD_BYTES)
    {
        return Err(Refusal::new(
            format!("mapping/{i}/column"),
            "text_control",
            "Name the column as the file's header does.",
        )
        .into());
    }
    Layout::new(&reading.mapping)?;
    currency_of(reading)?;
    let stock_max = crate::domain::limits::STOCK_MAX;
    if reading
        .default_stock
        .is_some_and(|stock| !(0..=stock_max).contains(&stock))
    {
        return Err(Refusal::new(
            "default_stock",
            "stock_out_of_range",
            "`default_stock` must be 0 or more units.",
        )
        .into());
    }
    Ok(())
}

pub fn currency_of(reading: &Reading) -> Result<Option<Currency>, Refusal> {
    reading
        .currency
        .as_deref()
        .map(|code| {
            code.parse().map_err(|_| {
                Refusal::new(
                    "currency",
                    "currency_unknown",
                    "Write a currency such as EUR or USD.",
                )
            })
        })
        .transpose()
}

/// Column names and messages quote the file, which may hold what JSON in the database may not.
pub fn told(error: RowError) -> FileError {
    FileError {
        row: error.row,
        column: error.column.replace('\0', ""),
        code: error.code,
        message: error.message.replace('\0', ""),
    }
}

pub fn sample(value: &serde_json::Value) -> String {
    let text = match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars()
        .filter(|c| !c.is_control())
        .take(SAMPLE_CHARS_MAX)
        .collect()
}

pub fn landing(draft: &ParsedDraft, row: u64) -> LandingProduct {
    let stocks: Vec<i64> = draft.variants.iter().filter_map(|v| v.stock).collect();
    LandingProduct {
        row,
        key: draft.key.clone(),
        title: draft.title.clone(),
        category: draft.category.as_ref().map(|path| path.as_str().to_owned()),
        price: draft.variants.iter().map(|v| v.price).min_by_key(|p| p.amount),
        variants: draft.variants.len() as u64,
        images: (draft.images.len() + draft.image_addresses.len()) as u64,
        stock: (!stocks.is_empty()).then(|| stocks.iter().sum()),
        status: draft.status,
    }
}
