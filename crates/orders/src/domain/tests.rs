mod downloads;
mod exchanges;
mod parts;
mod refunds;
mod returns;
mod taxes;

use super::*;
use contracts::Address;
use contracts::orders::{CancelReason, OrderStatus};
use contracts::taxes::TaxOwner;
use expect_test::{Expect, expect};
use kernel::{
    CartId, Currency, LineId, OrderId, ParcelId, PaymentId, ProductId, SkuId, SubOrderId, TenantId,
    Timestamp, UserId,
};
use proptest::prelude::*;
use uuid::Uuid;

const ORDER: OrderId = OrderId(Uuid::from_u128(1));

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_790_000_000 + seconds, 0).expect("in range")
}

/// Two sellers, three units, 10.00 + 2.50 of goods, 4.00 of delivery; held for a minute.
fn placed() -> Placed {
    let part = |n: u128, quantity, unit_price, delivery| Part {
        id: SubOrderId(Uuid::from_u128(10 + n)),
        tenant: TenantId(Uuid::from_u128(20 + n)),
        lines: vec![Line {
            id: LineId(Uuid::from_u128(30 + n)),
            sku: SkuId(Uuid::from_u128(40 + n)),
            product: ProductId(Uuid::from_u128(50 + n)),
            title: "Bowl".into(),
            options: String::new(),
            code: format!("B-{n}"),
            quantity,
            unit_price,
            commission: 0,
            commission_tax: 0,
            rule: None,
            discounts: Vec::new(),
            tax: None,
            made: None,
            digital: None,
        }],
        delivery: Delivery {
            code: "standard".into(),
            name: "Standard delivery".into(),
            price: delivery,
            discounts: Vec::new(),
            tax: None,
        },
        commission: 25,
        commission_tax: 0,
        return_days: 14,
        tax_owed_by: TaxOwner::Seller,
    };
    Placed {
        buyer: Some(UserId(Uuid::from_u128(2))),
        guest: None,
        cart: CartId(Uuid::from_u128(3)),
        email: "lucia@example.org".into(),
        address: Address {
            name: "Lucía Romero".into(),
            line1: "Calle Betis 12".into(),
            line2: None,
            postcode: "41010".into(),
            city: "Sevilla".into(),
            region: Some("ES-SE".into()),
            country: "ES".into(),
            phone: None,
        },
        currency: Currency::EUR,
        payment: PaymentId(Uuid::from_u128(4)),
        reserved_until: at(60),
        tenders: Vec::new(),
        language: contracts::Language::En,
        parts: vec![part(1, 2, 500, 400), part(2, 1, 250, 0)],
    }
}

fn order(status: OrderStatus) -> Order {
    let confirm = (2, at(1), Event::Confirmed);
    let cancel = (
        2,
        at(1),
        Event::Cancelled {
            reason: CancelReason::Buyer,
        },
    );
    let then = match status {
        OrderStatus::Placed => vec![],
        OrderStatus::Confirmed => vec![confirm],
        OrderStatus::Cancelled => vec![cancel],
    };
    let first = (1, at(0), Event::Placed(Box::new(placed())));
    replay(ORDER, std::iter::once(first).chain(then)).expect("an order")
}

#[track_caller]
fn check(status: OrderStatus, command: &Command, seconds: i64, expected: &Expect) {
    let outcome = match decide(Some(&order(status)), command, at(seconds)) {
        Ok(events) => format!("{:?}", events.iter().map(Event::name).collect::<Vec<_>>()),
        Err(refusal) => refusal.to_string(),
    };
    expected.assert_eq(&outcome);
}

fn cancel(reason: CancelReason) -> Command {
    Command::Cancel { reason }
}

fn elsewhere() -> Command {
    readdress("Calle Sierpes 3")
}

fn readdress(line1: &str) -> Command {
    let mut address = placed().address;
    address.line1 = line1.into();
    Command::Readdress {
        address: Box::new(address),
    }
}

fn decline() -> Command {
    Command::DeclinePayment {
        reason: "insufficient funds".into(),
    }
}

#[test]
fn a_placed_order_can_go_every_way() {
    let check = |command, seconds, expected| check(OrderStatus::Placed, &command, seconds, &expected);
    check(Command::Confirm, 1, expect![[r#"["confirmed"]"#]]);
    check(decline(), 1, expect![[r#"["payment_declined"]"#]]);
    check(cancel(CancelReason::Buyer), 1, expect![[r#"["cancelled"]"#]]);
    check(cancel(CancelReason::Expired), 60, expect![[r#"["cancelled"]"#]]);
}

#[test]
fn an_order_goes_elsewhere_until_something_of_it_is_packed() {
    for status in [OrderStatus::Placed, OrderStatus::Confirmed] {
        check(status, &elsewhere(), 1, &expect![[r#"["readdressed"]"#]]);
    }
    check(
        OrderStatus::Cancelled,
        &elsewhere(),
        1,
        &expect!["An order that is cancelled cannot be sent elsewhere; it can be nothing else any more."],
    );
    let packed = parts::after(&[elsewhere(), Command::Pack { part: parts::FIRST }]);
    assert_eq!(packed.placed.address.line1, "Calle Sierpes 3");
    assert_eq!(
        decide(Some(&packed), &Command::Pack { part: parts::FIRST }, at(50)),
        Ok(vec![])
    );
    // An answer that was lost is asked for again.
    assert_eq!(decide(Some(&packed), &elsewhere(), at(50)), Ok(vec![]));
    let refusal = decide(Some(&packed), &readdress("Calle Feria 1"), at(50)).expect_err("it is packed");
    expect!["An order that is packed cannot be sent elsewhere; it can be shipped or cancelled."]
        .assert_eq(&refusal.to_string());
}

#[test]
fn a_hold_does_not_end_before_its_time() {
    check(
        OrderStatus::Placed,
        &cancel(CancelReason::Expired),
        59,
        &expect!["The order's stock is held until 2026-09-21 14:14:20 UTC; it cannot expire before."],
    );
}

#[test]
fn an_expired_order_is_opened_again_for_a_late_payment_and_a_cancelled_one_is_not() {
    let reopen = Command::Reopen { until: at(300) };
    let ended = |reason| {
        let first = (1, at(0), Event::Placed(Box::new(placed())));
        let end = (2, at(61), Event::Cancelled { reason });
        replay(ORDER, [first, end]).expect("an order")
    };
    let expired = ended(CancelReason::Expired);
    let events = decide(Some(&expired), &reopen, at(62)).expect("opened again");
    let open = evolve(Some(expired), ORDER, 3, at(62), events[0].clone()).expect("an order");
    assert_eq!(
        (open.status, open.cancel_reason, open.placed.reserved_until),
        (OrderStatus::Placed, None, at(300))
    );
    assert!(decide(Some(&open), &cancel(CancelReason::Expired), at(299)).is_err());
    assert!(decide(Some(&open), &reopen, at(62)).is_err(), "it is open");
    for reason in [CancelReason::Buyer, CancelReason::Seller] {
        assert!(
            decide(Some(&ended(reason)), &reopen, at(62)).is_err(),
            "{reason:?}"
        );
    }
}

#[test]
fn a_confirmed_order_can_only_be_cancelled() {
    let check = |command, expected| check(OrderStatus::Confirmed, &command, 90, &expected);
    check(Command::Confirm, expect!["[]"]);
    check(
        decline(),
        expect!["An order that is confirmed cannot be declined; it can be cancelled."],
    );
    check(
        cancel(CancelReason::Expired),
        expect!["An order that is confirmed cannot be expired; it can be cancelled."],
    );
    check(cancel(CancelReason::Buyer), expect![[r#"["cancelled"]"#]]);
    check(
        cancel(CancelReason::Seller),
        expect!["A seller cancels their own sub-order, once it is paid."],
    );
}

#[test]
fn a_cancelled_order_stays_cancelled() {
    let check = |command, expected| check(OrderStatus::Cancelled, &command, 90, &expected);
    check(cancel(CancelReason::Expired), expect!["[]"]);
    check(
        Command::Confirm,
        expect!["An order that is cancelled cannot be confirmed; it can be nothing else any more."],
    );
    check(
        decline(),
        expect!["An order that is cancelled cannot be declined; it can be nothing else any more."],
    );
}

#[test]
fn nothing_happens_to_an_order_that_is_not_there() {
    assert_eq!(decide(None, &Command::Confirm, at(0)), Err(Refusal::NoSuchOrder));
    let again = Command::Place(Box::new(placed()));
    assert_eq!(
        decide(Some(&order(OrderStatus::Placed)), &again, at(0)),
        Err(Refusal::PlacedAlready)
    );
}

#[test]
fn orders_that_do_not_add_up_are_refused() {
    let refuse = |spoil: fn(&mut Placed)| {
        let mut placed = placed();
        spoil(&mut placed);
        decide(None, &Command::Place(Box::new(placed)), at(0)).expect_err("refused")
    };
    assert_eq!(
        refuse(|p| p.parts.clear()),
        Refusal::Malformed("it has no seller, or too many")
    );
    assert_eq!(
        refuse(|p| p.buyer = None),
        Refusal::Malformed("it belongs to a buyer or to a guest")
    );
    assert_eq!(
        refuse(|p| p.parts[0].lines.clear()),
        Refusal::Malformed("a seller has no lines")
    );
    assert_eq!(
        refuse(|p| p.parts[0].lines[0].quantity = 0),
        Refusal::Malformed("a line has no units")
    );
    assert_eq!(
        refuse(|p| p.parts[0].lines[0].unit_price = i64::MAX),
        Refusal::Malformed("its total is too large")
    );
    assert_eq!(
        refuse(|p| p.parts[1].commission = 251),
        Refusal::Malformed("a commission exceeds its part")
    );
}

#[test]
fn the_view_adds_up() {
    let view = order(OrderStatus::Placed).view();
    assert_eq!(
        (view.subtotal.amount, view.delivery.amount, view.total.amount),
        (1250, 400, 1650)
    );
    let parts: Vec<_> = view
        .sub_orders
        .iter()
        .map(|s| (s.number.as_str(), s.total.amount))
        .collect();
    assert_eq!(parts, [("0000-0001-1", 1400), ("0000-0001-2", 250)]);
    assert_eq!(view.reserved_until, Some(at(60)));
}

/// The words of a stream are a promise to streams already written.
#[test]
fn events_keep_their_words() {
    let words = |event: &Event| serde_json::to_string(event).expect("JSON");
    expect![[r#""confirmed""#]].assert_eq(&words(&Event::Confirmed));
    expect![[r#"{"cancelled":{"reason":"expired"}}"#]].assert_eq(&words(&Event::Cancelled {
        reason: CancelReason::Expired,
    }));
    expect![[r#"{"payment_declined":{"reason":"no"}}"#]]
        .assert_eq(&words(&Event::PaymentDeclined { reason: "no".into() }));
    expect![[r#"{"placed":{"buyer":"00000000-0000-0000-0000-000000000002","cart":"00000000-0000-0000-0000-000000000003","email":"lucia@example.org","address":{"name":"Lucía Romero","line1":"Calle Betis 12","postcode":"41010","city":"Sevilla","region":"ES-SE","country":"ES"},"currency":"EUR","payment":"00000000-0000-0000-0000-000000000004","reserved_until":"2026-09-21T14:14:20Z","parts":[{"id":"00000000-0000-0000-0000-00000000000b","tenant":"00000000-0000-0000-0000-000000000015","lines":[{"id":"00000000-0000-0000-0000-00000000001f","sku":"00000000-0000-0000-0000-000000000029","product":"00000000-0000-0000-0000-000000000033","title":"Bowl","code":"B-1","quantity":2,"unit_price":500}],"delivery":{"code":"standard","name":"Standard delivery","price":400},"commission":25},{"id":"00000000-0000-0000-0000-00000000000c","tenant":"00000000-0000-0000-0000-000000000016","lines":[{"id":"00000000-0000-0000-0000-000000000020","sku":"00000000-0000-0000-0000-00000000002a","product":"00000000-0000-0000-0000-000000000034","title":"Bowl","code":"B-2","quantity":1,"unit_price":250}],"delivery":{"code":"standard","name":"Standard delivery","price":0},"commission":25}]}}"#]].assert_eq(&words(&Event::Placed(Box::new(placed()))));
}

/// Everything that can be asked, of this order and of what it does not have.
fn commands() -> impl Strategy<Value = Vec<(Command, i64)>> {
    let part = || (1u128..4).prop_map(|n| SubOrderId(Uuid::from_u128(10 + n)));
    let units = || (1u128..4, 0u32..4).prop_map(|(n, quantity)| parts::units(n, quantity));
    let reason = prop_oneof![
        Just(CancelReason::Buyer),
        Just(CancelReason::Seller),
        Just(CancelReason::Operator),
        Just(CancelReason::Expired)
    ];
    let note = || "broken".to_owned();
    let command = prop_oneof![
        Just(Command::Confirm),
        part().prop_map(|part| Command::Pack { part }),
        (part(), 1u128..5, units()).prop_map(|(part, parcel, units)| Command::Ship {
            part,
            parcel: parts::parcel(parcel, &[units]),
        }),
        (part(), 1u128..5).prop_map(|(part, n)| Command::Deliver {
            part,
            parcel: ParcelId(Uuid::from_u128(60 + n)),
        }),
        (part(), reason.clone()).prop_map(move |(part, reason)| Command::CancelPart {
            part,
            reason,
            note: note(),
        }),
        (part(), units(), reason).prop_map(move |(part, units, reason)| Command::CancelUnits {
            part,
            units: vec![units],
            reason,
            note: note(),
            key: String::new(),
        }),
        (1u128..6, part(), 0i64..1500, 0i64..500, 0i64..1100).prop_map(|(n, part, free, delivery, line)| {
            Command::Refund(refunds::any(n, part, free, delivery, line))
        }),
        Just(decline()),
        Just(cancel(CancelReason::Buyer)),
        Just(cancel(CancelReason::Seller)),
        Just(cancel(CancelReason::Expired)),
        (0i64..300).prop_map(|s| Command::Reopen { until: at(s) }),
        Just(elsewhere()),
        returns::any(),
    ];
    let begun = prop_oneof![Just(Vec::new()), Just(delivered())];
    (begun, prop::collection::vec((command, 0i64..120), 0..12))
        .prop_map(|(begun, then)| [begun, then].concat())
}

/// What it takes until the first sub-order is delivered.
fn delivered() -> Vec<(Command, i64)> {
    let steps = returns::delivered();
    std::iter::once(Command::Confirm).chain(steps).zip(1..).collect()
}

proptest! {
    /// Whatever is asked in whatever order: versions have no gaps, an end is an end, asking again changes nothing, and
    /// no more is sent, cancelled or given back than was bought.
    #[test]
    fn histories_are_lawful(commands in commands()) {
        let mut history = vec![(1, at(0), Event::Placed(Box::new(placed())))];
        for (command, seconds) in commands {
            let order = replay(ORDER, history.clone()).expect("an order");
            let Ok(events) = decide(Some(&order), &command, at(seconds)) else { continue };
            let reopened = order.has_expired() && matches!(command, Command::Reopen { .. });
            let refund = matches!(command, Command::Refund(_));
            prop_assert!(order.status != OrderStatus::Cancelled || reopened || refund || events.is_empty());
            for event in events {
                history.push((history.len() as i64 + 1, at(seconds), event));
            }
            let after = replay(ORDER, history.clone()).expect("an order");
            prop_assert_eq!(after.version, history.len() as i64);
            let repeatable = !matches!(
                command,
                Command::DeclinePayment { .. } | Command::Reopen { .. } | Command::CancelUnits { .. }
            );
            if repeatable {
                prop_assert_eq!(decide(Some(&after), &command, at(seconds)), Ok(vec![]));
            }
            parts::adds_up(&after)?;
            parts::others_are_untouched(&order, &after, &command)?;
        }
    }
}
