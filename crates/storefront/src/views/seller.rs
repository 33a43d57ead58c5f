//! The seller's small workplace: sub-orders to pack and send.

use askama::Template;

use super::common::{Choice, Field, Link, Price};
use super::order::{OrderLine, Parcel, SubOrderState, TimelineStep};
use super::page::Page;

#[derive(Clone, Debug, Template)]
#[template(path = "seller_orders.html")]
pub struct SellerOrdersPage {
    pub page: Page,
    pub shop: String,
    pub shop_href: String,
    pub tabs: Vec<Tab>,
    pub rows: Vec<SellerOrderRow>,
    pub figures: Vec<Figure>,
    pub more: Option<Link>,
}

/// A filter by state, with how many there are.
#[derive(Clone, Debug)]
pub struct Tab {
    pub link: Link,
    pub count: u64,
    pub current: bool,
}

/// One number at the top.
#[derive(Clone, Debug)]
pub struct Figure {
    pub label: String,
    pub value: String,
}

#[derive(Clone, Debug)]
pub struct SellerOrderRow {
    pub number: String,
    pub href: String,
    pub placed: String,
    pub buyer: String,
    pub destination: String,
    pub items: u64,
    pub total: Price,
    pub state: SubOrderState,
    /// `Send by 24 November`; empty when nothing is due.
    pub due: String,
    pub late: bool,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_order.html")]
pub struct SellerOrderPage {
    pub page: Page,
    pub shop: String,
    pub shop_href: String,
    pub number: String,
    pub placed: String,
    pub state: SubOrderState,
    pub due: String,
    pub late: bool,
    pub timeline: Vec<TimelineStep>,
    pub lines: Vec<OrderLine>,
    pub parcels: Vec<Parcel>,
    pub delivery: String,
    pub address: Vec<String>,
    pub buyer: String,
    pub subtotal: Price,
    pub delivery_cost: Option<Price>,
    pub commission: Price,
    pub commission_rate: String,
    pub payout: Price,
    /// What the seller may do now.
    pub actions: SellerActions,
}

/// Addresses the forms post to; None where the state does not allow it.
#[derive(Clone, Debug, Default)]
pub struct SellerActions {
    pub pack: Option<String>,
    pub ship: Option<ShipForm>,
    pub deliver: Option<String>,
    pub cancel: Option<CancelForm>,
}

#[derive(Clone, Debug)]
pub struct ShipForm {
    pub action: String,
    pub carriers: Vec<Choice>,
    pub tracking: Field,
}

#[derive(Clone, Debug)]
pub struct CancelForm {
    pub action: String,
    pub reasons: Vec<Choice>,
}
