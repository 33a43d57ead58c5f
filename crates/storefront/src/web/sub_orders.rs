//! A seller's part of an order, as its buyer and its seller see it.

use super::{cards, downloads, making, savings};
use crate::i18n::Locale;
use crate::views::common::{Image, Link, Price};
use crate::views::downloads::Downloads;
use crate::views::order::{OrderLine, Parcel, Progress, SubOrder, SubOrderState, TimelineStep};
use crate::views::parcel::WayPoint;
use contracts::catalog::Listing;
use contracts::orders as api;
use contracts::orders::{CancelReason, SubOrderStatus};
use contracts::shipping::{Shipment, ShipmentState, TrackingEvent, TrackingKind};
use contracts::tenants::Shop as Seller;
use kernel::{ProductId, RefundId, Timestamp};
use std::collections::HashMap;

/// As its buyer sees it.
pub fn seen(
    sub: &api::SubOrder,
    sellers: &[Seller],
    listings: &HashMap<ProductId, Listing>,
    shipments: &[Shipment],
    locale: Locale,
) -> SubOrder {
    let seller = sellers.iter().find(|s| s.id == sub.tenant);
    let list_delivery = savings::list_delivery(sub);
    SubOrder {
        number: sub.number.clone(),
        seller: seller.map(|s| s.name.clone()).unwrap_or_default(),
        seller_href: seller.map(|s| format!("/shop/{}", s.slug)).unwrap_or_default(),
        place: seller
            .map(|s| cards::place(&s.location, locale))
            .unwrap_or_default(),
        state: state(sub.status),
        timeline: timeline(sub, locale),
        lines: sub
            .lines
            .iter()
            .map(|line| order_line(line, listings.get(&line.product), locale))
            .collect(),
        parcels: parcels(sub, shipments, locale),
        delivery: delivery_name(sub, locale),
        subtotal: Price::new(locale, sub.subtotal),
        delivery_cost: (list_delivery.amount > 0).then(|| Price::new(locale, list_delivery)),
        saved: (sub.discount.amount > 0).then(|| savings::less(sub.discount, locale)),
        total: Price::new(locale, sub.total),
        refunds: changes(sub, locale),
        returns: Vec::new(),
        return_form: None,
        units_form: None,
        reason: reason(sub, locale),
        downloads: Downloads::default(),
        papers: papers(sub, locale),
        ask: None,
    }
}

/// The way it is sent, in the shop's words; what is downloaded in the reader's.
pub fn delivery_name(sub: &api::SubOrder, locale: Locale) -> String {
    match downloads::is_downloaded(sub) {
        true => locale.t("download.delivery").to_string(),
        false => sub.delivery_name.clone(),
    }
}

/// What its buyer can print of it.
fn papers(sub: &api::SubOrder, locale: Locale) -> Vec<Link> {
    let notes = credit_notes(sub, locale, |refund| {
        format!("/orders/{}/refunds/{refund}/credit-note.pdf", sub.order)
    });
    if matches!(sub.status, SubOrderStatus::Placed | SubOrderStatus::Cancelled) {
        return notes;
    }
    let href = format!("/orders/{}/parts/{}/invoice.pdf", sub.order, sub.id);
    let invoice = Link::new(locale.t("paper.invoice").to_string(), href);
    std::iter::once(invoice).chain(notes).collect()
}

/// The documents of what was given back, one for each refund.
pub fn credit_notes(sub: &api::SubOrder, locale: Locale, href: impl Fn(RefundId) -> String) -> Vec<Link> {
    let link = |refund: &api::Refund| {
        let words = locale.t("paper.credit_note");
        let amount = Price::new(locale, refund.amount).text;
        Link::new(words.arg("amount", amount).to_string(), href(refund.id))
    };
    sub.refunds.iter().map(link).collect()
}

/// What was cancelled and given back of it, each in a sentence.
pub fn changes(sub: &api::SubOrder, locale: Locale) -> Vec<String> {
    let cancelled = sub.cancellations.iter().map(|told| cancelled(sub, told, locale));
    cancelled.chain(refunds(sub, locale)).collect()
}

fn cancelled(sub: &api::SubOrder, told: &api::UnitsCancellation, locale: Locale) -> String {
    let units = told.lines.iter().filter_map(|units| {
        let line = sub.lines.iter().find(|line| line.id == units.line)?;
        Some(format!("{} × {}", units.quantity, line.title))
    });
    let sentence = locale.t("order.units_line");
    let sentence = sentence.arg("units", units.collect::<Vec<_>>().join(", "));
    let sentence = sentence.arg("date", locale.date(told.at.date_naive()));
    let said = why(told.reason, &told.note, locale);
    sentence.arg("reason", said).to_string()
}

fn refunds(sub: &api::SubOrder, locale: Locale) -> Vec<String> {
    let told = |refund: &api::Refund| {
        let sentence = locale.t("order.refund_line");
        let sentence = sentence.arg("amount", Price::new(locale, refund.amount).text);
        let sentence = sentence.arg("date", locale.date(refund.at.date_naive()));
        sentence.arg("reason", &refund.reason).to_string()
    };
    sub.refunds.iter().map(told).collect()
}

/// Why it was cancelled, in the words of whoever cancelled it, if they left any.
pub fn reason(sub: &api::SubOrder, locale: Locale) -> Option<String> {
    let note = sub.cancel_note.as_deref().unwrap_or_default();
    Some(why(sub.cancel_reason?, note, locale))
}

fn why(reason: CancelReason, note: &str, locale: Locale) -> String {
    let key = match reason {
        CancelReason::Buyer => "reason.buyer",
        CancelReason::Expired => "reason.expired",
        CancelReason::Seller => "reason.seller",
        CancelReason::Operator => "reason.operator",
    };
    let said = locale.t(key).to_string();
    match note.is_empty() {
        true => said,
        false => format!("{said}: {note}"),
    }
}

pub fn state(status: SubOrderStatus) -> SubOrderState {
    match status {
        SubOrderStatus::Placed => SubOrderState::PaymentPending,
        SubOrderStatus::Confirmed => SubOrderState::Confirmed,
        SubOrderStatus::Packed => SubOrderState::Packed,
        SubOrderStatus::PartlyShipped => SubOrderState::PartlyShipped,
        SubOrderStatus::Shipped => SubOrderState::Shipped,
        SubOrderStatus::Delivered => SubOrderState::Delivered,
        SubOrderStatus::ReturnRequested => SubOrderState::ReturnRequested,
        SubOrderStatus::Returned => SubOrderState::Returned,
        SubOrderStatus::Cancelled => SubOrderState::Cancelled,
        SubOrderStatus::Refunded => SubOrderState::Refunded,
    }
}

/// The steps of a sub-order that goes its way, by the name of the milestone that ends each.
const WAY: [(&str, &str); 5] = [
    ("placed", "timeline.placed"),
    ("confirmed", "timeline.confirmed"),
    ("packed", "timeline.packed"),
    ("shipped", "timeline.shipped"),
    ("delivered", "timeline.delivered"),
];

/// The same of one that is downloaded.
const WAY_OF_DOWNLOADS: [(&str, &str); 3] = [
    ("placed", "timeline.placed"),
    ("confirmed", "timeline.confirmed"),
    ("provided", "timeline.provided"),
];

/// The way of a sub-order: what is behind it, where it stands, what is ahead.
pub fn timeline(sub: &api::SubOrder, locale: Locale) -> Vec<TimelineStep> {
    let way: &[(&str, &str)] = match downloads::is_downloaded(sub) {
        true => &WAY_OF_DOWNLOADS,
        false => &WAY,
    };
    let done = steps_done(sub.status);
    let step = |key: &str, at: Option<Timestamp>, progress| TimelineStep {
        label: locale.t(key).to_string(),
        at: at.map(|at| locale.day(at.date_naive())).unwrap_or_default(),
        progress,
    };
    // A step in several parcels is done with its last one.
    let last = |name: &str| {
        let own = sub.timeline.iter().rev();
        own.clone().find(|m| m.name == name).map(|m| m.at)
    };
    if sub.status == SubOrderStatus::Cancelled {
        let mut steps: Vec<_> = way
            .iter()
            .filter_map(|(name, key)| Some(step(key, Some(last(name)?), Progress::Done)))
            .collect();
        steps.push(step("timeline.cancelled", last("cancelled"), Progress::Current));
        return steps;
    }
    let steps = way.iter().enumerate().map(|(i, (name, key))| {
        let progress = match i.cmp(&done) {
            std::cmp::Ordering::Less => Progress::Done,
            std::cmp::Ordering::Equal => Progress::Current,
            std::cmp::Ordering::Greater => Progress::Ahead,
        };
        let at = last(name).filter(|_| progress == Progress::Done);
        step(key, at, progress)
    });
    steps.collect()
}

/// How many steps of the way are behind it.
fn steps_done(status: SubOrderStatus) -> usize {
    match status {
        SubOrderStatus::Placed | SubOrderStatus::Cancelled => 1,
        SubOrderStatus::Confirmed => 2,
        SubOrderStatus::Packed | SubOrderStatus::PartlyShipped => 3,
        SubOrderStatus::Shipped => 4,
        SubOrderStatus::Delivered
        | SubOrderStatus::ReturnRequested
        | SubOrderStatus::Returned
        | SubOrderStatus::Refunded => 5,
    }
}

/// What is on its way, since when or since when it is there, and what its carrier tells of it.
pub fn parcels(sub: &api::SubOrder, shipments: &[Shipment], locale: Locale) -> Vec<Parcel> {
    let parcel = |parcel: &api::Parcel| {
        let shipment = shipments.iter().find(|shipment| shipment.parcel == parcel.id);
        let eta = shipment
            .filter(|s| s.state != ShipmentState::Returned)
            .and_then(|s| s.eta);
        let (key, at) = match (parcel.delivered_at, eta) {
            (Some(at), _) => ("parcel.delivered", at),
            (None, Some(eta)) => ("parcel.expected", eta),
            (None, None) => ("parcel.sent", parcel.shipped_at),
        };
        let day = locale.day(at.date_naive());
        Parcel {
            carrier: match parcel.carrier.is_empty() {
                true => locale.t("parcel.carrier").to_string(),
                false => parcel.carrier.clone(),
            },
            tracking: parcel.tracking.clone(),
            href: None,
            note: locale.t(key).arg("date", day).to_string(),
            arrived: parcel.delivered_at.is_some(),
            contents: contents(sub, parcel),
            way: shipment.map(|s| way(s, locale)).unwrap_or_default(),
        }
    };
    sub.parcels.iter().map(parcel).collect()
}

/// The latest first: what people look for is where it is now.
fn way(shipment: &Shipment, locale: Locale) -> Vec<WayPoint> {
    let point = |event: &TrackingEvent| WayPoint {
        label: locale.t(tracking_key(event.kind)).to_string(),
        at: locale.date_time(event.at.naive_utc()),
        note: told(event, locale),
    };
    shipment.events.iter().rev().map(point).collect()
}

fn told(event: &TrackingEvent, locale: Locale) -> String {
    let signed = event.proof.as_ref().filter(|proof| !proof.signed_by.is_empty());
    let signed = signed.map(|proof| {
        locale
            .t("tracking.signed")
            .arg("name", &proof.signed_by)
            .to_string()
    });
    let said = [
        event.place.clone(),
        event.note.clone(),
        signed.unwrap_or_default(),
    ];
    let said: Vec<String> = said.into_iter().filter(|part| !part.is_empty()).collect();
    said.join(" · ")
}

pub fn tracking_key(kind: TrackingKind) -> &'static str {
    match kind {
        TrackingKind::Accepted => "tracking.accepted",
        TrackingKind::InTransit => "tracking.in_transit",
        TrackingKind::OutForDelivery => "tracking.out_for_delivery",
        TrackingKind::Attempted => "tracking.attempted",
        TrackingKind::Exception => "tracking.exception",
        TrackingKind::Delivered => "tracking.delivered",
        TrackingKind::Returned => "tracking.returned",
    }
}

/// How a shipment stands, in words.
pub fn state_key(state: ShipmentState) -> &'static str {
    match state {
        ShipmentState::Requested => "label.requested",
        ShipmentState::Refused => "label.refused",
        ShipmentState::Booked => "label.booked",
        ShipmentState::Accepted => tracking_key(TrackingKind::Accepted),
        ShipmentState::InTransit => tracking_key(TrackingKind::InTransit),
        ShipmentState::OutForDelivery => tracking_key(TrackingKind::OutForDelivery),
        ShipmentState::Attempted => tracking_key(TrackingKind::Attempted),
        ShipmentState::Exception => tracking_key(TrackingKind::Exception),
        ShipmentState::Delivered => tracking_key(TrackingKind::Delivered),
        ShipmentState::Returned => tracking_key(TrackingKind::Returned),
    }
}

/// What is in a parcel, where it is not all of the sub-order.
fn contents(sub: &api::SubOrder, parcel: &api::Parcel) -> Vec<String> {
    if sub.parcels.len() < 2 && sub.status != SubOrderStatus::PartlyShipped {
        return Vec::new();
    }
    let title = |line: &api::ParcelLine| {
        let own = sub.lines.iter().find(|own| own.id == line.line)?;
        Some(format!("{} × {}", line.quantity, own.title))
    };
    parcel.lines.iter().filter_map(title).collect()
}

pub fn order_line(line: &api::OrderLine, listing: Option<&Listing>, locale: Locale) -> OrderLine {
    OrderLine {
        title: line.title.clone(),
        href: listing
            .map(|l| cards::product_href(&l.slug, l.id))
            .unwrap_or_default(),
        variant: line.options.clone(),
        made: downloads::marked(
            making::made(line.made.as_deref(), line.unit_price.currency, locale),
            line.digital.as_deref().map(|digital| digital.files.as_slice()),
            locale,
        ),
        sku: line.code.clone(),
        image: listing.and_then(|l| l.images.first()).map(|p| Image {
            alt: String::new(),
            ..cards::image(p)
        }),
        quantity: u64::from(line.quantity),
        unit_price: Price::new(locale, line.unit_price),
        total: Price::new(locale, line.list_total),
        commission: None,
        review: None,
    }
}
