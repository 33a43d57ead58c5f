use super::*;
use TrackingKind as K;
use proptest::prelude::*;

fn event(id: usize, minute: i64, kind: TrackingKind) -> TrackingEvent {
    TrackingEvent {
        id: format!("e{id}"),
        kind,
        at: Timestamp::from_timestamp(1_790_000_000 + minute * 60, 0).expect("in range"),
        place: String::new(),
        note: String::new(),
        proof: None,
    }
}

/// The state after each of the events has come, in the order given: (minute of the carrier, kind).
fn check(told: &[(i64, TrackingKind)], expected: &[&str]) {
    let mut events = Vec::new();
    let mut states = Vec::new();
    for (index, (minute, kind)) in told.iter().enumerate() {
        events.push(event(index, *minute, *kind));
        let decisive = decisive(&events).expect("told");
        states.push(state_name(state_after(decisive.kind)));
    }
    assert_eq!(states, expected, "{told:?}");
}

#[test]
fn a_parcel_goes_its_way() {
    check(
        &[
            (1, K::Accepted),
            (2, K::InTransit),
            (3, K::OutForDelivery),
            (4, K::Delivered),
        ],
        &["accepted", "in_transit", "out_for_delivery", "delivered"],
    );
    check(
        &[
            (1, K::OutForDelivery),
            (2, K::Attempted),
            (3, K::InTransit),
            (4, K::Attempted),
            (5, K::Returned),
        ],
        &[
            "out_for_delivery",
            "attempted",
            "in_transit",
            "attempted",
            "returned",
        ],
    );
}

#[test]
fn what_comes_late_moves_nothing_back() {
    check(
        &[(3, K::OutForDelivery), (1, K::Accepted), (2, K::InTransit)],
        &["out_for_delivery"; 3],
    );
    check(
        &[(4, K::Delivered), (3, K::OutForDelivery), (2, K::Exception)],
        &["delivered"; 3],
    );
}

#[test]
fn a_delivered_parcel_stays_delivered_whatever_the_clocks_of_depots_say() {
    check(
        &[(4, K::Delivered), (9, K::InTransit), (10, K::Returned)],
        &["delivered"; 3],
    );
    check(&[(4, K::Returned), (9, K::InTransit)], &["returned"; 2]);
    check(&[(4, K::Returned), (9, K::Delivered)], &["returned", "delivered"]);
}

#[test]
fn of_two_events_at_one_moment_the_later_on_the_way_counts() {
    check(&[(1, K::InTransit), (1, K::Accepted)], &["in_transit"; 2]);
    check(
        &[(1, K::Accepted), (1, K::InTransit)],
        &["accepted", "in_transit"],
    );
}

#[test]
fn nothing_told_says_nothing() {
    assert_eq!(decisive(&[]), None);
}

#[test]
fn every_state_has_its_word() {
    for state in STATES {
        assert_eq!(state_of(state_name(state)), state);
    }
    for kind in KINDS {
        assert_eq!(kind_of(kind_name(kind)), Some(kind));
    }
    assert_eq!(kind_of("booked"), None);
}

proptest! {
    /// However events come, doubled and shuffled, the story told at the end is one and the same, and once it was
    /// delivered it never says anything else.
    #[test]
    fn the_order_of_coming_does_not_matter(
        told in proptest::collection::vec((0_i64..20, 0_usize..7), 1..12),
        order in proptest::collection::vec(any::<prop::sample::Index>(), 0..24),
    ) {
        let all: Vec<TrackingEvent> = told.iter().enumerate().map(|(id, (minute, kind))| event(id, *minute, KINDS[*kind])).collect();
        let mut came: Vec<TrackingEvent> = Vec::new();
        let mut was_delivered = false;
        let again = order.iter().map(|index| index.get(&all).clone()).chain(all.clone());
        for event in again {
            if !came.iter().any(|known| known.id == event.id) {
                came.push(event);
            }
            let state = decisive(&came).map(|event| state_after(event.kind));
            let is_delivered = state == Some(ShipmentState::Delivered);
            prop_assert!(is_delivered || !was_delivered);
            was_delivered = is_delivered;
        }
        prop_assert_eq!(decisive(&came), decisive(&all));
        let (mut one, mut other) = (came, all);
        sort(&mut one);
        sort(&mut other);
        prop_assert_eq!(one, other);
    }
}
