//! The development mailbox: every message the marketplace would have sent.

use askama::Template;

use super::page::Page;
use crate::markup::Markup;

#[derive(Clone, Debug, Template)]
#[template(path = "dev_mail.html")]
pub struct DevMailPage {
    pub page: Page,
    pub messages: Vec<MailRow>,
    /// The recipient searched for.
    pub to: String,
}

#[derive(Clone, Debug)]
pub struct MailRow {
    pub href: String,
    pub to: String,
    pub subject: String,
    pub preview: String,
    pub at: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "dev_mail_message.html")]
pub struct DevMailMessagePage {
    pub page: Page,
    pub to: String,
    pub from: String,
    pub subject: String,
    pub at: String,
    /// Those beside the usual ones.
    pub headers: Vec<(String, String)>,
    /// See [`Markup::from_plain_text`].
    pub body: Markup,
}
