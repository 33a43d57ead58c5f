//! What is looked at before buyers see it.

use super::history::FieldChange;
use crate::service::{public_event, service};
use kernel::{Cursor, DateTime, ModerationId, Money, Page, ProductId, TenantId};
use serde::{Deserialize, Serialize};

/// Why a product, or a change of one, waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum FlagReason {
    /// The shop is new.
    NewShop,
    /// A word of the operator's list stands in it.
    Word { word: String },
    /// A price moved further than the operator lets it.
    Price { code: String, from: Money, to: Money },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModerationState {
    Waiting,
    Approved,
    Rejected,
    /// Its seller changed or hid the product before anybody decided.
    Withdrawn,
}

/// What it is that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModerationKind {
    /// A product that buyers have never seen.
    New,
    /// Of a product that they know.
    Change,
}

/// Which of what waits; all of it where nothing is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModerationFilter {
    pub shop: Option<TenantId>,
    pub kind: Option<ModerationKind>,
    /// What has waited for so many hours, or longer.
    pub waited_hours: Option<u16>,
}

/// A product or a change that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ModerationItem {
    pub id: ModerationId,
    pub product: ProductId,
    pub tenant: TenantId,
    /// The shop's name.
    pub shop: String,
    pub title: String,
    /// Whether buyers have never seen the product.
    pub new: bool,
    /// The version that waits: a decision names it, so that nothing is approved unseen.
    pub version: i64,
    pub reasons: Vec<FlagReason>,
    /// What differs from what buyers see, or saw last; of a new product everything.
    pub change: Vec<FieldChange>,
    /// Who asked, in words.
    pub who: String,
    pub at: DateTime,
    pub state: ModerationState,
    /// What its seller was told.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub note: String,
}

/// How a product that buyers do not see as it is stands, for its seller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ProductModeration)]
pub struct Review {
    /// `waiting` or `rejected`.
    pub state: ModerationState,
    pub reasons: Vec<FlagReason>,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub note: String,
    /// Since when.
    pub at: DateTime,
}

/// What waits before buyers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModerationRules {
    /// Whether products of new shops wait.
    pub hold_new_shops: bool,
    /// A shop is new until so many of its products have been seen by buyers, or until it is trusted.
    #[schema(minimum = 1, maximum = 10_000, example = 5)]
    pub approved_min: u16,
    /// A price that moves by more than this many percent waits; none does if null.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000, example = 60)]
    pub price_percent: Option<u16>,
    /// Words and phrases: a product in which one newly stands waits.
    #[schema(max_items = 500, example = json!(["replica"]))]
    pub words: Vec<String>,
}

/// The rules, and which version of them these are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionedRules {
    pub version: i64,
    pub rules: ModerationRules,
}

/// What an operator says of something that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    Approve,
    /// The seller reads why.
    Reject {
        reason: String,
    },
}

service! {
    /// The operator's queue of products and changes.
    ModerationDesk as "moderation", remote RemoteModerationDesk, served ServedModerationDesk {
        /// What waits, the oldest first.
        fn queue(filter: ModerationFilter, after: Option<Cursor>, limit: u16) -> Page<ModerationItem>;
        /// Decides about the version that was seen.
        fn decide(id: ModerationId, version: i64, verdict: Verdict) -> ModerationItem;
        fn rules() -> VersionedRules;
        /// Changes rules of which the caller saw `version`.
        fn set_rules(version: i64, rules: ModerationRules) -> VersionedRules;
        /// Whether a shop is taken for new no more. What waits only because it was new is seen at once.
        fn trust(tenant: TenantId, trusted: bool) -> ();
        fn is_trusted(tenant: TenantId) -> bool;
    }
}

public_event! {
    /// The operator decided about a product, or a change of one, that waited.
    "catalog.moderation_decided" ModerationDecided { product: ProductId, tenant: TenantId, approved: bool } key product, tenant |e| Some(e.tenant)
}
