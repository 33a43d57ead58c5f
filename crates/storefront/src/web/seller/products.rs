//! The shop's products.

use super::{bar, own_shop};
use crate::i18n::Locale;
use crate::views::common::{Image, Link};
use crate::views::page::Tone;
use crate::views::seller_goods::{ProductRow, SellerProductsPage};
use crate::views::work::{Status, Tab};
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, category_name, encode, redirect_done};
use crate::web::{Shop, cards};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::catalog::{Category, Listing, OwnQuery, ProductStatus, ProductTally};
use kernel::limits::LOW_STOCK_BELOW;
use kernel::{Cursor, Permission, ProductId, SkuId};
use serde::Deserialize;
use std::collections::HashMap;

const PRODUCTS_PER_PAGE: u16 = 25;
pub const STATES: [(&str, ProductStatus); 4] = [
    ("active", ProductStatus::Active),
    ("draft", ProductStatus::Draft),
    ("inactive", ProductStatus::Inactive),
    ("archived", ProductStatus::Archived),
];

#[derive(Deserialize)]
pub struct Filter {
    state: Option<String>,
    q: Option<String>,
    after: Option<String>,
}

pub fn status_of(code: &str) -> Option<ProductStatus> {
    STATES
        .iter()
        .find(|(known, _)| *known == code)
        .map(|(_, status)| *status)
}

pub fn status(status: ProductStatus, locale: Locale) -> Status {
    let (key, tone) = match status {
        ProductStatus::Active => ("product.state.active", Tone::Good),
        ProductStatus::Draft => ("product.state.draft", Tone::Warn),
        ProductStatus::Inactive => ("product.state.inactive", Tone::Calm),
        ProductStatus::Archived => ("product.state.archived", Tone::Calm),
    };
    Status {
        label: locale.t(key).to_string(),
        tone,
    }
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadCatalog)?;
    let state = filter.state.clone().unwrap_or_default();
    let text: String = filter.q.unwrap_or_default().trim().chars().take(120).collect();
    let query = OwnQuery {
        status: status_of(&state),
        text: text.clone(),
        after: filter.after.map(Cursor),
        limit: PRODUCTS_PER_PAGE,
    };
    let (page, seller, found, tally, tree) = futures::join!(
        visit.keyed_page(&shop, "work.products"),
        own_shop(&shop, &visit, tenant),
        shop.workbench.own_products(&visit.ctx, tenant, query),
        shop.workbench.product_tally(&visit.ctx, tenant),
        shop.catalog.categories(&visit.ctx),
    );
    let found = found?;
    let skus: Vec<SkuId> = found
        .items
        .iter()
        .flat_map(|l| l.variants.iter().map(|v| v.sku))
        .collect();
    // A list without stock is still a list.
    let shelf = shop
        .stock_room
        .shelf(&visit.ctx, tenant, skus)
        .await
        .unwrap_or_default();
    let stock: HashMap<SkuId, i64> = shelf.iter().map(|s| (s.sku, s.on_hand - s.reserved)).collect();
    let tree = tree.unwrap_or_default();
    let kept = |name: &str, value: &str| match value {
        "" => String::new(),
        value => format!("{name}={}&", encode(value)),
    };
    let view = SellerProductsPage {
        page,
        work: bar(&visit, &seller?, "/seller/products"),
        tabs: tabs(tally.unwrap_or_default(), &state, visit.locale),
        more: found.next.map(|cursor| {
            Link::new(
                visit.locale.t("listing.more").to_string(),
                format!(
                    "/seller/products?{}{}after={}",
                    kept("state", &state),
                    kept("q", &text),
                    encode(&cursor.0)
                ),
            )
        }),
        rows: found
            .items
            .iter()
            .map(|listing| row(listing, &stock, &tree, visit.locale))
            .collect(),
        may_edit: visit.may(Permission::EditCatalog),
        state,
        text,
    };
    Ok(visit.show(&shop, &view))
}

fn tabs(tally: ProductTally, current: &str, locale: Locale) -> Vec<Tab> {
    let all = Tab {
        link: Link::new(locale.t("work.all").to_string(), "/seller/products"),
        count: tally.active + tally.draft + tally.inactive + tally.archived,
        current: current.is_empty(),
    };
    let of = |(code, state): (&str, ProductStatus)| Tab {
        link: Link::new(
            status(state, locale).label,
            format!("/seller/products?state={code}"),
        ),
        count: match state {
            ProductStatus::Active => tally.active,
            ProductStatus::Draft => tally.draft,
            ProductStatus::Inactive => tally.inactive,
            ProductStatus::Archived => tally.archived,
        },
        current: current == code,
    };
    std::iter::once(all).chain(STATES.map(of)).collect()
}

fn row(listing: &Listing, stock: &HashMap<SkuId, i64>, tree: &[Category], locale: Locale) -> ProductRow {
    let prices = || listing.variants.iter().map(|v| v.price);
    let cheapest = prices().min_by_key(|p| p.amount);
    let several = prices().any(|p| Some(p) != cheapest);
    let price = cheapest.map(|p| locale.money(p)).unwrap_or_default();
    let counted = || listing.variants.iter().filter_map(|v| stock.get(&v.sku));
    let known = listing.category.as_ref().map(|own| {
        tree.iter()
            .find(|c| c.id == own.id)
            .map_or(own.name.as_str(), |c| category_name(c, locale))
    });
    ProductRow {
        title: listing.title.clone(),
        href: format!("/seller/products/{}", listing.id),
        image: listing.images.first().map(|picture| Image {
            alt: String::new(),
            ..cards::image(picture)
        }),
        sku: match listing.variants.as_slice() {
            [only] => only.code.clone(),
            several => locale.n("count.variants", several.len() as u64).to_string(),
        },
        category: known.unwrap_or_default().to_owned(),
        price: if several {
            locale.t("price.from").arg("price", price).to_string()
        } else {
            price
        },
        stock: counted().next().is_some().then(|| counted().sum()),
        low: low(&counted().copied().collect::<Vec<_>>(), locale),
        status: status(listing.status, locale),
        changed: locale.date_short(listing.updated_at.date_naive()),
    }
}

/// What runs low, by what is available of each variant.
fn low(available: &[i64], locale: Locale) -> Option<String> {
    let low = available.iter().filter(|units| **units < LOW_STOCK_BELOW).count();
    match (low, available.len()) {
        (0, _) => None,
        (_, 1) => Some(locale.t("work.runs_low").to_string()),
        (low, _) => Some(locale.n("work.some_low", low as u64).to_string()),
    }
}

pub async fn delete(
    State(shop): State<Shop>,
    Path(id): Path<ProductId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let tenant = posted.visit.seller(Permission::EditCatalog)?;
    shop.workbench
        .delete_product(&posted.visit.ctx, tenant, id)
        .await?;
    Ok(redirect_done("/seller/products", "deleted"))
}
