//! An upload's errors as files: a list of them, or the products' own rows, to be mended and uploaded again.

use super::fields::{Columns, Field};
use super::layout::Layout;
use super::looked::told;
use super::row::{Row, Shaped};
use super::run::{ERRORS_KEPT_MAX, not_begun};
use super::source::Source;
use crate::Products;
use crate::error::Error;
use crate::store::import;
use crate::store::kept_file::KeptFile;
use ::store::Scope;
use contracts::catalog::uploads::{ErrorFile, FileError};
use kernel::{Fault, ImportId, Kind, TenantId};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// The column of errors in a file of rows; passed over when that file is uploaded.
pub const ERROR_COLUMN: &str = "stoa_error";
/// Bytes of a file of errors.
const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;

type ByRow = HashMap<u64, Vec<FileError>>;

impl Products {
    pub(crate) async fn error_file(
        &self,
        tenant: TenantId,
        id: ImportId,
        file: ErrorFile,
    ) -> Result<String, Error> {
        let kept = self.kept_file(tenant, id).await?;
        let errors = self.errors_of(tenant, id, kept.as_ref()).await?;
        match (file, kept) {
            (ErrorFile::List, None) => Ok(list(&errors, &HashMap::new())),
            (ErrorFile::List, Some(kept)) => {
                let values = self.values_at(tenant, &kept, &errors).await?;
                Ok(list(&errors, &values))
            }
            (ErrorFile::Rows, Some(kept)) => self.rows_of(tenant, &kept, errors).await,
            (ErrorFile::Rows, None) => Err(Fault::new(
                Kind::NotFound,
                "file_not_kept",
                "The rows of this upload were not kept. Upload the file by way of /v1/seller/imports/preview to have them back.",
            )
            .into()),
        }
    }

    /// Of the upload; of its check, where it was not started.
    async fn errors_of(
        &self,
        tenant: TenantId,
        id: ImportId,
        kept: Option<&KeptFile>,
    ) -> Result<Vec<FileError>, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let upload = import::by_id(&mut tx, tenant, id).await?;
        let errors = import::errors(&mut tx, tenant, id, 0, ERRORS_KEPT_MAX).await?;
        tx.commit().await?;
        match (upload, kept) {
            (Some(_), _) => Ok(errors.into_iter().map(|(_, error)| told(error)).collect()),
            (None, Some(kept)) => Ok(kept.check.clone().unwrap_or_default().errors),
            (None, None) => Err(Error::NotFound("import")),
        }
    }

    async fn source_of(&self, tenant: TenantId, kept: &KeptFile) -> Result<Source, Error> {
        let bytes = self.open_kept(tenant, kept.id, Arc::default()).await?;
        Source::open(bytes, None).await.map_err(not_begun)
    }

    /// What stands in the cells that are at fault.
    async fn values_at(
        &self,
        tenant: TenantId,
        kept: &KeptFile,
        errors: &[FileError],
    ) -> Result<HashMap<(u64, String), String>, Error> {
        let mut wanted: HashMap<u64, Vec<&str>> = HashMap::new();
        for error in errors.iter().filter(|e| !e.column.is_empty()) {
            wanted.entry(error.row).or_default().push(&error.column);
        }
        let mut values = HashMap::new();
        let mut source = self.source_of(tenant, kept).await?;
        while let Ok(Some(row)) = source.next().await {
            let Ok(row) = row else { continue };
            let Some(columns) = wanted.remove(&row.number) else {
                continue;
            };
            for (name, value) in row.cells {
                if columns.contains(&&*name) {
                    values.insert((row.number, name.to_string()), cell_text(&value));
                }
            }
            if wanted.is_empty() {
                break;
            }
        }
        Ok(values)
    }

    /// All rows of each product that has an error: uploaded again, they replace the product as a whole.
    async fn rows_of(
        &self,
        tenant: TenantId,
        kept: &KeptFile,
        errors: Vec<FileError>,
    ) -> Result<String, Error> {
        let mut by_row: ByRow = HashMap::new();
        for error in errors {
            by_row.entry(error.row).or_default().push(error);
        }
        let mut source = self.source_of(tenant, kept).await?;
        let mut columns = Columns::from(&Layout::new(&kept.reading.mapping)?);
        let mut file = RowFile::default();
        let mut product: (Option<String>, Vec<Row>) = (None, Vec::new());
        while let Ok(Some(row)) = source.next().await {
            if file.header.is_empty()
                && let Some(header) = source.header()
            {
                file.header = header.to_vec();
            }
            let row = row.unwrap_or_else(|error| Row {
                number: error.row,
                cells: Vec::new(),
                emptied: Vec::new(),
                shaped: Shaped::default(),
            });
            let key = key_of(&row, &mut columns);
            if key.is_none() || key != product.0 {
                file.add(&product.1, &by_row);
                product = (key, Vec::new());
            }
            product.1.push(row);
            if file.text.len() > FILE_BYTES_MAX {
                break;
            }
        }
        file.add(&product.1, &by_row);
        Ok(file.finish())
    }
}

/// What makes rows that follow each other one product.
fn key_of(row: &Row, columns: &mut Columns) -> Option<String> {
    row.cells
        .iter()
        .filter_map(|(name, value)| match columns.field(name) {
            Field::Key(rank) => Some((rank, value)),
            Field::Sku(rank) => Some((100 + rank, value)),
            _ => None,
        })
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, value)| cell_text(value))
}

#[derive(Default)]
struct RowFile {
    header: Vec<Arc<str>>,
    text: String,
}

impl RowFile {
    fn add(&mut self, rows: &[Row], errors: &ByRow) {
        if !rows.iter().any(|row| errors.contains_key(&row.number)) {
            return;
        }
        for row in rows {
            for (name, _) in &row.cells {
                if !self.header.contains(name) {
                    self.header.push(Arc::clone(name));
                }
            }
            let said = errors.get(&row.number).map(|errors| {
                let each = errors.iter().map(|error| match error.column.as_str() {
                    "" => error.message.clone(),
                    column => format!("{column}: {}", error.message),
                });
                each.collect::<Vec<_>>().join(" ")
            });
            // The errors come first: columns that only later rows have are appended behind.
            let mut cells = vec![said.unwrap_or_default()];
            cells.extend(
                self.header
                    .iter()
                    .filter(|name| &***name != ERROR_COLUMN)
                    .map(|name| {
                        let cell = row.cells.iter().find(|(n, _)| n == name);
                        cell.map(|(_, value)| cell_text(value)).unwrap_or_default()
                    }),
            );
            line(&mut self.text, cells.iter().map(String::as_str));
        }
    }

    fn finish(self) -> String {
        let mut file = String::with_capacity(self.text.len() + 256);
        let names = self.header.iter().map(|n| &**n).filter(|n| *n != ERROR_COLUMN);
        line(&mut file, std::iter::once(ERROR_COLUMN).chain(names));
        file.push_str(&self.text);
        file
    }
}

fn list(errors: &[FileError], values: &HashMap<(u64, String), String>) -> String {
    let mut file = String::new();
    line(
        &mut file,
        ["row", "column", "value", "code", "message"].into_iter(),
    );
    for error in errors {
        let row = error.row.to_string();
        let value = values
            .get(&(error.row, error.column.clone()))
            .map_or("", String::as_str);
        let (column, value) = (inert(&error.column), inert(value));
        let message = inert(&error.message);
        line(
            &mut file,
            [&*row, &*column, &*value, &*error.code, &*message].into_iter(),
        );
    }
    file
}

/// Spreadsheets would run what begins like a formula.
fn inert(text: &str) -> String {
    let is_number = text.parse::<f64>().is_ok();
    if !is_number && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn line<'a>(file: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            file.push(',');
        }
        if cell.contains([',', '"', '\n', '\r', ';']) || cell.starts_with(' ') || cell.ends_with(' ') {
            file.push('"');
            file.push_str(&cell.replace('"', "\"\""));
            file.push('"');
        } else {
            file.push_str(cell);
        }
    }
    file.push_str("\r\n");
}

fn cell_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(row: u64, column: &str) -> FileError {
        FileError {
            row,
            column: column.to_owned(),
            code: "price_invalid".to_owned(),
            message: "Write it as \"12.50\", please.".to_owned(),
        }
    }

    #[test]
    fn a_list_names_what_stood_there_and_runs_nothing() {
        let values = HashMap::from([((3, "Precio".to_owned()), "=cmd()".to_owned())]);
        let file = list(&[error(3, "Precio"), error(4, "")], &values);
        assert_eq!(
            file,
            "row,column,value,code,message\r\n\
             3,Precio,'=cmd(),price_invalid,\"Write it as \"\"12.50\"\", please.\"\r\n\
             4,,,price_invalid,\"Write it as \"\"12.50\"\", please.\"\r\n"
        );
    }

    #[test]
    fn rows_of_a_product_stay_together() {
        let row = |number, cells: &[(&str, &str)]| Row {
            number,
            cells: cells
                .iter()
                .map(|(n, v)| (Arc::from(*n), Value::from(*v)))
                .collect(),
            emptied: Vec::new(),
            shaped: Shaped::default(),
        };
        let mut file = RowFile::default();
        let errors = HashMap::from([(3, vec![error(3, "price")])]);
        file.add(
            &[
                row(2, &[("sku", "a"), ("price", "1")]),
                row(3, &[("sku", "a"), ("price", "x")]),
            ],
            &errors,
        );
        file.add(&[row(4, &[("sku", "b")])], &errors);
        let lines: Vec<_> = file.finish().lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(
            (lines[0].as_str(), lines[1].as_str()),
            ("stoa_error,sku,price", ",a,1")
        );
        assert!(lines[2].starts_with("\"price: Write it as \"\"12.50\"\"") && lines[2].ends_with(",a,x"));
    }
}
