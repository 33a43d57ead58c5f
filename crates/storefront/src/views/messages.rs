//! Messages: one's threads, what is said in one, and what moderators make of those that were reported.

use askama::Template;

use super::common::{Choice, Field, Image, Link};
use super::page::Page;
use super::work::{Status, WorkBar};
use crate::markup::Markup;

/// A thread in a list.
#[derive(Clone, Debug)]
pub struct ThreadRow {
    pub href: String,
    /// The other of the two.
    pub with: String,
    /// What it is about.
    pub title: String,
    /// How the last message begins, and by whom where it is the reader's own.
    pub excerpt: String,
    pub date: String,
    pub unread: u64,
    /// A custom order, or closed.
    pub tags: Vec<Status>,
}

/// A buyer's threads.
#[derive(Clone, Debug, Template)]
#[template(path = "account_messages.html")]
pub struct AccountMessagesPage {
    pub page: Page,
    pub tabs: Vec<Choice>,
    pub rows: Vec<ThreadRow>,
    pub more: Option<Link>,
}

/// A shop's threads.
#[derive(Clone, Debug, Template)]
#[template(path = "seller_messages.html")]
pub struct SellerMessagesPage {
    pub page: Page,
    pub work: WorkBar,
    pub tabs: Vec<Choice>,
    pub rows: Vec<ThreadRow>,
    pub more: Option<Link>,
}

/// What was said on one day.
#[derive(Clone, Debug)]
pub struct Day {
    pub label: String,
    pub bubbles: Vec<Bubble>,
}

/// One message.
#[derive(Clone, Debug)]
pub struct Bubble {
    /// Its anchor: `message-…`.
    pub id: String,
    /// Whether the reader wrote it.
    pub own: bool,
    pub by: String,
    pub time: String,
    pub text: Markup,
    /// Why a moderator removed it.
    pub removed: Option<String>,
    /// What its author is told of what is hidden in it.
    pub hidden: Option<String>,
    pub quote: Option<QuoteCard>,
    /// A statement in the place of words: a quote was accepted, or declined.
    pub statement: Option<Status>,
    /// Under the last of one's own that the other has read.
    pub read: Option<String>,
}

#[derive(Clone, Debug)]
pub struct QuoteCard {
    pub price: String,
    pub lead: String,
    pub until: String,
    pub status: Status,
    /// Where its buyer answers it, while it can be answered.
    pub answer: Option<String>,
}

/// A thread as one of the two reads it.
#[derive(Clone, Debug)]
pub struct Talk {
    /// Where it is, without query.
    pub href: String,
    /// The other of the two.
    pub with: String,
    pub title: String,
    pub image: Option<Image>,
    /// The product, the order or the shop that it is about, where it leads anywhere.
    pub about: Option<Link>,
    /// What is wished for, where something is to be made.
    pub wishes: Vec<String>,
    /// Older messages.
    pub earlier: Option<Link>,
    pub days: Vec<Day>,
    /// What is typed so far; none where nobody may write any more.
    pub text: Option<Field>,
    pub error: Option<String>,
    /// Why nobody may.
    pub closed: Option<String>,
    /// Whether ways to reach each other are hidden still.
    pub masks: bool,
    pub archived: bool,
    pub reasons: Vec<Choice>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "account_thread.html")]
pub struct AccountThreadPage {
    pub page: Page,
    pub talk: Talk,
}

/// What a shop quotes, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct QuoteForm {
    pub price: Field,
    pub lead_days: Field,
    pub valid_until: Field,
    pub text: Field,
    pub currency: String,
    pub error: Option<String>,
    /// Whether it is shown without being asked for.
    pub open: bool,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_thread.html")]
pub struct SellerThreadPage {
    pub page: Page,
    pub work: WorkBar,
    pub talk: Talk,
    /// Where something is to be made.
    pub quote: Option<QuoteForm>,
}

/// Where somebody begins to write to a shop.
#[derive(Clone, Debug, Template)]
#[template(path = "ask.html")]
pub struct AskPage {
    pub page: Page,
    pub shop: Link,
    /// What it is about: the product or the order.
    pub title: String,
    pub image: Option<Image>,
    /// In the form: which shop, product and order.
    pub shop_id: String,
    pub product_id: String,
    pub order_id: String,
    /// Whether something is to be made.
    pub custom: bool,
    /// The other way to ask.
    pub switch: Option<Link>,
    pub currency: String,
    pub text: Field,
    pub by: Field,
    pub budget: Field,
    /// How soon the shop answers.
    pub answers: Option<String>,
    pub error: Option<String>,
}

/// A reported thread in the moderators' queue.
#[derive(Clone, Debug)]
pub struct ReportedRow {
    pub href: String,
    pub title: String,
    /// Who the two are.
    pub parties: String,
    pub status: Status,
    /// What was reported, each in words.
    pub reports: Vec<String>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_messages.html")]
pub struct OperatorMessagesPage {
    pub page: Page,
    pub work: WorkBar,
    pub tabs: Vec<Choice>,
    pub rows: Vec<ReportedRow>,
    pub more: Option<Link>,
}

/// A message as moderators read it.
#[derive(Clone, Debug)]
pub struct ReadMessage {
    pub id: String,
    pub by: String,
    /// Whether the shop wrote it: it stands on the other side.
    pub shop: bool,
    pub time: String,
    pub text: Markup,
    /// What the two do not read of it.
    pub hidden: Option<String>,
    pub removed: Option<String>,
    pub quote: Option<String>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_thread.html")]
pub struct OperatorThreadPage {
    pub page: Page,
    pub work: WorkBar,
    pub row: ReportedRow,
    pub messages: Vec<ReadMessage>,
    pub decisions: Vec<String>,
    pub closed: Option<String>,
    /// Where it is decided on, without the decision.
    pub action: String,
    /// A reason that was refused, and why.
    pub error: Option<String>,
    /// The reason as it was typed.
    pub reason: Field,
}
