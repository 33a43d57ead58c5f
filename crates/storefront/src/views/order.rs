//! An order as its buyer sees it, and the list of all of them.

use askama::Template;

use super::cart::{Saving, Taxes};
use super::common::{Field, Image, Link, Price};
use super::downloads::Downloads;
use super::making::Made;
use super::page::{Notice, Page, Tone};
use super::parcel::WayPoint;
use super::returns::{ReturnCase, ReturnForm, ReturnUnits};

#[derive(Clone, Debug, Template)]
#[template(path = "order.html")]
pub struct OrderPage {
    pub page: Page,
    pub number: String,
    pub placed: String,
    pub state: OrderState,
    pub email: String,
    pub sub_orders: Vec<SubOrder>,
    /// Whether anything of it is: what is downloaded goes nowhere.
    pub is_sent: bool,
    pub address: Vec<String>,
    /// Where the buyer changes it, while they can.
    pub address_form: Option<AddressChange>,
    pub payment: String,
    /// Before discounts.
    pub subtotal: Price,
    pub savings: Vec<Saving>,
    pub delivery: Price,
    pub taxes: Taxes,
    pub total: Price,
    /// What gift cards and store credit paid of it.
    pub tenders: Vec<Saving>,
    /// The rest of it.
    pub charged: Price,
    pub refunded: Option<Price>,
    /// Where the cancel form posts, while cancelling is possible.
    pub cancel: Option<String>,
    /// Where the buyer tries to pay again.
    pub retry: Option<String>,
    /// Where the buyer confirms with their bank, while it waits for that.
    pub bank: Option<String>,
    /// Until when the goods are kept after a failed payment.
    pub kept_until: Option<String>,
    /// Just placed: thank the buyer.
    pub fresh: bool,
}

impl OrderPage {
    /// Whether a form that came back is on it.
    pub fn has_refused(&self) -> bool {
        let of_part = |part: &SubOrder| {
            let units = part.units_form.as_ref().and_then(|form| form.refused.as_ref());
            let sent_back = part.return_form.as_ref().and_then(|form| form.refused.as_ref());
            units.or(sent_back).is_some()
        };
        let address = self.address_form.as_ref().and_then(|form| form.refused.as_ref());
        address.is_some() || self.sub_orders.iter().any(of_part)
    }

    /// All that it tells and nothing that can be done, for whoever may only look; `notice` says why.
    pub fn only_to_look_at(mut self, notice: String) -> OrderPage {
        self.page.live.clear();
        self.page.notice.get_or_insert(Notice {
            tone: Tone::Calm,
            text: notice,
            link: None,
        });
        self.address_form = None;
        (self.cancel, self.retry, self.bank) = (None, None, None);
        for part in &mut self.sub_orders {
            (part.units_form, part.return_form, part.ask) = (None, None, None);
            part.papers.clear();
            part.downloads.rows.clear();
            for case in &mut part.returns {
                (case.send, case.withdraw) = (None, None);
            }
            for line in &mut part.lines {
                line.review = None;
            }
        }
        self
    }

    /// The key of the sentence below the heading.
    fn lead(&self) -> &'static str {
        match self.state {
            OrderState::Processing => "order.lead.processing",
            OrderState::PaymentFailed => "order.lead.payment_failed",
            OrderState::Delivered if !self.is_sent => "order.lead.downloads",
            OrderState::Confirmed if self.fresh => "order.lead.confirmed",
            OrderState::Confirmed => "order.lead.being_made_ready",
            OrderState::PartlyShipped => "order.lead.partly_shipped",
            OrderState::Shipped => "order.lead.shipped",
            OrderState::Delivered => "order.lead.delivered",
            OrderState::Cancelled => "order.lead.cancelled",
            OrderState::Expired => "order.lead.expired",
        }
    }
}

/// The whole order's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderState {
    Processing,
    PaymentFailed,
    Confirmed,
    PartlyShipped,
    Shipped,
    Delivered,
    Cancelled,
    Expired,
}

impl OrderState {
    pub const ALL: [OrderState; 8] = [
        OrderState::Processing,
        OrderState::PaymentFailed,
        OrderState::Confirmed,
        OrderState::PartlyShipped,
        OrderState::Shipped,
        OrderState::Delivered,
        OrderState::Cancelled,
        OrderState::Expired,
    ];

    pub fn key(&self) -> &'static str {
        match self {
            OrderState::Processing => "order.state.processing",
            OrderState::PaymentFailed => "order.state.payment_failed",
            OrderState::Confirmed => "order.state.confirmed",
            OrderState::PartlyShipped => "order.state.partly_shipped",
            OrderState::Shipped => "order.state.shipped",
            OrderState::Delivered => "order.state.delivered",
            OrderState::Cancelled => "order.state.cancelled",
            OrderState::Expired => "order.state.expired",
        }
    }

    pub fn tone(&self) -> Tone {
        match self {
            OrderState::Processing => Tone::Warn,
            OrderState::PaymentFailed => Tone::Bad,
            OrderState::Confirmed
            | OrderState::PartlyShipped
            | OrderState::Shipped
            | OrderState::Delivered => Tone::Good,
            OrderState::Cancelled | OrderState::Expired => Tone::Calm,
        }
    }
}

/// What one seller sends.
#[derive(Clone, Debug)]
pub struct SubOrder {
    pub number: String,
    pub seller: String,
    pub seller_href: String,
    pub place: String,
    pub state: SubOrderState,
    pub timeline: Vec<TimelineStep>,
    pub lines: Vec<OrderLine>,
    pub parcels: Vec<Parcel>,
    pub delivery: String,
    pub subtotal: Price,
    /// Before discounts; none where it is sent for nothing.
    pub delivery_cost: Option<Price>,
    /// What promotions take off; below zero.
    pub saved: Option<Price>,
    pub total: Price,
    /// What was cancelled and given back of it, each in a sentence.
    pub refunds: Vec<String>,
    pub returns: Vec<ReturnCase>,
    /// Where the buyer asks to return something, while they can.
    pub return_form: Option<ReturnForm>,
    /// Where the buyer cancels units, while they can.
    pub units_form: Option<UnitsForm>,
    /// Why it was cancelled.
    pub reason: Option<String>,
    /// What can be printed of it.
    /// What its buyer downloads of it.
    pub downloads: Downloads,
    pub papers: Vec<Link>,
    /// Where its buyer writes to the shop about it.
    pub ask: Option<Link>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubOrderState {
    PaymentPending,
    Confirmed,
    Packed,
    PartlyShipped,
    Shipped,
    Delivered,
    ReturnRequested,
    Returned,
    Cancelled,
    Refunded,
}

impl SubOrderState {
    pub const ALL: [SubOrderState; 10] = [
        SubOrderState::PaymentPending,
        SubOrderState::Confirmed,
        SubOrderState::Packed,
        SubOrderState::PartlyShipped,
        SubOrderState::Shipped,
        SubOrderState::Delivered,
        SubOrderState::ReturnRequested,
        SubOrderState::Returned,
        SubOrderState::Cancelled,
        SubOrderState::Refunded,
    ];

    pub fn key(&self) -> &'static str {
        match self {
            SubOrderState::PaymentPending => "suborder.state.payment_pending",
            SubOrderState::Confirmed => "suborder.state.confirmed",
            SubOrderState::Packed => "suborder.state.packed",
            SubOrderState::PartlyShipped => "suborder.state.partly_shipped",
            SubOrderState::Shipped => "suborder.state.shipped",
            SubOrderState::Delivered => "suborder.state.delivered",
            SubOrderState::ReturnRequested => "suborder.state.return_requested",
            SubOrderState::Returned => "suborder.state.returned",
            SubOrderState::Cancelled => "suborder.state.cancelled",
            SubOrderState::Refunded => "suborder.state.refunded",
        }
    }

    pub fn tone(&self) -> Tone {
        match self {
            SubOrderState::PaymentPending | SubOrderState::ReturnRequested => Tone::Warn,
            SubOrderState::Confirmed | SubOrderState::Packed | SubOrderState::Returned => Tone::Calm,
            SubOrderState::PartlyShipped | SubOrderState::Shipped | SubOrderState::Delivered => Tone::Good,
            SubOrderState::Cancelled | SubOrderState::Refunded => Tone::Bad,
        }
    }
}

/// Another address within the country that an order goes to.
#[derive(Clone, Debug)]
pub struct AddressChange {
    pub action: String,
    pub name: Field,
    pub line1: Field,
    pub line2: Field,
    pub postcode: Field,
    pub city: Field,
    pub phone: Field,
    pub country: String,
    /// Why it came back, if it did.
    pub refused: Option<String>,
}

/// Where units are cancelled.
#[derive(Clone, Debug)]
pub struct UnitsForm {
    pub action: String,
    /// Of its fields' ids.
    pub prefix: String,
    /// So that a form sent twice cancels once.
    pub key: String,
    pub lines: Vec<ReturnUnits>,
    /// Why it came back, if it did.
    pub refused: Option<String>,
}

/// A point of a sub-order's way to the buyer.
#[derive(Clone, Debug)]
pub struct TimelineStep {
    pub label: String,
    /// When it happened, or is expected; may be empty.
    pub at: String,
    pub progress: Progress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Done,
    Current,
    Ahead,
}

impl Progress {
    pub fn class(&self) -> &'static str {
        match self {
            Progress::Done => "done",
            Progress::Current => "current",
            Progress::Ahead => "ahead",
        }
    }

    /// What a screen reader adds, as colour says nothing to it.
    pub fn key(&self) -> &'static str {
        match self {
            Progress::Done => "progress.done",
            Progress::Current => "progress.current",
            Progress::Ahead => "progress.ahead",
        }
    }
}

#[derive(Clone, Debug)]
pub struct OrderLine {
    pub title: String,
    pub href: String,
    pub variant: String,
    pub made: Option<Made>,
    pub sku: String,
    pub image: Option<Image>,
    pub quantity: u64,
    pub unit_price: Price,
    pub total: Price,
    /// What the marketplace keeps of it; told to its seller.
    pub commission: Option<Price>,
    /// Where its buyer reviews it, or changes what they said.
    pub review: Option<Link>,
}

#[derive(Clone, Debug)]
pub struct Parcel {
    pub carrier: String,
    pub tracking: String,
    pub href: Option<String>,
    pub note: String,
    pub arrived: bool,
    /// What is in it; empty where that is the whole sub-order.
    pub contents: Vec<String>,
    /// What its carrier told, the latest first.
    pub way: Vec<WayPoint>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "orders.html")]
pub struct OrdersPage {
    pub page: Page,
    pub orders: Vec<OrderRow>,
    pub more: Option<Link>,
}

/// One line of the history.
#[derive(Clone, Debug)]
pub struct OrderRow {
    pub number: String,
    pub href: String,
    pub placed: String,
    pub state: OrderState,
    pub sellers: String,
    pub items: u64,
    pub images: Vec<Image>,
    pub total: Price,
}
