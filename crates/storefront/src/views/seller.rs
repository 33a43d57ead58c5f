//! The seller's workplace: how the shop stands, and its orders.

use askama::Template;

use super::common::{Choice, Field, Link, Price};
use super::order::{OrderLine, Parcel, SubOrderState, TimelineStep, UnitsForm};
use super::page::Page;
use super::parcel::{BookForm, Label};
use super::returns::ReturnCase;
use super::work::{Figure, Status, Tab, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "seller_home.html")]
pub struct SellerHomePage {
    pub page: Page,
    pub work: WorkBar,
    pub figures: Vec<Figure>,
    /// What was sold since the month began; none for those who are not to know.
    pub month: Option<Month>,
    /// What stands between the shop and its first sale; empty once all is done.
    pub steps: Vec<StepToOpen>,
    /// The latest orders.
    pub rows: Vec<SellerOrderRow>,
}

/// What a shop has sold this month.
#[derive(Clone, Debug)]
pub struct Month {
    /// `November 2026`
    pub name: String,
    pub figures: Vec<Figure>,
    /// A bar for each day of the month; empty where nothing was sold.
    pub bars: Vec<Bar>,
    /// The bars in words, for those who do not see them.
    pub bars_text: String,
    /// The days of the first bar and of the last.
    pub first: String,
    pub last: String,
    pub top: Vec<TopProduct>,
}

#[derive(Clone, Debug)]
pub struct Bar {
    /// `3 November: €120.00`
    pub label: String,
    /// Where it stands and how high, of a picture that is 100 high.
    pub x: u32,
    pub y: u32,
    pub height: u32,
    pub is_today: bool,
}

#[derive(Clone, Debug)]
pub struct TopProduct {
    pub title: String,
    pub href: String,
    pub units: String,
    pub sold: Price,
}

/// One step on the way to an open shop.
#[derive(Clone, Debug)]
pub struct StepToOpen {
    pub label: String,
    pub text: String,
    pub href: Option<String>,
    pub status: Status,
    pub done: bool,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_orders.html")]
pub struct SellerOrdersPage {
    pub page: Page,
    pub work: WorkBar,
    pub tabs: Vec<Tab>,
    pub rows: Vec<SellerOrderRow>,
    pub more: Option<Link>,
}

#[derive(Clone, Debug)]
pub struct SellerOrderRow {
    pub number: String,
    pub href: String,
    pub placed: String,
    /// Empty until the order is paid.
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
    pub work: WorkBar,
    pub number: String,
    pub placed: String,
    pub state: SubOrderState,
    pub due: String,
    pub late: bool,
    pub timeline: Vec<TimelineStep>,
    pub lines: Vec<OrderLine>,
    pub parcels: Vec<Parcel>,
    pub delivery: String,
    /// Empty until the order is paid.
    pub address: Vec<String>,
    pub subtotal: Price,
    pub delivery_cost: Option<Price>,
    /// What the marketplace pays for discounts.
    pub funded: Option<Price>,
    pub commission: Price,
    /// Where the whole of it has one rate.
    pub commission_rate: Option<String>,
    /// What of the total is tax that the marketplace pays.
    pub tax_kept: Option<Price>,
    /// The taxes in the total, by rate; empty where there are none.
    pub tax_note: String,
    pub payout: Price,
    /// Given back to the buyer, and of the commission with it.
    pub refunded: Option<(Price, Price)>,
    pub refunds: Vec<String>,
    pub returns: Vec<ReturnCase>,
    /// Why it was cancelled.
    pub reason: Option<String>,
    /// What can be printed of it.
    pub papers: Vec<Link>,
    pub labels: Vec<Label>,
    /// Asks for a label, while something is left to be sent.
    pub book: Option<BookForm>,
    /// What the seller may do now.
    pub actions: SellerActions,
}

impl SellerOrderPage {
    /// Whether a form that came back is on it.
    pub fn has_refused(&self) -> bool {
        let whole = self
            .actions
            .cancel
            .as_ref()
            .and_then(|form| form.refused.as_ref());
        let units = self.actions.cancel_units.as_ref();
        let ship = self.actions.ship.as_ref();
        let refund = self.actions.refund.as_ref();
        whole
            .or(units.and_then(|form| form.units.refused.as_ref()))
            .or(ship.and_then(|form| form.refused.as_ref()))
            .or(refund.and_then(|form| form.units.refused.as_ref()))
            .or(self.book.as_ref().and_then(|form| form.refused.as_ref()))
            .is_some()
            || self.returns.iter().any(|case| case.shop.has_refused())
    }
}

/// Addresses the forms post to; None where the state does not allow it.
#[derive(Clone, Debug, Default)]
pub struct SellerActions {
    pub pack: Option<String>,
    pub ship: Option<ShipForm>,
    /// One for each parcel on its way.
    pub deliver: Vec<DeliverForm>,
    pub cancel: Option<CancelForm>,
    pub cancel_units: Option<CancelUnitsForm>,
    pub refund: Option<RefundForm>,
}

/// Money to be given back: for units, the delivery, or an amount.
#[derive(Clone, Debug)]
pub struct RefundForm {
    pub units: UnitsForm,
    /// What is left of what was paid.
    pub rest: String,
    /// What is left of what was paid for the delivery, if anything.
    pub delivery: Option<String>,
    pub with_delivery: bool,
    pub amount: Field,
    pub reason: Field,
}

#[derive(Clone, Debug)]
pub struct ShipForm {
    pub action: String,
    /// The id that the parcel gets, so that a form sent twice sends it once.
    pub parcel: String,
    /// What is left to be sent.
    pub lines: Vec<ShipLine>,
    /// Offered to be chosen.
    pub carriers: Vec<String>,
    pub carrier: String,
    pub tracking: String,
    /// Why it came back, if it did.
    pub refused: Option<String>,
}

#[derive(Clone, Debug)]
pub struct ShipLine {
    pub id: String,
    pub title: String,
    pub left: u64,
    /// What its field shows: a number, or what somebody typed instead.
    pub value: String,
}

#[derive(Clone, Debug)]
pub struct DeliverForm {
    pub action: String,
    /// The parcel in words.
    pub label: String,
}

#[derive(Clone, Debug)]
pub struct CancelUnitsForm {
    pub units: UnitsForm,
    pub reasons: Vec<Choice>,
    pub note: String,
}

#[derive(Clone, Debug)]
pub struct CancelForm {
    pub action: String,
    pub reasons: Vec<Choice>,
    pub note: String,
    /// Why it came back, if it did.
    pub refused: Option<String>,
}
