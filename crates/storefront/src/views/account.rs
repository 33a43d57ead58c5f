//! The buyer's account.

use askama::Template;

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
    pub sessions: Vec<SessionRow>,
}

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub struct SessionRow {
    pub id: String,
    pub device: String,
    pub last_seen: String,
    pub current: bool,
}
