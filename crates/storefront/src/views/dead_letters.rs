//! What failed for good, and what operators did with it.

use askama::Template;

use super::common::Link;
use super::page::Page;
use super::work::WorkBar;

#[derive(Clone, Debug)]
pub struct FailureRow {
    /// What it was, in words.
    pub what: String,
    /// Of an event: which.
    pub topic: Option<String>,
    /// As the program calls it: for whoever looks into logs.
    pub name: String,
    pub since: String,
    pub attempts: String,
    pub error: String,
    /// How many wait behind it.
    pub behind: Option<String>,
    pub retry: String,
    pub dismiss: String,
}

#[derive(Clone, Debug)]
pub struct DecisionRow {
    pub what: String,
    pub act: String,
    pub who: String,
    pub at: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_dead_letters.html")]
pub struct OperatorDeadLettersPage {
    pub page: Page,
    pub work: WorkBar,
    pub rows: Vec<FailureRow>,
    pub decisions: Vec<DecisionRow>,
    pub more: Option<Link>,
}
