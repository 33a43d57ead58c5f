//! Notifications: what somebody is told, by day.

use askama::Template;

use super::common::Link;
use super::page::Page;
use super::work::WorkBar;

/// What was told on one day.
#[derive(Clone, Debug)]
pub struct NoticeDay {
    pub label: String,
    pub rows: Vec<NoticeRow>,
}

#[derive(Clone, Debug)]
pub struct NoticeRow {
    /// Where it is marked as read, and leads on from.
    pub href: String,
    pub icon: &'static str,
    pub title: String,
    pub text: String,
    pub time: String,
    pub read: bool,
}

/// A person's own.
#[derive(Clone, Debug, Template)]
#[template(path = "account_notices.html")]
pub struct AccountNoticesPage {
    pub page: Page,
    pub days: Vec<NoticeDay>,
    /// The latest one, where some are not read.
    pub through: Option<String>,
    /// Days after which they are forgotten.
    pub kept: u64,
    pub more: Option<Link>,
}

/// A shop's.
#[derive(Clone, Debug, Template)]
#[template(path = "seller_notices.html")]
pub struct SellerNoticesPage {
    pub page: Page,
    pub work: WorkBar,
    pub days: Vec<NoticeDay>,
    pub through: Option<String>,
    pub kept: u64,
    pub more: Option<Link>,
}
