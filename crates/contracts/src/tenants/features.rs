//! Which features shops may use, as the marketplace's operator decides.

use crate::service::service;
use kernel::{Ctx, DateTime, Fault, Kind, TenantId};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// What a shop may be kept from beginning. Names stay as they are: tables, events and callers know features by them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = ShopFeatureName)]
pub enum Feature {
    /// Paying for being put forward in searches.
    PromotedListings,
    /// Having its programs told of what happens.
    Webhooks,
    /// Keys for programs of its own.
    ApiKeys,
    /// Promotions and coupons of its own.
    Coupons,
    /// Files of products.
    Uploads,
    /// Products that are downloaded.
    DigitalGoods,
    /// Products that are made as their buyer wishes.
    MadeToOrder,
}

impl Feature {
    pub const ALL: [Self; 7] = [
        Self::PromotedListings,
        Self::Webhooks,
        Self::ApiKeys,
        Self::Coupons,
        Self::Uploads,
        Self::DigitalGoods,
        Self::MadeToOrder,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PromotedListings => "promoted_listings",
            Self::Webhooks => "webhooks",
            Self::ApiKeys => "api_keys",
            Self::Coupons => "coupons",
            Self::Uploads => "uploads",
            Self::DigitalGoods => "digital_goods",
            Self::MadeToOrder => "made_to_order",
        }
    }

    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.name() == name)
    }

    /// What somebody is told who begins what is turned off.
    #[must_use]
    pub fn refusal(self) -> Fault {
        let name = self.name();
        let detail = format!(
            "The feature `{name}` is turned off for your shop. Ask the marketplace's operator to turn it on."
        );
        Fault::new(Kind::Forbidden, "feature_off", detail).with("feature", name)
    }
}

/// How a feature stands for all shops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = FeatureState)]
pub struct FeatureState {
    pub feature: Feature,
    /// For shops that have no state of their own.
    pub on: bool,
    /// Shops for which it is otherwise than for all.
    pub differing: u64,
    /// Absent while nobody has changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<DateTime>,
}

/// How a feature stands for one shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ShopFeature)]
pub struct ShopFeature {
    pub feature: Feature,
    /// Whether the shop may use it.
    pub on: bool,
    /// For shops that have no state of their own.
    pub for_all: bool,
    /// The shop's own state, which counts before that for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<bool>,
}

/// A shop with a state of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = FeatureOwnState)]
pub struct OwnState {
    pub feature: Feature,
    pub shop: TenantId,
    #[schema(example = "alfareria-romero")]
    pub slug: String,
    #[schema(example = "Alfarería Romero")]
    pub name: String,
    pub on: bool,
}

service! {
    /// Which features shops may use.
    Features as "features", remote RemoteFeatures, served ServedFeatures {
        /// All features, in their order.
        fn features() -> Vec<FeatureState>;
        /// Shops with a state of their own, by feature and by name; at most 500.
        fn own_states() -> Vec<OwnState>;
        /// How all features stand for a shop.
        fn of_shop(tenant: TenantId) -> Vec<ShopFeature>;
        /// Sets what holds for shops without a state of their own.
        fn set_for_all(feature: Feature, on: bool) -> FeatureState;
        /// Sets a shop's own state, or clears it: what holds for all holds for it again.
        fn set_for_shop(tenant: TenantId, feature: Feature, on: Option<bool>) -> ShopFeature;
        /// What a shop may not begin now. It is remembered for some seconds.
        fn off(tenant: TenantId) -> Vec<Feature>;
        /// Whether a shop may begin something now, as remembered as `off`.
        fn allows(tenant: TenantId, feature: Feature) -> bool;
    }
}

/// A feature was turned on or off, for all shops or for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureChanged {
    pub feature: Feature,
    /// The shop whose own state changed; absent where it changed for all.
    pub tenant: Option<TenantId>,
    /// Absent where a shop's own state was cleared.
    pub on: Option<bool>,
}

impl crate::PublicEvent for FeatureChanged {
    const TOPIC: &'static str = "tenants.feature_changed";

    fn key(&self) -> Uuid {
        self.tenant.map_or(Uuid::nil(), |tenant| tenant.0)
    }

    fn tenant(&self) -> Option<TenantId> {
        self.tenant
    }
}

/// Where a context asks whether a shop may begin something. Until it knows whom to ask, everything may be begun: tests of
/// one context have nobody to ask.
#[derive(Clone, Default)]
pub struct FeatureGate(Arc<OnceLock<Arc<dyn Features>>>);

impl FeatureGate {
    /// Whom to ask. Set after construction, because some contexts are there before tenants.
    pub fn know(&self, features: Arc<dyn Features>) {
        // Set twice, the first stays: both are the same context.
        let _ = self.0.set(features);
    }

    /// Whether `tenant` may begin what `feature` is about.
    pub async fn allows(&self, ctx: &Ctx, tenant: TenantId, feature: Feature) -> Result<bool, Fault> {
        match self.0.get() {
            Some(features) => features.allows(ctx, tenant, feature).await,
            None => Ok(true),
        }
    }

    /// Refuses what `tenant` may not begin.
    pub async fn check(&self, ctx: &Ctx, tenant: TenantId, feature: Feature) -> Result<(), Fault> {
        match self.allows(ctx, tenant, feature).await? {
            true => Ok(()),
            false => Err(feature.refusal()),
        }
    }
}

impl std::fmt::Debug for FeatureGate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let is_known = self.0.get().is_some();
        f.debug_struct("FeatureGate")
            .field("is_known", &is_known)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_are_written() {
        for feature in Feature::ALL {
            let written = serde_json::to_value(feature).expect("written");
            assert_eq!(written, feature.name());
            assert_eq!(Feature::of_name(feature.name()), Some(feature));
        }
        assert_eq!(Feature::of_name("teleport"), None);
    }

    #[test]
    fn a_refusal_names_the_feature_and_whom_to_ask() {
        let fault = Feature::Webhooks.refusal();
        assert_eq!(
            (fault.kind, fault.code.as_str()),
            (Kind::Forbidden, "feature_off")
        );
        assert!(fault.detail.contains("`webhooks`"), "{}", fault.detail);
        assert!(fault.detail.contains("operator"), "{}", fault.detail);
        assert_eq!(fault.extra["feature"], "webhooks");
    }
}
