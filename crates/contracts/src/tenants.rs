//! Sellers as tenants: their shop, their place, what they ask for delivery.

mod features;

pub use features::{
    Feature, FeatureChanged, FeatureGate, FeatureState, Features, OwnState, RemoteFeatures, ServedFeatures,
    ShopFeature,
};

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
    /// Days from delivery in which buyers may ask to send something back.
    #[serde(default = "return_days")]
    pub return_days: u16,
    /// Whether tax is in its prices; if not, it comes on top of them.
    #[serde(default = "prices_include_tax")]
    pub prices_include_tax: bool,
    pub delivery: Vec<DeliveryOption>,
}

/// What holds where a shop has not said otherwise.
#[must_use]
pub fn prices_include_tax() -> bool {
    true
}

/// What holds where a shop has not said otherwise: the European Union's least.
#[must_use]
pub fn return_days() -> u16 {
    14
}

/// One way in which a shop sends its parcels, such as standard or express.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveryOption {
    /// Stable code the buyer's choice is named by.
    #[schema(example = "standard")]
    pub code: String,
    #[schema(example = "Standard delivery")]
    pub name: String,
    /// Where it does not go, whatever its rates cover: countries (ISO 3166-1 alpha-2) and subdivisions (ISO 3166-2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["ES-CE", "ES-ML"]))]
    pub closed: Vec<String>,
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
    /// By weight, lightest first: the price of the first that all of the shop's goods fit in, in the place of `price` and
    /// `per_kg`. What is heavier than the last is not sent at this rate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bands: Vec<WeightBand>,
    /// Free when the shop's lines reach this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_from: Option<Money>,
    /// Days from dispatch to door.
    pub days_min: u16,
    pub days_max: u16,
}

impl DeliveryRate {
    /// The least that it asks, unless it is free.
    #[must_use]
    pub fn least(&self) -> Money {
        self.bands.first().map_or(self.price, |band| band.price)
    }
}

/// What parcels of up to a weight cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WeightBand {
    /// Grams.
    #[schema(minimum = 1, example = 2_000)]
    pub up_to_g: u32,
    pub price: Money,
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
    /// Named subdivisions (ISO 3166-2), such as Spanish provinces.
    Regions {
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
    #[serde(default = "return_days")]
    pub return_days: u16,
    /// A sensible default by zone when empty.
    #[serde(default)]
    pub delivery: Vec<DeliveryOption>,
}

service! {
    /// The tenants context.
    Tenants as "tenants", remote RemoteTenants, served ServedTenants {
        /// Shops by id, in any status; unknown ids are left out.
        fn shops(ids: Vec<TenantId>) -> Vec<Shop>;
        /// As `shops`, as they are now and not as somebody remembers them.
        fn shops_now(ids: Vec<TenantId>) -> Vec<Shop>;
        /// An active shop by its slug.
        fn shop_by_slug(slug: String) -> Option<Shop>;
        /// Active shops by name.
        fn active_shops(limit: u16) -> Vec<Shop>;
        /// Which shops that are active are in a country, or in one of its regions, in no order.
        fn shops_in(country: String, region: Option<String>) -> Vec<TenantId>;
        /// In which active shops sell, the commonest first.
        fn currencies() -> Vec<Currency>;
        /// Registers a shop in status `applied` with `owner` as its owner.
        fn apply(owner: UserId, request: ApplyForShop) -> Shop;
        /// The operator's approval of a whole set (the demo's), skipping the check-list. System work only.
        fn approve(ids: Vec<TenantId>) -> ();
        fn set_images(tenant: TenantId, logo: Option<ImageId>, banner: Option<ImageId>) -> ();
    }
}

/// What a new shop states before it is approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckItem {
    Identity,
    BankAccount,
    LegalDocuments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    Missing,
    Submitted,
    Accepted,
    Rejected,
    Waived,
}

/// One line of a shop's check-list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLine {
    pub item: CheckItem,
    pub state: CheckState,
    pub holder: String,
    /// Its last four characters, the others hidden.
    pub reference: String,
    pub remark: String,
}

/// One change of a shop's status; `from` is absent for the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopStep {
    pub from: Option<ShopStatus>,
    pub to: ShopStatus,
    pub reason: String,
    pub at: kernel::DateTime,
}

/// A shop as its own staff and the operator see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShopDossier {
    pub shop: Shop,
    pub owner: UserId,
    /// Rises with every change; a change names the version it saw.
    pub version: i64,
    pub applied_at: kernel::DateTime,
    pub checks: Vec<CheckLine>,
    /// The newest first.
    pub history: Vec<ShopStep>,
}

/// A shop on the operator's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShopEntry {
    pub shop: Shop,
    pub owner: UserId,
    pub applied_at: kernel::DateTime,
}

/// What a shop changes about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShopSettings {
    pub name: String,
    pub story: String,
    /// `#rrggbb`
    pub accent: Option<String>,
    pub location: Location,
    pub return_policy: String,
    pub return_days: u16,
    pub prices_include_tax: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShopCommand {
    Approve,
    Suspend,
    Reinstate,
    Close,
}

/// How many shops there are in each status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopTally {
    pub applied: u64,
    pub active: u64,
    pub suspended: u64,
    pub closed: u64,
}

/// What an invitation leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Joining {
    pub shop: TenantId,
    #[schema(example = "Alfarería Romero")]
    pub name: String,
    pub role: kernel::Role,
}

/// Who accepts an invitation: the account they are signed in to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitee {
    pub user: UserId,
    pub email: String,
    pub email_verified: bool,
}

service! {
    /// What sellers do with their shop and operators with all of them.
    ShopDesk as "shop_desk", remote RemoteShopDesk, served ServedShopDesk {
        fn dossier(tenant: TenantId) -> ShopDossier;
        /// Changes a shop whose version is still `seen`.
        fn configure(tenant: TenantId, seen: i64, settings: ShopSettings) -> Shop;
        /// States one item of the check-list, attested; stated again, the operator judges anew.
        fn state_item(tenant: TenantId, item: CheckItem, holder: String, reference: String) -> ();
        /// Operators only, as all below: accepted, rejected or waived, with a remark for the seller.
        fn judge_item(tenant: TenantId, item: CheckItem, state: CheckState, remark: String) -> ();
        fn command(tenant: TenantId, command: ShopCommand, reason: String) -> Shop;
        /// The newest application first.
        fn entries(status: Option<ShopStatus>, before: Option<TenantId>, limit: u16) -> kernel::Page<ShopEntry>;
        fn shop_tally() -> ShopTally;
        /// Where the invitation behind a mailed secret leads, while it can be accepted.
        fn invitation(token: String) -> Joining;
        /// Accepts it: from now on they are on the shop's staff.
        fn accept_invitation(invitee: Invitee, token: String) -> Joining;
    }
}

/// Somebody who works for a shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffCard {
    pub id: uuid::Uuid,
    pub user: UserId,
    pub email: String,
    pub role: kernel::Role,
    pub joined_at: kernel::DateTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// Can be accepted.
    Pending,
    Accepted,
    /// Taken back by who invited.
    Revoked,
    /// Can be sent again.
    Expired,
}

/// Somebody who is, or was, invited to a shop's staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationCard {
    pub id: uuid::Uuid,
    pub email: String,
    pub role: kernel::Role,
    pub state: InvitationState,
    pub sent_at: kernel::DateTime,
    pub expires_at: kernel::DateTime,
}

service! {
    /// Who works for a shop, for its owners.
    StaffDesk as "staff_desk", remote RemoteStaffDesk, served ServedStaffDesk {
        /// In the order in which they joined.
        fn staff(tenant: TenantId) -> Vec<StaffCard>;
        /// The latest first.
        fn invitations(tenant: TenantId) -> Vec<InvitationCard>;
        /// Mails a link that is good for seven days; whoever accepts it joins.
        fn invite(tenant: TenantId, email: String, role: kernel::Role) -> InvitationCard;
        fn resend(tenant: TenantId, invitation: uuid::Uuid) -> InvitationCard;
        fn take_back(tenant: TenantId, invitation: uuid::Uuid) -> ();
        /// The last owner stays one.
        fn set_role(tenant: TenantId, member: uuid::Uuid, role: kernel::Role) -> StaffCard;
        fn dismiss(tenant: TenantId, member: uuid::Uuid) -> ();
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
public_event! {
    /// An invitation to a shop's staff was `sent`, `resent`, `revoked` or `accepted`. Whose address it went to is not told.
    "tenants.invitation_changed" InvitationChanged { tenant: TenantId, invitation: uuid::Uuid, role: kernel::Role, change: String } key tenant, tenant |e| Some(e.tenant)
}
