//! Where the shop's programs are told of what happens.

use askama::Template;

use super::common::{Field, Link};
use super::page::Page;
use super::work::{Section, Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "seller_webhooks.html")]
pub struct SellerWebhooksPage {
    pub page: Page,
    pub work: WorkBar,
    pub parts: Vec<Section>,
    pub rows: Vec<EndpointRow>,
    pub form: EndpointFields,
}

#[derive(Clone, Debug)]
pub struct EndpointRow {
    /// Its page, under its address.
    pub link: Link,
    pub description: String,
    pub events: String,
    pub status: Status,
}

#[derive(Clone, Debug, Default)]
pub struct EndpointFields {
    pub refused: Option<String>,
    pub url: Field,
    pub description: Field,
    pub events: Vec<EventBox>,
}

#[derive(Clone, Debug)]
pub struct EventBox {
    /// As messages spell it.
    pub name: String,
    pub label: String,
    pub ticked: bool,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_webhook.html")]
pub struct SellerWebhookPage {
    pub page: Page,
    pub work: WorkBar,
    /// What it is for, or where it is.
    pub name: String,
    /// Its address.
    pub url: String,
    pub status: Status,
    /// Why it is as it is, where that is to be known.
    pub note: Option<String>,
    /// How long the secret of before signs as well.
    pub old_secret: Option<String>,
    /// The secret that was just made: it is here and nowhere else.
    pub secret: Option<String>,
    /// Where its forms lead.
    pub path: String,
    pub is_on: bool,
    pub form: EndpointFields,
    pub deliveries: Vec<DeliveryRow>,
    pub more: Option<Link>,
    /// Days back that can be replayed.
    pub days: Vec<super::common::Choice>,
}

#[derive(Clone, Debug)]
pub struct DeliveryRow {
    pub id: String,
    pub event: String,
    pub at: String,
    pub status: Status,
    pub next: Option<String>,
    pub attempts: Vec<AttemptRow>,
    pub retry: Option<String>,
}

#[derive(Clone, Debug)]
pub struct AttemptRow {
    pub at: String,
    /// What was answered, and in which time.
    pub answer: String,
    pub said: String,
}
