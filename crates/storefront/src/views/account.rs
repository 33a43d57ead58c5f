//! The buyer's account.

use askama::Template;

use super::common::Price;
use super::order::OrderRow;
use super::page::Page;

#[derive(Clone, Debug, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    pub page: Page,
    pub name: String,
    pub email: String,
    pub email_verified: bool,
    pub member_since: String,
    pub latest: Vec<OrderRow>,
    pub addresses: Vec<Vec<String>>,
    /// What they have as store credit, by currency.
    pub credit: Vec<Price>,
    /// What became of it, the latest first.
    pub credit_history: Vec<CreditRow>,
    pub sessions: Vec<SessionRow>,
    pub has_second_factor: bool,
}

/// Store credit that came, or was spent.
#[derive(Clone, Debug)]
pub struct CreditRow {
    /// What it was, in words.
    pub what: String,
    pub date: String,
    pub amount: Price,
    /// The order that it is about.
    pub order_href: Option<String>,
}

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub struct SessionRow {
    pub id: String,
    pub device: String,
    pub last_seen: String,
    pub current: bool,
}
