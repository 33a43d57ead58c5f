//! One story of an order, told by the order, its payment, its refunds and its parcels, the latest first.

use super::payments;
use crate::i18n::Locale;
use crate::views::common::Link;
use crate::views::operator_orders::StoryRow;
use crate::web::sub_orders;
use contracts::checkout::{PaymentSaga, RefundSaga, SagaEntry};
use contracts::identity::UserCard;
use contracts::orders::{Order, OrderEvent, Parcel, Return, SubOrder};
use contracts::shipping::Shipment;
use kernel::{DateTime, UserId};

/// Those who tell it.
pub struct Told<'a> {
    pub order: &'a Order,
    pub history: &'a [OrderEvent],
    pub saga: Option<&'a PaymentSaga>,
    pub refunds: &'a [RefundSaga],
    pub shipments: &'a [Shipment],
    pub people: Vec<UserCard>,
    /// Of the order's page.
    pub href: &'a str,
}

fn steps<'a>(
    saga: Option<&'a PaymentSaga>,
    refunds: &'a [RefundSaga],
) -> impl Iterator<Item = &'a SagaEntry> {
    let paid = saga.into_iter().flat_map(|saga| &saga.timeline);
    paid.chain(refunds.iter().flat_map(|refund| &refund.timeline))
}

/// Who stepped in.
pub fn people(saga: Option<&PaymentSaga>, refunds: &[RefundSaga]) -> Vec<UserId> {
    let mut people: Vec<UserId> = steps(saga, refunds).filter_map(|step| step.by).collect();
    people.sort_unstable();
    people.dedup();
    people
}

pub fn rows(told: &Told<'_>, locale: Locale) -> Vec<StoryRow> {
    let mut rows: Vec<(DateTime, StoryRow)> = Vec::new();
    let source = |key: &str| locale.t(key).to_string();
    for event in told.history {
        let row = StoryRow {
            at: said(event.at, locale),
            source: source("desk.of_order"),
            text: locale.t(&format!("desk.event.{}", event.name)).to_string(),
            detail: part_of(told.order, event),
            version: Some(Link::new(
                locale.t("desk.version").arg("n", event.version).to_string(),
                format!("{}?version={}", told.href, event.version),
            )),
        };
        rows.push((event.at, row));
    }
    let paid = told.saga.into_iter().flat_map(|saga| &saga.timeline);
    let paid = paid.map(|step| (step, source("desk.of_payment"), String::new()));
    let refunds = told.refunds.iter().flat_map(|refund| {
        let amount = locale.money(refund.amount);
        refund
            .timeline
            .iter()
            .map(move |step| (step, source("desk.of_refund"), amount.clone()))
    });
    for (step, source, amount) in paid.chain(refunds) {
        let shown = payments::step(step, &told.people, locale);
        let by = shown.by.map(|by| match shown.note.is_empty() {
            true => by,
            false => format!("{by}: {}", shown.note),
        });
        let details: Vec<String> = [Some(amount), by]
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .collect();
        let row = StoryRow {
            at: said(step.at, locale),
            source,
            text: format!("{}: {}", shown.step, shown.outcome),
            detail: details.join(" · "),
            version: None,
        };
        rows.push((step.at, row));
    }
    for shipment in told.shipments {
        for event in &shipment.events {
            let words = [
                event.place.as_str(),
                event.note.as_str(),
                shipment.tracking.as_deref().unwrap_or_default(),
            ];
            let words: Vec<&str> = words.into_iter().filter(|text| !text.is_empty()).collect();
            let row = StoryRow {
                at: said(event.at, locale),
                source: source("desk.of_parcel"),
                text: locale.t(sub_orders::tracking_key(event.kind)).to_string(),
                detail: words.join(" · "),
                version: None,
            };
            rows.push((event.at, row));
        }
    }
    // What was told at one moment stays in the order in which it was told.
    rows.reverse();
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn said(at: DateTime, locale: Locale) -> String {
    locale.date_time_short(at.naive_utc())
}

/// Which part of the order an event is about.
fn part_of(order: &Order, event: &OrderEvent) -> String {
    let text = event.payload.to_string();
    let part = order.sub_orders.iter().find(|part| {
        order.sub_orders.len() > 1 && text.contains(&part.id.to_string()) && event.name != "placed"
    });
    part.map(|part| part.number.clone()).unwrap_or_default()
}

/// `Correos · PK43 · sent 3 November, arrived 5 November`
pub fn parcel(parcel: &Parcel, locale: Locale) -> String {
    let day = |at: DateTime| locale.day(at.date_naive());
    let way = match parcel.delivered_at {
        Some(at) => locale.t("parcel.delivered").arg("date", day(at)).to_string(),
        None => locale
            .t("parcel.sent")
            .arg("date", day(parcel.shipped_at))
            .to_string(),
    };
    let words = [parcel.carrier.clone(), parcel.tracking.clone(), way];
    let words: Vec<String> = words.into_iter().filter(|text| !text.is_empty()).collect();
    words.join(" · ")
}

pub fn return_line(sub: &SubOrder, of: &Return, locale: Locale) -> String {
    let contents = of.lines.iter().filter_map(|back| {
        let own = sub.lines.iter().find(|line| line.id == back.line)?;
        Some(format!("{} × {}", back.quantity, own.title))
    });
    let state = serde_json::to_value(of.status).ok();
    let state = state
        .as_ref()
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let said = locale.t(&format!("return.state.{state}"));
    format!("{}: {said}", contents.collect::<Vec<_>>().join(", "))
}
