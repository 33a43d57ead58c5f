//! The shop's products.

use super::{bar, own_shop};
use crate::i18n::Locale;
use crate::views::common::{Image, Link};
use crate::views::page::Tone;
use crate::views::seller_goods::{ProductRow, SellerProductsPage};
use crate::views::work::{Status, Tab};
use crate::web::facets::attribute_label as label;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, category_name, encode, redirect_done};
use crate::web::{Shop, cards, saved_views};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::catalog::{
    Category, Listing, NeedyListing, NeedyListings, OwnQuery, ProductStatus, ProductTally,
};
use contracts::digital::is_unlimited;
use contracts::saved_views::ViewTable;
use kernel::limits::LOW_STOCK_BELOW;
use kernel::{Cursor, Page, Permission, ProductId, SkuId};
use serde::Deserialize;
use std::collections::HashMap;

const PRODUCTS_PER_PAGE: u16 = 25;
/// The filter for those that lack what their category asks for.
const NEEDY: &str = "attention";
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
    let after = filter.after.map(Cursor);
    let shows_needy = state == NEEDY;
    let query = OwnQuery {
        status: status_of(&state),
        text: text.clone(),
        after: after.clone(),
        limit: PRODUCTS_PER_PAGE,
    };
    let listed = async {
        match shows_needy {
            true => Ok(Page {
                items: Vec::new(),
                next: None,
            }),
            false => shop.workbench.own_products(&visit.ctx, tenant, query).await,
        }
    };
    // Elsewhere only their number is shown.
    let (needy_after, needy_limit) = match shows_needy {
        true => (after, PRODUCTS_PER_PAGE),
        false => (None, 1),
    };
    let (page, seller, found, needy, tally, tree) = futures::join!(
        saved_views::page(&shop, &visit, "work.products", ViewTable::SellerProducts),
        own_shop(&shop, &visit, tenant),
        listed,
        shop.workbench
            .needy_products(&visit.ctx, tenant, needy_after, needy_limit),
        shop.workbench.product_tally(&visit.ctx, tenant),
        shop.catalog.categories(&visit.ctx),
    );
    let (mut found, needy) = (found?, needy?);
    let needs = needs(&needy, visit.locale);
    let needy_total = needy.total;
    if shows_needy {
        found = Page {
            items: needy.items.into_iter().map(|one| one.listing).collect(),
            next: needy.next,
        };
    }
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
        tabs: tabs(tally.unwrap_or_default(), needy_total, &state, visit.locale),
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
            .map(|listing| ProductRow {
                needs: needs.get(&listing.id).cloned().unwrap_or_default(),
                ..row(listing, &stock, &tree, visit.locale)
            })
            .collect(),
        may_edit: visit.may(Permission::EditCatalog),
        state,
        text,
    };
    Ok(visit.show(&shop, &view))
}

/// What each of them lacks, in a sentence.
fn needs(needy: &NeedyListings, locale: Locale) -> HashMap<ProductId, String> {
    let said = |one: &NeedyListing| {
        let labels: Vec<&str> = one
            .attributes
            .iter()
            .map(|attribute| label(attribute, locale))
            .collect();
        let said = locale.t("work.lacks").arg("what", labels.join(", ")).to_string();
        (one.listing.id, said)
    };
    needy.items.iter().map(said).collect()
}

fn tabs(tally: ProductTally, needy: u64, current: &str, locale: Locale) -> Vec<Tab> {
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
    let needy = Some(Tab {
        link: Link::new(
            locale.t("work.needs_attention").to_string(),
            format!("/seller/products?state={NEEDY}"),
        ),
        count: needy,
        current: current == NEEDY,
    })
    .filter(|tab| tab.count > 0 || tab.current);
    std::iter::once(all).chain(STATES.map(of)).chain(needy).collect()
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
        is_unlimited: counted().any(|units| is_unlimited(*units)),
        low: low(&counted().copied().collect::<Vec<_>>(), locale),
        needs: String::new(),
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
