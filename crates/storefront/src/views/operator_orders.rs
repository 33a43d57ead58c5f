//! The operator's desk for orders: the list with its search, and one order with everything about it.

use askama::Template;

use super::common::{Choice, Field, Link};
use super::operator::PaidShare;
use super::order::SubOrderState;
use super::page::Page;
use super::seller::RefundForm;
use super::work::{Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "operator_orders.html")]
pub struct OperatorOrdersPage {
    pub page: Page,
    pub work: WorkBar,
    pub words: String,
    pub states: Vec<Choice>,
    pub from: Field,
    pub until: Field,
    /// Whose orders are shown, where they are one shop's, and how all are seen again.
    pub shop: Option<Link>,
    pub is_narrowed: bool,
    pub rows: Vec<FoundRow>,
    pub more: Option<Link>,
}

#[derive(Clone, Debug)]
pub struct FoundRow {
    pub number: String,
    pub href: String,
    pub status: Status,
    pub placed: String,
    pub email: String,
    pub contents: String,
    pub total: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_order.html")]
pub struct OperatorOrderPage {
    pub page: Page,
    pub work: WorkBar,
    pub number: String,
    pub href: String,
    pub status: Status,
    /// As of when it is shown, where that is not now.
    pub past: Option<String>,
    pub moment: Field,
    pub placed: String,
    pub email: String,
    pub address: Vec<String>,
    /// What was to be paid, and how: label and amount.
    pub sums: Vec<(String, String)>,
    pub messages: String,
    /// Where the payment is seen to by hand.
    pub by_hand: String,
    pub payment_step: Option<PaymentStanding>,
    pub parts: Vec<PartPanel>,
    pub books: Vec<BookEntry>,
    pub story: Vec<StoryRow>,
}

/// How far the payment's saga is.
#[derive(Clone, Debug)]
pub struct PaymentStanding {
    pub status: Status,
    pub step: String,
    pub due: String,
}

#[derive(Clone, Debug)]
pub struct PartPanel {
    pub shop: String,
    pub href: Option<String>,
    pub number: String,
    pub state: SubOrderState,
    pub total: String,
    pub split: Option<PaidShare>,
    pub commission: String,
    pub lines: Vec<(String, String)>,
    pub delivery: String,
    pub parcels: Vec<String>,
    pub returns: Vec<String>,
    pub changes: Vec<String>,
    pub refund: Option<RefundForm>,
}

#[derive(Clone, Debug)]
pub struct BookEntry {
    pub kind: String,
    pub at: String,
    pub rows: Vec<BookRow>,
}

#[derive(Clone, Debug)]
pub struct BookRow {
    pub account: String,
    pub shop: String,
    /// One of the two is empty.
    pub debit: String,
    pub credit: String,
}

/// Something that happened, whoever tells of it.
#[derive(Clone, Debug)]
pub struct StoryRow {
    pub at: String,
    /// Who tells of it: order, payment, parcel.
    pub source: String,
    pub text: String,
    pub detail: String,
    /// The order as it stood after it.
    pub version: Option<Link>,
}
