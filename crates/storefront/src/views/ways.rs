//! Text messages and pushes that a sandbox kept.

use askama::Template;

use super::page::Page;

#[derive(Clone, Debug)]
pub struct DevMessageRow {
    /// In which way it went, in words.
    pub channel: String,
    pub to: String,
    /// Empty of a text message.
    pub title: String,
    pub text: String,
    /// Where a push leads; empty of a text message.
    pub href: String,
    pub at: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "dev_messages.html")]
pub struct DevMessagesPage {
    pub page: Page,
    pub messages: Vec<DevMessageRow>,
    /// The number or token searched for.
    pub to: String,
}
