//! What the shop pays for being put forward in searches.

use super::{bar, own_shop, page_of_features};
use crate::i18n::Locale;
use crate::views::common::{Choice, Link};
use crate::views::page::Tone;
use crate::views::promoted::{PromotedRow, SellerPromotedPage};
use crate::views::work::{Section, Status};
use crate::web::Shop;
use crate::web::cards::product_href;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done, redirect_refused};
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::catalog::{Listing, OwnQuery, ProductStatus};
use contracts::search::promoted::{NewPromotedListing, PromotedListing, PromotedTariff};
use kernel::{Permission, ProductId, PromotedListingId, Timestamp};
use std::collections::HashMap;

const PATH: &str = "/seller/promoted";
const PROMOTIONS: &str = "/seller/promotions";
/// Products to choose from: the newest that are for sale.
const PRODUCTS: u16 = 100;
/// For how long one may be put forward.
const DAYS: [u16; 4] = [7, 14, 30, 90];

/// The parts of what a shop does for its sales, standing at `part`.
pub fn tab(locale: Locale, current: bool) -> Section {
    Section {
        link: Link::new(locale.t("promoted.title").to_string(), PATH),
        current,
    }
}

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
    let locale = visit.locale;
    let for_sale = OwnQuery {
        status: Some(ProductStatus::Active),
        text: String::new(),
        after: None,
        limit: PRODUCTS,
    };
    let (page, seller, promoted, own) = futures::join!(
        page_of_features(&shop, &visit, tenant, "promoted.title"),
        own_shop(&shop, &visit, tenant),
        shop.promoting.promoted(&visit.ctx, tenant),
        shop.workbench.own_products(&visit.ctx, tenant, for_sale),
    );
    let (seller, promoted) = (seller?, promoted?);
    let own = own.map(|page| page.items).unwrap_or_default();
    let named = promoted.iter().map(|one| one.product).collect();
    let (tariff, named) = futures::join!(
        shop.promoting.tariff_of(&visit.ctx, seller.currency),
        shop.catalog.listings(&visit.ctx, named),
    );
    let named: HashMap<ProductId, Listing> = named
        .unwrap_or_default()
        .into_iter()
        .map(|listing| (listing.id, listing))
        .collect();
    let now = visit.ctx.now;
    let running: Vec<ProductId> = promoted
        .iter()
        .filter(|one| is_on(one, now))
        .map(|one| one.product)
        .collect();
    let may_edit = visit.may(Permission::RunPromotions);
    let view = SellerPromotedPage {
        page,
        work: bar(&visit, &seller, PROMOTIONS),
        tabs: vec![
            Section {
                link: Link::new(locale.t("work.promotions").to_string(), PROMOTIONS),
                current: false,
            },
            tab(locale, true),
        ],
        price: tariff?.map(|tariff| priced(&tariff, locale)),
        products: own
            .iter()
            .filter(|listing| !running.contains(&listing.id))
            .map(|listing| Choice::new(listing.id.to_string(), listing.title.clone()))
            .collect(),
        days: DAYS
            .map(|days| {
                Choice::new(
                    days.to_string(),
                    locale.n("promoted.for_days", u64::from(days)).to_string(),
                )
            })
            .into(),
        rows: promoted
            .iter()
            .map(|one| row(one, named.get(&one.product), now, may_edit, locale))
            .collect(),
        may_edit,
    };
    Ok(visit.show(&shop, &view))
}

fn is_on(one: &PromotedListing, now: Timestamp) -> bool {
    one.stopped_at.is_none() && now < one.ends_at
}

fn priced(tariff: &PromotedTariff, locale: Locale) -> String {
    let price = locale.money(tariff.per_day);
    let key = if tariff.tax_bp == 0 {
        "promoted.price"
    } else {
        "promoted.price_taxed"
    };
    let said = locale
        .t(key)
        .arg("price", price)
        .arg("tax", locale.percent_of(tariff.tax_bp));
    said.to_string()
}

fn row(
    one: &PromotedListing,
    listing: Option<&Listing>,
    now: Timestamp,
    may_edit: bool,
    locale: Locale,
) -> PromotedRow {
    let until = one.stopped_at.unwrap_or(one.ends_at);
    let (key, tone) = if is_on(one, now) {
        ("promotion.holds", Tone::Good)
    } else {
        ("promotion.ended", Tone::Calm)
    };
    PromotedRow {
        title: listing.map_or_else(
            || locale.t("promoted.gone").to_string(),
            |listing| listing.title.clone(),
        ),
        href: listing.map_or_else(
            || "/seller/products".to_owned(),
            |listing| product_href(&listing.slug, listing.id),
        ),
        status: Status {
            label: locale.t(key).to_string(),
            tone,
        },
        when: locale.day_range(one.starts_at.date_naive(), until.date_naive()),
        days: locale.number(u64::from(one.days_charged)),
        cost: locale.money(one.charged),
        stop: (may_edit && is_on(one, now)).then(|| format!("{PATH}/{}/stop", one.id)),
    }
}

pub async fn promote(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::RunPromotions)?;
    let new = NewPromotedListing {
        // What is no product of the shop's is refused.
        product: posted.get("product").parse().unwrap_or(ProductId(tenant.0)),
        days: posted.get("days").parse().unwrap_or(DAYS[0]),
    };
    match shop.promoting.promote(&visit.ctx, tenant, new).await {
        Ok(_) => Ok(redirect_done(PATH, "promoted")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}

pub async fn stop(
    State(shop): State<Shop>,
    Path(id): Path<PromotedListingId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::RunPromotions)?;
    match shop.promoting.stop_promoting(&visit.ctx, tenant, id).await {
        Ok(_) => Ok(redirect_done(PATH, "promoted_stopped")),
        // Stopped twice, it is stopped.
        Err(fault) if fault.code == "ended" => Ok(redirect_done(PATH, "promoted_stopped")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}
