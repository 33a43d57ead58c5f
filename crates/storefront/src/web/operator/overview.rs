//! The month so far, beside the same days of the month before; where and what was sold; and how the system is.

use super::{bar, first_part, periods, system};
use crate::i18n::Locale;
use crate::views::common::Link;
use crate::views::operator_overview::{Compared, OperatorOverviewPage, ShareRow, SoldRow};
use crate::views::tiles::{self, Share};
use crate::views::work::Section;
use crate::web::failure::Failure;
use crate::web::visit::{Visit, category_name, redirect};
use crate::web::{Shop, cards, live};
use axum::extract::{Query, State};
use axum::response::Response;
use contracts::catalog::{Category, ProductPlace};
use contracts::identity::Audience;
use contracts::ledger::{Grain, Turnover};
use contracts::orders::{MarketSales, MarketTotal, OrderFunnel, PlaceSales};
use contracts::tenants::{Shop as Seller, ShopTally};
use kernel::{Currency, Money, Permission, TenantId};
use serde::Deserialize;

/// Lines of a list; what is behind them is said in one.
const LINES_MAX: usize = 10;
const PRODUCTS_SHOWN: usize = 8;

#[derive(Deserialize)]
pub struct Asked {
    by: Option<String>,
    currency: Option<String>,
}

/// What all parts of the page are about.
struct Told<'a> {
    currency: Currency,
    locale: Locale,
    by: Grain,
    months: periods::Months,
    now: &'a [Turnover],
    before: &'a [Turnover],
    totals: [&'a [MarketTotal]; 2],
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let is_staff = visit
        .principal
        .as_ref()
        .is_some_and(|p| p.audience == Audience::Admin);
    if is_staff
        && !visit.may(Permission::ReadLedger)
        && let Some(part) = first_part(&visit)
    {
        return Ok(redirect(part));
    }
    visit.operator(Permission::ReadLedger)?;
    let by = periods::grain(asked.by.as_deref());
    let months = periods::Months::of(visit.ctx.now);
    let [from, until] = months.this;
    let [past_from, past_until] = months.past;
    let (ctx, ledger, market) = (&visit.ctx, &shop.ledger, &shop.market_desk);
    let (mut page, now, before, steps, totals, past_totals, funnel, carts, tally, state, index) = futures::join!(
        visit.keyed_page(&shop, "operator.overview"),
        ledger.turnover(ctx, from, until, Grain::Month),
        ledger.turnover(ctx, past_from, past_until, Grain::Month),
        ledger.turnover(ctx, periods::begins(by, months), until, by),
        market.totals(ctx, from, until),
        market.totals(ctx, past_from, past_until),
        market.funnel(ctx, from, until),
        shop.cart.begun(ctx, from, until),
        shop.shop_desk.shop_tally(ctx),
        shop.system.state(ctx),
        shop.search_desk.index(ctx),
    );
    let (now, before, steps, totals) = (now?, before?, steps?, totals?);
    let past_totals = past_totals?;
    let wanted = asked.currency.and_then(|code| code.parse().ok());
    let told = Told {
        currency: wanted
            .or_else(|| totals.first().map(|total| total.sold.currency))
            .or_else(|| steps.last().map(|step| step.sold.currency))
            .unwrap_or(Currency::EUR),
        locale: visit.locale,
        by,
        months,
        now: &now,
        before: &before,
        totals: [&totals, &past_totals],
    };
    let sales = market.sales(ctx, from, until, told.currency).await?;
    let products = sales
        .products
        .iter()
        .map(|one| (one.tenant, one.product))
        .collect();
    let best = sales.products.iter().take(PRODUCTS_SHOWN).map(|one| one.tenant);
    let tenants = sales.shops.iter().map(|one| one.tenant).chain(best).collect();
    let (sellers, categories, places) = futures::join!(
        shop.tenants.shops(ctx, tenants),
        shop.catalog.categories(ctx),
        shop.catalog.categories_of(ctx, products),
    );
    // Names are for reading: without them the figures still stand.
    let sellers = sellers.unwrap_or_default();
    page.live = live::address("/operator", &visit.ctx);
    let view = OperatorOverviewPage {
        page,
        work: bar(&visit, "/operator"),
        compared: compared(&told),
        currencies: currencies(&told),
        figures: figures(&told, tally.ok(), &visit),
        health: system::health(state.ok().as_ref(), index.ok(), &visit),
        steps: grains(&told),
        bars: periods::bars(&steps, told.currency, by, visit.ctx.now, visit.locale),
        bars_text: periods::said(&steps, told.currency, by, visit.locale),
        periods: periods::rows(&steps, told.currency, by, visit.locale),
        tiles: map(&sales, &told),
        provinces: provinces(&sales, &told),
        countries: countries(&sales, &told),
        categories: by_category(
            &sales,
            &categories.unwrap_or_default(),
            &places.unwrap_or_default(),
            &told,
        ),
        shops: by_shop(&sales, &sellers, &visit, &told),
        products: best_products(&sales, &sellers, visit.locale),
        funnel: funnel
            .map(|funnel| stages(funnel, carts.ok(), visit.locale))
            .unwrap_or_default(),
    };
    Ok(visit.show(&shop, &view))
}

fn compared(told: &Told<'_>) -> String {
    let locale = told.locale;
    locale
        .t("overview.compared")
        .arg("now", periods::span(told.months.this, locale))
        .arg("before", periods::span(told.months.past, locale))
        .to_string()
}

fn address(told: &Told<'_>, by: Grain, currency: Currency) -> String {
    let is_usual = told.totals[0].first().map(|total| total.sold.currency) == Some(currency);
    match (by, is_usual) {
        (Grain::Day, true) => "/operator".to_owned(),
        (by, true) => format!("/operator?by={}", by.name()),
        (by, false) => format!("/operator?by={}&currency={}", by.name(), currency.code()),
    }
}

/// A choice where there is one.
fn currencies(told: &Told<'_>) -> Vec<Section> {
    let section = |total: &MarketTotal| {
        let currency = total.sold.currency;
        Section {
            link: Link::new(currency.code(), address(told, told.by, currency)),
            current: currency == told.currency,
        }
    };
    match told.totals[0] {
        [] | [_] => Vec::new(),
        several => several.iter().map(section).collect(),
    }
}

fn grains(told: &Told<'_>) -> Vec<Section> {
    let of = |(by, key): (Grain, &str)| Section {
        link: Link::new(told.locale.t(key).to_string(), address(told, by, told.currency)),
        current: by == told.by,
    };
    [
        (Grain::Day, "overview.by_day"),
        (Grain::Week, "overview.by_week"),
        (Grain::Month, "overview.by_month"),
    ]
    .map(of)
    .into()
}

/// What moved in the page's currency.
fn moved(turnover: &[Turnover], told: &Told<'_>, of: fn(&Turnover) -> Money) -> i64 {
    let mine = turnover.iter().filter(|one| one.sold.currency == told.currency);
    mine.map(|one| of(one).amount).sum()
}

/// `+12%`; empty where there was nothing.
pub(super) fn change(now: i64, before: i64, locale: Locale) -> String {
    if before <= 0 {
        return String::new();
    }
    let percent = (i128::from(now) - i128::from(before)) * 100 / i128::from(before);
    let sign = match percent {
        0 => "±",
        up if up > 0 => "+",
        _ => "−",
    };
    let size = u32::try_from(percent.unsigned_abs()).unwrap_or(u32::MAX);
    format!("{sign}{}", locale.percent(size))
}

fn figures(told: &Told<'_>, tally: Option<ShopTally>, visit: &Visit) -> Vec<Compared> {
    let locale = told.locale;
    let money = |key: &str, href: &str, of: fn(&Turnover) -> Money| {
        let (now, before) = (moved(told.now, told, of), moved(told.before, told, of));
        Compared {
            key: key.to_owned(),
            label: locale.t(key).to_string(),
            value: locale.money(Money::new(now, told.currency)),
            change: change(now, before, locale),
            before: locale.money(Money::new(before, told.currency)),
            href: (!href.is_empty()).then(|| href.to_owned()),
        }
    };
    let counted = |key: &str, href: Option<&str>, of: fn(&MarketTotal) -> u64| {
        let [now, before] = told.totals.map(|totals| {
            let mine = totals.iter().find(|total| total.sold.currency == told.currency);
            mine.map_or(0, of)
        });
        let wide = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        Compared {
            key: key.to_owned(),
            label: locale.t(key).to_string(),
            value: locale.number(now),
            change: change(wide(now), wide(before), locale),
            before: locale.number(before),
            href: href.map(str::to_owned),
        }
    };
    let mut figures = vec![
        money("overview.sales", "", |one| one.sold),
        counted("overview.orders", None, |total| total.orders),
        money("overview.refunds", "/operator/payments?state=refunds", |one| {
            one.refunded
        }),
        money("overview.commission", "/operator/ledger", |one| one.commission),
        counted("overview.selling", None, |total| total.shops),
    ];
    if let Some(tally) = tally {
        let shops = visit
            .may(Permission::ApproveSellers)
            .then_some("/operator/shops?state=active");
        figures.push(Compared {
            key: "overview.open_shops".to_owned(),
            label: locale.t("overview.open_shops").to_string(),
            value: locale.number(tally.active),
            change: String::new(),
            before: String::new(),
            href: shops.map(str::to_owned),
        });
    }
    figures
}

/// A line with its share of all, and its bar beside the longest.
fn line(link: Link, amount: i64, [all, most]: [i64; 2], said: String, locale: Locale) -> ShareRow {
    let part =
        |of: i64| u32::try_from(i128::from(amount.max(0)) * 100 / i128::from(of.max(1))).unwrap_or(100);
    ShareRow {
        link,
        value: said,
        share: match part(all) {
            0 if amount > 0 => format!("< {}", locale.percent(1)),
            percent => locale.percent(percent),
        },
        width: match part(most).min(100) {
            0 if amount > 0 => 1,
            width => width,
        },
    }
}

/// The best lines, and what is left of `all` in one.
fn lines(named: Vec<(Link, i64)>, all: i64, rest: &str, told: &Told<'_>) -> Vec<ShareRow> {
    let mut named = named;
    named.sort_by_key(|(_, amount)| std::cmp::Reverse(*amount));
    named.truncate(LINES_MAX);
    let left = all - named.iter().map(|(_, amount)| amount).sum::<i64>();
    let most = named.iter().map(|(_, amount)| *amount).max().unwrap_or(0);
    let row = |link: Link, amount: i64| {
        let said = told.locale.money(Money::new(amount, told.currency));
        line(link, amount, [all, most], said, told.locale)
    };
    let mut rows: Vec<ShareRow> = named
        .into_iter()
        .map(|(link, amount)| row(link, amount))
        .collect();
    if left > 0 {
        // All others together are nobody to compare with: their bar would dwarf those of the best.
        let others = Link::new(told.locale.t(rest).to_string(), "");
        rows.push(ShareRow {
            width: 0,
            ..row(others, left)
        });
    }
    rows
}

fn sold(sales: &MarketSales) -> i64 {
    sales.sold.map_or(0, |sold| sold.amount)
}

fn of_spain(sales: &MarketSales) -> impl Iterator<Item = (&PlaceSales, &String)> {
    let places = sales.places.iter();
    places.filter_map(|place| place.region.as_ref().map(|region| (place, region)))
}

fn map(sales: &MarketSales, told: &Told<'_>) -> Vec<tiles::Tile> {
    let share = |(place, code): (&PlaceSales, &String)| Share {
        code: code.clone(),
        amount: place.sold.amount,
        said: told.locale.money(place.sold),
    };
    let shares: Vec<Share> = of_spain(sales).map(share).collect();
    tiles::tiles(&shares, &told.locale.t("overview.nothing").to_string())
}

fn provinces(sales: &MarketSales, told: &Told<'_>) -> Vec<ShareRow> {
    let spain: Vec<&PlaceSales> = sales
        .places
        .iter()
        .filter(|place| place.country == "ES")
        .collect();
    let all = spain.iter().map(|place| place.sold.amount).sum();
    let named = of_spain(sales).map(|(place, code)| {
        let name = cards::region_name(code, told.locale);
        (Link::new(name, ""), place.sold.amount)
    });
    lines(named.collect(), all, "overview.other_places", told)
}

fn countries(sales: &MarketSales, told: &Told<'_>) -> Vec<ShareRow> {
    let mut named: Vec<(Link, i64)> = Vec::new();
    for place in &sales.places {
        let name = match place.country.as_str() {
            "" => told.locale.t("overview.no_place").to_string(),
            code => cards::region_name(code, told.locale),
        };
        match named.iter_mut().find(|(link, _)| link.label == name) {
            Some((_, amount)) => *amount += place.sold.amount,
            None => named.push((Link::new(name, ""), place.sold.amount)),
        }
    }
    lines(named, sold(sales), "overview.other_places", told)
}

fn by_category(
    sales: &MarketSales,
    categories: &[Category],
    places: &[ProductPlace],
    told: &Told<'_>,
) -> Vec<ShareRow> {
    let roots: std::collections::HashMap<_, &str> = places
        .iter()
        .map(|place| (place.product, place.path.split('/').next().unwrap_or_default()))
        .collect();
    let mut named: Vec<(Link, i64)> = Vec::new();
    for product in &sales.products {
        let Some(root) = roots.get(&product.product) else {
            continue;
        };
        let known = categories.iter().find(|category| category.path == *root);
        let name = known.map_or(*root, |category| category_name(category, told.locale));
        match named.iter_mut().find(|(link, _)| link.label == name) {
            Some((_, amount)) => *amount += product.sold.amount,
            None => named.push((Link::new(name, format!("/c/{root}")), product.sold.amount)),
        }
    }
    let goods = sales.goods.map_or(0, |goods| goods.amount);
    lines(named, goods, "overview.other_goods", told)
}

fn seller_name(sellers: &[Seller], tenant: TenantId) -> String {
    let known = sellers.iter().find(|seller| seller.id == tenant);
    known.map(|seller| seller.name.clone()).unwrap_or_default()
}

fn by_shop(sales: &MarketSales, sellers: &[Seller], visit: &Visit, told: &Told<'_>) -> Vec<ShareRow> {
    let may = visit.may(Permission::ApproveSellers);
    let named = sales.shops.iter().map(|one| {
        let href = match may {
            true => format!("/operator/shops/{}", one.tenant),
            false => String::new(),
        };
        (Link::new(seller_name(sellers, one.tenant), href), one.sold.amount)
    });
    lines(named.collect(), sold(sales), "overview.other_shops", told)
}

fn best_products(sales: &MarketSales, sellers: &[Seller], locale: Locale) -> Vec<SoldRow> {
    let best = sales.products.iter().take(PRODUCTS_SHOWN);
    best.map(|one| SoldRow {
        title: one.title.clone(),
        href: format!("/search?q={}", crate::web::visit::encode(&one.title)),
        shop: seller_name(sellers, one.tenant),
        units: locale.n("count.pieces", one.units).to_string(),
        sold: locale.money(one.sold),
    })
    .collect()
}

/// From baskets to goods that have arrived, each beside the first.
fn stages(funnel: OrderFunnel, carts: Option<u64>, locale: Locale) -> Vec<ShareRow> {
    let stages = [
        // An order placed as a guest may have had its basket for longer than the month.
        carts.map(|carts| ("overview.stage.carts", carts.max(funnel.placed))),
        Some(("overview.stage.placed", funnel.placed)),
        Some(("overview.stage.paid", funnel.paid)),
        Some(("overview.stage.delivered", funnel.delivered)),
    ];
    let wide = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let stages: Vec<(&str, u64)> = stages.into_iter().flatten().collect();
    let first = stages.first().map_or(0, |(_, count)| wide(*count));
    stages
        .into_iter()
        .map(|(key, count)| {
            let label = locale.t(key).to_string();
            line(
                Link::new(label, ""),
                wide(count),
                [first, first],
                locale.number(count),
                locale,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_how_much_more_or_less_it_is() {
        let said = |now, before| change(now, before, Locale::En);
        assert_eq!(said(112, 100), "+12%");
        assert_eq!(said(88, 100), "−12%");
        assert_eq!(said(100, 100), "±0%");
        assert_eq!(said(100, 0), "", "from nothing everything is more");
        assert_eq!(said(i64::MAX, 1), "+4294967295%");
    }
}
