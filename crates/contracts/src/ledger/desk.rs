//! What the operator's finance staff do beside looking: money that is held, what shops are charged, providers' files, payouts
//! that came back.

use super::{HoldReason, HoldState, ShopPayout};
use crate::service::service;
use kernel::{
    CommissionRuleId, Currency, Cursor, DateTime, HoldId, Money, Page, PayoutId, ProductId, TenantId,
};
use serde::{Deserialize, Serialize};

/// Money of a shop's that is held back, with what its shop is not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopHold {
    pub id: HoldId,
    pub shop: TenantId,
    pub reason: HoldReason,
    pub amount: Money,
    /// What is still held of it: refunds take from it.
    pub remaining: Money,
    pub state: HoldState,
    pub note: String,
    pub placed_at: DateTime,
    /// When it ends by itself; none if somebody has to lift it.
    pub release_at: Option<DateTime>,
    pub ended_at: Option<DateTime>,
    pub end_note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceShopHold {
    pub shop: TenantId,
    pub amount: Money,
    /// Not [`HoldReason::Delivery`], which sales have by themselves.
    pub reason: HoldReason,
    pub note: String,
    pub release_at: Option<DateTime>,
}

/// To which sales a rule applies; what is absent is met by all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleScope {
    pub product: Option<ProductId>,
    pub shop: Option<TenantId>,
    /// A category's path: met by all below it.
    pub category: Option<String>,
    pub plan: Option<String>,
    pub currency: Option<Currency>,
}

/// What is kept of a sale. Amounts are minor units of the rule's currency, for each unit sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTariff {
    pub rate_basis_points: u32,
    pub fixed: i64,
    pub floor: Option<i64>,
    pub cap: Option<i64>,
    /// Of the commission, on top of it.
    pub tax_basis_points: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCard {
    pub id: CommissionRuleId,
    pub scope: RuleScope,
    pub tariff: RuleTariff,
    pub valid_from: DateTime,
    pub valid_to: Option<DateTime>,
    pub note: String,
    pub end_note: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeRule {
    pub scope: RuleScope,
    pub tariff: RuleTariff,
    /// As soon as everybody can know it, if absent.
    pub valid_from: Option<DateTime>,
    /// Ends this one when it begins.
    pub replaces: Option<CommissionRuleId>,
    pub note: String,
}

/// What came of a provider's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedFile {
    pub lines: u64,
    /// That no file before had.
    pub new: u64,
    /// Entries that it made: fees, and transfers to the bank.
    pub posted: u64,
}

service! {
    /// The desk of the operator's finance staff. Who did it is kept with each.
    MoneyDesk as "money_desk", remote RemoteMoneyDesk, served ServedMoneyDesk {
        /// Of all shops, newest first.
        fn all_holds(state: Option<HoldState>, after: Option<Cursor>, limit: u16) -> Page<ShopHold>;
        fn place_hold(new: PlaceShopHold) -> ShopHold;
        fn lift_hold(id: HoldId, note: String) -> ShopHold;
        /// Ended ones too, the latest first.
        fn commission_rules(after: Option<Cursor>, limit: u16) -> Page<RuleCard>;
        fn make_commission_rule(new: MakeRule) -> RuleCard;
        fn end_commission_rule(id: CommissionRuleId, note: String) -> RuleCard;
        /// A file counts as a whole or not at all; sent again it changes nothing.
        fn import_file(provider: String, file: String) -> ImportedFile;
        /// The bank sent a paid payout back, and its provider does not say so by itself.
        fn payout_came_back(id: PayoutId, reference: String, reason: String) -> ShopPayout;
    }
}
