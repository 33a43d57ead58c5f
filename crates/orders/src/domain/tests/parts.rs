//! The way of one sub-order, once its order is paid.

use super::*;
use contracts::orders::{Fulfilment, SubOrderStatus};
use kernel::RefundId;
use proptest::test_runner::TestCaseError;

pub const FIRST: SubOrderId = SubOrderId(Uuid::from_u128(11));
pub const SECOND: SubOrderId = SubOrderId(Uuid::from_u128(12));

/// Of the line of the `n`th seller.
pub fn units(n: u128, quantity: u32) -> Units {
    Units {
        line: LineId(Uuid::from_u128(30 + n)),
        quantity,
    }
}

pub fn parcel(n: u128, lines: &[Units]) -> Parcel {
    Parcel {
        id: ParcelId(Uuid::from_u128(60 + n)),
        lines: lines.to_vec(),
        carrier: "Correos".into(),
        tracking: format!("PK{n}"),
        exchange: None,
    }
}

pub fn pack(part: SubOrderId) -> Command {
    Command::Pack { part }
}

pub fn ship(part: SubOrderId, n: u128, lines: &[Units]) -> Command {
    let parcel = parcel(n, lines);
    Command::Ship { part, parcel }
}

pub fn deliver(part: SubOrderId, n: u128) -> Command {
    Command::Deliver {
        part,
        parcel: ParcelId(Uuid::from_u128(60 + n)),
    }
}

fn cancel_part(part: SubOrderId, reason: CancelReason, note: &str) -> Command {
    Command::CancelPart {
        part,
        reason,
        note: note.into(),
    }
}

fn cancel_units(part: SubOrderId, reason: CancelReason, units: &[Units]) -> Command {
    cancel_units_once(part, reason, units, "")
}

fn cancel_units_once(part: SubOrderId, reason: CancelReason, units: &[Units], key: &str) -> Command {
    Command::CancelUnits {
        part,
        units: units.to_vec(),
        reason,
        note: "one broke".into(),
        key: key.into(),
    }
}

/// A paid order after these commands, a second each.
#[track_caller]
pub fn after(commands: &[Command]) -> Order {
    let mut order = order(OrderStatus::Confirmed);
    for (command, seconds) in commands.iter().zip(10..) {
        for event in decide(Some(&order), command, at(seconds)).expect("happens") {
            let version = order.version + 1;
            order = evolve(Some(order), ORDER, version, at(seconds), event).expect("an order");
        }
    }
    order
}

#[track_caller]
pub fn status(order: &Order, part: SubOrderId) -> SubOrderStatus {
    order.sub_order(part).expect("a part of it").status()
}

/// What a command leads to after others: its events, or why not.
#[track_caller]
#[allow(
    clippy::needless_pass_by_value,
    reason = "an expectation is written where it is used"
)]
fn check(given: &[Command], when: &Command, then: Expect) {
    let outcome = match decide(Some(&after(given)), when, at(100)) {
        Ok(events) => format!("{:?}", events.iter().map(Event::name).collect::<Vec<_>>()),
        Err(refusal) => refusal.to_string(),
    };
    then.assert_eq(&outcome);
}

#[test]
fn a_sub_order_is_packed_sent_in_parcels_and_delivered_while_the_other_waits() {
    use SubOrderStatus as S;
    let way = [
        pack(FIRST),
        ship(FIRST, 1, &[units(1, 1)]),
        deliver(FIRST, 1),
        ship(FIRST, 2, &[units(1, 1)]),
        deliver(FIRST, 2),
        pack(SECOND),
        ship(SECOND, 3, &[units(2, 1)]),
        deliver(SECOND, 3),
    ];
    let expected = [
        (S::Confirmed, S::Confirmed, Fulfilment::Pending),
        (S::Packed, S::Confirmed, Fulfilment::Pending),
        (S::PartlyShipped, S::Confirmed, Fulfilment::PartlyShipped),
        (S::PartlyShipped, S::Confirmed, Fulfilment::PartlyShipped),
        (S::Shipped, S::Confirmed, Fulfilment::PartlyShipped),
        (S::Delivered, S::Confirmed, Fulfilment::PartlyShipped),
        (S::Delivered, S::Packed, Fulfilment::PartlyShipped),
        (S::Delivered, S::Shipped, Fulfilment::Shipped),
        (S::Delivered, S::Delivered, Fulfilment::Delivered),
    ];
    for (step, expected) in expected.into_iter().enumerate() {
        let order = after(&way[..step]);
        let stands = (status(&order, FIRST), status(&order, SECOND), order.fulfilment());
        assert_eq!(stands, expected, "after {step} steps");
        assert_eq!(order.status, OrderStatus::Confirmed);
    }
    let first = after(&way).view().sub_orders.swap_remove(0);
    let told: Vec<_> = first.timeline.iter().map(|m| (m.name.as_str(), m.at)).collect();
    let expected = [
        ("placed", at(0)),
        ("confirmed", at(1)),
        ("packed", at(10)),
        ("shipped", at(11)),
        ("delivered", at(12)),
        ("shipped", at(13)),
        ("delivered", at(14)),
    ];
    assert_eq!(told, expected);
    assert_eq!((first.lines[0].quantity, first.lines[0].shipped), (2, 2));
}

#[test]
fn steps_are_not_skipped_and_the_possible_ones_are_named() {
    let all = [units(1, 2)];
    check(
        &[],
        &ship(FIRST, 1, &all),
        expect!["A sub-order that is confirmed cannot be shipped; it can be packed or cancelled."],
    );
    check(
        &[pack(FIRST)],
        &deliver(FIRST, 1),
        expect!["A sub-order that is packed cannot be delivered; it can be shipped or cancelled."],
    );
    let sent = [pack(FIRST), ship(FIRST, 1, &all)];
    check(
        &sent,
        &pack(FIRST),
        expect!["A sub-order that is shipped cannot be packed; it can be delivered."],
    );
    check(
        &sent,
        &ship(FIRST, 2, &all),
        expect!["A sub-order that is shipped cannot be shipped; it can be delivered."],
    );
    check(
        &sent,
        &deliver(FIRST, 2),
        expect!["There is no such parcel in this sub-order."],
    );
    check(
        &sent,
        &cancel_part(FIRST, CancelReason::Seller, "sold out"),
        expect!["A sub-order that is shipped cannot be cancelled; it can be delivered."],
    );
    let elsewhere = SubOrderId(Uuid::from_u128(99));
    check(
        &[],
        &pack(elsewhere),
        expect!["There is no such sub-order in this order."],
    );
}

#[test]
fn nothing_of_an_unpaid_order_moves() {
    for command in [
        pack(FIRST),
        ship(FIRST, 1, &[units(1, 1)]),
        cancel_part(FIRST, CancelReason::Buyer, ""),
        cancel_units(FIRST, CancelReason::Buyer, &[units(1, 1)]),
    ] {
        let refused = decide(Some(&order(OrderStatus::Placed)), &command, at(1)).expect_err("refused");
        let Refusal::Illegal { from, allowed, .. } = refused else {
            panic!("{refused}");
        };
        assert_eq!((from, allowed), ("placed", &["confirmed"][..]));
    }
}

#[test]
fn what_is_sent_was_bought_and_not_sent_before() {
    let packed = [pack(FIRST)];
    let bad = "Name at least one unit; each line is named once, and is one of the sub-order's.";
    for lines in [
        vec![],
        vec![units(1, 0)],
        vec![units(1, 1), units(1, 1)],
        vec![units(2, 1)],
    ] {
        let refused = decide(Some(&after(&packed)), &ship(FIRST, 1, &lines), at(100)).expect_err("refused");
        assert_eq!(refused.to_string(), bad, "{lines:?}");
    }
    check(
        &[pack(FIRST), ship(FIRST, 1, &[units(1, 1)])],
        &ship(FIRST, 2, &[units(1, 2)]),
        expect!["2 units of line 00000000-0000-0000-0000-00000000001f are too many: 1 are left to be sent."],
    );
}

#[test]
fn asking_twice_is_asking_once() {
    let whole = [units(1, 2)];
    let way = [pack(FIRST), ship(FIRST, 1, &whole), deliver(FIRST, 1)];
    for (done, again) in way.iter().enumerate() {
        check(&way[..=done], again, expect!["[]"]);
    }
    check(
        &way[..2],
        &ship(FIRST, 1, &[units(1, 1)]),
        expect!["This id belongs to another parcel already."],
    );
}

#[test]
fn a_buyer_cancels_until_it_is_packed_and_a_seller_until_something_is_sent() {
    let buyer = |part| cancel_part(part, CancelReason::Buyer, "");
    check(&[], &buyer(FIRST), expect![[r#"["part_cancelled"]"#]]);
    check(
        &[pack(FIRST)],
        &buyer(FIRST),
        expect![
            "A sub-order that is packed cannot be cancelled by its buyer; it can be shipped or cancelled."
        ],
    );
    check(
        &[pack(FIRST)],
        &cancel_part(FIRST, CancelReason::Seller, " the kiln broke "),
        expect![[r#"["part_cancelled"]"#]],
    );
    check(
        &[],
        &cancel_part(FIRST, CancelReason::Seller, " "),
        expect!["Say why: the buyer is told."],
    );
    check(
        &[],
        &cancel_part(FIRST, CancelReason::Expired, ""),
        expect!["A sub-order that is confirmed cannot be cancelled; it can be packed or cancelled."],
    );
}

#[test]
fn one_sellers_cancellation_leaves_the_other_alone() {
    let cancelled = cancel_part(FIRST, CancelReason::Seller, "the kiln broke");
    let order = after(&[cancelled.clone(), pack(SECOND)]);
    assert_eq!(order.status, OrderStatus::Confirmed);
    assert_eq!(status(&order, FIRST), SubOrderStatus::Cancelled);
    assert_eq!(status(&order, SECOND), SubOrderStatus::Packed);
    let first = order.view().sub_orders.swap_remove(0);
    assert_eq!(first.cancel_note.as_deref(), Some("the kiln broke"));
    check(std::slice::from_ref(&cancelled), &cancelled, expect!["[]"]);
    check(
        &[cancelled],
        &pack(FIRST),
        expect!["A sub-order that is cancelled cannot be packed; it can be nothing else any more."],
    );
}

#[test]
fn the_last_cancellation_ends_the_order() {
    let first = cancel_part(FIRST, CancelReason::Seller, "the kiln broke");
    let second = cancel_part(SECOND, CancelReason::Buyer, "");
    check(
        std::slice::from_ref(&first),
        &second,
        expect![[r#"["part_cancelled", "cancelled"]"#]],
    );
    let order = after(&[first, second]);
    assert_eq!(
        (order.status, order.cancel_reason, order.paid),
        (OrderStatus::Cancelled, Some(CancelReason::Buyer), true)
    );
    // Why the first one ended is still its own reason.
    assert_eq!(
        order.view().sub_orders[0].cancel_reason,
        Some(CancelReason::Seller)
    );
}

#[test]
fn a_buyer_cancels_the_whole_order_until_something_of_it_is_packed_and_staff_until_it_is_sent() {
    let whole = cancel(CancelReason::Buyer);
    check(
        &[cancel_part(FIRST, CancelReason::Seller, "the kiln broke")],
        &whole,
        expect![[r#"["cancelled"]"#]],
    );
    check(
        &[pack(FIRST)],
        &whole,
        expect!["An order that is packed cannot be cancelled as a whole; it can be cancelled in part."],
    );
    let by_staff = cancel(CancelReason::Operator);
    check(&[pack(FIRST)], &by_staff, expect![[r#"["cancelled"]"#]]);
    check(
        &[pack(FIRST), ship(FIRST, 1, &[units(1, 2)])],
        &by_staff,
        expect!["An order that is shipped cannot be cancelled as a whole; it can be cancelled in part."],
    );
    check(
        &[pack(FIRST), ship(FIRST, 1, &[units(1, 2)]), pack(SECOND)],
        &whole,
        expect!["An order that is shipped cannot be cancelled as a whole; it can be delivered."],
    );
    check(
        &[pack(FIRST), pack(SECOND)],
        &whole,
        expect!["An order that is packed cannot be cancelled as a whole; it can be shipped."],
    );
}

#[test]
fn units_that_will_not_be_sent_complete_what_was() {
    let one = [units(1, 1)];
    let rest = cancel_units(FIRST, CancelReason::Seller, &one);
    let way = [pack(FIRST), ship(FIRST, 1, &one), deliver(FIRST, 1), rest];
    check(&way[..3], &way[3], expect![[r#"["units_cancelled"]"#]]);
    let order = after(&way);
    assert_eq!(status(&order, FIRST), SubOrderStatus::Delivered);
    assert_eq!(
        order.sub_order(FIRST).expect("part").progress.delivered_at,
        Some(at(13))
    );
    // On its way still: shipped, not delivered.
    let order = after(&[
        pack(FIRST),
        ship(FIRST, 1, &one),
        cancel_units(FIRST, CancelReason::Seller, &one),
    ]);
    assert_eq!(status(&order, FIRST), SubOrderStatus::Shipped);
    check(
        &way[..2],
        &cancel_units(FIRST, CancelReason::Seller, &[units(1, 2)]),
        expect!["2 units of line 00000000-0000-0000-0000-00000000001f are too many: 1 are left to be sent."],
    );
    check(
        &way[..2],
        &cancel_units(FIRST, CancelReason::Buyer, &one),
        expect![
            "A sub-order that is partly_shipped cannot be cancelled by its buyer; it can be shipped or delivered."
        ],
    );
}

#[test]
fn cancelling_all_units_cancels_the_sub_order() {
    let all = cancel_units(FIRST, CancelReason::Buyer, &[units(1, 2)]);
    check(&[], &all, expect![[r#"["part_cancelled"]"#]]);
    let one = cancel_units(FIRST, CancelReason::Buyer, &[units(1, 1)]);
    check(&[], &one, expect![[r#"["units_cancelled"]"#]]);
    check(
        std::slice::from_ref(&one),
        &one,
        expect![[r#"["part_cancelled"]"#]],
    );
}

#[test]
fn units_are_cancelled_once_for_each_key() {
    let one = [units(1, 1)];
    let asked = cancel_units_once(FIRST, CancelReason::Seller, &one, "shop/1");
    check(std::slice::from_ref(&asked), &asked, expect!["[]"]);
    check(
        std::slice::from_ref(&asked),
        &cancel_units_once(FIRST, CancelReason::Seller, &[units(1, 2)], "shop/1"),
        expect!["This id belongs to another cancellation already."],
    );
    let last = cancel_units_once(FIRST, CancelReason::Seller, &one, "shop/2");
    check(
        std::slice::from_ref(&asked),
        &last,
        expect![[r#"["part_cancelled"]"#]],
    );
    // Asked again when the sub-order went with them.
    check(&[asked, last.clone()], &last, expect!["[]"]);
}

#[test]
fn units_that_are_not_sent_are_paid_back_once() {
    let refund = |order: &Order, wanted| {
        let part = order.sub_order(FIRST).expect("part");
        let id = RefundId(Uuid::from_u128(79));
        let refund = part.refund_for_cancelled(&[units(1, wanted)], id, "");
        refund
            .expect("it is its line")
            .map(|refund| (refund.amount, refund.lines[0].quantity))
    };
    let sold = after(&[]);
    assert_eq!(
        [refund(&sold, 1), refund(&sold, 2)],
        [Some((500, 1)), Some((1000, 2))]
    );
    // What was given back for a unit before is given back for the first that is not sent.
    let mut given = refunds::any(1, FIRST, 0, 0, 500);
    given.lines[0].quantity = 1;
    let paid_back = after(&[Command::Refund(given)]);
    assert_eq!(
        [refund(&paid_back, 1), refund(&paid_back, 2)],
        [None, Some((500, 1))]
    );
    // Of an amount as such, no more than what is left.
    let little = after(&[Command::Refund(refunds::any(1, FIRST, 1100, 0, 0))]);
    assert_eq!(refund(&little, 1), Some((300, 1)));
}

/// The words of a stream are a promise to streams already written.
#[test]
fn events_of_parts_keep_their_words() {
    let (part, reason, note) = (FIRST, CancelReason::Seller, String::from("broke"));
    let words: Vec<String> = [
        Event::Packed { part },
        Event::Shipped {
            part,
            parcel: parcel(1, &[units(1, 2)]),
        },
        Event::Delivered {
            part,
            parcel: ParcelId(Uuid::from_u128(61)),
        },
        Event::PartCancelled { part, reason, note },
        Event::UnitsCancelled {
            part,
            units: vec![units(1, 1)],
            reason: CancelReason::Buyer,
            note: String::new(),
            key: String::new(),
        },
        Event::Refunded {
            refund: refunds::any(1, part, 0, 100, 500),
        },
    ]
    .iter()
    .map(|event| {
        let json = serde_json::to_string(event).expect("JSON");
        assert_eq!(serde_json::from_str::<Event>(&json).expect("an event"), *event);
        json.replace("00000000-0000-0000-0000-0000000000", "#")
    })
    .collect();
    expect![[r##"
        {"packed":{"part":"#0b"}}
        {"shipped":{"part":"#0b","parcel":{"id":"#3d","lines":[{"line":"#1f","quantity":2}],"carrier":"Correos","tracking":"PK1"}}}
        {"delivered":{"part":"#0b","parcel":"#3d"}}
        {"part_cancelled":{"part":"#0b","reason":"seller","note":"broke"}}
        {"units_cancelled":{"part":"#0b","units":[{"line":"#1f","quantity":1}],"reason":"buyer"}}
        {"refunded":{"refund":{"id":"#47","part":"#0b","lines":[{"line":"#1f","quantity":0,"amount":500}],"delivery":100,"amount":600,"reason":"arrived chipped"}}}"##]].assert_eq(&words.join("\n"));
}

pub fn adds_up(order: &Order) -> Result<(), TestCaseError> {
    for sub_order in order.sub_orders() {
        for line in &sub_order.part.lines {
            let gone = sub_order.shipped(line.id) + sub_order.cancelled(line.id);
            prop_assert!(gone <= line.quantity);
            prop_assert_eq!(sub_order.to_ship(line), line.quantity - gone);
            prop_assert!((0..=line.total()).contains(&sub_order.line_refunded(line.id).0));
            returns::adds_up(&sub_order, line)?;
        }
        prop_assert!((0..=sub_order.part.total()).contains(&sub_order.refunded()));
        prop_assert_eq!(sub_order.refunded() == 0 || order.paid, true);
    }
    prop_assert!(order.refunded() <= order.placed.total());
    Ok(())
}

/// What is asked of one sub-order changes no other, unless it ends the order, whose other parts have ended before.
pub fn others_are_untouched(before: &Order, after: &Order, command: &Command) -> Result<(), TestCaseError> {
    let own = match command {
        Command::Pack { part }
        | Command::Ship { part, .. }
        | Command::Deliver { part, .. }
        | Command::CancelPart { part, .. }
        | Command::CancelUnits { part, .. }
        | Command::Return { part, .. } => *part,
        Command::Refund(refund) => refund.part,
        _ => return Ok(()),
    };
    for (was, is) in before.sub_orders().zip(after.sub_orders()) {
        if was.part.id != own {
            prop_assert_eq!(was.status(), is.status());
            prop_assert_eq!(was.progress, is.progress);
        }
    }
    Ok(())
}
