//! The operator's workplace: all shops, one of them, payments under way, and the books.

use askama::Template;

use super::common::{Choice, Field, Link};
use super::operator_features::ShopFeatureRow;
use super::order::SubOrderState;
use super::page::Page;
use super::work::{Figure, Section, Status, Tab, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "operator_shops.html")]
pub struct OperatorShopsPage {
    pub page: Page,
    pub work: WorkBar,
    pub figures: Vec<Figure>,
    pub tabs: Vec<Tab>,
    pub rows: Vec<ShopRow>,
    pub more: Option<Link>,
}

#[derive(Clone, Debug)]
pub struct ShopRow {
    pub name: String,
    pub href: String,
    pub slug: String,
    pub place: String,
    pub owner: String,
    pub applied: String,
    pub status: Status,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_shop.html")]
pub struct OperatorShopPage {
    pub page: Page,
    pub work: WorkBar,
    pub name: String,
    pub slug: String,
    /// What buyers see, where they see it.
    pub public_href: Option<String>,
    pub status: Status,
    pub applied: String,
    pub owner: String,
    pub owner_email: String,
    pub place: String,
    pub story: String,
    pub returns: String,
    pub products: String,
    pub owed: Vec<String>,
    pub error: Option<String>,
    /// Where checks and commands are posted below.
    pub action: String,
    pub checks: Vec<JudgedCheck>,
    /// What may be done now.
    pub commands: Vec<CommandForm>,
    pub history: Vec<HistoryRow>,
    /// For those who decide about them.
    pub features: Vec<ShopFeatureRow>,
}

/// One item of the check-list, to be judged.
#[derive(Clone, Debug)]
pub struct JudgedCheck {
    pub code: &'static str,
    pub label: String,
    pub holder: String,
    pub reference: String,
    pub remark: String,
    pub status: Status,
    /// Whether there is a statement to accept or reject.
    pub is_stated: bool,
    /// Whether it still counts.
    pub is_open: bool,
}

/// Something the operator may do with the shop, with its reason.
#[derive(Clone, Debug)]
pub struct CommandForm {
    pub code: &'static str,
    pub label: String,
    pub text: String,
    pub is_main: bool,
    pub is_danger: bool,
    /// What must be done before; empty when it may be done.
    pub blocked: String,
}

#[derive(Clone, Debug)]
pub struct HistoryRow {
    pub at: String,
    pub status: Status,
    pub reason: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_ledger.html")]
pub struct OperatorLedgerPage {
    pub page: Page,
    pub work: WorkBar,
    pub at: String,
    /// The moment that is looked at, as it was asked for.
    pub moment: Field,
    pub currencies: Vec<CurrencyBalances>,
}

/// The trial balance of one currency.
#[derive(Clone, Debug)]
pub struct CurrencyBalances {
    pub currency: String,
    pub rows: Vec<BalanceRow>,
    pub debit: String,
    pub credit: String,
    /// Whether debit and credit are equal.
    pub is_balanced: bool,
}

#[derive(Clone, Debug)]
pub struct BalanceRow {
    /// Such as `seller_payable`, by which programs find it on the page.
    pub key: String,
    pub account: String,
    /// One of the two is empty.
    pub debit: String,
    pub credit: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_payments.html")]
pub struct OperatorPaymentsPage {
    pub page: Page,
    pub work: WorkBar,
    /// When payments are captured, in a sentence; absent where that cannot be told now.
    pub capture: Option<String>,
    /// What it can be set to, by those who may.
    pub captures: Vec<Choice>,
    /// What is set aside and lapses soon or is stuck, or lapsed.
    pub uncaptured: Vec<UncapturedRow>,
    pub uncaptured_more: Option<Link>,
    /// By state, and all.
    pub tabs: Vec<Section>,
    pub rows: Vec<PaymentRow>,
    pub more: Option<Link>,
}

/// A payment that was not captured in time, or hardly will be.
#[derive(Clone, Debug)]
pub struct UncapturedRow {
    /// Sets its form apart from those of the other rows.
    pub id: String,
    /// The order's.
    pub number: String,
    pub href: String,
    /// How much of it is still set aside.
    pub open: String,
    pub lapsed: String,
    /// When what is open lapses.
    pub lapses: String,
    pub tries: String,
    /// Where it is posted that it is to be tried again; absent where nothing is left to do, and for those who may not.
    pub retry: Option<String>,
}

/// A payment on its way, or ended.
#[derive(Clone, Debug)]
pub struct PaymentRow {
    /// The order's.
    pub number: String,
    pub href: String,
    pub status: Status,
    pub step: String,
    pub tries: String,
    /// When something was last done about it.
    pub last: String,
    /// When it goes on by itself; empty where it does not.
    pub due: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_payment.html")]
pub struct OperatorPaymentPage {
    pub page: Page,
    pub work: WorkBar,
    pub number: String,
    pub status: Status,
    pub step: String,
    pub attempt: String,
    pub tries: String,
    pub due: String,
    pub error: Option<String>,
    /// Where what is done is posted below.
    pub action: String,
    pub may_retry: bool,
    pub may_undo: bool,
    /// What may be said in the provider's place.
    pub answers: Vec<AnswerChoice>,
    /// The last first.
    pub timeline: Vec<PaymentStep>,
    /// None while it cannot be read: the payment can be seen to without it.
    pub order: Option<PaidOrder>,
    /// The oldest first.
    pub refunds: Vec<RefundPanel>,
}

/// A refund of the order, and what can be done about it.
#[derive(Clone, Debug)]
pub struct RefundPanel {
    /// In the page; forms' fields are named by it.
    pub anchor: String,
    pub amount: String,
    /// What of it goes by the provider; empty where that is all.
    pub by_provider: String,
    pub reason: String,
    /// Why the provider will not do it, or has it again; empty where neither is so.
    pub refusal: String,
    pub status: Status,
    pub step: String,
    pub tries: String,
    pub due: String,
    pub action: String,
    pub may_retry: bool,
    pub answers: Vec<AnswerChoice>,
    /// The last first.
    pub timeline: Vec<PaymentStep>,
}

/// What a payment is for.
#[derive(Clone, Debug)]
pub struct PaidOrder {
    pub email: String,
    pub placed: String,
    pub total: String,
    /// What went back so far; empty where nothing did.
    pub refunded: String,
    pub parts: Vec<PaidPart>,
}

/// A shop's part of it.
#[derive(Clone, Debug)]
pub struct PaidPart {
    pub shop: String,
    /// None for whoever may not look at shops.
    pub href: Option<String>,
    pub number: String,
    pub state: SubOrderState,
    pub total: String,
    /// What of the charge is set aside, taken and given back.
    pub split: Option<PaidShare>,
    /// `2 × Breakfast bowl`.
    pub contents: Vec<String>,
    /// What was taken out of it, and given back.
    pub changes: Vec<String>,
}

/// A shop's part of the charge.
#[derive(Clone, Debug)]
pub struct PaidShare {
    pub authorized: String,
    pub captured: String,
    /// Empty where nothing was.
    pub released: String,
    pub refunded: String,
}

#[derive(Clone, Debug)]
pub struct AnswerChoice {
    pub code: &'static str,
    pub label: String,
}

#[derive(Clone, Debug)]
pub struct PaymentStep {
    pub at: String,
    pub step: String,
    pub outcome: String,
    /// Whose doing it was, where it was a person's.
    pub by: Option<String>,
    pub note: String,
}
