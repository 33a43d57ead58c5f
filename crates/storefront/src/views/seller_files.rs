//! A file of products before it is read: what its columns mean, and what reading it would do.

use super::common::{Choice, Field};
use super::page::Page;
use super::seller_goods::UploadProblem;
use super::work::{Status, WorkBar};
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "seller_file.html")]
pub struct SellerFilePage {
    pub page: Page,
    pub work: WorkBar,
    pub file: String,
    pub href: String,
    pub status: Status,
    /// Format, shop system, encoding, size: in words.
    pub about: String,
    pub error: Option<String>,
    /// Names of fields without which no product lands.
    pub missing: Vec<String>,
    /// What may not be meant as it will be read.
    pub warnings: Vec<String>,
    pub columns: Vec<ColumnRow>,
    pub states: Vec<Choice>,
    pub stock: Field,
    pub currency: Field,
    pub remember: bool,
    pub first: Vec<LandingRow>,
    /// Of the whole file once it is checked, of its first rows before.
    pub problems: Vec<UploadProblem>,
    pub check: Option<CheckFigures>,
    pub is_checking: bool,
}

/// A column, and what can be chosen for it.
#[derive(Clone, Debug)]
pub struct ColumnRow {
    pub index: usize,
    pub name: String,
    pub samples: Vec<String>,
    pub fields: Vec<Choice>,
    pub sure: Status,
}

/// A product as it would land.
#[derive(Clone, Debug)]
pub struct LandingRow {
    pub row: u64,
    pub title: String,
    pub key: String,
    pub price: String,
    pub stock: String,
    pub variants: u64,
    pub pictures: u64,
}

/// What reading the file would do.
#[derive(Clone, Debug)]
pub struct CheckFigures {
    pub is_over: bool,
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub failed: u64,
    pub failure: Option<String>,
    pub has_errors: bool,
}
