//! A buyer's orders.

use super::checkout::{self, address_lines, payment};
use super::failure::Failure;
use super::left::Left;
use super::posted::Posted;
use super::visit::{Visit, encode, redirect, redirect_done, redirect_refused};
use super::{
    Shop, cancel, cards, downloads, live, making, messages, order_link, own_reviews, patience, readdress,
    returns, savings, sub_orders, taxes,
};
use crate::i18n::Locale;
use crate::views::checkout::{CheckoutPaymentPage, Step, Summary, SummaryLine, SummarySeller};
use crate::views::common::{Image, Link, Price};
use crate::views::order::{OrderPage, OrderRow, OrderState, OrdersPage, SubOrder as SeenPart};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use contracts::cart::CartOwner;
use contracts::checkout::{Pay, PayOutcome};
use contracts::orders::{
    AsOf, CancelReason, Fulfilment, Order, OrderStatus, OrderSummary, SubOrder, SubOrderStatus,
};
use contracts::payments::{Payment, PaymentStatus};
use contracts::reviews::OrderReviews;
use contracts::tenants::Shop as Seller;
use kernel::{Cursor, Fault, Kind, OrderId, ProductId, TenantId};
use serde::Deserialize;
use std::collections::HashMap;

const ORDERS_PER_PAGE: u16 = 20;
/// How long the basket may take to learn that it was ordered.
const JUST_PLACED: chrono::TimeDelta = chrono::TimeDelta::seconds(10);

#[derive(Deserialize)]
pub struct Place {
    before: Option<String>,
}

#[derive(Deserialize)]
pub struct Arrival {
    /// Just placed: thank the buyer.
    fresh: Option<String>,
}

pub async fn history(
    State(shop): State<Shop>,
    visit: Visit,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let user = visit.user()?;
    let found = shop
        .orders
        .of_buyer(&visit.ctx, user, place.before.map(Cursor), ORDERS_PER_PAGE)
        .await?;
    let view = OrdersPage {
        page: visit.keyed_page(&shop, "nav.orders").await,
        orders: rows(&shop, &visit, &found.items).await,
        more: found.next.map(|c| {
            Link::new(
                visit.locale.t("orders.more").to_string(),
                format!("/orders?before={}", encode(&c.0)),
            )
        }),
    };
    Ok(visit.show(&shop, &view))
}

/// Orders as lines of a list, each with the pictures of what was bought: two questions for all of them.
pub async fn rows(shop: &Shop, visit: &Visit, orders: &[OrderSummary]) -> Vec<OrderRow> {
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
    if ids.is_empty() {
        return Vec::new();
    }
    // A list without pictures is still a list.
    let bought = shop
        .order_desk
        .products(&visit.ctx, ids)
        .await
        .unwrap_or_default();
    let mut wanted: Vec<ProductId> = bought.iter().flat_map(|b| b.products.clone()).collect();
    wanted.sort_unstable_by_key(|id| id.0);
    wanted.dedup();
    let listings = shop
        .catalog
        .listings(&visit.ctx, wanted)
        .await
        .unwrap_or_default();
    let picture = |product: &ProductId| {
        let listing = listings.iter().find(|l| l.id == *product)?;
        Some(Image {
            alt: listing.title.clone(),
            ..cards::image(listing.images.first()?)
        })
    };
    let pictures = |order: &OrderSummary| {
        let own = bought.iter().find(|b| b.order == order.id);
        own.iter().flat_map(|b| &b.products).filter_map(picture).collect()
    };
    orders
        .iter()
        .map(|order| OrderRow {
            images: pictures(order),
            ..row(order, visit.locale)
        })
        .collect()
}

fn row(order: &OrderSummary, locale: Locale) -> OrderRow {
    OrderRow {
        number: order.number.clone(),
        href: format!("/orders/{}", order.id),
        placed: locale.date(order.placed_at.date_naive()),
        state: state(order.status, order.fulfilment, None, None),
        sellers: locale.n("count.sellers", u64::from(order.sellers)).to_string(),
        items: u64::from(order.units),
        images: Vec::new(),
        total: Price::new(locale, order.total),
    }
}

fn state(
    status: OrderStatus,
    fulfilment: Fulfilment,
    payment: Option<PaymentStatus>,
    reason: Option<CancelReason>,
) -> OrderState {
    match (status, payment, reason) {
        (OrderStatus::Confirmed, ..) => match fulfilment {
            Fulfilment::Pending => OrderState::Confirmed,
            Fulfilment::PartlyShipped => OrderState::PartlyShipped,
            Fulfilment::Shipped => OrderState::Shipped,
            Fulfilment::Delivered => OrderState::Delivered,
        },
        (OrderStatus::Cancelled, _, Some(CancelReason::Expired)) => OrderState::Expired,
        (OrderStatus::Cancelled, ..) => OrderState::Cancelled,
        (OrderStatus::Placed, Some(PaymentStatus::Declined | PaymentStatus::Due), _) => {
            OrderState::PaymentFailed
        }
        (OrderStatus::Placed, ..) => OrderState::Processing,
    }
}

/// An order of the visitor's, and as whom they placed it.
pub async fn find(shop: &Shop, visit: &Visit, id: OrderId) -> Result<(CartOwner, Order), Failure> {
    let mut refused = Fault::not_found("order");
    for owner in visit.owners() {
        let order = shop
            .orders
            .order(&visit.ctx, Some(owner.clone()), id, AsOf::default());
        match order.await {
            Ok(order) => return Ok((owner, order)),
            Err(fault) if fault.kind == Kind::NotFound => refused = fault,
            Err(fault) => return Err(Failure(fault)),
        }
    }
    Err(Failure(refused))
}

/// An order that the visitor may look at.
struct Seen {
    order: Order,
    /// Whether it is theirs; else they have the link of a mail, and may look at it and no more.
    is_own: bool,
}

/// An order of the visitor's, and its payment.
async fn load(shop: &Shop, visit: &Visit, id: OrderId) -> Result<(Order, Option<Payment>), Failure> {
    let (_, order) = find(shop, visit, id).await?;
    // A payment that cannot be read must not hide the order.
    let payment = shop.payments.payment(&visit.ctx, order.payment).await.ok();
    Ok((order, payment))
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<OrderId>,
    Query(arrival): Query<Arrival>,
    jar: CookieJar,
) -> Result<Response, Failure> {
    let seen = match find(&shop, &visit, id).await {
        Ok((_, order)) => Seen { order, is_own: true },
        Err(refused) => Seen {
            order: order_link::opened(&shop, &visit, &jar, id).await.ok_or(refused)?,
            is_own: false,
        },
    };
    show(&shop, &visit, seen, arrival.fresh.is_some(), None).await
}

/// The order with a form of its page that was refused: as it was filled in, if it can be sent again.
pub async fn refused(
    shop: &Shop,
    id: OrderId,
    action: String,
    posted: &Posted,
    fault: Fault,
) -> Result<Response, Failure> {
    if !Left::can_be_mended(&fault) {
        return redirect_refused(&format!("/orders/{id}"), fault);
    }
    let left = Left {
        action,
        posted,
        fault,
    };
    let (_, order) = find(shop, &posted.visit, id).await?;
    let seen = Seen { order, is_own: true };
    show(shop, &posted.visit, seen, false, Some(&left)).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    seen: Seen,
    is_fresh: bool,
    left: Option<&Left<'_>>,
) -> Result<Response, Failure> {
    let Seen { order, is_own } = seen;
    // A payment that cannot be read must not hide the order.
    let payment = shop.payments.payment(&visit.ctx, order.payment).await.ok();
    let tenants: Vec<TenantId> = order.sub_orders.iter().map(|s| s.tenant).collect();
    let products: Vec<ProductId> = order
        .sub_orders
        .iter()
        .flat_map(|s| &s.lines)
        .map(|l| l.product)
        .collect();
    let said = async {
        match visit.user() {
            Ok(user) if is_own => shop
                .reviews
                .of_order(&visit.ctx, user, order.id)
                .await
                .unwrap_or_default(),
            _ => OrderReviews::default(),
        }
    };
    let (frame, sellers, listings, shipments, said, files, talks) = futures::join!(
        visit.keyed_page(shop, "order.title"),
        shop.tenants.shops(&visit.ctx, tenants),
        shop.catalog.listings(&visit.ctx, products),
        shop.shipping.of_order(&visit.ctx, order.id),
        said,
        downloads::of_order(shop, visit, &order),
        messages::of_order(shop, visit, order.id),
    );
    // Without what carriers tell, an order is still one.
    let shipments = shipments.unwrap_or_default();
    let mut page = frame;
    // The basket learns of the order a moment later; it is empty already for whoever has just placed it.
    if is_fresh && visit.ctx.now - order.placed_at < JUST_PLACED {
        page.cart_count = 0;
    }
    page.live = live::address(&format!("/orders/{}", order.id), &visit.ctx);
    page.title = visit
        .locale
        .t("order.title")
        .arg("number", &order.number)
        .to_string();
    let sellers = sellers.unwrap_or_default();
    let listings: HashMap<_, _> = listings
        .unwrap_or_default()
        .into_iter()
        .map(|l| (l.id, l))
        .collect();
    let status = payment.as_ref().map(|p| p.status);
    let state = state(order.status, order.fulfilment, status, order.cancel_reason);
    let unpaid = state == OrderState::PaymentFailed;
    let unpacked =
        |sub: &SubOrder| matches!(sub.status, SubOrderStatus::Confirmed | SubOrderStatus::Cancelled);
    // What is downloaded is had with the payment, and not cancelled after it.
    let sent = |sub: &SubOrder| sub.lines.iter().all(|line| line.digital.is_none());
    let open = match order.status {
        OrderStatus::Placed => true,
        OrderStatus::Confirmed => order.sub_orders.iter().all(|sub| unpacked(sub) && sent(sub)),
        OrderStatus::Cancelled => false,
    };
    // Guests have no account to write from, and nobody writes about what is not paid.
    let may_write = visit.principal.is_some() && order.status != OrderStatus::Placed;
    let locale = visit.locale;
    let (list_goods, list_delivery) = savings::list_prices(&order);
    let mut view = OrderPage {
        number: order.number.clone(),
        placed: locale.date_time(order.placed_at.naive_utc()),
        state,
        email: order.email.clone(),
        sub_orders: order
            .sub_orders
            .iter()
            .map(|s| SeenPart {
                returns: returns::seen_by_buyer(order.id, s, locale),
                return_form: returns::form(order.id, s, visit, left),
                units_form: cancel::form(order.id, s, visit, left),
                downloads: downloads::of_part(&files, s, locale),
                ask: may_write.then(|| messages::order_link(&talks, order.id, s.tenant, visit.locale)),
                ..own_reviews::on(
                    s,
                    sub_orders::seen(s, &sellers, &listings, &shipments, locale),
                    &said,
                    locale,
                )
            })
            .collect(),
        is_sent: !order.sub_orders.iter().all(downloads::is_downloaded),
        address: address_lines(&order.address, visit),
        address_form: readdress::form(&order, left),
        payment: match payment.as_ref().filter(|_| order.status != OrderStatus::Placed) {
            // Its shops' shares are captured as they send.
            Some(payment) if payment.status == PaymentStatus::Authorized => {
                locale.t(set_aside(payment)).to_string()
            }
            _ => payment_line(payment.as_ref(), visit),
        },
        subtotal: Price::new(locale, list_goods),
        savings: savings::of_order(&order, locale),
        delivery: Price::new(locale, list_delivery),
        taxes: taxes::of_order(&order, locale),
        total: Price::new(locale, order.total),
        tenders: checkout::tenders(&order.tenders, locale),
        charged: Price::new(locale, order.charged),
        refunded: payment
            .as_ref()
            .filter(|p| p.refunded.amount > 0)
            .map(|p| Price::new(locale, p.refunded)),
        cancel: open.then(|| format!("/orders/{}/cancel", order.id)),
        retry: unpaid.then(|| format!("/orders/{}/pay", order.id)),
        bank: payment
            .as_ref()
            .filter(|p| p.status == PaymentStatus::RequiresAction && order.status == OrderStatus::Placed)
            .and_then(|p| p.action_url.clone()),
        kept_until: order
            .reserved_until
            .filter(|_| unpaid)
            .map(|t| locale.date_time(t.naive_utc())),
        fresh: is_fresh && order.status == OrderStatus::Confirmed,
        page,
    };
    if let Some(left) = left.filter(|_| !view.has_refused()) {
        view.page.notice = Some(left.notice());
    }
    if !is_own {
        let notice = locale.t("order.by_link").to_string();
        return Ok(visit.show_once(shop, &view.only_to_look_at(notice)));
    }
    Ok(visit.show(shop, &view))
}

/// How money stands that is set aside for an order that was paid. What nobody will take, the provider only has to let go.
fn set_aside(payment: &Payment) -> &'static str {
    let released = payment.released.map_or(0, |released| released.amount);
    match payment.amount.amount > payment.captured.amount + released {
        true => "payment.authorized",
        false => "payment.voided",
    }
}

fn payment_line(payment: Option<&Payment>, visit: &Visit) -> String {
    let Some(payment) = payment else {
        return String::new();
    };
    let status = match payment.status {
        PaymentStatus::Captured => "payment.captured",
        PaymentStatus::Declined => "payment.declined",
        PaymentStatus::Refunded => "payment.refunded",
        PaymentStatus::Voided => "payment.voided",
        PaymentStatus::RequiresAction => "payment.requires_action",
        PaymentStatus::Due => "payment.due",
        PaymentStatus::Processing | PaymentStatus::Authorized => "payment.processing",
    };
    let said = visit.locale.t(status).to_string();
    match &payment.decline_reason {
        Some(reason) if payment.status == PaymentStatus::Declined => format!("{said} {reason}"),
        _ => said,
    }
}

pub async fn cancel(
    State(shop): State<Shop>,
    Path(id): Path<OrderId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let (owner, _) = find(&shop, &posted.visit, id).await?;
    let page = format!("/orders/{id}");
    match shop.checkout.cancel(&posted.visit.ctx, owner, id).await {
        Ok(_) => Ok(redirect_done(&page, "cancelled")),
        Err(fault) => redirect_refused(&page, fault),
    }
}

/// Pays again what was declined.
pub async fn pay_page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<OrderId>,
) -> Result<Response, Failure> {
    let (order, payment) = load(&shop, &visit, id).await?;
    if order.status != OrderStatus::Placed {
        return Ok(redirect(&format!("/orders/{id}")));
    }
    let tenants = order.sub_orders.iter().map(|s| s.tenant).collect();
    let sellers = shop.tenants.shops(&visit.ctx, tenants).await.unwrap_or_default();
    let page = visit.keyed_page(&shop, "checkout.payment.title").await;
    let view = CheckoutPaymentPage {
        page,
        action: format!("/orders/{id}/pay"),
        order_href: Some(format!("/orders/{id}")),
        step: Step::Payment,
        summary: order_summary(&order, &sellers, visit.locale),
        methods: payment::methods(&visit, None),
        purses: None,
        error: payment
            .filter(|p| p.status == PaymentStatus::Declined)
            .map(|p| payment_line(Some(&p), &visit)),
        sandbox: true,
    };
    Ok(visit.show(&shop, &view))
}

fn order_summary(order: &Order, sellers: &[Seller], locale: Locale) -> Summary {
    let seller = |sub: &SubOrder| SummarySeller {
        name: sellers
            .iter()
            .find(|s| s.id == sub.tenant)
            .map(|s| s.name.clone())
            .unwrap_or_default(),
        lines: sub
            .lines
            .iter()
            .map(|line| SummaryLine {
                title: line.title.clone(),
                variant: line.options.clone(),
                made: downloads::marked(
                    making::made(line.made.as_deref(), line.unit_price.currency, locale),
                    line.digital.as_deref().map(|digital| digital.files.as_slice()),
                    locale,
                ),
                quantity: u64::from(line.quantity),
                image: None,
                total: Price::new(locale, line.list_total),
            })
            .collect(),
    };
    let (list_goods, list_delivery) = savings::list_prices(order);
    Summary {
        sellers: order.sub_orders.iter().map(seller).collect(),
        items: order
            .sub_orders
            .iter()
            .flat_map(|s| &s.lines)
            .map(|l| u64::from(l.quantity))
            .sum(),
        subtotal: Price::new(locale, list_goods),
        savings: savings::of_order(order, locale),
        coupons: None,
        delivery: Some(Price::new(locale, list_delivery)),
        taxes: taxes::of_order(order, locale),
        total: Price::new(locale, order.total),
        tenders: checkout::tenders(&order.tenders, locale),
        due: Price::new(locale, order.charged),
    }
}

pub async fn pay(
    State(shop): State<Shop>,
    Path(id): Path<OrderId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let (owner, _) = find(&shop, &posted.visit, id).await?;
    let request = Pay {
        owner,
        order: id,
        method: posted.get("method").to_owned(),
        return_path: format!("/orders/{id}/return"),
    };
    let outcome = paid(&shop, &posted.visit, request).await;
    Ok(after_payment(id, outcome))
}

/// The bank sends the buyer back here.
pub async fn back_from_bank(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<OrderId>,
) -> Result<Response, Failure> {
    let (owner, _) = find(&shop, &visit, id).await?;
    let outcome = resumed(&shop, &visit, owner, id).await;
    Ok(after_payment(id, outcome))
}

/// A payment, as far as a page waits for it.
pub async fn paid(shop: &Shop, visit: &Visit, request: Pay) -> Result<PayOutcome, Fault> {
    let (checkout, ctx) = (shop.checkout.clone(), visit.ctx.clone());
    patience::paid(
        shop.answers_within,
        async move { checkout.pay(&ctx, request).await },
    )
    .await
}

/// A payment that is gone on with, as far as a page waits for it.
pub async fn resumed(
    shop: &Shop,
    visit: &Visit,
    owner: CartOwner,
    order: OrderId,
) -> Result<PayOutcome, Fault> {
    let (checkout, ctx) = (shop.checkout.clone(), visit.ctx.clone());
    patience::paid(shop.answers_within, async move {
        checkout.resume(&ctx, owner, order).await
    })
    .await
}

/// Where the buyer goes next: to their bank, or to the order, which says how it stands.
pub fn after_payment(id: OrderId, outcome: Result<PayOutcome, Fault>) -> Response {
    match outcome {
        Ok(PayOutcome {
            status: PaymentStatus::RequiresAction,
            action_url: Some(url),
            ..
        }) => redirect(&url),
        // Set aside where it is captured as shops send: the order is confirmed all the same.
        Ok(PayOutcome {
            status: PaymentStatus::Captured | PaymentStatus::Authorized,
            ..
        }) => redirect(&format!("/orders/{id}?fresh=1")),
        Err(fault) if fault.kind == Kind::Internal => {
            tracing::error!(order = %id, %fault, "paying failed");
            redirect(&format!("/orders/{id}"))
        }
        _ => redirect(&format!("/orders/{id}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Currency, Money, PaymentId, Timestamp};

    #[test]
    fn money_that_nobody_will_take_is_told_as_released() {
        let now = Timestamp::UNIX_EPOCH;
        let eur = |amount| Money::new(amount, Currency::EUR);
        let with = |captured, released| Payment {
            id: PaymentId::new(now),
            order: OrderId::new(now),
            status: PaymentStatus::Authorized,
            amount: eur(4_000),
            captured: eur(captured),
            released: Some(eur(released)),
            refunded: eur(0),
            shares: Vec::new(),
            decline_reason: None,
            action_url: None,
            updated_at: now,
        };
        assert_eq!(set_aside(&with(0, 1_500)), "payment.authorized");
        assert_eq!(set_aside(&with(1_500, 1_500)), "payment.authorized");
        assert_eq!(set_aside(&with(0, 4_000)), "payment.voided");
    }
}
