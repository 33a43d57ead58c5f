//! What a warehouse says it has, against our books.

use super::{bar, own_shop, stock_parts};
use crate::i18n::Locale;
use crate::views::common::{Choice, Link};
use crate::views::page::Tone;
use crate::views::seller_goods_move::{Believe, FeedLineRow, FeedRow, SellerFeedPage, SellerFeedsPage};
use crate::views::work::{Figure, Status};
use crate::web::Shop;
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused, spoken};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::catalog::Offer;
use contracts::inventory::{FeedCard, FeedLineCard, FeedMismatch, FeedProblem, WarehouseCard};
use httpkit::Csv;
use kernel::{Cursor, Permission, SkuId, StockFeedId, WarehouseId};
use serde::Deserialize;
use std::collections::HashMap;

const PATH: &str = "/seller/feeds";
const PER_PAGE: u16 = 25;
const LINES_PER_PAGE: u16 = 50;
/// As many bytes as a comparison takes, and some for the rest of the form.
pub const BYTES_MAX: usize = 33 * 1024 * 1024;

#[derive(Deserialize)]
pub struct Place {
    after: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    show(&shop, &visit, place.after.map(Cursor), None).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    after: Option<Cursor>,
    error: Option<String>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadStock)?;
    let locale = visit.locale;
    let (page, seller, found, book) = futures::join!(
        visit.keyed_page(shop, "work.feeds"),
        own_shop(shop, visit, tenant),
        shop.warehouse_desk.feeds(&visit.ctx, tenant, after, PER_PAGE),
        shop.warehouse_desk.warehouses(&visit.ctx, tenant),
    );
    let (found, warehouses) = (found?, book?.warehouses);
    let open = warehouses.iter().filter(|one| one.closed_at.is_none());
    let view = SellerFeedsPage {
        page,
        work: bar(visit, &seller?, "/seller/stock"),
        parts: stock_parts(visit, PATH),
        error,
        warehouses: open
            .map(|one| Choice::new(one.id.to_string(), one.name.clone()))
            .collect(),
        rows: found
            .items
            .iter()
            .map(|one| row(one, &warehouses, locale))
            .collect(),
        more: found.next.map(|next| {
            Link::new(
                locale.t("listing.more").to_string(),
                format!("{PATH}?after={}", encode(&next.0)),
            )
        }),
        may_edit: visit.may(Permission::EditStock),
    };
    Ok(visit.show(shop, &view))
}

fn count(locale: Locale, number: i64) -> String {
    locale.number(u64::try_from(number).unwrap_or(0))
}

fn name(warehouses: &[WarehouseCard], id: WarehouseId) -> String {
    let known = warehouses.iter().find(|one| one.id == id);
    known.map(|one| one.name.clone()).unwrap_or_default()
}

fn row(one: &FeedCard, warehouses: &[WarehouseCard], locale: Locale) -> FeedRow {
    FeedRow {
        href: format!("{PATH}/{}", one.id),
        file: one.file_name.clone(),
        warehouse: name(warehouses, one.warehouse),
        made: locale.date_time_short(one.created_at.naive_utc()),
        matching: count(locale, one.matching),
        differing: count(locale, one.differing),
        missing: count(locale, one.missing),
        unknown: count(locale, one.unknown),
    }
}

pub async fn compare(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditStock)?;
    let Some(file) = posted.files("file").next() else {
        let said = visit.locale.t("upload.no_file").to_string();
        return show(&shop, visit, None, Some(said)).await;
    };
    let warehouse = posted.get("warehouse").parse().unwrap_or(WarehouseId(tenant.0));
    let (file_name, bytes) = (file.name.clone(), file.bytes.to_vec().into());
    let compared = shop
        .warehouse_desk
        .reconcile(&visit.ctx, tenant, warehouse, file_name, bytes)
        .await;
    match compared {
        Ok(feed) => Ok(redirect_done(&format!("{PATH}/{}", feed.id), "compared")),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => {
            // Of products a file must name more than of stock.
            let said = match fault.code.as_str() {
                "header_unknown" => visit.locale.t("feed.header_unknown").to_string(),
                _ => visit.tell(&fault),
            };
            show(&shop, visit, None, Some(said)).await
        }
    }
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<StockFeedId>,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadStock)?;
    let locale = visit.locale;
    let after = place.after.map(Cursor);
    let (page, seller, feed, lines, book) = futures::join!(
        visit.keyed_page(&shop, "work.feeds"),
        own_shop(&shop, &visit, tenant),
        shop.warehouse_desk.feed(&visit.ctx, tenant, id),
        shop.warehouse_desk
            .feed_lines(&visit.ctx, tenant, id, after, LINES_PER_PAGE),
        shop.warehouse_desk.warehouses(&visit.ctx, tenant),
    );
    let (mut page, feed, lines) = (page, feed?, lines?);
    page.title.clone_from(&feed.file_name);
    let skus: Vec<SkuId> = lines.items.iter().filter_map(|line| line.sku).collect();
    // Article numbers without titles are still article numbers.
    let offers = shop.catalog.offers(&visit.ctx, skus).await.unwrap_or_default();
    let offers: HashMap<SkuId, Offer> = offers.into_iter().map(|offer| (offer.sku, offer)).collect();
    let view = SellerFeedPage {
        work: bar(&visit, &seller?, "/seller/stock"),
        file: feed.file_name.clone(),
        warehouse: name(&book?.warehouses, feed.warehouse),
        made: locale.date_time(feed.created_at.naive_utc()),
        figures: figures(&feed, locale),
        lines: lines
            .items
            .iter()
            .map(|line| line_row(line, &offers, locale))
            .collect(),
        more: lines.next.map(|next| {
            Link::new(
                locale.t("listing.more").to_string(),
                format!("{PATH}/{id}?after={}", encode(&next.0)),
            )
        }),
        errors: feed.errors.iter().map(|one| problem(one, visit.locale)).collect(),
        csv: format!("{PATH}/{id}/lines.csv"),
        believe: (!feed.open.is_empty() && visit.may(Permission::EditStock)).then(|| Believe {
            action: format!("{PATH}/{id}/believe"),
            differs: feed.open.contains(&FeedMismatch::Differs),
            missing: feed.open.contains(&FeedMismatch::Missing),
        }),
        page,
    };
    Ok(visit.show(&shop, &view))
}

/// What is wrong with a row, in the visitor's language.
fn problem(one: &FeedProblem, locale: Locale) -> (u64, String) {
    let key = format!("feed.error.{}", one.code);
    let said = match locale.messages().get(&key) {
        Some(_) => locale.t(&key).to_string(),
        None => spoken(&one.message),
    };
    (one.row, said)
}

fn figures(feed: &FeedCard, locale: Locale) -> Vec<Figure> {
    let figure = |key: &str, number| Figure {
        key: key.to_owned(),
        label: locale.t(key).to_string(),
        value: count(locale, number),
        href: None,
    };
    vec![
        figure("feed.matching", feed.matching),
        figure("feed.differs", feed.differing),
        figure("feed.missing", feed.missing),
        figure("feed.unknown", feed.unknown),
        figure("feed.failed", feed.failed),
    ]
}

fn line_row(line: &FeedLineCard, offers: &HashMap<SkuId, Offer>, locale: Locale) -> FeedLineRow {
    let tone = match line.kind {
        FeedMismatch::Differs => Tone::Warn,
        FeedMismatch::Unknown => Tone::Calm,
        FeedMismatch::Missing => Tone::Bad,
    };
    let units = |number: Option<i64>| number.map(|n| count(locale, n)).unwrap_or_default();
    let offer = line.sku.and_then(|sku| offers.get(&sku));
    // What the catalogue has forgotten was written down by its id, which tells nobody anything.
    let is_forgotten = line.sku.is_some_and(|sku| sku.to_string() == line.code);
    let (code, title) = match (is_forgotten, offer) {
        (true, _) => (String::new(), locale.t("stock.forgotten").to_string()),
        (false, Some(offer)) => (line.code.clone(), offer.title.clone()),
        (false, None) => (line.code.clone(), String::new()),
    };
    let difference = line.ours.map(|ours| line.theirs.unwrap_or(0) - ours);
    FeedLineRow {
        kind: Status {
            label: locale.t(&format!("feed.{}", line.kind.name())).to_string(),
            tone,
        },
        code,
        title,
        ours: units(line.ours),
        theirs: units(line.theirs),
        difference: difference.map(|n| signed(n, locale)).unwrap_or_default(),
        adjusted: line
            .adjusted_at
            .map(|at| locale.date_short(at.date_naive()))
            .unwrap_or_default(),
    }
}

fn signed(number: i64, locale: Locale) -> String {
    let sign = if number < 0 { '\u{2212}' } else { '+' };
    format!("{sign}{}", locale.number(number.unsigned_abs()))
}

pub async fn csv(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<StockFeedId>,
) -> Result<Csv, Failure> {
    let tenant = visit.seller(Permission::ReadStock)?;
    let lines = shop.warehouse_desk.feed_csv(&visit.ctx, tenant, id).await?;
    Ok(Csv {
        name: format!("stock-feed-{id}.csv"),
        lines: lines.into_bytes(),
    })
}

pub async fn believe(
    State(shop): State<Shop>,
    Path(id): Path<StockFeedId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditStock)?;
    let back = format!("{PATH}/{id}");
    let missing = posted.ticked("missing");
    match shop.warehouse_desk.believe(&visit.ctx, tenant, id, missing).await {
        Ok(done) if done.adjusted == 0 && done.refused == 0 => Ok(redirect_done(&back, "believed_nothing")),
        Ok(done) if done.refused > 0 => Ok(redirect_done(&back, "believed_in_part")),
        Ok(_) => Ok(redirect_done(&back, "believed")),
        Err(fault) => redirect_refused(&back, fault),
    }
}
