//! Rows that follow each other with one key are one product and its variants.

use super::assemble::{Defaults, RowDraft};
use super::fields::{Field, field_of};
use super::row::RowError;
use crate::domain::limits::{IMAGES_MAX, VARIANTS_MAX};
use crate::domain::said::{Said, Surcharge};
use crate::domain::{self, ParsedDraft, Refusal};
use contracts::catalog::{DraftImage, ProductDraft, VariantDraft};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

type ColumnNames = Vec<(&'static str, Arc<str>)>;

/// One product's rows.
pub struct Group {
    /// Of its first row.
    pub first_row: u64,
    draft: ProductDraft,
    first_columns: ColumnNames,
    /// Row and columns of each variant, in the draft's order, and what it costs beyond its product.
    variants: Vec<(u64, ColumnNames, Surcharge)>,
    /// Rows without a variant of their own.
    other_rows: u64,
    said: Arc<Said>,
    /// Some of its rows could not be read.
    lacks_rows: bool,
}

/// Where a product stands in the file, for what is found out about it later.
#[derive(Clone, Debug)]
pub struct Origin {
    pub first_row: u64,
    pub rows: u64,
    columns: ColumnNames,
}

impl Origin {
    /// A refusal as an error of the product's first row.
    pub fn error(&self, refusal: &Refusal) -> RowError {
        error_of(self.first_row, &self.columns, refusal)
    }

    /// All that a refusal says, each as an error of its own column.
    pub fn errors(&self, refusal: &Refusal) -> Vec<RowError> {
        std::iter::once(refusal)
            .chain(&refusal.also)
            .map(|one| self.error(one))
            .collect()
    }
}

/// Gathers groups, and refuses a key that comes again further down: the second would undo the first.
pub struct Grouper {
    defaults: Defaults,
    open: Option<Group>,
    /// Hashes of the keys seen: eight bytes a product.
    seen: HashSet<u64>,
    /// The row above could not be read: the key of its product, where that much is known.
    missed: Option<Option<String>>,
}

impl Grouper {
    pub fn new(defaults: Defaults) -> Self {
        Self {
            defaults,
            open: None,
            seen: HashSet::new(),
            missed: None,
        }
    }

    /// The first row of the group that is not yet complete.
    pub fn open_since(&self) -> Option<u64> {
        self.open.as_ref().map(|g| g.first_row)
    }

    /// A row cannot be read, so that its product is not all there. It may be the next one's.
    pub fn miss(&mut self, key: Option<String>) {
        let is_of = |group: &&mut Group| key.as_ref().is_none_or(|key| *key == group.draft.key);
        if let Some(open) = self.open.as_mut().filter(is_of) {
            open.lacks_rows = true;
        }
        self.missed = Some(key);
    }

    /// Adds a row; returns the group that it completes by beginning another.
    pub fn push(&mut self, row: RowDraft, said: &Arc<Said>) -> Result<Option<Group>, RowError> {
        let missed = self.missed.take();
        if let Some(open) = &mut self.open
            && open.draft.key == row.product.key
        {
            open.add(row, said)?;
            return Ok(None);
        }
        let mut hash = DefaultHasher::new();
        row.product.key.hash(&mut hash);
        if !self.seen.insert(hash.finish()) {
            let column = column_of(&row.columns, "key").or_else(|| column_of(&row.columns, "code"));
            return Err(RowError::new(
                row.number,
                column.unwrap_or_default(),
                "key_repeated",
                format!(
                    "`{}` stands further up already. Put the rows of one product next to each other, and give different products different keys.",
                    row.product.key.chars().take(60).collect::<String>()
                ),
            ));
        }
        let lacks_rows = missed.is_some_and(|key| key.is_none_or(|key| key == row.product.key));
        let mut group = Group::new(row, self.defaults, Arc::clone(said));
        group.lacks_rows = lacks_rows;
        Ok(self.open.replace(group))
    }

    /// The last group, at the end of the file.
    pub fn finish(&mut self) -> Option<Group> {
        self.open.take()
    }
}

impl Group {
    fn new(row: RowDraft, defaults: Defaults, said: Arc<Said>) -> Self {
        let mut draft = row.product;
        draft.status = draft.status.or(Some(defaults.status));
        let mut group = Self {
            first_row: row.number,
            draft,
            first_columns: row.columns.clone(),
            variants: Vec::new(),
            other_rows: 0,
            said,
            lacks_rows: false,
        };
        match row.variant {
            Some(mut variant) => {
                name_options(&mut variant, None);
                group.draft.variants.push(variant);
                group.variants.push((row.number, row.columns, row.surcharge));
            }
            None => group.other_rows += 1,
        }
        group
    }

    /// A further row: its variant, its pictures, and what rows above left empty.
    fn add(&mut self, row: RowDraft, said: &Arc<Said>) -> Result<(), RowError> {
        if !Arc::ptr_eq(&self.said, said) {
            self.said = Arc::new(self.said.and(said));
        }
        if let Some(mut variant) = row.variant {
            name_options(&mut variant, self.draft.variants.last());
            if self.draft.variants.iter().any(|v| v.code == variant.code) {
                let column = column_of(&row.columns, "code").or_else(|| column_of(&row.columns, "key"));
                return Err(RowError::new(
                    row.number,
                    column.unwrap_or_default(),
                    "sku_repeated",
                    format!(
                        "`{}` stands in the rows above already. Each variant needs its own SKU or options.",
                        variant.code
                    ),
                ));
            }
            if self.variants.len() >= VARIANTS_MAX {
                return Err(RowError::new(
                    row.number,
                    "",
                    "too_many",
                    format!("A product may have at most {VARIANTS_MAX} variants."),
                ));
            }
            self.draft.variants.push(variant);
            self.variants.push((row.number, row.columns, row.surcharge));
        } else {
            self.other_rows += 1;
        }
        let further = row.product;
        fill(&mut self.draft.title, further.title);
        fill(&mut self.draft.description, further.description);
        fill(&mut self.draft.brand, further.brand);
        self.draft.category = self.draft.category.take().or(further.category);
        for image in further.images {
            let known = &mut self.draft.images;
            if known.len() < IMAGES_MAX && !known.iter().any(|k| address(k) == address(&image)) {
                known.push(image);
            }
        }
        for (key, value) in further.attributes {
            self.draft.attributes.entry(key).or_insert(value);
        }
        Ok(())
    }

    /// Some exports begin a product with a row of its own that has a price, and sell only the variants below it.
    fn drop_product_row(&mut self) {
        let (first, others) = match self.draft.variants.as_slice() {
            [first, others @ ..] if !others.is_empty() => (first, others),
            _ => return,
        };
        if first.options.is_empty() && others.iter().all(|v| !v.options.is_empty()) {
            self.draft.variants.remove(0);
            self.variants.remove(0);
            self.other_rows += 1;
        }
    }

    /// Rows that are in this group.
    pub fn rows(&self) -> u64 {
        self.variants.len() as u64 + self.other_rows
    }

    /// The column that a field of the first row was read from.
    pub fn origin(&self) -> Origin {
        Origin {
            first_row: self.first_row,
            rows: self.rows(),
            columns: self.first_columns.clone(),
        }
    }

    /// The product, checked. A variant that breaks a rule is left out and reported; a product without any left, or
    /// that breaks a rule itself, is refused with all its rows.
    pub fn parse(mut self, errors: &mut Vec<RowError>) -> Result<ParsedDraft, u64> {
        self.drop_product_row();
        loop {
            // Only a product with several variants is tried more than once.
            let draft = if self.variants.len() > 1 {
                self.draft.clone()
            } else {
                std::mem::take(&mut self.draft)
            };
            let refusal = match domain::parse(draft) {
                Ok(parsed) => {
                    let surcharges = self.variants.iter().map(|(_, _, surcharge)| *surcharge).collect();
                    return Ok(parsed.told_by_rows(self.said, self.lacks_rows, surcharges));
                }
                Err(refusal) => refusal,
            };
            match variant_of(&refusal.pointer).filter(|i| *i < self.variants.len() && self.variants.len() > 1)
            {
                Some(i) => {
                    let (row, columns, _) = self.variants.remove(i);
                    self.draft.variants.remove(i);
                    self.lacks_rows = true;
                    errors.push(error_of(row, &columns, &refusal));
                }
                None => {
                    let variant = variant_of(&refusal.pointer).and_then(|i| self.variants.get(i));
                    let (row, columns) =
                        variant.map_or((self.first_row, &self.first_columns), |v| (v.0, &v.1));
                    errors.push(error_of(row, columns, &refusal));
                    return Err(self.rows());
                }
            }
        }
    }
}

/// Exports name options in a product's first row only.
fn name_options(variant: &mut VariantDraft, above: Option<&VariantDraft>) {
    for (i, option) in variant.options.iter_mut().enumerate() {
        if option.name.is_empty() {
            let named = above.and_then(|above| above.options.get(i));
            option.name = named.map_or_else(|| "Option".to_owned(), |o| o.name.clone());
        }
    }
}

fn error_of(row: u64, columns: &ColumnNames, refusal: &Refusal) -> RowError {
    let field = refusal
        .pointer
        .strip_prefix("variants/")
        .map_or(refusal.pointer.as_str(), |rest| {
            rest.split('/').nth(1).unwrap_or(rest)
        });
    let column = match field.strip_prefix("attributes/") {
        Some(key) => attribute_column(columns, key).unwrap_or_else(|| key.to_owned()),
        None => {
            let field = field.split('/').next().unwrap_or(field);
            column_of(columns, field).unwrap_or_else(|| refusal.pointer.clone())
        }
    };
    RowError::new(row, column, refusal.code, refusal.message.clone())
}

/// The column that an attribute was read from, as the file calls it.
fn attribute_column(columns: &ColumnNames, key: &str) -> Option<String> {
    let is_of = |column: &str| matches!(field_of(column), Field::Attribute(known, _) if known == key);
    let mut names = columns.iter().filter(|(field, _)| *field == "attributes");
    names
        .find(|(_, column)| is_of(column))
        .map(|(_, column)| column.to_string())
}

fn variant_of(pointer: &str) -> Option<usize> {
    pointer.strip_prefix("variants/")?.split('/').next()?.parse().ok()
}

fn column_of(columns: &ColumnNames, field: &str) -> Option<String> {
    columns
        .iter()
        .find(|(f, _)| *f == field)
        .map(|(_, column)| column.to_string())
}

fn fill(kept: &mut String, further: String) {
    if kept.is_empty() {
        *kept = further;
    }
}

fn address(image: &DraftImage) -> &str {
    match image {
        DraftImage::Stored(picture) => &picture.url,
        DraftImage::Address { url, .. } => url,
    }
}
