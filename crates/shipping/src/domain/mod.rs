//! Where a shipment stands, from what its carrier told. Pure: events come in, in any order.

#[cfg(test)]
mod tests;

use contracts::shipping::{ShipmentState, TrackingEvent, TrackingKind};
use kernel::Timestamp;

/// Events in the carrier's order of time. Of what it says happened at one moment, what comes later on a parcel's way
/// comes later; ids settle the rest, so that the order never depends on how they came.
pub fn sort(events: &mut [TrackingEvent]) {
    events.sort_by(|a, b| key(a).cmp(&key(b)));
}

fn key(event: &TrackingEvent) -> (Timestamp, TrackingKind, &str) {
    (event.at, event.kind, &event.id)
}

/// The event that says where the shipment stands; none while nothing was told.
///
/// That is the latest one in the carrier's time, save that a parcel that was delivered stays delivered, and one that was
/// returned moves only by being delivered after all: clocks of depots differ, and scans made on the way come in when the
/// parcel is long there.
#[must_use]
pub fn decisive(events: &[TrackingEvent]) -> Option<&TrackingEvent> {
    let last = |kind: Option<TrackingKind>| {
        let wanted = events
            .iter()
            .filter(|event| kind.is_none_or(|kind| kind == event.kind));
        wanted.max_by(|a, b| key(a).cmp(&key(b)))
    };
    let first = |kind| {
        let wanted = events.iter().filter(|event| event.kind == kind);
        wanted.min_by(|a, b| key(a).cmp(&key(b)))
    };
    first(TrackingKind::Delivered)
        .or_else(|| first(TrackingKind::Returned))
        .or_else(|| last(None))
}

/// Where a shipment stands after such an event.
#[must_use]
pub fn state_after(kind: TrackingKind) -> ShipmentState {
    match kind {
        TrackingKind::Accepted => ShipmentState::Accepted,
        TrackingKind::InTransit => ShipmentState::InTransit,
        TrackingKind::OutForDelivery => ShipmentState::OutForDelivery,
        TrackingKind::Attempted => ShipmentState::Attempted,
        TrackingKind::Exception => ShipmentState::Exception,
        TrackingKind::Delivered => ShipmentState::Delivered,
        TrackingKind::Returned => ShipmentState::Returned,
    }
}

/// The word by which tables and callers know a state.
#[must_use]
pub fn state_name(state: ShipmentState) -> &'static str {
    match state {
        ShipmentState::Requested => "requested",
        ShipmentState::Refused => "refused",
        ShipmentState::Booked => "booked",
        ShipmentState::Accepted => "accepted",
        ShipmentState::InTransit => "in_transit",
        ShipmentState::OutForDelivery => "out_for_delivery",
        ShipmentState::Attempted => "attempted",
        ShipmentState::Exception => "exception",
        ShipmentState::Delivered => "delivered",
        ShipmentState::Returned => "returned",
    }
}

const STATES: [ShipmentState; 10] = [
    ShipmentState::Requested,
    ShipmentState::Refused,
    ShipmentState::Booked,
    ShipmentState::Accepted,
    ShipmentState::InTransit,
    ShipmentState::OutForDelivery,
    ShipmentState::Attempted,
    ShipmentState::Exception,
    ShipmentState::Delivered,
    ShipmentState::Returned,
];

/// The state behind a table's word, which its check constraint limits to these.
#[must_use]
pub fn state_of(name: &str) -> ShipmentState {
    let known = STATES.into_iter().find(|state| state_name(*state) == name);
    known.unwrap_or(ShipmentState::Requested)
}

pub const KINDS: [TrackingKind; 7] = [
    TrackingKind::Accepted,
    TrackingKind::InTransit,
    TrackingKind::OutForDelivery,
    TrackingKind::Attempted,
    TrackingKind::Exception,
    TrackingKind::Delivered,
    TrackingKind::Returned,
];

#[must_use]
pub fn kind_name(kind: TrackingKind) -> &'static str {
    state_name(state_after(kind))
}

#[must_use]
pub fn kind_of(name: &str) -> Option<TrackingKind> {
    KINDS.into_iter().find(|kind| kind_name(*kind) == name)
}

/// Whether the carrier has, or had, the parcel.
#[must_use]
pub fn is_under_way(state: ShipmentState) -> bool {
    !matches!(
        state,
        ShipmentState::Requested | ShipmentState::Refused | ShipmentState::Booked
    )
}
