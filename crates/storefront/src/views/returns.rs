//! Goods on their way back, as their buyer and their seller see them.

use askama::Template;

use super::common::{Choice, Field, Link};
use super::order::TimelineStep;
use super::page::{Page, Tone};
use super::seller::ShipForm;
use super::work::{Tab, WorkBar};

/// One return with what may be done about it by whoever looks.
#[derive(Clone, Debug)]
pub struct ReturnCase {
    /// Tells the fields of its forms from those of others.
    pub key: String,
    /// `Return of 20 November`.
    pub title: String,
    pub state: ReturnState,
    /// `1 × Breakfast bowl`.
    pub contents: Vec<String>,
    pub reason: String,
    /// The buyer's words.
    pub note: String,
    /// The shop's.
    pub answer: String,
    /// Carrier and number of what is on its way back; empty where neither was told.
    pub parcel: String,
    /// What was given back, kept, put on the shelf: each in a sentence.
    pub facts: Vec<String>,
    pub timeline: Vec<TimelineStep>,
    /// Where the buyer says that it is sent.
    pub send: Option<String>,
    pub withdraw: Option<String>,
    pub shop: ShopReturnForms,
}

/// The forms of a shop; none for a buyer, or where the state does not allow it.
#[derive(Clone, Debug, Default)]
pub struct ShopReturnForms {
    pub authorise: Option<NoteForm>,
    pub refuse: Option<NoteForm>,
    pub receive: Option<ReceiveForm>,
    pub refund: Option<RefundForm>,
    pub exchange: Option<String>,
    /// The goods that are to be sent again.
    pub ship: Option<ShipForm>,
    pub close: Option<NoteForm>,
}

impl ShopReturnForms {
    /// Whether one that came back is among them.
    pub fn has_refused(&self) -> bool {
        let notes = [&self.authorise, &self.refuse, &self.close];
        let notes = notes.into_iter().flatten().map(|form| &form.refused);
        let receive = self.receive.iter().map(|form| &form.refused);
        let refund = self.refund.iter().map(|form| &form.refused);
        let ship = self.ship.iter().map(|form| &form.refused);
        notes
            .chain(receive)
            .chain(refund)
            .chain(ship)
            .any(Option::is_some)
    }
}

/// An answer with words that the buyer reads.
#[derive(Clone, Debug)]
pub struct NoteForm {
    pub action: String,
    pub note: String,
    /// Why it came back, if it did.
    pub refused: Option<String>,
}

#[derive(Clone, Debug)]
pub struct ReceiveForm {
    pub action: String,
    pub lines: Vec<UnitsBack>,
    /// What follows: the money, the same goods, or nothing yet.
    pub then: Vec<Choice>,
    /// Where the shop may keep some of the money, or give the delivery's back too.
    pub terms: Option<TermsFields>,
    /// Why it came back, if it did.
    pub refused: Option<String>,
}

/// Units of a line that came: what goes back on the shelf, and what does not.
#[derive(Clone, Debug)]
pub struct UnitsBack {
    pub id: String,
    pub title: String,
    pub units: u64,
    pub restocked: String,
    pub written_off: String,
}

#[derive(Clone, Debug)]
pub struct RefundForm {
    pub action: String,
    pub terms: TermsFields,
    /// Why it came back, if it did.
    pub refused: Option<String>,
}

/// How much of the money goes back.
#[derive(Clone, Debug, Default)]
pub struct TermsFields {
    pub kept: Field,
    pub kept_reason: Field,
    /// Whether the delivery's goes back too.
    pub delivery: bool,
}

/// Units of a line that may go back, or have to come.
#[derive(Clone, Debug)]
pub struct ReturnUnits {
    pub id: String,
    pub title: String,
    pub units: u64,
    /// What its field shows: a number, or what somebody typed instead.
    pub value: String,
}

/// Where a buyer asks to return something of a sub-order.
#[derive(Clone, Debug)]
pub struct ReturnForm {
    pub action: String,
    pub sub_order: String,
    /// The id that the return gets, so that a form sent twice asks once.
    pub id: String,
    /// `until 4 December`
    pub until: String,
    pub lines: Vec<ReturnUnits>,
    pub reasons: Vec<Choice>,
    pub wishes: Vec<Choice>,
    pub note: String,
    /// Why it came back, if it did.
    pub refused: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnState {
    Requested,
    Refused,
    Withdrawn,
    Authorised,
    SentBack,
    Received,
    /// The money is back; the goods may be on their way.
    Refunded,
    Exchanged,
    Closed,
}

impl ReturnState {
    pub const ALL: [ReturnState; 9] = [
        ReturnState::Requested,
        ReturnState::Refused,
        ReturnState::Withdrawn,
        ReturnState::Authorised,
        ReturnState::SentBack,
        ReturnState::Received,
        ReturnState::Refunded,
        ReturnState::Exchanged,
        ReturnState::Closed,
    ];

    pub fn key(&self) -> &'static str {
        match self {
            ReturnState::Requested => "return.state.requested",
            ReturnState::Refused => "return.state.refused",
            ReturnState::Withdrawn => "return.state.withdrawn",
            ReturnState::Authorised => "return.state.authorised",
            ReturnState::SentBack => "return.state.sent_back",
            ReturnState::Received => "return.state.received",
            ReturnState::Refunded => "return.state.refunded",
            ReturnState::Exchanged => "return.state.exchanged",
            ReturnState::Closed => "return.state.closed",
        }
    }

    pub fn tone(&self) -> Tone {
        match self {
            ReturnState::Requested => Tone::Warn,
            ReturnState::Refused => Tone::Bad,
            ReturnState::Withdrawn | ReturnState::Closed => Tone::Calm,
            ReturnState::Authorised
            | ReturnState::SentBack
            | ReturnState::Received
            | ReturnState::Refunded
            | ReturnState::Exchanged => Tone::Good,
        }
    }
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_returns.html")]
pub struct SellerReturnsPage {
    pub page: Page,
    pub work: WorkBar,
    pub tabs: Vec<Tab>,
    pub rows: Vec<SellerReturnRow>,
    pub more: Option<Link>,
}

#[derive(Clone, Debug)]
pub struct SellerReturnRow {
    /// Of the sub-order.
    pub number: String,
    pub href: String,
    pub asked: String,
    pub state: ReturnState,
    pub contents: String,
    pub reason: String,
}
