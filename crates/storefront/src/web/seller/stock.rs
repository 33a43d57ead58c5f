//! What lies where: SKUs with their warehouses, and counting them in place.

use super::{bar, own_shop, stock_parts};
use crate::i18n::{COUNTED_MAX, Locale};
use crate::views::common::{Choice, Image, Link};
use crate::views::seller_stock::{PlaceUnits, SellerStockPage, StockRow};
use crate::views::work::Tab;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done, redirect_refused, safe_next};
use crate::web::{Shop, cards, saved_views};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::catalog::{Offer, OwnQuery};
use contracts::digital::is_unlimited;
use contracts::inventory::{SkuStock, StockCount, StockPlace, StockQuery, StockTally};
use contracts::saved_views::ViewTable;
use kernel::{Cursor, Fault, Permission, SkuId, TenantId, WarehouseId};
use serde::Deserialize;
use std::collections::HashMap;

const SKUS_PER_PAGE: u16 = 25;
/// Products whose SKUs a search shows.
const FOUND_MAX: u16 = 25;

#[derive(Default, Deserialize)]
pub struct Filter {
    #[serde(default)]
    low: String,
    #[serde(default)]
    warehouse: String,
    #[serde(default)]
    q: String,
    after: Option<String>,
}

impl Filter {
    fn href(&self, low: bool, after: Option<&Cursor>) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        let kept = [
            ("low", if low { "1" } else { "" }),
            ("warehouse", self.warehouse.as_str()),
            ("q", self.q.trim()),
            ("after", after.map_or("", |cursor| cursor.0.as_str())),
        ];
        for (name, value) in kept.into_iter().filter(|(_, value)| !value.is_empty()) {
            pairs.append_pair(name, value);
        }
        match pairs.finish() {
            query if query.is_empty() => "/seller/stock".to_owned(),
            query => format!("/seller/stock?{query}"),
        }
    }
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadStock)?;
    let low = !filter.low.is_empty();
    let (page, seller, places, tally) = futures::join!(
        saved_views::page(&shop, &visit, "work.stock", ViewTable::SellerStock),
        own_shop(&shop, &visit, tenant),
        shop.stock_room.places(&visit.ctx, tenant),
        shop.stock_room.tally(&visit.ctx, tenant),
    );
    let places = places?;
    let chosen = filter.warehouse.parse::<WarehouseId>().ok();
    let chosen = chosen.filter(|id| places.iter().any(|place| place.warehouse == *id));
    let query = StockQuery {
        warehouse: chosen,
        low,
        skus: searched(&shop, &visit, tenant, filter.q.trim()).await?,
        after: filter.after.clone().map(Cursor),
        limit: SKUS_PER_PAGE,
    };
    let found = shop.stock_room.stock(&visit.ctx, tenant, query).await?;
    let skus: Vec<SkuId> = found.items.iter().map(|item| item.sku).collect();
    // Numbers without titles are still numbers.
    let offers = shop.catalog.offers(&visit.ctx, skus).await.unwrap_or_default();
    let offers: HashMap<SkuId, Offer> = offers.into_iter().map(|offer| (offer.sku, offer)).collect();
    let shown: Vec<&StockPlace> = places
        .iter()
        .filter(|place| chosen.is_none_or(|id| id == place.warehouse))
        .collect();
    // Where a count goes: to the warehouse that is looked at, or to the default one.
    let counted = shown
        .first()
        .map_or(WarehouseId(tenant.0), |place| place.warehouse);
    let mut choices = vec![Choice::new("", visit.locale.t("stock.everywhere").to_string())];
    choices.extend(
        places
            .iter()
            .map(|p| Choice::new(p.warehouse.to_string(), p.name.clone())),
    );
    let view = SellerStockPage {
        page,
        work: bar(&visit, &seller?, "/seller/stock"),
        parts: stock_parts(&visit, "/seller/stock"),
        tabs: tabs(&filter, low, tally.unwrap_or_default(), visit.locale),
        places: shown.iter().map(|place| place.name.clone()).collect(),
        warehouses: Choice::select(choices, &filter.warehouse),
        several: places.len() > 1,
        counted_in: shown.first().map(|place| place.name.clone()).unwrap_or_default(),
        counted: counted.to_string(),
        back: filter.href(low, filter.after.clone().map(Cursor).as_ref()),
        low,
        rows: found
            .items
            .iter()
            .map(|item| row(item, offers.get(&item.sku), &shown, counted))
            .collect(),
        more: found.next.map(|next| {
            Link::new(
                visit.locale.t("listing.more").to_string(),
                filter.href(low, Some(&next)),
            )
        }),
        may_edit: visit.may(Permission::EditStock),
        text: filter.q,
    };
    Ok(visit.show(&shop, &view))
}

/// The SKUs of products whose title or key has the words that were searched for.
async fn searched(
    shop: &Shop,
    visit: &Visit,
    tenant: TenantId,
    text: &str,
) -> Result<Option<Vec<SkuId>>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    let query = OwnQuery {
        text: text.chars().take(120).collect(),
        limit: FOUND_MAX,
        ..OwnQuery::default()
    };
    let found = shop.workbench.own_products(&visit.ctx, tenant, query).await?;
    let variants = found.items.iter().flat_map(|listing| &listing.variants);
    Ok(Some(variants.map(|variant| variant.sku).collect()))
}

fn tabs(filter: &Filter, low: bool, tally: StockTally, locale: Locale) -> Vec<Tab> {
    let tab = |key: &str, is_low: bool, count| Tab {
        link: Link::new(locale.t(key).to_string(), filter.href(is_low, None)),
        count,
        current: low == is_low,
    };
    vec![
        tab("work.all", false, tally.skus),
        match tally.skus > COUNTED_MAX {
            true => tab("work.figure.low_of_first", true, tally.low),
            false => tab("stock.low", true, tally.low),
        },
    ]
}

fn row(item: &SkuStock, offer: Option<&Offer>, shown: &[&StockPlace], counted: WarehouseId) -> StockRow {
    let at = |id: WarehouseId| item.levels.iter().find(|level| level.warehouse == id);
    let available: i64 = item.levels.iter().map(|l| l.on_hand - l.reserved).sum();
    let options = offer.map(|offer| {
        let values: Vec<&str> = offer.options.iter().map(|option| option.value.as_str()).collect();
        values.join(", ")
    });
    StockRow {
        sku: item.sku.to_string(),
        title: offer.map(|offer| offer.title.clone()).unwrap_or_default(),
        code: offer.map_or_else(|| item.sku.to_string(), |offer| offer.code.clone()),
        options: options.unwrap_or_default(),
        href: format!("/seller/products/{}", item.product),
        image: offer.and_then(|offer| offer.image.as_ref()).map(|picture| Image {
            alt: String::new(),
            ..cards::image(picture)
        }),
        places: shown
            .iter()
            .map(|place| PlaceUnits {
                name: place.name.clone(),
                on_hand: at(place.warehouse)
                    .map(|level| level.on_hand)
                    .filter(|units| !is_unlimited(*units)),
            })
            .collect(),
        reserved: item.levels.iter().map(|l| l.reserved).sum(),
        available,
        incoming: item.levels.iter().map(|l| l.incoming).sum(),
        low: available < item.low_below,
        on_hand: Some(at(counted).map_or(0, |level| level.on_hand)).filter(|units| !is_unlimited(*units)),
        is_unlimited: is_unlimited(available),
    }
}

/// Sets what lies of one SKU in one warehouse.
pub async fn count(
    State(shop): State<Shop>,
    Path(sku): Path<SkuId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditStock)?;
    let back = match safe_next(posted.get("back")) {
        back if back.starts_with("/seller/stock") => back.to_owned(),
        _ => "/seller/stock".to_owned(),
    };
    let warehouse = posted.get("warehouse").parse().unwrap_or(WarehouseId(tenant.0));
    let offers = shop.catalog.offers(&visit.ctx, vec![sku]).await?;
    let offer = offers.into_iter().find(|offer| offer.tenant == tenant);
    let product = offer.ok_or_else(|| Fault::not_found("SKU"))?.product;
    let Ok(on_hand) = posted.get("on_hand").trim().parse::<i64>() else {
        let detail = "Units are a whole number, 0 or more.";
        return redirect_refused(&back, Fault::field("on_hand_out_of_range", "/on_hand", detail));
    };
    let count = StockCount {
        sku,
        product,
        on_hand,
        stated: None,
    };
    let note = "counted on the stock page".to_owned();
    match shop
        .stock_room
        .count_in(&visit.ctx, tenant, warehouse, vec![count], note)
        .await
    {
        Ok(()) => Ok(redirect_done(&back, "counted")),
        Err(mut fault) => {
            // Elsewhere it is told of a form that was saved but for its stock.
            if fault.code == "count_below_reserved" {
                fault.code = "counted_too_few".to_owned();
            }
            redirect_refused(&back, fault)
        }
    }
}
