//! A product's past.

use askama::Template;

use super::changes::ChangeLine;
use super::common::{Choice, Field, Link};
use super::page::Page;
use super::seller_goods::TermFields;
use super::work::{Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "seller_history.html")]
pub struct SellerHistoryPage {
    pub page: Page,
    pub work: WorkBar,
    /// The product's page in the workplace; none once it is deleted.
    pub product: Option<Link>,
    pub heading: String,
    /// The present version, which a restore must have seen.
    pub version: i64,
    /// Newest first.
    pub rows: Vec<VersionLine>,
    pub more: Option<Link>,
    /// What is ahead; of a deleted product nothing is.
    pub ahead: Option<Ahead>,
}

/// Changes whose time is to come, and what became of those whose time has come.
#[derive(Clone, Debug)]
pub struct Ahead {
    pub rows: Vec<AheadLine>,
    pub form: Option<AheadForm>,
}

#[derive(Clone, Debug)]
pub struct AheadLine {
    pub at: String,
    pub who: String,
    pub status: Status,
    pub changes: Vec<ChangeLine>,
    pub failure: Option<String>,
    pub cancel: Option<String>,
}

#[derive(Clone, Debug)]
pub struct AheadForm {
    pub action: String,
    pub error: Option<String>,
    pub at: Field,
    pub title: Field,
    pub states: Vec<Choice>,
    pub prices: Vec<PriceRow>,
    /// What they are in.
    pub currency: String,
}

/// What one variant is to cost.
#[derive(Clone, Debug)]
pub struct PriceRow {
    pub index: usize,
    pub code: String,
    pub label: String,
    /// What it costs at present.
    pub now: String,
    pub price: String,
    pub compare_at: String,
    /// A sale, and prices for many.
    pub terms: TermFields,
}

#[derive(Clone, Debug)]
pub struct VersionLine {
    pub number: i64,
    pub at: String,
    /// `Rocío Vega changed it`.
    pub who: String,
    /// Whether it is the present one.
    pub current: bool,
    pub changes: Vec<ChangeLine>,
    /// Where it is restored.
    pub restore: Option<String>,
}

/// Undoing an upload: offered, or what came of it.
#[derive(Clone, Debug, Default)]
pub struct UploadUndo {
    /// Where it is asked for; none once it is finished.
    pub action: Option<String>,
    /// Whether one was begun and broken off.
    pub broken_off: bool,
    /// What came of it, in a sentence.
    pub outcome: Option<String>,
    /// What was left as it is.
    pub left: Vec<LeftLine>,
    /// What was left and is not in the list.
    pub further: u64,
}

#[derive(Clone, Debug)]
pub struct LeftLine {
    pub title: String,
    pub href: String,
    pub reason: String,
}
