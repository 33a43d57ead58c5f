//! The shop's part of orders.

use super::parcels::{book_form, labels, papers};
use super::returns::cases;
use super::{bar, cancel, own_shop, refund};
use crate::views::common::{Link, Price};
use crate::views::order::{OrderLine, SubOrderState};
use crate::views::seller::{
    DeliverForm, SellerActions, SellerOrderPage, SellerOrderRow, SellerOrdersPage, ShipForm, ShipLine,
};
use crate::views::work::Tab;
use crate::web::Shop;
use crate::web::checkout::address_lines;
use crate::web::failure::Failure;
use crate::web::left::{Left, Shown};
use crate::web::live;
use crate::web::posted::Posted;
use crate::web::saved_views;
use crate::web::sub_orders::{changes, delivery_name, order_line, parcels, reason, state, timeline};
use crate::web::taxes;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::orders::{NewParcel, ParcelLine, SalesTally, SubOrder, SubOrderStatus};
use contracts::saved_views::ViewTable;
use contracts::taxes::TaxOwner;
use kernel::{Cursor, Fault, LineId, Money, ParcelId, Permission, ProductId, SubOrderId};
use serde::Deserialize;
use std::collections::HashMap;

const ORDERS_PER_PAGE: u16 = 25;
/// Offered to be chosen; any other can be typed.
const CARRIERS: [&str; 6] = ["Correos", "SEUR", "MRW", "GLS", "DHL", "UPS"];

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
        Some("return_requested") => Some(SubOrderStatus::ReturnRequested),
        Some("returned") => Some(SubOrderStatus::Returned),
        Some("refunded") => Some(SubOrderStatus::Refunded),
        Some("cancelled") => Some(SubOrderStatus::Cancelled),
        _ => None,
    };
    let before = filter.before.map(Cursor);
    let (mut page, found, tally, seller) = futures::join!(
        saved_views::page(&shop, &visit, "work.orders", ViewTable::SellerOrders),
        shop.orders
            .of_seller(&visit.ctx, tenant, status, before, ORDERS_PER_PAGE),
        shop.order_desk.tally(&visit.ctx, tenant),
        own_shop(&shop, &visit, tenant),
    );
    let found = found?;
    page.live = live::address("/seller/orders", &visit.ctx);
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
        (
            "return_requested",
            SubOrderState::ReturnRequested,
            tally.return_requested,
        ),
        ("returned", SubOrderState::Returned, tally.returned),
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
    // A state that nothing stands in need not be chosen.
    let states = states.map(of).into_iter();
    std::iter::once(all)
        .chain(states.filter(|tab| tab.count > 0 || tab.current))
        .collect()
}

pub fn row(sub: &SubOrder, visit: &Visit) -> SellerOrderRow {
    SellerOrderRow {
        number: sub.number.clone(),
        href: format!("/seller/orders/{}", sub.id),
        placed: visit.locale.date_short(sub.placed_at.date_naive()),
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
    show(&shop, &visit, id, None).await
}

/// The sub-order with a form of its page that was refused: as it was filled in, if it can be sent again.
pub async fn refused(
    shop: &Shop,
    id: SubOrderId,
    action: String,
    posted: &Posted,
    fault: Fault,
) -> Result<Response, Failure> {
    if !Left::can_be_mended(&fault) {
        return redirect_refused(&format!("/seller/orders/{id}"), fault);
    }
    let left = Left {
        action,
        posted,
        fault,
    };
    show(shop, &posted.visit, id, Some(&left)).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    id: SubOrderId,
    left: Option<&Left<'_>>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
    let sub = shop.orders.sub_order(&visit.ctx, tenant, id).await?;
    let products: Vec<ProductId> = sub.lines.iter().map(|l| l.product).collect();
    let (frame, seller, listings, shipments, carriers, sales) = futures::join!(
        visit.keyed_page(shop, "work.orders"),
        own_shop(shop, visit, tenant),
        shop.catalog.listings(&visit.ctx, products),
        shop.shipping.of_sub_order(&visit.ctx, tenant, id),
        shop.shipping.carriers(&visit.ctx),
        shop.order_desk.sales(&visit.ctx, tenant, vec![sub.order]),
    );
    let (seller, locale) = (seller?, visit.locale);
    // Without labels, an order can still be sent by hand.
    let (shipments, carriers) = (shipments.unwrap_or_default(), carriers.unwrap_or_default());
    let listings: HashMap<_, _> = listings
        .unwrap_or_default()
        .into_iter()
        .map(|l| (l.id, l))
        .collect();
    // The sum of the commission stands below the lines; without the parts the page is still right.
    let fees: HashMap<LineId, Money> = sales
        .unwrap_or_default()
        .into_iter()
        .flat_map(|sale| sale.fees)
        .map(|fee| (fee.line, fee.kept))
        .collect();
    let mut page = frame;
    page.title = locale.t("work.order").arg("number", &sub.number).to_string();
    let mut view = SellerOrderPage {
        work: bar(visit, &seller, "/seller/orders"),
        number: sub.number.clone(),
        placed: locale.date_time(sub.placed_at.naive_utc()),
        state: state(sub.status),
        due: String::new(),
        late: false,
        timeline: timeline(&sub, locale),
        lines: sub
            .lines
            .iter()
            .map(|line| OrderLine {
                commission: fees.get(&line.id).map(|kept| Price::new(locale, *kept)),
                ..order_line(line, listings.get(&line.product), locale)
            })
            .collect(),
        parcels: parcels(&sub, &shipments, locale),
        delivery: delivery_name(&sub, locale),
        address: sub
            .address
            .as_ref()
            .map(|a| address_lines(a, visit))
            .unwrap_or_default(),
        subtotal: Price::new(locale, sub.subtotal),
        delivery_cost: (sub.delivery.amount > 0).then(|| Price::new(locale, sub.delivery)),
        funded: (sub.funded.amount > 0).then(|| Price::new(locale, sub.funded)),
        commission: Price::new(locale, Money::new(-commission(&sub), sub.total.currency)),
        commission_rate: commission_rate(&sub).map(|rate| locale.percent(rate)),
        tax_kept: (tax_kept(&sub) > 0).then(|| {
            let kept = Money::new(-tax_kept(&sub), sub.tax.currency);
            Price::new(locale, kept)
        }),
        tax_note: taxes::note(&sub, locale),
        payout: Price::new(locale, payout(&sub)?),
        refunded: (sub.refunded.amount > 0).then(|| {
            let back = Money::new(-sub.refunded.amount, sub.refunded.currency);
            (
                Price::new(locale, back),
                Price::new(locale, commission_refunded(&sub)),
            )
        }),
        refunds: changes(&sub, locale),
        returns: cases(&sub, visit, left),
        reason: reason(&sub, locale),
        papers: papers(&sub, locale),
        labels: labels(&sub, &shipments, visit),
        book: book_form(&sub, &carriers, visit, left),
        actions: actions(&sub, visit, left),
        page,
    };
    if let Some(left) = left.filter(|_| !view.has_refused()) {
        view.page.notice = Some(left.notice());
    }
    Ok(visit.show(shop, &view))
}

/// Minor units; a shop is told.
fn commission(sub: &SubOrder) -> i64 {
    sub.commission.map_or(0, |kept| kept.amount)
}

/// In percent, of an order of one line. Several lines may pay several rates: each says beside it what it pays.
fn commission_rate(sub: &SubOrder) -> Option<u32> {
    let [_] = sub.lines.as_slice() else {
        return None;
    };
    // Of the goods, with what the marketplace pays for their discounts: what commission is taken from.
    whole_rate(commission(sub), sub.subtotal.amount + sub.funded.amount)
}

/// Of which whole percentage of `goods` the `fee` is the rounded amount, both in minor units.
fn whole_rate(fee: i64, goods: i64) -> Option<u32> {
    let rate = (fee * 100 + goods / 2).checked_div(goods)?;
    let is_rounded = (rate * goods - fee * 100).abs() <= 50;
    // Of a little money, several rates come to the same amount.
    u32::try_from(rate).ok().filter(|_| is_rounded && goods > 100)
}

fn commission_refunded(sub: &SubOrder) -> Money {
    sub.commission_refunded.unwrap_or(Money::zero(sub.total.currency))
}

/// What of the total is tax that the marketplace pays, without what was given back.
fn tax_kept(sub: &SubOrder) -> i64 {
    match sub.tax_owed_by {
        TaxOwner::Marketplace => sub.tax.amount - sub.tax_refunded.amount,
        TaxOwner::Seller => 0,
    }
}

/// What its seller receives: the total, and what the marketplace pays for discounts, without the commission and the tax that
/// the marketplace pays, all without what was given back.
fn payout(sub: &SubOrder) -> Result<Money, kernel::MoneyError> {
    let funded = sub.funded.sub(sub.funded_refunded)?;
    let kept = sub.total.sub(sub.refunded)?.add(funded)?;
    let kept = kept.sub(Money::new(commission(sub), kept.currency).sub(commission_refunded(sub))?)?;
    kept.sub(Money::new(tax_kept(sub), kept.currency))
}

/// What the visitor may do with it now.
fn actions(sub: &SubOrder, visit: &Visit, left: Option<&Left<'_>>) -> SellerActions {
    let href = |step: &str| format!("/seller/orders/{}/{step}", sub.id);
    let refund = refund::form(sub, visit, left);
    if !visit.may(Permission::FulfilSales) {
        return SellerActions {
            refund,
            ..SellerActions::default()
        };
    }
    let to_ship = matches!(sub.status, SubOrderStatus::Packed | SubOrderStatus::PartlyShipped);
    SellerActions {
        pack: (sub.status == SubOrderStatus::Confirmed).then(|| href("pack")),
        ship: to_ship.then(|| ship_form(sub, href("ship"), visit, left)),
        deliver: sub
            .parcels
            .iter()
            .filter(|parcel| parcel.delivered_at.is_none())
            .zip(
                parcels(sub, &[], visit.locale)
                    .iter()
                    .filter(|seen| !seen.arrived),
            )
            .map(|(parcel, seen)| DeliverForm {
                action: href(&format!("parcels/{}/deliver", parcel.id)),
                label: format!("{} {}", seen.carrier, seen.tracking).trim().to_owned(),
            })
            .collect(),
        cancel: cancel::form(sub, visit, left),
        cancel_units: cancel::units_form(sub, visit, left),
        refund,
    }
}

fn ship_form(sub: &SubOrder, action: String, visit: &Visit, left: Option<&Left<'_>>) -> ShipForm {
    // What is sent again for a return goes to the same address, with its id.
    let shown = Shown::of(left, &action).only("exchange", "");
    ShipForm {
        parcel: ParcelId::new(visit.ctx.now).to_string(),
        lines: left_to_ship(sub, shown),
        carriers: CARRIERS.map(str::to_owned).into(),
        carrier: shown.value("carrier", ""),
        tracking: shown.value("tracking", ""),
        refused: shown.refused(),
        action,
    }
}

pub(super) fn left_to_ship(sub: &SubOrder, shown: Shown<'_>) -> Vec<ShipLine> {
    let left = |line: &contracts::orders::OrderLine| line.quantity - line.shipped - line.cancelled;
    let lines = sub.lines.iter().filter(|line| left(line) > 0);
    lines
        .map(|line| ShipLine {
            id: line.id.to_string(),
            title: match line.options.is_empty() {
                true => line.title.clone(),
                false => format!("{} · {}", line.title, line.options),
            },
            left: u64::from(left(line)),
            value: shown.value(&format!("units.{}", line.id), &left(line).to_string()),
        })
        .collect()
}

pub async fn pack(
    State(shop): State<Shop>,
    Path(id): Path<SubOrderId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::FulfilSales)?;
    after(id, "packed", shop.orders.pack(&visit.ctx, tenant, id).await)
}

pub async fn ship(
    State(shop): State<Shop>,
    Path(id): Path<SubOrderId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::FulfilSales)?;
    let sent = match parcel(&posted) {
        Ok(parcel) => shop.orders.ship(&visit.ctx, tenant, id, parcel).await,
        Err(fault) => Err(fault),
    };
    match sent {
        Err(fault) => refused(&shop, id, format!("/seller/orders/{id}/ship"), &posted, fault).await,
        done => after(id, "shipped", done),
    }
}

fn parcel(posted: &Posted) -> Result<NewParcel, Fault> {
    let made = |_| ParcelId::new(posted.visit.ctx.now);
    Ok(NewParcel {
        id: posted.get("parcel").parse().unwrap_or_else(made),
        lines: Some(chosen(posted)?),
        carrier: posted.get("carrier").to_owned(),
        tracking: posted.get("tracking").to_owned(),
        exchange: posted.get("exchange").parse().ok(),
    })
}

/// The units that go into the parcel; lines of which none goes are left out.
pub(super) fn chosen(posted: &Posted) -> Result<Vec<ParcelLine>, Fault> {
    let unreadable = || {
        Fault::field(
            "units_invalid",
            "units",
            "Write how many units go into the parcel.",
        )
    };
    let mut lines = Vec::new();
    for (line, units) in posted.with_prefix("units.") {
        let line: LineId = line.parse().map_err(|_| unreadable())?;
        let quantity: u32 = units.parse().map_err(|_| unreadable())?;
        if quantity > 0 {
            lines.push(ParcelLine { line, quantity });
        }
    }
    Ok(lines)
}

pub async fn deliver(
    State(shop): State<Shop>,
    Path((id, parcel)): Path<(SubOrderId, ParcelId)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::FulfilSales)?;
    let delivered = shop.orders.deliver(&visit.ctx, tenant, id, parcel).await;
    after(id, "delivered", delivered)
}

/// Back to the sub-order, which says how it stands.
pub(super) fn after(
    id: SubOrderId,
    done: &str,
    outcome: Result<SubOrder, Fault>,
) -> Result<Response, Failure> {
    let order = format!("/seller/orders/{id}");
    match outcome {
        Ok(_) => Ok(redirect_done(&order, done)),
        Err(fault) => redirect_refused(&order, fault),
    }
}

#[cfg(test)]
mod tests {
    use super::whole_rate;

    #[test]
    fn a_rate_is_told_where_the_amount_is_of_no_other() {
        assert_eq!(whole_rate(1_460, 14_600), Some(10));
        // A tenth of 12.45 is rounded.
        assert_eq!(whole_rate(124, 1_245), Some(10));
        // Twelve and a half hundredths of 2.00; with something fixed on top of a tenth.
        assert_eq!(whole_rate(25, 200), None);
        assert_eq!(whole_rate(525, 5_000), None);
        assert_eq!(whole_rate(5, 50), None);
        assert_eq!(whole_rate(0, 0), None);
    }
}
