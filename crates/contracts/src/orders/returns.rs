//! Goods on their way back from a buyer, and the documents of money that goes back.

use super::{Milestone, ParcelLine};
use crate::service::public_event;
use crate::taxes::TaxSum;
use kernel::{DateTime, LineId, Money, OrderId, RefundId, ReturnId, SubOrderId, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// Why a buyer sends something back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    ChangedMind,
    /// It does not work, or is not well made.
    Defective,
    /// It broke on its way.
    Damaged,
    NotAsDescribed,
    /// Something else was sent.
    WrongItem,
    /// It came when it was of no more use.
    TooLate,
    /// The note says it.
    Other,
}

impl ReturnReason {
    pub const ALL: [Self; 7] = [
        Self::ChangedMind,
        Self::Defective,
        Self::Damaged,
        Self::NotAsDescribed,
        Self::WrongItem,
        Self::TooLate,
        Self::Other,
    ];

    /// Stable, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ChangedMind => "changed_mind",
            Self::Defective => "defective",
            Self::Damaged => "damaged",
            Self::NotAsDescribed => "not_as_described",
            Self::WrongItem => "wrong_item",
            Self::TooLate => "too_late",
            Self::Other => "other",
        }
    }
}

/// What a buyer wants for what they send back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnWish {
    #[default]
    Refund,
    /// The same goods again, at no charge.
    Exchange,
}

/// Where a return stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnStatus {
    /// The shop has not answered yet.
    Requested,
    Refused,
    /// Its buyer thought better of it, before sending anything.
    Withdrawn,
    /// The buyer may send the goods back.
    Authorised,
    SentBack,
    /// The shop has the goods; money or other goods are due.
    Received,
    /// The money was given back; the goods have not come.
    Refunded,
    /// The same goods will be sent again, or are on their way.
    Exchanged,
    /// Goods are back, and money or other goods are with the buyer; or the shop closed it and said why.
    Closed,
}

/// Units of a sub-order that its buyer gives back, or wants to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Return {
    pub id: ReturnId,
    pub status: ReturnStatus,
    pub lines: Vec<ReturnLine>,
    pub reason: ReturnReason,
    /// The buyer's words.
    pub note: String,
    pub wish: ReturnWish,
    /// Until when the shop answers, while it has not: what is not answered then is authorised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<DateTime>,
    /// What the shop said last: how to send it, why it was refused, or why it was closed.
    pub answer: String,
    /// How it travels back; empty where that was not told.
    pub carrier: String,
    pub tracking: String,
    /// What was given back for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<RefundId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunded: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deduction: Option<Deduction>,
    /// What was taken from stock to be sent again; empty where nothing was.
    pub exchange: Vec<ParcelLine>,
    /// In order of time: `requested`, `authorised`, `refused`, `withdrawn`, `sent_back`, `received`, `refunded`,
    /// `exchanged`, `shipped` and `delivered` for what is sent again, `closed`.
    pub timeline: Vec<Milestone>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReturnLine {
    pub line: LineId,
    #[schema(minimum = 1)]
    pub quantity: u32,
    /// Units that came back and are for sale again.
    pub restocked: u32,
    /// Units that came back and are not.
    pub written_off: u32,
    /// Units that were to be sent again and are for sale instead, because the shop closed the return first.
    #[serde(default)]
    pub put_back: u32,
}

/// A return that a buyer asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewReturn {
    /// Chosen by the caller: asked for again under the same id, it is one return.
    pub id: ReturnId,
    pub sub_order: SubOrderId,
    /// Each line once.
    pub lines: Vec<ParcelLine>,
    pub reason: ReturnReason,
    pub note: String,
    pub wish: ReturnWish,
}

/// What a shop says to a return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnAnswer {
    /// Send it; the note may say how.
    Authorise {
        note: String,
    },
    Refuse {
        note: String,
    },
}

/// A return on a shop's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SellerReturn {
    pub sub_order: SubOrderId,
    /// Of the sub-order, for people.
    pub number: String,
    /// Titles of what is returned, in the order of its lines.
    pub titles: Vec<String>,
    #[serde(rename = "return")]
    pub of: Return,
}

/// What a shop keeps of the money for goods that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Deduction {
    /// Above zero, and less than what was paid for the goods.
    pub amount: Money,
    /// The buyer is told.
    #[schema(min_length = 1, max_length = 255, example = "The rim is chipped.")]
    pub reason: String,
}

/// The document of one refund of a sub-order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CreditNote {
    /// Counted by shop, without gaps: `CN-000042`.
    #[schema(example = "CN-000042")]
    pub number: String,
    pub tenant: TenantId,
    pub order: OrderId,
    pub sub_order: SubOrderId,
    /// Of the sub-order, for people.
    pub sub_order_number: String,
    pub refund: RefundId,
    pub issued_at: DateTime,
    /// What it is for; empty where it was given back as an amount.
    pub lines: Vec<CreditNoteLine>,
    /// Of it, for the delivery.
    pub delivery: Money,
    /// What was kept, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deduction: Option<Deduction>,
    /// All that was given back.
    pub total: Money,
    /// Of it, what is tax, by rate.
    pub taxes: Vec<TaxSum>,
    pub reason: String,
    #[serde(default, rename = "return", skip_serializing_if = "Option::is_none")]
    pub of_return: Option<ReturnId>,
    /// What the marketplace gave back of its commission; told to the shop alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission: Option<Money>,
    /// And of the tax on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission_tax: Option<Money>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CreditNoteLine {
    pub line: LineId,
    pub title: String,
    pub options: String,
    pub code: String,
    /// Units it was given back for; 0 where it was a part of their price.
    pub quantity: u32,
    pub amount: Money,
}

public_event! {
    /// A return got somewhere. When its money went back says `orders.sub_order_refunded`.
    "orders.return_changed" ReturnChanged {
        order: OrderId, sub_order: SubOrderId, tenant: TenantId, buyer: Option<UserId>, of: ReturnId, status: ReturnStatus,
    } key order, tenant |e| Some(e.tenant)
}
public_event! {
    /// A shop has not answered a return, and its time for that is over soon.
    "orders.return_unanswered" ReturnUnanswered {
        order: OrderId, sub_order: SubOrderId, tenant: TenantId, of: ReturnId, answer_by: DateTime,
    } key order, tenant |e| Some(e.tenant)
}
