//! Goods that are sent again for those that came back.

use super::parts::{FIRST, deliver, parcel, status, units};
use super::returns::{ask, authorise, close, id, receive, refused, stands, take, then};
use super::*;
use contracts::orders::{ReturnStatus, SubOrderStatus};

#[test]
fn the_same_goods_are_sent_again_and_close_the_return() {
    let again = |n, quantity| {
        let parcel = Parcel {
            exchange: Some(id(1)),
            ..parcel(n, &[units(1, quantity)])
        };
        Command::Ship { part: FIRST, parcel }
    };
    let came = [
        ask(1, 2),
        authorise(1),
        receive(1, 1, 0),
        take(1, ReturnStep::Exchanged),
    ];
    refused(
        &came[..3],
        &again(5, 1),
        expect!["A return that is received cannot be sent again; it can be refunded or exchanged or closed."],
    );
    refused(
        &came,
        &again(5, 2),
        expect!["2 units of line 00000000-0000-0000-0000-00000000001f are too many: 1 are left to be sent."],
    );
    let sent = [&came[..], &[again(5, 1)]].concat();
    let order = then(&sent);
    assert_eq!(stands(&order, 1), ReturnStatus::Exchanged);
    let sub_order = order.sub_order(FIRST).expect("a part of it");
    assert_eq!(
        (sub_order.shipped(units(1, 0).line), sub_order.status()),
        (2, SubOrderStatus::ReturnRequested)
    );
    refused(
        &sent,
        &again(6, 1),
        expect!["1 units of line 00000000-0000-0000-0000-00000000001f are too many: 0 are left to be sent."],
    );
    let order = then(&[&sent[..], &[deliver(FIRST, 5)]].concat());
    assert_eq!(
        (stands(&order, 1), status(&order, FIRST)),
        (ReturnStatus::Closed, SubOrderStatus::Delivered)
    );
    let told: Vec<_> = order.view().sub_orders[0].returns[0]
        .timeline
        .iter()
        .map(|m| m.name.clone())
        .collect();
    assert_eq!(
        told,
        [
            "requested",
            "authorised",
            "received",
            "exchanged",
            "shipped",
            "delivered"
        ]
    );
    // The buyer has two again.
    let left = order.sub_order(FIRST).expect("a part of it").returnable_units();
    assert_eq!(left, [units(1, 2)]);
}

#[test]
fn what_was_to_be_sent_again_and_was_not_is_back_on_the_shelf_and_not_with_the_buyer() {
    let again = Command::Ship {
        part: FIRST,
        parcel: Parcel {
            exchange: Some(id(1)),
            ..parcel(5, &[units(1, 1)])
        },
    };
    let exchanged = [
        ask(1, 2),
        authorise(1),
        receive(1, 1, 1),
        take(1, ReturnStep::Exchanged),
    ];
    let put_back = |commands: &[Command]| {
        let order = then(commands);
        let seen = order.view().sub_orders.swap_remove(0);
        let left = order.sub_order(FIRST).expect("a part of it").returnable_units();
        (seen.returns[0].lines[0].put_back, left)
    };
    assert_eq!(put_back(&exchanged), (0, vec![]));
    let closed = [&exchanged[..], &[close(1)]].concat();
    assert_eq!(put_back(&closed), (2, vec![]));
    // One of the two is with the buyer.
    let one_sent = [&exchanged[..], &[again.clone(), close(1)]].concat();
    assert_eq!(put_back(&one_sent), (1, vec![units(1, 1)]));
    refused(
        &closed,
        &again,
        expect!["A return that is closed cannot be sent again; it can be nothing else any more."],
    );
}
