//! Payments and refunds under way, for the marketplace's staff.

use crate::payments::{CaptureTime, PaymentShare};
use crate::service::service;
use kernel::{Cursor, DateTime, Money, OrderId, Page, RefundId, UserId};
use serde::{Deserialize, Serialize};

/// The payment of an order on its way between the till and the provider, for the marketplace's staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PaymentSaga {
    pub order: OrderId,
    /// For people, such as `K7F3-9QXA`.
    pub number: String,
    pub state: SagaState,
    /// What is to be done next, or how it ended: `authorize`, `inquire`, `await_buyer`, `abandon`, `capture`, `confirm`,
    /// `terms`, `confirm_authorized`, `inquire_late`, `reopen`, `decline`, `void`, `refund`, `close`; `confirmed`, `declined`, `voided`, `refunded`.
    #[schema(example = "capture")]
    pub step: String,
    /// One more with every means of payment that was tried.
    pub attempt: u32,
    /// How often the present step was tried in vain.
    pub tries: u32,
    /// When it goes on by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime>,
    /// Whether somebody is at it just now.
    pub busy: bool,
    /// The answers that may be put in the provider's place at this step; none where the step cannot be skipped.
    pub answers: Vec<SagaAnswer>,
    /// What was done, the oldest first; of a very long one the middle is left out.
    pub timeline: Vec<SagaEntry>,
    /// Each seller's part of the charge. Empty in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub split: Vec<PaymentShare>,
}

/// How a payment's saga stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SagaState {
    /// It goes on by itself.
    Open,
    /// The buyer is with their bank.
    Waiting,
    /// Its step was tried in vain again and again.
    Stuck,
    Ended,
}

/// Money on its way back, for the marketplace's staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefundSaga {
    pub id: RefundId,
    pub order: OrderId,
    /// Of the order, for people.
    pub number: String,
    pub state: RefundState,
    pub amount: Money,
    /// What of it goes by the payment provider; the rest goes to gift cards and store credit.
    pub by_provider: Money,
    /// The buyer is told.
    pub reason: String,
    /// What is to be done next, or how it ended: `ask`, `inquire`, `close`, `refuse`; `refunded`, `refused`, `came_back`.
    #[schema(example = "inquire")]
    pub step: String,
    /// One more with every time it was tried anew.
    pub attempt: u32,
    /// How often the present step was tried in vain.
    pub tries: u32,
    /// When it goes on by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime>,
    /// Whether somebody is at it just now.
    pub busy: bool,
    /// Why the provider will not do it, or has it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// The answers that may be put in the provider's place; none where nothing can be said.
    pub answers: Vec<SagaAnswer>,
    /// What was done, the oldest first; of a very long one the middle is left out.
    pub timeline: Vec<SagaEntry>,
}

/// How a refund stands, for those who may have to step in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// It goes on by itself.
    Open,
    /// Its step was tried in vain again and again.
    Stuck,
    /// The provider will not do it.
    Refused,
    /// It went through, and the buyer's bank sent it back.
    CameBack,
    /// The buyer has it, for all that is known.
    Refunded,
}

/// What a provider did, as somebody read it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SagaAnswer {
    Captured,
    Declined,
    Voided,
    Refunded,
    /// Of a refund: the buyer's bank sent it back.
    CameBack,
}

impl SagaAnswer {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::Declined => "declined",
            Self::Voided => "voided",
            Self::Refunded => "refunded",
            Self::CameBack => "came_back",
        }
    }
}

/// One step of a payment that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SagaEntry {
    pub at: DateTime,
    pub attempt: u32,
    pub step: String,
    /// What came of it, such as `captured`, `unknown`, `done`; `retried`, `skipped`, `compensated` where it was a person's doing.
    pub outcome: String,
    /// Who did it, where it was not Stoa itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a person does about a payment that does not get on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intervention {
    /// Try its step again now.
    Retry,
    /// Go on as if the provider had answered this.
    Skip {
        answer: SagaAnswer,
        /// Of the provider, for money that was taken or given back.
        reference: Option<String>,
    },
    /// Undo it: cancel the order, free its goods, and let the money go or give it back.
    Compensate,
}

/// When the marketplace captures what its buyers pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CaptureSetting {
    pub capture: CaptureTime,
    /// Why, as whoever set it said; empty where nobody did.
    pub note: String,
    /// Absent where nobody set it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<DateTime>,
}

/// A payment of which something is set aside, and lapses soon or lapsed because its shop did not send in time; or whose capture
/// was tried in vain again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UncapturedPayment {
    pub order: OrderId,
    /// For people, such as `K7F3-9QXA`.
    pub number: String,
    /// What is neither captured nor released.
    pub open: Money,
    /// What was not captured in time, and is not charged.
    pub lapsed: Money,
    /// What is open then cannot be captured any more.
    pub lapses_at: DateTime,
    /// How often the provider was asked in vain since it last went on.
    #[serde(default)]
    pub tries: u32,
    /// When it goes on by itself; absent where nothing is left to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime>,
}

service! {
    /// Payments under way, for the marketplace's staff.
    PaymentDesk as "payment_desk", remote RemotePaymentDesk, served ServedPaymentDesk {
        /// Newest orders first.
        fn sagas(state: Option<SagaState>, after: Option<Cursor>, limit: u16) -> Page<PaymentSaga>;
        fn saga(order: OrderId) -> PaymentSaga;
        /// `by` and `note` are kept in its timeline.
        fn intervene(order: OrderId, by: UserId, note: String, intervention: Intervention) -> PaymentSaga;
        /// Refunds in a state, or all that are under way or wait for somebody; newest first.
        fn refunds(state: Option<RefundState>, after: Option<Cursor>, limit: u16) -> Page<RefundSaga>;
        /// All refunds of an order, oldest first.
        fn refunds_of(order: OrderId) -> Vec<RefundSaga>;
        /// Tries a refund again, or goes on with it as if the provider had answered. `by` and `note` are kept in its timeline.
        fn intervene_refund(order: OrderId, refund: RefundId, by: UserId, note: String, intervention: Intervention) -> RefundSaga;
        fn capture_setting() -> CaptureSetting;
        /// Payments that begin from now on are captured so, in other processes a second later at most; those under way stay as
        /// they began.
        fn set_capture(capture: CaptureTime, note: String) -> CaptureSetting;
        /// What is stuck or lapses within a day, and what lapsed within a month; what lapses first before the rest.
        fn uncaptured(after: Option<Cursor>, limit: u16) -> Page<UncapturedPayment>;
        /// Tries what is open of an order's shares again now, also what was sent and nobody heard of. `by` and `note` are kept
        /// in the payment's timeline.
        fn retry_capture(order: OrderId, by: UserId, note: String) -> PaymentSaga;
    }
}
