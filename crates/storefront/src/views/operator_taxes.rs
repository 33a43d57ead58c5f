//! Taxes, for the operator: who owes them, where, on what and how much.

use askama::Template;

use super::common::{Choice, Field, Link};
use super::page::Page;
use super::work::WorkBar;

#[derive(Clone, Debug, Template)]
#[template(path = "operator_taxes.html")]
pub struct OperatorTaxesPage {
    pub page: Page,
    pub work: WorkBar,
    pub error: Option<String>,
    pub may_edit: bool,
    /// Who owes the tax now, in a sentence.
    pub owed: String,
    pub owners: Vec<Choice>,
    /// The filter by region; the first is all of them.
    pub regions: Vec<Choice>,
    pub rates: Vec<TaxRateRow>,
    pub more: Option<Link>,
    pub categories: Vec<TaxCategoryRow>,
    pub new_rate: RateFields,
    pub new_category: CategoryFields,
    pub new_region: RegionFields,
}

#[derive(Clone, Debug)]
pub struct TaxRateRow {
    /// Distinguishes its form.
    pub id: String,
    pub region: String,
    pub category: String,
    /// As printed.
    pub name: String,
    pub rate: String,
    pub valid: String,
    pub source: String,
    /// Where it is ended; none where it has an end.
    pub end: Option<String>,
}

#[derive(Clone, Debug)]
pub struct TaxCategoryRow {
    pub name: String,
    pub code: String,
    /// Whose rate holds where a region names none; empty for none.
    pub otherwise: String,
}

#[derive(Clone, Debug, Default)]
pub struct RateFields {
    pub is_open: bool,
    pub regions: Vec<Choice>,
    pub categories: Vec<Choice>,
    pub name: Field,
    pub rate: Field,
    pub source: Field,
    pub note: Field,
    pub replaces: bool,
}

#[derive(Clone, Debug, Default)]
pub struct CategoryFields {
    pub is_open: bool,
    pub code: Field,
    pub name: Field,
    pub otherwise: Vec<Choice>,
    pub note: Field,
}

#[derive(Clone, Debug, Default)]
pub struct RegionFields {
    pub is_open: bool,
    pub code: Field,
    pub name: Field,
    pub countries: Vec<Choice>,
    pub provinces: Field,
    pub postcodes: Field,
    pub note: Field,
}
