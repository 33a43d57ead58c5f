//! From rows to batches of drafts.

use super::assemble::{Defaults, assemble};
use super::fields::{Columns, Field};
use super::group::{Group, Grouper, Origin};
use super::row::{Broken, RowError};
use super::source::Source;
use crate::domain::ParsedDraft;

/// Products of one transaction.
const BATCH_DRAFTS_MAX: usize = 500;
/// Bytes of text in one batch, roughly.
const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;
const BATCH_FAILURES_MAX: usize = 2_000;

/// What is written in one transaction.
#[derive(Debug, Default)]
pub struct Batch {
    pub drafts: Vec<ParsedDraft>,
    /// Where each draft stands in the file.
    pub origins: Vec<Origin>,
    pub failures: Vec<Failure>,
    /// All rows up to this one are settled when the batch is written.
    pub through_row: u64,
}

/// Rows that are refused, and why.
#[derive(Clone, Debug)]
pub struct Failure {
    pub first_row: u64,
    pub rows: u64,
    pub errors: Vec<RowError>,
}

pub struct Batches {
    source: Source,
    columns: Columns,
    grouper: Grouper,
    defaults: Defaults,
    /// Rows up to this one were settled by an earlier run.
    settled_row: u64,
    last_row: u64,
    /// Of rows that follow the last complete group.
    held: Vec<Failure>,
    broken: Option<Broken>,
    is_at_end: bool,
    is_header_checked: bool,
}

impl Batches {
    pub fn new(source: Source, defaults: Defaults, settled_row: u64) -> Self {
        Self {
            source,
            columns: Columns::default(),
            grouper: Grouper::new(defaults),
            defaults,
            settled_row,
            last_row: 0,
            held: Vec::new(),
            broken: None,
            is_at_end: false,
            is_header_checked: false,
        }
    }

    /// The next batch; `None` at the end. A file that cannot be read on still gives the rows before.
    pub async fn next(&mut self) -> Result<Option<Batch>, Broken> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        if self.is_at_end {
            return Ok(None);
        }
        let mut batch = Batch::default();
        let mut bytes = 0;
        let mut turns = 0u32;
        while batch.drafts.len() < BATCH_DRAFTS_MAX
            && bytes < BATCH_BYTES_MAX
            && self.held.len() < BATCH_FAILURES_MAX
        {
            let next = self.source.next().await;
            self.check_header();
            let row = match next {
                _ if self.broken.is_some() => break,
                Ok(Some(row)) => row,
                Ok(None) => {
                    self.is_at_end = true;
                    break;
                }
                Err(broken) => {
                    self.broken = Some(broken);
                    break;
                }
            };
            if let Some(group) = self.add(row) {
                bytes += self.close(group, &mut batch);
            }
            turns += 1;
            if turns.is_multiple_of(16) {
                // Reading rows is work for the processor: others get their turn.
                tokio::task::yield_now().await;
            }
        }
        // What a broken file says last may be half a product.
        if self.is_at_end
            && let Some(group) = self.grouper.finish()
        {
            self.close(group, &mut batch);
        }
        batch.through_row = self.grouper.open_since().map_or(self.last_row, |row| row - 1);
        let (settled, held) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|failure| failure.first_row <= batch.through_row);
        batch.failures = settled;
        self.held = held;
        Ok(Some(batch))
    }

    /// Adds a row to its group; returns the group that is complete thereby.
    fn add(&mut self, row: Result<super::row::Row, RowError>) -> Option<Group> {
        let number = match &row {
            Ok(row) => row.number,
            Err(error) => error.row,
        };
        self.last_row = number;
        let pushed = match row.map(|row| assemble(row, &mut self.columns, self.defaults)) {
            Ok(Ok(row)) => self.grouper.push(row).map_err(|error| vec![error]),
            Ok(Err(errors)) => Err(errors),
            Err(error) => Err(vec![error]),
        };
        pushed.unwrap_or_else(|errors| {
            self.fail(number, 1, errors);
            None
        })
    }

    /// Checks a complete group and puts it into the batch; returns how many bytes it has.
    fn close(&mut self, group: Group, batch: &mut Batch) -> usize {
        if group.first_row <= self.settled_row {
            return 0;
        }
        let origin = group.origin();
        let mut errors = Vec::new();
        match group.parse(&mut errors) {
            Ok(draft) => {
                for error in errors {
                    self.fail(error.row, 1, vec![error]);
                }
                let bytes = draft.text_bytes();
                batch.drafts.push(draft);
                batch.origins.push(origin);
                bytes
            }
            Err(rows) => {
                // Variants that were refused on the way are rows of their own.
                let last = errors.pop();
                for error in errors {
                    self.fail(error.row, 1, vec![error]);
                }
                self.fail(origin.first_row, rows, last.into_iter().collect());
                0
            }
        }
    }

    fn fail(&mut self, first_row: u64, rows: u64, errors: Vec<RowError>) {
        if first_row > self.settled_row {
            self.held.push(Failure {
                first_row,
                rows,
                errors,
            });
        }
    }

    /// A header in which no column names the product is told at once, rather than row by row.
    fn check_header(&mut self) {
        let Some(header) = self.source.header().filter(|_| !self.is_header_checked) else {
            return;
        };
        self.is_header_checked = true;
        let names: Vec<_> = header.to_vec();
        let has_title = names
            .iter()
            .any(|name| matches!(self.columns.field(name), Field::Title(_)));
        if !has_title {
            let seen: Vec<&str> = names.iter().map(|n| &**n).take(20).collect();
            self.broken = Some(Broken::new(
                1,
                "header_unknown",
                format!(
                    "No column holds the product's title; name one `title`, `name` or `nombre`. The columns are: {}.",
                    seen.join(", ")
                        .chars()
                        .filter(|c| !c.is_control())
                        .take(300)
                        .collect::<String>()
                ),
            ));
        }
    }
}

impl ParsedDraft {
    fn text_bytes(&self) -> usize {
        let attributes: usize = self
            .attributes
            .iter()
            .map(|(key, value)| {
                key.len()
                    + match value {
                        contracts::catalog::AttributeValue::Text(text) => text.len(),
                        contracts::catalog::AttributeValue::Many(many) => many.iter().map(String::len).sum(),
                        _ => 8,
                    }
            })
            .sum();
        self.description.len() * 2 + attributes + self.variants.len() * 200
    }
}
