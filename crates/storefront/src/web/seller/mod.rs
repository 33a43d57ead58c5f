//! The seller's workplace.

pub mod addresses;
pub mod api_keys;
pub mod cancel;
mod digital_form;
pub mod feeds;
pub mod files;
pub mod following;
pub mod goods;
pub mod history;
pub mod home;
pub mod items;
pub mod making_form;
pub mod messages;
mod month;
pub mod notices;
pub mod orders;
pub mod parcels;
pub mod price_form;
mod product_asked;
pub mod product_form;
mod product_gtin;
mod product_rows;
mod product_text;
mod product_words;
pub mod products;
pub mod promoted;
mod promotion_form;
pub mod promotions;
pub mod refund;
pub mod returns;
pub mod reviews;
pub mod schedule;
pub mod settlement;
pub mod shop;
pub mod staff;
pub mod statement;
pub mod stock;
pub mod uploads;
pub mod warehouses;
pub mod webhooks;

use super::Shop;
use super::failure::Failure;
use super::visit::Visit;
use crate::i18n::Locale;
use crate::views::common::Link;
use crate::views::page::{Page, Tone};
use crate::views::work::{Section, Status, WorkBar};
use contracts::tenants::{Feature, Shop as Seller, ShopStatus};
use kernel::{Fault, Permission, TenantId};

/// The parts of the workplace, and who may enter them.
const SECTIONS: [(&str, &str, Permission); 13] = [
    ("/seller", "work.home", Permission::ReadShop),
    ("/seller/notifications", "work.notices", Permission::ReadShop),
    ("/seller/orders", "work.orders", Permission::ReadSales),
    ("/seller/returns", "work.returns_list", Permission::ReadSales),
    ("/seller/messages", "work.messages", Permission::FulfilSales),
    ("/seller/reviews", "work.reviews", Permission::ReadShop),
    ("/seller/products", "work.products", Permission::ReadCatalog),
    ("/seller/stock", "work.stock", Permission::ReadStock),
    ("/seller/promotions", "work.promotions", Permission::ReadSales),
    ("/seller/settlement", "work.settlement", Permission::ReadSales),
    ("/seller/shop", "work.shop", Permission::ReadShop),
    ("/seller/staff", "work.staff", Permission::ManageStaff),
    ("/seller/api-keys", "work.api_keys", Permission::ManageKeys),
];

/// The parts of the stock's pages, standing at `part`.
fn stock_parts(visit: &Visit, part: &str) -> Vec<Section> {
    let parts = [
        ("/seller/stock", "stock.levels"),
        ("/seller/warehouses", "work.warehouses"),
        ("/seller/goods", "work.goods"),
        ("/seller/feeds", "work.feeds"),
    ];
    let section = |(href, key): (&str, &str)| Section {
        link: Link::new(visit.locale.t(key).to_string(), href),
        current: href == part,
    };
    parts.map(section).into()
}

/// The parts of the pages about the shop's programs, standing at `part`.
fn program_parts(visit: &Visit, part: &str) -> Vec<Section> {
    let parts = [
        ("/seller/api-keys", "work.api_keys"),
        ("/seller/webhooks", "hooks.title"),
    ];
    let section = |(href, key): (&str, &str)| Section {
        link: Link::new(visit.locale.t(key).to_string(), href),
        current: href == part,
    };
    parts.map(section).into()
}

/// The shop one works for.
pub async fn own_shop(shop: &Shop, visit: &Visit, tenant: TenantId) -> Result<Seller, Failure> {
    let found = shop
        .tenants
        .shops(&visit.ctx, vec![tenant])
        .await?
        .into_iter()
        .next();
    Ok(found.ok_or_else(|| Fault::not_found("shop"))?)
}

/// The frame of a page that begins things which the operator may have turned off for the shop. Without an answer it offers
/// them: what may not be begun is refused all the same.
async fn page_of_features(shop: &Shop, visit: &Visit, tenant: TenantId, title_key: &str) -> Page {
    let (page, off) = futures::join!(
        visit.keyed_page(shop, title_key),
        shop.features.off(&visit.ctx, tenant),
    );
    Page {
        off: off.unwrap_or_default().into_iter().map(Feature::name).collect(),
        ..page
    }
}

/// The bar over the seller's pages, standing at `section`.
pub fn bar(visit: &Visit, seller: &Seller, section: &str) -> WorkBar {
    WorkBar {
        groups: Vec::new(),
        name: seller.name.clone(),
        href: (seller.status == ShopStatus::Active).then(|| format!("/shop/{}", seller.slug)),
        status: (seller.status != ShopStatus::Active).then(|| shop_status(seller.status, visit.locale)),
        sections: SECTIONS
            .iter()
            .filter(|(_, _, needs)| visit.may(*needs))
            .map(|(href, key, _)| Section {
                link: Link::new(visit.locale.t(key).to_string(), *href),
                current: *href == section,
            })
            .collect(),
    }
}

pub fn shop_status(status: ShopStatus, locale: Locale) -> Status {
    let (key, tone) = match status {
        ShopStatus::Applied => ("shop.status.applied", Tone::Warn),
        ShopStatus::Active => ("shop.status.active", Tone::Good),
        ShopStatus::Suspended => ("shop.status.suspended", Tone::Bad),
        ShopStatus::Closed => ("shop.status.closed", Tone::Calm),
    };
    Status {
        label: locale.t(key).to_string(),
        tone,
    }
}
