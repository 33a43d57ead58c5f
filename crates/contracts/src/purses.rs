//! Gift cards and store credit: money that the marketplace owes to whoever may spend it here. A *purse* is one gift card, or
//! what one buyer has as store credit in one currency.

use crate::service::service;
use kernel::{Cursor, DateTime, Money, OrderId, Page, PurseId, PurseMovementId, RefundId, UserId};
use serde::{Deserialize, Serialize};

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PurseKind {
    GiftCard,
    StoreCredit,
}

impl PurseKind {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GiftCard => "gift_card",
            Self::StoreCredit => "store_credit",
        }
    }
}

/// What of an order is paid by a gift card or by store credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Tender {
    pub kind: PurseKind,
    /// The last letters of the gift card's code; empty for store credit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    pub amount: Money,
}

/// What a buyer wants to pay with before a payment provider is asked for anything.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenderWish {
    /// Codes of gift cards, in the order in which they are used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gift_cards: Vec<String>,
    /// Whether the store credit of a signed-in buyer is used, after the cards.
    #[serde(default)]
    pub store_credit: bool,
    /// The caller's address: whoever names too many unknown codes has to wait. Empty for work of our own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub client: String,
}

impl TenderWish {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    #[must_use]
    pub fn is_none(&self) -> bool {
        self.gift_cards.is_empty() && !self.store_credit
    }
}

/// Codes are secrets, and logs are read by many.
impl std::fmt::Debug for TenderWish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TenderWish")
            .field("gift_cards", &self.gift_cards.len())
            .field("store_credit", &self.store_credit)
            .finish_non_exhaustive()
    }
}

/// What the marketplace got for a gift card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Funding {
    /// Its amount, at the bank.
    Sold,
    /// Nothing: the marketplace bears it.
    Given,
}

impl Funding {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Given => "given",
        }
    }
}

/// A gift card that an operator wants to issue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewGiftCard {
    pub amount: Money,
    pub funding: Funding,
    /// The first moment at which it cannot be spent any more.
    pub expires_at: Option<DateTime>,
    /// For whom, or why; for the operator's staff.
    pub note: String,
    /// The same key twice is one card.
    pub idempotency_key: String,
}

/// A gift card, as the operator's staff see it: never with its code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GiftCard {
    pub id: PurseId,
    /// The last letters of its code.
    #[schema(example = "7KQ2")]
    pub hint: String,
    /// What it was issued with.
    pub issued: Money,
    /// What is on it.
    pub balance: Money,
    /// What of that is set aside for orders that are not paid yet.
    pub held: Money,
    pub funding: Funding,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime>,
    /// Since when it is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<DateTime>,
    pub note: String,
    pub issued_at: DateTime,
    /// Who issued it.
    #[schema(value_type = Object)]
    pub issued_by: kernel::Actor,
}

/// A gift card that was just issued. Its code is here and nowhere else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IssuedGiftCard {
    /// For whoever the card is for. It is shown this once.
    #[schema(example = "4T9C-XK2M-0R8V-7KQ2-M5HD")]
    pub code: String,
    pub card: GiftCard,
}

/// Who switched a gift card off or on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GiftCardChange {
    pub at: DateTime,
    /// `disabled` or `enabled`.
    pub what: String,
    pub reason: String,
    #[schema(value_type = Object)]
    pub by: kernel::Actor,
}

/// What came onto a purse, or was spent of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PurseMovement {
    pub id: PurseMovementId,
    /// `issued`, `granted`, `spent`, `given_back`.
    pub kind: String,
    /// Less than zero for what was spent.
    pub amount: Money,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<RefundId>,
    /// Why, where a person did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub at: DateTime,
}

/// A gift card with what happened to it, the latest first; at most 100 of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GiftCardHistory {
    #[serde(flatten)]
    pub card: GiftCard,
    pub movements: Vec<PurseMovement>,
    pub changes: Vec<GiftCardChange>,
}

/// What whoever has a gift card's code learns of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GiftCardBalance {
    /// The last letters of its code.
    pub hint: String,
    /// What can be spent of it now: nothing while it is switched off, and once it has expired.
    pub spendable: Money,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime>,
    /// Whether it can be spent.
    pub state: GiftCardState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GiftCardState {
    Active,
    Expired,
    Disabled,
}

/// What a buyer has as store credit in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StoreCredit {
    pub balance: Money,
    /// What of that is set aside for orders that are not paid yet.
    pub held: Money,
}

/// Store credit that an operator gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewCreditGrant {
    pub user: UserId,
    pub amount: Money,
    /// The buyer reads it.
    pub reason: String,
    /// The same key and request are the same grant.
    pub idempotency_key: String,
}

service! {
    /// Gift cards and store credit, for whoever has them and for the operator's staff.
    Purses as "purses", remote RemotePurses, served ServedPurses {
        /// What is on a gift card. `client` is the caller's address: whoever names too many unknown codes has to wait.
        fn balance(code: String, client: String) -> GiftCardBalance;
        /// A buyer's store credit, one per currency.
        fn credit(user: UserId) -> Vec<StoreCredit>;
        /// What became of it, the latest first.
        fn credit_movements(user: UserId, after: Option<Cursor>, limit: u16) -> Page<PurseMovement>;
        /// For permitted operators, as are those below.
        fn issue(new: NewGiftCard) -> IssuedGiftCard;
        /// Newest first.
        fn cards(after: Option<Cursor>, limit: u16) -> Page<GiftCard>;
        fn card(id: PurseId) -> GiftCardHistory;
        /// Nothing more is spent of it, save what orders have set aside already.
        fn disable(id: PurseId, reason: String) -> GiftCard;
        fn enable(id: PurseId, reason: String) -> GiftCard;
        fn grant(new: NewCreditGrant) -> PurseMovement;
    }
}
