//! Sellers as tenants: their shop, their place, what they ask for delivery.

use crate::service::{public_event, service};
use kernel::{Currency, ImageId, Money, TenantId, UserId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShopStatus {
    /// Applied; the operator has not decided.
    Applied,
    Active,
    Suspended,
    Closed,
}

/// How a tenant's rows are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    Pool,
    Schema,
    Cell,
}

/// Where a shop is registered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Location {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// ISO 3166-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    pub postcode: String,
    pub town: String,
}

/// A shop as buyers see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Shop {
    pub id: TenantId,
    pub slug: String,
    pub name: String,
    pub story: String,
    pub status: ShopStatus,
    pub tier: Tier,
    pub currency: Currency,
    pub location: Location,
    /// `#rrggbb`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<ImageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banner: Option<ImageId>,
    #[serde(default)]
    pub return_policy: String,
    pub delivery: Vec<DeliveryOption>,
}

/// One way in which a shop sends its parcels, such as standard or express.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveryOption {
    /// Stable code the buyer's choice is named by.
    #[schema(example = "standard")]
    pub code: String,
    #[schema(example = "Standard delivery")]
    pub name: String,
    /// Tried in order; the first that covers the address holds. An address that none covers is refused.
    pub rates: Vec<DeliveryRate>,
}

/// What delivery to a set of places costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveryRate {
    pub zone: Zone,
    pub price: Money,
    /// Added for each started kilogram.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_kg: Option<Money>,
    /// Free when the shop's lines reach this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_from: Option<Money>,
    /// Days from dispatch to door.
    pub days_min: u16,
    pub days_max: u16,
}

/// The places a delivery rate covers, seen from the shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Zone {
    SameRegion,
    SameCountry,
    /// Named countries (ISO 3166-1 alpha-2).
    Countries {
        codes: Vec<String>,
    },
    /// Within so many kilometres of the shop, by the great circle between the regions' centres.
    Within {
        km: u32,
    },
    World,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ApplyForShop {
    pub name: String,
    /// Derived from the name when absent.
    #[serde(default)]
    pub slug: Option<String>,
    #[serde(default)]
    pub story: String,
    pub currency: Currency,
    pub location: Location,
    #[serde(default)]
    pub accent: Option<String>,
    #[serde(default)]
    pub return_policy: String,
    /// A sensible default by zone when empty.
    #[serde(default)]
    pub delivery: Vec<DeliveryOption>,
}

service! {
    /// The tenants context.
    Tenants as "tenants", remote RemoteTenants, served ServedTenants {
        /// Shops by id, in any status; unknown ids are left out.
        fn shops(ids: Vec<TenantId>) -> Vec<Shop>;
        /// An active shop by its slug.
        fn shop_by_slug(slug: String) -> Option<Shop>;
        /// Active shops by name.
        fn active_shops(limit: u16) -> Vec<Shop>;
        /// Registers a shop in status `applied` with `owner` as its owner.
        fn apply(owner: UserId, request: ApplyForShop) -> Shop;
        /// The operator's approval of a whole set (the demo's), skipping the check-list. System work only.
        fn approve(ids: Vec<TenantId>) -> ();
        fn set_images(tenant: TenantId, logo: Option<ImageId>, banner: Option<ImageId>) -> ();
    }
}

public_event! {
    "tenants.shop_applied" ShopApplied { tenant: TenantId, owner: UserId, name: String } key tenant, tenant |e| Some(e.tenant)
}
public_event! {
    /// The shop's status, place or appearance changed; read it anew.
    "tenants.shop_changed" ShopChanged { tenant: TenantId, status: ShopStatus } key tenant, tenant |e| Some(e.tenant)
}
public_event! {
    "tenants.staff_changed" StaffChanged { tenant: TenantId, user: UserId, role: Option<kernel::Role> } key tenant, tenant |e| Some(e.tenant)
}
