//! The seller's small workplace: their sub-orders.

use super::Shop;
use super::checkout::address_lines;
use super::failure::Failure;
use super::orders::{order_line, sub_state, timeline};
use super::visit::{Visit, encode};
use crate::views::common::{Link, Price};
use crate::views::order::SubOrderState;
use crate::views::seller::{SellerActions, SellerOrderPage, SellerOrderRow, SellerOrdersPage, Tab};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::orders::{SubOrder, SubOrderStatus};
use contracts::tenants::Shop as Seller;
use kernel::{Cursor, Fault, ProductId, SubOrderId, TenantId};
use serde::Deserialize;
use std::collections::HashMap;

const ORDERS_PER_PAGE: u16 = 25;

#[derive(Deserialize)]
pub struct Filter {
    state: Option<String>,
    before: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let tenant = visit.tenant()?;
    let status = match filter.state.as_deref() {
        Some("payment_pending") => Some(SubOrderStatus::Placed),
        Some("confirmed") => Some(SubOrderStatus::Confirmed),
        Some("cancelled") => Some(SubOrderStatus::Cancelled),
        _ => None,
    };
    let found = shop
        .orders
        .of_seller(
            &visit.ctx,
            tenant,
            status,
            filter.before.map(Cursor),
            ORDERS_PER_PAGE,
        )
        .await?;
    let seller = own_shop(&shop, &visit, tenant).await?;
    let view = SellerOrdersPage {
        page: visit.keyed_page(&shop, "work.orders").await,
        shop: seller.name,
        shop_href: format!("/shop/{}", seller.slug),
        tabs: tabs(&visit, filter.state.as_deref()),
        rows: found.items.iter().map(|sub| row(sub, &visit)).collect(),
        figures: Vec::new(),
        more: found.next.map(|cursor| {
            let state = filter
                .state
                .as_deref()
                .map(|s| format!("state={}&", encode(s)))
                .unwrap_or_default();
            Link::new(
                visit.locale.t("orders.more").to_string(),
                format!("/seller/orders?{state}before={}", encode(&cursor.0)),
            )
        }),
    };
    Ok(visit.show(&shop, &view))
}

async fn own_shop(shop: &Shop, visit: &Visit, tenant: TenantId) -> Result<Seller, Failure> {
    let found = shop
        .tenants
        .shops(&visit.ctx, vec![tenant])
        .await?
        .into_iter()
        .next();
    Ok(found.ok_or_else(|| Fault::not_found("shop"))?)
}

fn tabs(visit: &Visit, current: Option<&str>) -> Vec<Tab> {
    let locale = visit.locale;
    let all = Tab {
        link: Link::new(locale.t("work.all").to_string(), "/seller/orders"),
        count: 0,
        current: current.is_none(),
    };
    let states = [
        ("confirmed", SubOrderState::Confirmed),
        ("payment_pending", SubOrderState::PaymentPending),
        ("cancelled", SubOrderState::Cancelled),
    ];
    let of = |(code, state): (&str, SubOrderState)| Tab {
        link: Link::new(
            locale.t(state.key()).to_string(),
            format!("/seller/orders?state={code}"),
        ),
        count: 0,
        current: current == Some(code),
    };
    std::iter::once(all).chain(states.map(of)).collect()
}

fn row(sub: &SubOrder, visit: &Visit) -> SellerOrderRow {
    SellerOrderRow {
        number: sub.number.clone(),
        href: format!("/seller/orders/{}", sub.id),
        placed: visit.locale.date(sub.placed_at.date_naive()),
        buyer: sub.address.as_ref().map(|a| a.name.clone()).unwrap_or_default(),
        destination: sub.address.as_ref().map(|a| a.city.clone()).unwrap_or_default(),
        items: sub.lines.iter().map(|l| u64::from(l.quantity)).sum(),
        total: Price::new(visit.locale, sub.total),
        state: sub_state(sub.status),
        due: String::new(),
        late: false,
    }
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<SubOrderId>,
) -> Result<Response, Failure> {
    let tenant = visit.tenant()?;
    let sub = shop.orders.sub_order(&visit.ctx, tenant, id).await?;
    let products: Vec<ProductId> = sub.lines.iter().map(|l| l.product).collect();
    let (frame, seller, listings) = futures::join!(
        visit.keyed_page(&shop, "work.orders"),
        own_shop(&shop, &visit, tenant),
        shop.catalog.listings(&visit.ctx, products),
    );
    let (seller, locale) = (seller?, visit.locale);
    let listings: HashMap<_, _> = listings
        .unwrap_or_default()
        .into_iter()
        .map(|l| (l.id, l))
        .collect();
    let mut page = frame;
    page.title = locale.t("work.order").arg("number", &sub.number).to_string();
    // Tenths of a percent of the goods, which is what commission is taken from.
    let rate = if sub.subtotal.amount > 0 {
        sub.commission.amount * 100 / sub.subtotal.amount
    } else {
        0
    };
    let view = SellerOrderPage {
        shop: seller.name,
        shop_href: format!("/shop/{}", seller.slug),
        number: sub.number.clone(),
        placed: locale.date_time(sub.placed_at.naive_utc()),
        state: sub_state(sub.status),
        due: String::new(),
        late: false,
        timeline: timeline(sub.status, sub.placed_at, locale),
        lines: sub
            .lines
            .iter()
            .map(|line| order_line(line, listings.get(&line.product), locale))
            .collect(),
        parcels: Vec::new(),
        delivery: sub.delivery_name.clone(),
        address: sub
            .address
            .as_ref()
            .map(|a| address_lines(a, &visit))
            .unwrap_or_default(),
        buyer: sub.address.as_ref().map(|a| a.name.clone()).unwrap_or_default(),
        subtotal: Price::new(locale, sub.subtotal),
        delivery_cost: (sub.delivery.amount > 0).then(|| Price::new(locale, sub.delivery)),
        commission: Price::new(locale, sub.commission),
        commission_rate: locale.percent(u32::try_from(rate).unwrap_or(0)),
        payout: Price::new(locale, sub.total.sub(sub.commission)?),
        actions: SellerActions::default(),
        page,
    };
    Ok(visit.show(&shop, &view))
}
