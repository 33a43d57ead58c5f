//! The category tree, for the operator: its order, and what products of each category say of themselves.

use askama::Template;

use super::common::{Choice, Field};
use super::page::Page;
use super::work::WorkBar;

#[derive(Clone, Debug, Template)]
#[template(path = "operator_categories.html")]
pub struct OperatorCategoriesPage {
    pub page: Page,
    pub work: WorkBar,
    pub error: Option<String>,
    pub rows: Vec<CategoryRow>,
    pub new: NewCategoryFields,
}

#[derive(Clone, Debug)]
pub struct CategoryRow {
    pub name: String,
    /// Where it is edited.
    pub href: String,
    /// Where buyers see it.
    pub address: String,
    /// From 0.
    pub depth: usize,
    /// How many attributes its products have; empty for none.
    pub attributes: String,
    /// How many of them are required; empty for none.
    pub required: String,
    /// Where its place among its siblings is changed.
    pub action: String,
    pub version: i64,
    /// The place before and behind its own; none at the ends.
    pub up: Option<u16>,
    pub down: Option<u16>,
}

/// A category to be made.
#[derive(Clone, Debug, Default)]
pub struct NewCategoryFields {
    pub is_open: bool,
    pub name: Field,
    pub name_es: Field,
    pub slug: Field,
    pub parents: Vec<Choice>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_category.html")]
pub struct OperatorCategoryPage {
    pub page: Page,
    pub work: WorkBar,
    pub heading: String,
    pub error: Option<String>,
    /// Where its forms are posted.
    pub action: String,
    /// Where buyers see it.
    pub address: String,
    pub version: i64,
    /// Its name in English.
    pub called: Field,
    pub name_es: Field,
    pub slug: Field,
    pub parents: Vec<Choice>,
    pub parent_error: String,
    pub inherited: Vec<InheritedRow>,
    /// Its own, and an empty one that waits for another.
    pub attributes: Vec<AttributeFields>,
    pub changes: Vec<ChangeRow>,
    pub new: NewCategoryFields,
}

/// An attribute that comes from a category above.
#[derive(Clone, Debug)]
pub struct InheritedRow {
    pub label: String,
    /// `Number in cm, required`
    pub what: String,
    pub from: String,
    pub href: String,
}

/// An attribute as it is edited.
#[derive(Clone, Debug, Default)]
pub struct AttributeFields {
    pub index: usize,
    /// Its label, its type and what else is said of it, while it is folded.
    pub heading: String,
    pub what: String,
    pub is_open: bool,
    pub is_blank: bool,
    pub key: Field,
    pub label: Field,
    pub label_es: Field,
    pub kinds: Vec<Choice>,
    pub unit: Field,
    /// One a line: `stoneware | Stoneware | Gres`.
    pub values: Field,
    pub required: bool,
    pub facetable: bool,
    pub error: Option<String>,
}

#[derive(Clone, Debug)]
pub struct ChangeRow {
    pub when: String,
    pub what: String,
}
