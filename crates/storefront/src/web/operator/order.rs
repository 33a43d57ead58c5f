//! One order with everything about it, now or as it stood at any version or moment before.

use super::orders::{PATH, status};
use super::{bar, story};
use crate::i18n::Locale;
use crate::views::common::Field;
use crate::views::operator::PaidShare;
use crate::views::operator_orders::{BookEntry, BookRow, OperatorOrderPage, PartPanel, PaymentStanding};
use crate::web::failure::Failure;
use crate::web::left::Left;
use crate::web::posted::Posted;
use crate::web::seller::refund;
use crate::web::visit::{Visit, redirect_done, redirect_refused};
use crate::web::{Shop, sub_orders};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use chrono::NaiveDateTime;
use contracts::checkout::{PaymentSaga, RefundOrder, RefundTo, RefundWish};
use contracts::ledger::{LedgerEntry, LedgerPosting};
use contracts::orders::{AsOf, Fulfilment, Order, OrderStanding, OrderStatus, SubOrder};
use contracts::payments::Payment;
use contracts::purses::PurseKind;
use contracts::tenants::Shop as Seller;
use kernel::{DateTime, Fault, Money, Permission, SubOrderId, TenantId};
use serde::Deserialize;

/// As browsers write a moment.
const MOMENT: &str = "%Y-%m-%dT%H:%M";
const KEY_CHARS_MAX: usize = 64;

#[derive(Default, Deserialize)]
pub struct Asked {
    version: Option<String>,
    at: Option<String>,
}

/// As of when it is asked for, and how that is shown in its field.
fn as_of(asked: &Asked, visit: &Visit) -> (AsOf, Field) {
    let version = asked.version.as_deref().and_then(|version| version.parse().ok());
    let Some(text) = asked.at.as_deref().filter(|text| !text.is_empty()) else {
        return (AsOf { version, at: None }, Field::default());
    };
    let read = NaiveDateTime::parse_from_str(text, MOMENT)
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"));
    match read.ok().and_then(|at| httpkit::moment("at", at.and_utc()).ok()) {
        Some(at) => {
            let at: Option<DateTime> = Some(at);
            (AsOf { version: None, at }, Field::of(text))
        }
        None => (
            AsOf::default(),
            Field::wrong(text, visit.locale.t("ledger.moment_wrong").to_string()),
        ),
    }
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    show(&shop, &visit, &number, &asked, None).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    number: &str,
    asked: &Asked,
    left: Option<&Left<'_>>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ReadAnyOrder)?;
    let (ctx, locale) = (&visit.ctx, visit.locale);
    let id = shop.market_desk.by_number(ctx, number.to_owned()).await?;
    let (as_of, moment) = as_of(asked, visit);
    let is_past = as_of != AsOf::default();
    let (page, order, history, saga, refunds, entries, shipments, messages) = futures::join!(
        visit.keyed_page(shop, "operator.orders"),
        shop.orders.order(ctx, None, id, as_of),
        shop.orders.history(ctx, None, id),
        shop.payment_desk.saga(ctx, id),
        shop.payment_desk.refunds_of(ctx, id),
        shop.ledger.entries_of(ctx, id),
        shop.shipping.of_order(ctx, id),
        shop.messages.count_of_order(ctx, id),
    );
    let (mut page, order, history) = (page, order?, history?);
    // What others know of it is beside it: the order is an order without.
    let (saga, refunds, entries) = (
        saga.ok(),
        refunds.unwrap_or_default(),
        entries.unwrap_or_default(),
    );
    let shipments = shipments.unwrap_or_default();
    let tenants = order.sub_orders.iter().map(|part| part.tenant).collect();
    let people = story::people(saga.as_ref(), &refunds);
    let (sellers, payment, people) = futures::join!(
        shop.tenants.shops(ctx, tenants),
        shop.payments.payment(ctx, order.payment),
        shop.identity.users(ctx, people),
    );
    let (sellers, payment) = (sellers.unwrap_or_default(), payment.ok());
    page.title.clone_from(&order.number);
    let href = format!("{PATH}/{}", order.number);
    let may = !is_past && visit.may(Permission::RefundAnyOrder);
    let parts: Vec<PartPanel> = order
        .sub_orders
        .iter()
        .map(|sub| {
            let form = may.then(|| {
                let action = format!("{href}/parts/{}/refund", sub.id);
                refund::form_at(sub, action, visit, left)
            });
            PartPanel {
                refund: form.flatten(),
                ..part(sub, &sellers, payment.as_ref().filter(|_| !is_past), visit)
            }
        })
        .collect();
    let is_shown = parts.iter().any(|part| {
        let form = part.refund.as_ref();
        form.is_some_and(|form| form.units.refused.is_some())
    });
    if let Some(left) = left.filter(|_| !is_shown) {
        page.notice = Some(left.notice());
    }
    let told = story::Told {
        order: &order,
        history: &history,
        saga: saga.as_ref(),
        refunds: &refunds,
        shipments: &shipments,
        people: people.unwrap_or_default(),
        href: &href,
    };
    let view = OperatorOrderPage {
        work: bar(visit, PATH),
        number: order.number.clone(),
        status: status(standing(&order), locale),
        past: is_past.then(|| past(&order, &history, locale)),
        moment,
        placed: locale.date_time_short(order.placed_at.naive_utc()),
        email: order.email.clone(),
        address: order.address.lines(),
        sums: sums(&order, locale),
        messages: messages
            .ok()
            .filter(|count| *count > 0)
            .map(|count| locale.n("desk.messages", count).to_string())
            .unwrap_or_default(),
        by_hand: format!("/operator/payments/{id}"),
        payment_step: saga.as_ref().map(|saga| step(saga, locale)),
        parts,
        books: entries
            .iter()
            .map(|entry| book(entry, &sellers, locale))
            .collect(),
        story: story::rows(&told, locale),
        page,
        href,
    };
    Ok(visit.show(shop, &view))
}

fn standing(order: &Order) -> OrderStanding {
    match (order.status, order.fulfilment) {
        (OrderStatus::Placed, _) => OrderStanding::Unpaid,
        (OrderStatus::Cancelled, _) => OrderStanding::Cancelled,
        (_, Fulfilment::Pending | Fulfilment::PartlyShipped) => OrderStanding::ToSend,
        (_, Fulfilment::Shipped) => OrderStanding::OnItsWay,
        (_, Fulfilment::Delivered) => OrderStanding::Delivered,
    }
}

/// `As it stood on 3 November 2026, 10:12 (version 4 of 9)`
fn past(order: &Order, history: &[contracts::orders::OrderEvent], locale: Locale) -> String {
    let at = history.iter().find(|event| event.version == order.version);
    let at = at.map_or(order.placed_at, |event| event.at);
    locale
        .t("desk.past")
        .arg("at", locale.date_time(at.naive_utc()))
        .arg("version", order.version)
        .arg("last", history.len())
        .to_string()
}

fn sums(order: &Order, locale: Locale) -> Vec<(String, String)> {
    let mut sums = Vec::new();
    let mut say = |key: &str, amount: Money, always: bool| {
        if always || amount.amount != 0 {
            sums.push((locale.t(key).to_string(), locale.money(amount)));
        }
    };
    say("cart.total", order.total, true);
    for tender in &order.tenders {
        let key = match tender.kind {
            PurseKind::GiftCard => "desk.gift_cards",
            PurseKind::StoreCredit => "desk.store_credit",
        };
        say(key, tender.amount, false);
    }
    say("desk.charged", order.charged, !order.tenders.is_empty());
    say("desk.tax", order.tax, false);
    say("order.refunded", order.refunded, false);
    sums
}

fn step(saga: &PaymentSaga, locale: Locale) -> PaymentStanding {
    PaymentStanding {
        status: super::payments::status(saga.state, locale),
        step: locale.t(&format!("payments.step.{}", saga.step)).to_string(),
        due: saga
            .due_at
            .map(|at| locale.date_time_short(at.naive_utc()))
            .unwrap_or_default(),
    }
}

fn name(sellers: &[Seller], tenant: TenantId) -> String {
    let known = sellers.iter().find(|seller| seller.id == tenant);
    known.map(|seller| seller.name.clone()).unwrap_or_default()
}

fn part(sub: &SubOrder, sellers: &[Seller], payment: Option<&Payment>, visit: &Visit) -> PartPanel {
    let locale = visit.locale;
    let mut shares = payment.into_iter().flat_map(|payment| &payment.shares);
    let split = shares
        .find(|share| share.tenant == sub.tenant)
        .map(|share| PaidShare {
            authorized: locale.money(share.authorized),
            captured: locale.money(share.captured),
            released: share
                .released
                .map(|amount| locale.money(amount))
                .unwrap_or_default(),
            refunded: locale.money(share.refunded),
        });
    let line = |line: &contracts::orders::OrderLine| {
        let title = match line.options.is_empty() {
            true => format!("{} × {}", line.quantity, line.title),
            false => format!("{} × {} · {}", line.quantity, line.title, line.options),
        };
        (title, locale.money(line.total))
    };
    PartPanel {
        shop: name(sellers, sub.tenant),
        href: visit
            .may(Permission::ApproveSellers)
            .then(|| format!("/operator/shops/{}", sub.tenant)),
        number: sub.number.clone(),
        state: sub_orders::state(sub.status),
        total: locale.money(sub.total),
        split,
        commission: sub.commission.map(|kept| locale.money(kept)).unwrap_or_default(),
        lines: sub.lines.iter().map(line).collect(),
        delivery: format!(
            "{}: {}",
            sub_orders::delivery_name(sub, locale),
            locale.money(sub.delivery)
        ),
        parcels: sub
            .parcels
            .iter()
            .map(|parcel| story::parcel(parcel, locale))
            .collect(),
        returns: sub
            .returns
            .iter()
            .map(|of| story::return_line(sub, of, locale))
            .collect(),
        changes: sub_orders::changes(sub, locale),
        refund: None,
    }
}

fn book(entry: &LedgerEntry, sellers: &[Seller], locale: Locale) -> BookEntry {
    let row = |posting: &LedgerPosting| {
        let amount = posting.amount;
        let said = locale.money(Money::new(amount.amount.saturating_abs(), amount.currency));
        let (debit, credit) = match amount.amount > 0 {
            true => (said, String::new()),
            false => (String::new(), said),
        };
        BookRow {
            account: locale
                .t(&format!("ledger.account.{}", posting.account))
                .to_string(),
            shop: posting
                .tenant
                .map(|tenant| name(sellers, tenant))
                .unwrap_or_default(),
            debit,
            credit,
        }
    };
    let key = match entry.kind.as_str() {
        "sale" => "desk.book_sale",
        _ => "desk.book_refund",
    };
    BookEntry {
        kind: locale.t(key).to_string(),
        at: locale.date_time_short(entry.at.naive_utc()),
        rows: entry.postings.iter().map(row).collect(),
    }
}

/// All that is left, where that is ticked; else what the form says.
fn wished(sub: &SubOrder, posted: &Posted) -> Result<RefundWish, Fault> {
    match posted.ticked("whole") {
        true => Ok(RefundWish::Amount(
            sub.total.sub(sub.refunded).map_err(|_| Fault::internal())?,
        )),
        false => refund::wished(posted, sub.total.currency),
    }
}

pub async fn give_back(
    State(shop): State<Shop>,
    Path((number, part)): Path<(String, SubOrderId)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::RefundAnyOrder)?;
    let id = shop.market_desk.by_number(&visit.ctx, number.clone()).await?;
    let order = shop.orders.order(&visit.ctx, None, id, AsOf::default()).await?;
    let sub = order.sub_orders.iter().find(|sub| sub.id == part);
    let sub = sub.ok_or_else(|| Fault::not_found("sub-order"))?;
    let href = format!("{PATH}/{}", order.number);
    let outcome = match wished(sub, &posted).and_then(|wish| Ok((wish, refund::reason(&posted)?))) {
        Ok((wish, reason)) => {
            let request = RefundOrder {
                sub_order: part,
                wish,
                reason,
                to: match posted.get("to") {
                    "store_credit" => RefundTo::StoreCredit,
                    _ => RefundTo::Origin,
                },
                idempotency_key: posted.get("key").chars().take(KEY_CHARS_MAX).collect(),
            };
            shop.checkout.refund_order(&visit.ctx, id, request).await
        }
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(_) => Ok(redirect_done(&href, "refund_given")),
        Err(fault) if Left::can_be_mended(&fault) => {
            let left = Left {
                action: format!("{href}/parts/{part}/refund"),
                posted: &posted,
                fault,
            };
            show(&shop, visit, &number, &Asked::default(), Some(&left)).await
        }
        Err(fault) => redirect_refused(&href, fault),
    }
}
