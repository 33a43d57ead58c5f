//! How a shop is paid: what it is owed, what is held of it, what went to its bank; and the same of all shops.

use askama::Template;

use super::common::{Choice, Field, Link};
use super::page::Page;
use super::work::{Figure, Section, Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "seller_settlement.html")]
pub struct SellerSettlementPage {
    pub page: Page,
    pub work: WorkBar,
    /// By currency: what can be paid out, what waits, what is in reserve.
    pub figures: Vec<Figure>,
    /// When it is paid, in a sentence.
    pub schedule: String,
    /// How long sales are held, in a sentence.
    pub terms: String,
    pub schedules: Vec<Choice>,
    pub may_edit: bool,
    /// One for each currency in which something can be paid out now.
    pub pay: Vec<PayForm>,
    pub holds: Vec<HoldRow>,
    pub payouts: Vec<PayoutRow>,
    pub currencies: Vec<Choice>,
    pub months: Vec<Choice>,
    /// Each a file of what came of the year.
    pub years: Vec<Link>,
}

/// Pays out at once what is available in one currency.
#[derive(Clone, Debug)]
pub struct PayForm {
    pub currency: String,
    pub amount: String,
    /// The same key is the same payout.
    pub key: String,
}

/// Money that is held back.
#[derive(Clone, Debug)]
pub struct HoldRow {
    /// The sale that it is of, where it is of one.
    pub sale: Option<Link>,
    pub reason: String,
    pub since: String,
    /// When it ends, or ended.
    pub until: String,
    /// What is held, or was.
    pub amount: String,
    pub status: Status,
}

#[derive(Clone, Debug)]
pub struct PayoutRow {
    pub made: String,
    /// Whose it is, on the operator's list; else empty.
    pub shop: String,
    /// The shop's page, for who may see it.
    pub href: Option<String>,
    /// The day on which its period ended, or that the shop asked for it.
    pub period: String,
    pub amount: String,
    pub status: Status,
    /// When it was paid, or why it was not.
    pub note: String,
    /// What the bank or the provider calls it; empty until they were asked.
    pub reference: String,
    /// Where it is said that the bank sent it back, for who may.
    pub came_back: Option<String>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_holds.html")]
pub struct SellerHoldsPage {
    pub page: Page,
    pub work: WorkBar,
    pub tabs: Vec<Section>,
    pub holds: Vec<HoldRow>,
    pub more: Option<Link>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_payouts.html")]
pub struct SellerPayoutsPage {
    pub page: Page,
    pub work: WorkBar,
    pub tabs: Vec<Section>,
    pub payouts: Vec<PayoutRow>,
    pub more: Option<Link>,
}

/// What a month came to, and what moved in it, oldest first.
#[derive(Clone, Debug, Template)]
#[template(path = "seller_statement.html")]
pub struct SellerStatementPage {
    pub page: Page,
    pub work: WorkBar,
    pub month: String,
    pub months: Vec<Choice>,
    /// Its code: in which it is, whatever month is looked at next.
    pub currency: String,
    /// What all of it comes to, whichever page of movements this is.
    pub figures: Vec<Figure>,
    pub movements: Vec<MovementRow>,
    /// The whole as files.
    pub pdf: String,
    pub csv: String,
    pub more: Option<Link>,
}

#[derive(Clone, Debug)]
pub struct MovementRow {
    pub at: String,
    pub what: String,
    /// The sale that it is of, where it is of one.
    pub sale: Option<Link>,
    pub gross: String,
    pub commission: String,
    pub tax: String,
    pub net: String,
    /// What the shop was owed after it.
    pub balance: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_payouts.html")]
pub struct OperatorPayoutsPage {
    pub page: Page,
    pub work: WorkBar,
    pub tabs: Vec<Section>,
    /// By the day on which they were made, the latest first; empty on further pages.
    pub batches: Vec<BatchRow>,
    pub payouts: Vec<PayoutRow>,
    pub more: Option<Link>,
}

/// The payouts of one day in one currency.
#[derive(Clone, Debug)]
pub struct BatchRow {
    pub day: String,
    pub payouts: String,
    pub amount: String,
    /// Without an answer from the bank; empty where there are none.
    pub open: String,
    /// Failed or sent back; empty where there are none.
    pub broken: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_breaks.html")]
pub struct OperatorBreaksPage {
    pub page: Page,
    pub work: WorkBar,
    /// For those who may bring providers' files.
    pub import: Option<ImportForm>,
    pub tabs: Vec<Section>,
    pub rows: Vec<BreakRow>,
    pub more: Option<Link>,
}

#[derive(Clone, Debug, Default)]
pub struct ImportForm {
    /// Why the file was not taken.
    pub refused: Option<String>,
    pub provider: Field,
}

/// Where a provider's file and the ledger disagree.
#[derive(Clone, Debug)]
pub struct BreakRow {
    pub kind: Status,
    /// Taken, or given back.
    pub what: String,
    pub at: String,
    /// The order's number and its payment, where it is known.
    pub order: Option<Link>,
    /// The provider's name for it; empty where no file mentions it.
    pub reference: String,
    pub theirs: String,
    pub ours: String,
    /// What somebody found out about it; empty where nobody did.
    pub note: String,
    /// By what it is named when it is explained; empty for whoever may not.
    pub place: String,
}
