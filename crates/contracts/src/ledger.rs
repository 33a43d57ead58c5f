//! Who is owed what.

mod desk;
mod statement;

pub use desk::*;
pub use statement::{Movement, Statement};

use crate::service::{public_event, service};
use crate::{Document, Language};
use chrono::NaiveDate;
use kernel::{Currency, Cursor, DateTime, HoldId, Money, OrderId, Page, PayoutId, TenantId};
use serde::{Deserialize, Serialize};

/// What stands on one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountBalance {
    /// Such as `seller_payable`.
    pub account: String,
    /// Debit positive, credit negative. Over all accounts they sum to zero in each currency.
    pub balance: Money,
}

/// How long each step of a time is. Days, weeks and months are those of UTC; weeks begin on Mondays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    Day,
    Week,
    Month,
}

impl Grain {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// What moved in one step of time and one currency, by when it was posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turnover {
    /// The first day of the step.
    pub day: NaiveDate,
    /// What buyers paid for orders, by whatever means.
    pub sold: Money,
    /// What went back to them.
    pub refunded: Money,
    /// What the marketplace earned on sales, less what it gave up on refunds.
    pub commission: Money,
}

/// Something that was posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// `sale` or `refund`.
    pub kind: String,
    pub at: DateTime,
    pub postings: Vec<LedgerPosting>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerPosting {
    /// Such as `seller_payable`.
    pub account: String,
    pub tenant: Option<TenantId>,
    /// Debit positive, credit negative.
    pub amount: Money,
}

service! {
    /// The ledger's answers.
    Ledger as "ledger", remote RemoteLedger, served ServedLedger {
        /// Every account's balance at a moment.
        fn trial_balance(at: DateTime) -> Vec<AccountBalance>;
        /// What was sold, given back and earned from one moment on and before another, in order of time.
        fn turnover(from: DateTime, until: DateTime, by: Grain) -> Vec<Turnover>;
        /// What was posted about an order, its sale and its refunds, oldest first.
        fn entries_of(order: OrderId) -> Vec<LedgerEntry>;
    }
}

/// How a shop stands in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopStanding {
    /// What it is owed, reserves apart; below zero when it owes.
    pub payable: Money,
    /// What of it waits for delivery.
    pub pending: Money,
    /// What is held in reserve beside it.
    pub reserved: Money,
    /// What could be paid out; below zero when later sales must make up for it first.
    pub available: Money,
}

/// Why money is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// A sale whose goods are on their way, or arrived less than the shop's days ago.
    Delivery,
    /// A share of each sale, kept against later refunds.
    Reserve,
    /// A buyer's bank asks for its money back.
    Dispute,
    /// An operator wants it so.
    Manual,
}

impl HoldReason {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Reserve => "reserve",
            Self::Dispute => "dispute",
            Self::Manual => "manual",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    Held,
    Released,
    /// The sale was given back while it was held.
    Refunded,
}

impl HoldState {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Released => "released",
            Self::Refunded => "refunded",
        }
    }
}

/// Money of a shop that is held back, as the shop sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldMoney {
    pub id: HoldId,
    pub reason: HoldReason,
    pub amount: Money,
    /// What is still held of it: refunds take from it.
    pub remaining: Money,
    /// What was let go when it ended.
    pub released: Money,
    pub state: HoldState,
    /// The sale that it is of; none where it was set aside.
    pub order: Option<OrderId>,
    pub placed_at: DateTime,
    /// When it ends by itself; none if somebody has to lift it.
    pub release_at: Option<DateTime>,
    pub ended_at: Option<DateTime>,
}

/// Where a payout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayoutState {
    /// The money left what the shop is owed; the provider is yet to be asked.
    Created,
    /// The provider is being asked.
    Sending,
    /// The provider did not answer; it is asked what became of it.
    Unknown,
    Paid,
    /// The provider would not; the money is owed again.
    Failed,
    /// The bank sent it back; the money is owed again.
    Returned,
}

impl PayoutState {
    pub const ALL: [Self; 6] = [
        Self::Created,
        Self::Sending,
        Self::Unknown,
        Self::Paid,
        Self::Failed,
        Self::Returned,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Returned => "returned",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Money on its way to a shop's bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopPayout {
    pub id: PayoutId,
    pub shop: TenantId,
    pub amount: Money,
    /// The day on which its period ended; none where the shop asked for it.
    pub period: Option<NaiveDate>,
    pub state: PayoutState,
    pub created_at: DateTime,
    pub paid_at: Option<DateTime>,
    /// The provider's name for it.
    pub reference: Option<String>,
    /// Why it failed or came back.
    pub reason: Option<String>,
}

/// Which payouts to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutQuery {
    /// Those of one shop; of all for operators.
    pub shop: Option<TenantId>,
    pub state: Option<PayoutState>,
    pub after: Option<Cursor>,
    pub limit: u16,
}

/// The payouts that were made on one day in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutBatch {
    /// Of UTC.
    pub day: NaiveDate,
    pub payouts: u64,
    pub amount: Money,
    /// Of them, those that the bank has not answered.
    pub open: u64,
    /// Those that failed or came back.
    pub broken: u64,
}

/// When a shop is paid. Days are those of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "every")]
pub enum PayoutSchedule {
    Daily,
    /// 1 is Monday.
    Weekly {
        weekday: u8,
    },
    /// 1 to 28.
    Monthly {
        day: u8,
    },
    /// Only when the shop asks.
    Manual,
}

/// When a shop is paid, and what is held of its money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopTerms {
    pub schedule: PayoutSchedule,
    /// The least that is paid out, per currency; anything in currencies that are not named.
    pub minimums: Vec<Money>,
    /// Days between delivery and release.
    pub hold_days: u16,
    /// Hundredths of a percent of each sale that are reserved.
    pub reserve_basis_points: u32,
    /// For how many days they are.
    pub reserve_days: u16,
    /// The next day on which the shop is paid.
    pub next_on: Option<NaiveDate>,
}

/// How a provider's file and the ledger disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakKind {
    /// The provider speaks of money that the ledger knows nothing of.
    MissingHere,
    /// The ledger has what no file mentions, on a day that files cover.
    MissingThere,
    AmountDiffers,
}

impl BreakKind {
    pub const ALL: [Self; 3] = [Self::MissingHere, Self::MissingThere, Self::AmountDiffers];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MissingHere => "missing_here",
            Self::MissingThere => "missing_there",
            Self::AmountDiffers => "amount_differs",
        }
    }
}

/// A disagreement between a payment provider's file and the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disagreement {
    pub kind: BreakKind,
    /// The provider's; none where no file mentions it.
    pub reference: Option<String>,
    /// Money that went back, or else money that was taken.
    pub is_refund: bool,
    /// Whose money the ledger says it is.
    pub order: Option<OrderId>,
    pub theirs: Option<Money>,
    pub ours: Option<Money>,
    pub at: DateTime,
    /// Names it where it is explained.
    pub place: String,
    /// What somebody found out about it.
    pub explained: Option<Explained>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    pub note: String,
    pub at: DateTime,
}

service! {
    /// How shops are paid, for their staff and the operator's.
    Settlement as "settlement", remote RemoteSettlement, served ServedSettlement {
        /// One for each currency that the shop sold in.
        fn standing(tenant: TenantId) -> Vec<ShopStanding>;
        /// Newest first.
        fn holds(tenant: TenantId, state: Option<HoldState>, after: Option<Cursor>, limit: u16) -> Page<HeldMoney>;
        /// Newest first.
        fn payouts(query: PayoutQuery) -> Page<ShopPayout>;
        /// Pays out at once what is available in one currency. The same key is the same payout.
        fn pay_now(tenant: TenantId, currency: Currency, key: String) -> ShopPayout;
        fn terms(tenant: TenantId) -> ShopTerms;
        /// Changes when a shop is paid; its minimums stay.
        fn reschedule(tenant: TenantId, schedule: PayoutSchedule) -> ShopTerms;
        /// What a shop was owed, what moved, what it is owed, from the first day of UTC to the last, both included; a page of the
        /// movements.
        fn statement(tenant: TenantId, currency: Currency, days: [NaiveDate; 2], after: Option<Cursor>, limit: u16) -> Statement;
        /// All of it as comma-separated lines.
        fn statement_csv(tenant: TenantId, currency: Currency, days: [NaiveDate; 2]) -> String;
        /// The same on paper.
        fn statement_pdf(tenant: TenantId, currency: Currency, days: [NaiveDate; 2], language: Language) -> Document;
        /// What a shop sold, was charged and was paid in a calendar year of UTC, by quarter and currency, as comma-separated
        /// lines.
        fn year_csv(tenant: TenantId, year: i32) -> String;
        /// For operators, as is the one below: payouts since a moment, by day, the latest first.
        fn batches(since: DateTime) -> Vec<PayoutBatch>;
        fn disagreements(kind: Option<BreakKind>, explained: bool, after: Option<Cursor>, limit: u16) -> Page<Disagreement>;
        /// Somebody found out why they disagree there; who is kept.
        fn explain(place: String, note: String) -> Disagreement;
    }
}

public_event! {
    /// The provider has paid a shop.
    "ledger.payout_paid" PayoutPaid { payout: PayoutId, tenant: TenantId, amount: Money } key payout, tenant |e| Some(e.tenant)
}
public_event! {
    /// The provider would not pay: the money is owed to the shop again.
    "ledger.payout_failed" PayoutFailed { payout: PayoutId, tenant: TenantId, amount: Money, reason: String } key payout, tenant |e| Some(e.tenant)
}
public_event! {
    /// The shop's bank sent a payout back: the money is owed to the shop again.
    "ledger.payout_returned" PayoutReturned { payout: PayoutId, tenant: TenantId, amount: Money, reason: String } key payout, tenant |e| Some(e.tenant)
}
