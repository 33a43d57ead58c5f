//! Changes of products whose time is to come.

use super::{ProductStatus, QuantityBreak, Sale};
use crate::service::service;
use kernel::{Cursor, DateTime, Money, Page, ProductId, ScheduledChangeId, TenantId};
use serde::{Deserialize, Serialize};

/// What is to change; absent members stay as they are then.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduledPatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Oak bowl, winter edition")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// An empty text takes the product out of its category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ProductStatus>,
    /// Of variants by their codes; the others keep theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 250)]
    pub prices: Vec<PriceChange>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceChange {
    pub code: String,
    /// As it is then if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// What the price is compared with; nothing if absent, unless the price is absent too: then it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare_at: Option<Money>,
    /// A sale; as it is then if absent. One that is over by then takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale: Option<Sale>,
    /// All quantities from which each unit costs less; as they are then if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 10)]
    pub breaks: Option<Vec<QuantityBreak>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleState {
    Waiting,
    Applied,
    /// It could not be applied when its time had come. It is not tried again.
    Failed,
    Cancelled,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ScheduledChange {
    pub id: ScheduledChangeId,
    pub product: ProductId,
    pub at: DateTime,
    pub change: ScheduledPatch,
    /// Who asked for it, in words.
    pub who: String,
    pub state: ScheduleState,
    /// The version it made, once it is applied.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failure: Option<ScheduleFailure>,
}

/// Why a change could not be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ScheduleFailure {
    /// `product_deleted`, `variant_unknown`, or what changing refuses.
    pub code: String,
    pub reason: String,
}

service! {
    /// Changes of products whose time is to come.
    Schedule as "catalog_schedule", remote RemoteSchedule, served ServedSchedule {
        fn schedule(tenant: TenantId, product: ProductId, at: DateTime, change: ScheduledPatch) -> ScheduledChange;
        /// Of one product, those asked for last first.
        fn scheduled(tenant: TenantId, product: ProductId, after: Option<Cursor>, limit: u16) -> Page<ScheduledChange>;
        /// Takes one back whose time has not come.
        fn cancel(tenant: TenantId, product: ProductId, id: ScheduledChangeId) -> ScheduledChange;
    }
}
