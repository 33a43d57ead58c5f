//! The shop's part of orders.

use super::{bar, own_shop};
use crate::views::common::{Link, Price};
use crate::views::order::SubOrderState;
use crate::views::seller::{SellerActions, SellerOrderPage, SellerOrderRow, SellerOrdersPage};
use crate::views::work::Tab;
use crate::web::Shop;
use crate::web::checkout::address_lines;
use crate::web::failure::Failure;
use crate::web::sub_orders::{order_line, parcels, state, timeline};
use crate::web::visit::{Visit, encode};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::orders::{SalesTally, SubOrder, SubOrderStatus};
use kernel::{Cursor, Money, Permission, ProductId, SubOrderId};
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
    let tenant = visit.seller(Permission::ReadSales)?;
    let status = match filter.state.as_deref() {
        Some("payment_pending") => Some(SubOrderStatus::Placed),
        Some("confirmed") => Some(SubOrderStatus::Confirmed),
        Some("packed") => Some(SubOrderStatus::Packed),
        Some("partly_shipped") => Some(SubOrderStatus::PartlyShipped),
        Some("shipped") => Some(SubOrderStatus::Shipped),
        Some("delivered") => Some(SubOrderStatus::Delivered),
        Some("refunded") => Some(SubOrderStatus::Refunded),
        Some("cancelled") => Some(SubOrderStatus::Cancelled),
        _ => None,
    };
    let before = filter.before.map(Cursor);
    let (page, found, tally, seller) = futures::join!(
        visit.keyed_page(&shop, "work.orders"),
        shop.orders
            .of_seller(&visit.ctx, tenant, status, before, ORDERS_PER_PAGE),
        shop.order_desk.tally(&visit.ctx, tenant),
        own_shop(&shop, &visit, tenant),
    );
    let found = found?;
    let view = SellerOrdersPage {
        page,
        work: bar(&visit, &seller?, "/seller/orders"),
        tabs: tabs(&visit, filter.state.as_deref(), tally.unwrap_or_default()),
        rows: found.items.iter().map(|sub| row(sub, &visit)).collect(),
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

fn tabs(visit: &Visit, current: Option<&str>, tally: SalesTally) -> Vec<Tab> {
    let locale = visit.locale;
    let states = [
        ("confirmed", SubOrderState::Confirmed, tally.confirmed),
        ("packed", SubOrderState::Packed, tally.packed),
        (
            "partly_shipped",
            SubOrderState::PartlyShipped,
            tally.partly_shipped,
        ),
        ("shipped", SubOrderState::Shipped, tally.shipped),
        ("delivered", SubOrderState::Delivered, tally.delivered),
        ("payment_pending", SubOrderState::PaymentPending, tally.placed),
        ("cancelled", SubOrderState::Cancelled, tally.cancelled),
        ("refunded", SubOrderState::Refunded, tally.refunded),
    ];
    let all = Tab {
        link: Link::new(locale.t("work.all").to_string(), "/seller/orders"),
        count: states.iter().map(|(_, _, count)| count).sum(),
        current: current.is_none(),
    };
    let of = |(code, state, count): (&str, SubOrderState, u64)| Tab {
        link: Link::new(
            locale.t(state.key()).to_string(),
            format!("/seller/orders?state={code}"),
        ),
        count,
        current: current == Some(code),
    };
    std::iter::once(all).chain(states.map(of)).collect()
}

pub fn row(sub: &SubOrder, visit: &Visit) -> SellerOrderRow {
    SellerOrderRow {
        number: sub.number.clone(),
        href: format!("/seller/orders/{}", sub.id),
        placed: visit.locale.date(sub.placed_at.date_naive()),
        buyer: sub.address.as_ref().map(|a| a.name.clone()).unwrap_or_default(),
        destination: sub.address.as_ref().map(|a| a.city.clone()).unwrap_or_default(),
        items: sub.lines.iter().map(|l| u64::from(l.quantity)).sum(),
        total: Price::new(visit.locale, sub.total),
        state: state(sub.status),
        due: String::new(),
        late: false,
    }
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<SubOrderId>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
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
    // Of the goods, which is what commission is taken from.
    let rate = if sub.subtotal.amount > 0 {
        sub.commission.amount * 100 / sub.subtotal.amount
    } else {
        0
    };
    let view = SellerOrderPage {
        work: bar(&visit, &seller, "/seller/orders"),
        number: sub.number.clone(),
        placed: locale.date_time(sub.placed_at.naive_utc()),
        state: state(sub.status),
        due: String::new(),
        late: false,
        timeline: timeline(&sub, locale),
        lines: sub
            .lines
            .iter()
            .map(|line| order_line(line, listings.get(&line.product), locale))
            .collect(),
        parcels: parcels(&sub, locale),
        delivery: sub.delivery_name.clone(),
        address: sub
            .address
            .as_ref()
            .map(|a| address_lines(a, &visit))
            .unwrap_or_default(),
        subtotal: Price::new(locale, sub.subtotal),
        delivery_cost: (sub.delivery.amount > 0).then(|| Price::new(locale, sub.delivery)),
        commission: Price::new(
            locale,
            Money::new(-sub.commission.amount, sub.commission.currency),
        ),
        commission_rate: locale.percent(u32::try_from(rate).unwrap_or(0)),
        payout: Price::new(locale, sub.total.sub(sub.commission)?),
        actions: SellerActions::default(),
        page,
    };
    Ok(visit.show(&shop, &view))
}
