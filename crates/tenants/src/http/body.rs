//! Shops in answers.

use crate::domain::{Item, ItemState};
use crate::store::onboarding::ItemLine;
use crate::store::shop::ShopRecord;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use contracts::tenants::{DeliveryOption, Location, Shop, ShopStatus, Tier};
use httpkit::{Json, etag};
use kernel::{Currency, DateTime, ImageId, TenantId, UserId};
use serde::Serialize;

/// A shop as buyers see it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PublicShop {
    id: TenantId,
    #[schema(example = "alfareria-romero")]
    slug: String,
    #[schema(example = "Alfarería Romero")]
    name: String,
    story: String,
    currency: Currency,
    location: Location,
    /// `#rrggbb`
    #[serde(skip_serializing_if = "Option::is_none")]
    accent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<ImageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    banner: Option<ImageId>,
    return_policy: String,
    /// Days from delivery in which buyers may ask to send something back.
    return_days: u16,
    /// Whether tax is in its prices; if not, it comes on top of them at checkout.
    prices_include_tax: bool,
    delivery: Vec<DeliveryOption>,
}

impl From<Shop> for PublicShop {
    fn from(shop: Shop) -> Self {
        Self {
            id: shop.id,
            slug: shop.slug,
            name: shop.name,
            story: shop.story,
            currency: shop.currency,
            location: shop.location,
            accent: shop.accent,
            logo: shop.logo,
            banner: shop.banner,
            return_policy: shop.return_policy,
            return_days: shop.return_days,
            prices_include_tax: shop.prices_include_tax,
            delivery: shop.delivery,
        }
    }
}

/// A shop as its staff and the operator see it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OwnShop {
    #[serde(flatten)]
    shop: PublicShop,
    status: ShopStatus,
    tier: Tier,
    owner: UserId,
    /// Send it back as `If-Match` when you change the shop.
    version: i64,
    applied_at: DateTime,
    updated_at: DateTime,
}

impl From<ShopRecord> for OwnShop {
    fn from(record: ShopRecord) -> Self {
        Self {
            status: record.shop.status,
            tier: record.shop.tier,
            shop: record.shop.into(),
            owner: record.owner,
            version: record.version,
            applied_at: record.applied_at,
            updated_at: record.updated_at,
        }
    }
}

impl IntoResponse for OwnShop {
    /// With the version as `ETag`.
    fn into_response(self) -> Response {
        let version = etag(self.version);
        ([(ETAG, version)], Json(self)).into_response()
    }
}

/// One line of the check-list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OnboardingItem {
    item: Item,
    state: ItemState,
    /// Who stated it.
    holder: String,
    /// What was stated: its last four characters, the others hidden.
    #[schema(example = "••••1332")]
    reference: String,
    /// The operator's answer.
    remark: String,
    changed_at: DateTime,
}

impl From<ItemLine> for OnboardingItem {
    fn from(line: ItemLine) -> Self {
        Self {
            item: line.item,
            state: line.state,
            holder: line.holder,
            reference: masked(&line.reference),
            remark: line.remark,
            changed_at: line.changed_at,
        }
    }
}

/// Short ones are hidden as a whole.
pub(crate) fn masked(reference: &str) -> String {
    let chars: Vec<char> = reference.chars().collect();
    match chars.len() {
        0 => String::new(),
        1..=7 => "••••".to_owned(),
        n => "••••".chars().chain(chars[n - 4..].iter().copied()).collect(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn references_show_their_end_alone() {
        let masked = super::masked;
        assert_eq!(masked("ES9121000418450200051332"), "••••1332");
        assert_eq!(masked("1234567"), "••••");
        assert_eq!(masked(""), "");
    }
}
