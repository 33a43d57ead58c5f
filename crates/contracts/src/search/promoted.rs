//! Listings that shops pay for being put forward in searches.

use crate::service::{public_event, service};
use kernel::{Currency, DateTime, Money, ProductId, PromotedListingId, TenantId};
use serde::{Deserialize, Serialize};

/// What a day of it costs in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PromotedTariff {
    /// Zero: nothing is put forward in this currency any more.
    pub per_day: Money,
    /// On top of it, in hundredths of a percent.
    #[schema(maximum = 10_000, example = 2_100)]
    pub tax_bp: u32,
    pub since: DateTime,
    /// Why, for whoever looks back.
    pub note: String,
}

/// A tariff as an operator wishes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPromotedTariff {
    /// Zero ends it; what runs already goes on for what it was begun for.
    pub per_day: Money,
    /// On top of it, in hundredths of a percent.
    #[schema(maximum = 10_000, example = 2_100)]
    pub tax_bp: u32,
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500, example = "Prices of the season")]
    pub note: String,
}

/// What a shop wishes to put forward, from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPromotedListing {
    pub product: ProductId,
    #[schema(minimum = 1, maximum = 90, example = 14)]
    pub days: u16,
}

/// A product that a shop puts forward, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PromotedListing {
    pub id: PromotedListingId,
    pub product: ProductId,
    /// As the tariff was when it began.
    pub per_day: Money,
    #[schema(example = 2_100)]
    pub tax_bp: u32,
    pub starts_at: DateTime,
    /// The first moment at which it is not put forward any more.
    pub ends_at: DateTime,
    /// When its shop stopped it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<DateTime>,
    /// Days that were charged so far. One is charged as it begins, and none while the product is not for sale.
    pub days_charged: u32,
    /// What they came to, without the tax on it.
    pub charged: Money,
}

service! {
    /// What shops pay for being put forward.
    Promoting as "search_promoting", remote RemotePromoting, served ServedPromoting {
        /// What holds now, by currency.
        fn tariffs() -> Vec<PromotedTariff>;
        fn set_tariff(new: NewPromotedTariff) -> PromotedTariff;
        /// What a day costs those who sell in this currency; none where nothing is put forward in it.
        fn tariff_of(currency: Currency) -> Option<PromotedTariff>;
        fn promote(tenant: TenantId, new: NewPromotedListing) -> PromotedListing;
        /// The day that has begun stays charged.
        fn stop_promoting(tenant: TenantId, id: PromotedListingId) -> PromotedListing;
        /// Those that run, then those that are over, the latest first; at most 200.
        fn promoted(tenant: TenantId) -> Vec<PromotedListing>;
    }
}

public_event! {
    /// A day has begun on which a shop's product is put forward: the shop owes for it.
    "search.promoted_day_begun" PromotedDayBegun {
        promoted: PromotedListingId,
        tenant: TenantId,
        product: ProductId,
        fee: Money,
        /// On top of it.
        tax: Money,
        from: DateTime,
        until: DateTime,
    } key promoted, tenant |e| Some(e.tenant)
}
