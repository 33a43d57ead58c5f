//! From rows to batches of drafts.

use super::assemble::{Defaults, assemble};
use super::fields::{Columns, Field};
use super::group::{Group, Grouper, Origin};
use super::layout::Layout;
use super::platform::{Adapter, CategoryList, ListedCategory, Platform, lists_categories};
use super::row::{Broken, Row, RowError};
use super::source::Source;
use super::speaks::said_by;
use crate::domain::ParsedDraft;
use crate::domain::said::Said;
use std::collections::VecDeque;
use std::sync::Arc;

/// Products of one transaction.
const BATCH_DRAFTS_MAX: usize = 500;
/// Bytes of text in one batch, roughly.
const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;
const BATCH_FAILURES_MAX: usize = 2_000;
/// Refused rows below a product whose last row has not been seen. Beyond them it is taken for complete: they cannot be told
/// before it is.
const FAILURES_BELOW_MAX: usize = 20_000;

/// What is written in one transaction.
#[derive(Debug, Default)]
pub struct Batch {
    pub drafts: Vec<ParsedDraft>,
    /// Of a file that lists categories: all of it.
    pub categories: Vec<ListedCategory>,
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
    /// Rows refused since the open group began, settled ones too: every run must end it at the same row.
    failed_below: usize,
    broken: Option<Broken>,
    is_at_end: bool,
    is_header_checked: bool,
    /// Rows that are read at most.
    rows_max: u64,
    rows_read: u64,
    /// What the header speaks of; each row for itself where there is none.
    said: Option<Arc<Said>>,
    /// Of exports that are known.
    adapter: Option<Adapter>,
    adapted: VecDeque<Result<Row, RowError>>,
    /// Of a file that lists categories.
    list: Option<CategoryList>,
    is_source_at_end: bool,
    source_broken: Option<Broken>,
}

impl Batches {
    pub fn new(source: Source, layout: &Layout, defaults: Defaults, settled_row: u64) -> Self {
        Self {
            source,
            columns: Columns::from(layout),
            grouper: Grouper::new(defaults),
            defaults,
            settled_row,
            last_row: 0,
            held: Vec::new(),
            failed_below: 0,
            broken: None,
            is_at_end: false,
            is_header_checked: false,
            rows_max: u64::MAX,
            rows_read: 0,
            said: None,
            adapter: None,
            adapted: VecDeque::new(),
            list: None,
            is_source_at_end: false,
            source_broken: None,
        }
    }

    /// Reads the first rows only, as if the file ended there.
    pub fn first_rows(mut self, rows_max: u64) -> Self {
        self.rows_max = rows_max;
        self
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
        // What an open group keeps back is no reason to stop: a batch must get further than the one before.
        let kept_back = self.held.len();
        while batch.drafts.len() < BATCH_DRAFTS_MAX
            && bytes < BATCH_BYTES_MAX
            && self.held.len() < kept_back + BATCH_FAILURES_MAX
        {
            let next = self.next_row().await;
            let row = match next {
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
            let group = self.add(row).or_else(|| self.end_long_open());
            if let Some(group) = group {
                bytes += self.close(group, &mut batch);
            }
            turns += 1;
            if turns.is_multiple_of(16) {
                // Reading rows is work for the processor: others get their turn.
                tokio::task::yield_now().await;
            }
        }
        if let Some(batch) = self.end_list() {
            return Ok(Some(batch));
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

    /// What a list of categories says, once it is read: rows may name others further down.
    fn end_list(&mut self) -> Option<Batch> {
        if !self.is_source_at_end {
            return None;
        }
        let listed = self.list.take()?.finish();
        let settled = self.settled_row;
        let is_new = |row: u64| row > settled;
        let categories = listed.categories.into_iter().filter(|one| is_new(one.row));
        let failures = listed.failures.into_iter().filter(|one| is_new(one.first_row));
        Some(Batch {
            categories: categories.collect(),
            failures: failures.collect(),
            through_row: listed.last_row.max(settled),
            ..Batch::default()
        })
    }

    fn end_long_open(&mut self) -> Option<Group> {
        if self.failed_below < FAILURES_BELOW_MAX {
            return None;
        }
        self.failed_below = 0;
        self.grouper.finish()
    }

    /// The next row in the shape that groups are made of.
    async fn next_row(&mut self) -> Result<Option<Result<Row, RowError>>, Broken> {
        loop {
            if let Some(row) = self.adapted.pop_front() {
                return Ok(Some(row));
            }
            if self.is_source_at_end {
                return self.source_broken.clone().map_or(Ok(None), Err);
            }
            let next = if self.rows_read < self.rows_max {
                self.source.next().await
            } else {
                Ok(None)
            };
            self.rows_read += 1;
            self.check_header()?;
            match (next, &mut self.list, &mut self.adapter) {
                (Ok(Some(row)), Some(list), _) => list.take(row)?,
                (Ok(Some(row)), None, None) => return Ok(Some(row)),
                (Ok(Some(row)), None, Some(adapter)) if adapter.holds_back() => adapter.hold(row)?,
                (Ok(Some(row)), None, Some(_)) => self.adapt(row),
                (Ok(None), ..) => self.release(None),
                (Err(broken), ..) => self.release(Some(broken)),
            }
        }
    }

    fn adapt(&mut self, row: Result<Row, RowError>) {
        let Some(adapter) = &mut self.adapter else { return };
        match row.and_then(|row| adapter.adapt(row)) {
            Ok(rows) => self.adapted.extend(rows.into_iter().map(Ok)),
            Err(error) => self.adapted.push_back(Err(error)),
        }
    }

    /// The file has ended: what was held back comes now.
    fn release(&mut self, broken: Option<Broken>) {
        self.is_source_at_end = true;
        self.source_broken = broken;
        let held = self.adapter.as_mut().map(Adapter::release).unwrap_or_default();
        for row in held {
            self.adapt(row);
        }
    }

    /// Adds a row to its group; returns the group that is complete thereby.
    fn add(&mut self, row: Result<Row, RowError>) -> Option<Group> {
        let number = match &row {
            Ok(row) => row.number,
            Err(error) => error.row,
        };
        // Variants of some exports stand below other products.
        self.last_row = self.last_row.max(number);
        let said = row.as_ref().ok().map(|row| self.said_by(row)).unwrap_or_default();
        let pushed = match row.map(|row| assemble(row, &mut self.columns, self.defaults)) {
            Ok(Ok(row)) => self.grouper.push(row, &said).map_err(|error| vec![error]),
            Ok(Err(faulty)) => {
                self.grouper.miss(Some(faulty.key));
                Err(faulty.errors)
            }
            Err(error) => {
                self.grouper.miss(None);
                Err(vec![error])
            }
        };
        pushed.unwrap_or_else(|errors| {
            self.fail(number, 1, errors);
            None
        })
    }

    fn said_by(&mut self, row: &Row) -> Arc<Said> {
        match &self.said {
            Some(said) => Arc::clone(said),
            None => {
                let names = row.cells.iter().map(|(name, _)| name).chain(&row.emptied);
                Arc::new(said_by(names, &mut self.columns))
            }
        }
    }

    /// Checks a complete group and puts it into the batch; returns how many bytes it has.
    fn close(&mut self, group: Group, batch: &mut Batch) -> usize {
        self.failed_below = 0;
        if group.first_row <= self.settled_row {
            return 0;
        }
        let origin = group.origin();
        let mut errors = Vec::new();
        match group.parse(&mut errors) {
            Ok((draft, variants)) => {
                for error in errors {
                    self.fail(error.row, 1, vec![error]);
                }
                let bytes = draft.text_bytes();
                batch.drafts.push(draft);
                batch.origins.push(origin.with_variants(variants));
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
        self.failed_below += 1;
        if first_row > self.settled_row {
            self.held.push(Failure {
                first_row,
                rows,
                errors,
            });
        }
    }

    /// A header in which no column names the product is told at once, rather than row by row.
    fn check_header(&mut self) -> Result<(), Broken> {
        let Some(header) = self.source.header().filter(|_| !self.is_header_checked) else {
            return Ok(());
        };
        self.is_header_checked = true;
        let names: Vec<_> = header.to_vec();
        let platform = Platform::of(&names);
        if platform == Some(Platform::PrestaShop) && lists_categories(&names) {
            self.list = Some(CategoryList::new(names));
            return Ok(());
        }
        if let Some(platform) = platform {
            self.adapter = Some(Adapter::new(platform, self.defaults.currency));
        }
        let said = match platform {
            Some(platform) => platform.said(&names),
            None => said_by(names.iter(), &mut self.columns),
        };
        // Combinations belong to products that are there and have their names.
        let names_products = !matches!(said, Said::Combinations(_));
        self.said = Some(Arc::new(said));
        let has_title = !names_products
            || names
                .iter()
                .any(|name| matches!(self.columns.field(name), Field::Title(_)));
        if !has_title {
            let seen: Vec<&str> = names.iter().map(|n| &**n).take(20).collect();
            return Err(Broken::new(
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
        Ok(())
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
