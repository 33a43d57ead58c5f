//! Products and changes that wait before buyers see them, for the operator.

use askama::Template;

use super::changes::ChangeLine;
use super::common::{Choice, Field, Link};
use super::page::Page;
use super::work::WorkBar;

#[derive(Clone, Debug, Template)]
#[template(path = "operator_moderation.html")]
pub struct OperatorModerationPage {
    pub page: Page,
    pub work: WorkBar,
    pub error: Option<String>,
    pub filter: ModerationFields,
    /// Something narrows the list.
    pub is_narrowed: bool,
    /// By what, as addresses have it: where a decision leads back to.
    pub query: String,
    pub rows: Vec<WaitingRow>,
    pub more: Option<Link>,
    pub rules: RulesForm,
}

/// By what the queue is narrowed.
#[derive(Clone, Debug)]
pub struct ModerationFields {
    pub shop: Field,
    pub kinds: Vec<Choice>,
    pub waited: Vec<Choice>,
}

#[derive(Clone, Debug)]
pub struct WaitingRow {
    /// Distinguishes its form.
    pub id: String,
    pub title: String,
    pub shop: String,
    pub shop_href: String,
    /// `New product`, `Change`.
    pub kind: String,
    /// Who asked, and when.
    pub asked: String,
    pub reasons: Vec<String>,
    pub changes: Vec<ChangeLine>,
    pub version: i64,
    pub approve: String,
    pub reject: String,
    /// Where the shop is trusted, if it waits for being new.
    pub trust: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct RulesForm {
    /// Of the rules that were seen.
    pub version: i64,
    pub hold_new_shops: bool,
    pub approved_min: Field,
    pub price_percent: Field,
    /// One a line.
    pub words: Field,
}
