//! What is downloaded: had with the payment, until its days are over or its money went back.

use super::parts::{FIRST, SECOND, deliver, pack, ship, units};
use super::*;
use contracts::digital::{DigitalFile, DownloadState, SoldDigital};
use contracts::orders::{Fulfilment, ReturnReason, ReturnWish, SubOrderStatus};
use kernel::{FileId, RefundId, ReturnId};

const FILE: FileId = FileId(Uuid::from_u128(70));
const DAY: i64 = 24 * 60 * 60;

fn digital() -> Option<Box<SoldDigital>> {
    Some(Box::new(SoldDigital {
        files: vec![DigitalFile {
            id: FILE,
            name: "Pattern.pdf".into(),
            bytes: 12,
        }],
        downloads_max: 5,
        days: 30,
        consented_at: at(0),
    }))
}

/// The first seller's line is downloaded; with `mixed` they send something as well.
fn bought(mixed: bool) -> Order {
    let mut placed = placed();
    let part = &mut placed.parts[0];
    if mixed {
        let mut bowl = part.lines[0].clone();
        bowl.id = LineId(Uuid::from_u128(39));
        part.lines.push(bowl);
    }
    part.lines[0].digital = digital();
    replay(ORDER, [(1, at(0), Event::Placed(Box::new(placed)))]).expect("an order")
}

#[track_caller]
fn then(mut order: Order, seconds: i64, command: &Command) -> Order {
    for event in decide(Some(&order), command, at(seconds)).expect("happens") {
        order = order.then(at(seconds), event);
    }
    order
}

fn paid(mixed: bool) -> Order {
    then(bought(mixed), 1, &Command::Confirm)
}

fn state(order: &Order, seconds: i64) -> DownloadState {
    let part = order.sub_order(FIRST).expect("there");
    let line = part.part.lines[0].id;
    part.download(line, FILE, at(seconds)).expect("a file").0.state
}

#[test]
fn it_is_delivered_with_its_payment() {
    let order = paid(false);
    let part = order.sub_order(FIRST).expect("there");
    assert_eq!(part.status(), SubOrderStatus::Delivered);
    assert_eq!(part.progress.delivered_at, Some(at(1)));
    assert_eq!(part.left_to_ship(), []);
    assert_eq!(part.return_until(), None, "nothing can be sent back");
    let names: Vec<String> = part.view().timeline.into_iter().map(|m| m.name).collect();
    assert_eq!(names, ["placed", "confirmed", "provided"]);
    assert_eq!(
        order.sub_order(SECOND).expect("there").status(),
        SubOrderStatus::Confirmed
    );
    assert_eq!(order.fulfilment(), Fulfilment::PartlyShipped);
    // What is sent beside it may still go elsewhere.
    assert!(decide(Some(&order), &elsewhere(), at(2)).is_ok());
}

#[test]
fn what_is_sent_beside_it_takes_its_usual_way() {
    let order = paid(true);
    assert_eq!(
        order.sub_order(FIRST).expect("there").status(),
        SubOrderStatus::Confirmed
    );
    let bowls = Units {
        line: LineId(Uuid::from_u128(39)),
        quantity: 2,
    };
    let order = then(order, 2, &pack(FIRST));
    let both = ship(FIRST, 1, &[bowls, units(1, 1)]);
    assert!(decide(Some(&order), &both, at(3)).is_err(), "it is not sent");
    let order = then(then(order, 3, &ship(FIRST, 1, &[bowls])), 4, &deliver(FIRST, 1));
    assert_eq!(
        order.sub_order(FIRST).expect("there").status(),
        SubOrderStatus::Delivered
    );
}

#[test]
fn its_buyer_cancels_what_is_sent_and_keeps_what_was_downloaded() {
    let order = paid(true);
    for whole in [
        Command::CancelPart {
            part: FIRST,
            reason: CancelReason::Buyer,
            note: String::new(),
        },
        cancel(CancelReason::Buyer),
    ] {
        assert_eq!(decide(Some(&order), &whole, at(2)), Err(Refusal::Provided));
    }
    let bowls = Command::CancelUnits {
        part: FIRST,
        units: vec![Units {
            line: LineId(Uuid::from_u128(39)),
            quantity: 2,
        }],
        reason: CancelReason::Buyer,
        note: String::new(),
        key: String::new(),
    };
    let order = then(order, 2, &bowls);
    let part = order.sub_order(FIRST).expect("there");
    assert_eq!(
        part.status(),
        SubOrderStatus::Delivered,
        "the rest of it was had before"
    );
    assert_eq!(part.progress.delivered_at, Some(at(2)));
    assert_eq!(state(&order, 3), DownloadState::Ready);
}

#[test]
fn it_is_had_while_its_days_last_and_its_money_stays() {
    assert_eq!(state(&bought(false), 1), DownloadState::Unpaid);
    let order = paid(false);
    assert_eq!(state(&order, 1 + 30 * DAY), DownloadState::Ready);
    assert_eq!(state(&order, 2 + 30 * DAY), DownloadState::Expired);
    let refund = |amount, lines: &[(u32, i64)], id| {
        let line = |&(quantity, amount): &(u32, i64)| RefundLine {
            line: LineId(Uuid::from_u128(31)),
            quantity,
            amount,
        };
        Command::Refund(Refund {
            id: RefundId(Uuid::from_u128(id)),
            part: FIRST,
            lines: lines.iter().map(line).collect(),
            delivery: 0,
            amount,
            reason: "broken".into(),
            of_return: None,
            released: false,
            deduction: None,
        })
    };
    // A part of the price, and one of two units: the other was paid.
    let some = then(order.clone(), 2, &refund(100, &[], 90));
    assert_eq!(state(&some, 3), DownloadState::Ready);
    let one = then(order.clone(), 2, &refund(500, &[(1, 500)], 91));
    assert_eq!(state(&one, 3), DownloadState::Ready);
    let both = then(one, 3, &refund(500, &[(1, 500)], 92));
    assert_eq!(state(&both, 4), DownloadState::Ended);
    // All that was paid for the part, as an amount.
    let all = then(order, 2, &refund(1_400, &[], 93));
    assert_eq!(state(&all, 3), DownloadState::Ended);
}

#[test]
fn it_cannot_be_sent_back_and_ends_with_its_part() {
    let order = paid(true);
    let back = Command::Return {
        part: FIRST,
        id: ReturnId(Uuid::from_u128(80)),
        step: ReturnStep::Requested(ReturnRequest {
            lines: vec![units(1, 1)],
            reason: ReturnReason::Defective,
            note: String::new(),
            wish: ReturnWish::default(),
        }),
    };
    let only = paid(false);
    assert!(decide(Some(&only), &back, at(2)).is_err());
    let bowls = Units {
        line: LineId(Uuid::from_u128(39)),
        quantity: 2,
    };
    let sent = [pack(FIRST), ship(FIRST, 1, &[bowls]), deliver(FIRST, 1)];
    let arrived = sent
        .iter()
        .fold(order.clone(), |order, step| then(order, 2, step));
    let refused = decide(Some(&arrived), &back, at(3)).expect_err("it was downloaded");
    assert!(matches!(refused, Refusal::NotSent { .. }), "{refused}");
    let ended = then(
        order,
        2,
        &Command::CancelPart {
            part: FIRST,
            reason: CancelReason::Seller,
            note: "cannot be made".into(),
        },
    );
    assert_eq!(state(&ended, 3), DownloadState::Ended);
}

#[test]
fn what_its_buyer_has_is_refunded_and_not_cancelled() {
    let order = paid(false);
    let whole = |reason| Command::CancelPart {
        part: FIRST,
        reason,
        note: "made a mistake".into(),
    };
    let some = |reason| Command::CancelUnits {
        part: FIRST,
        units: vec![units(1, 1)],
        reason,
        note: "made a mistake".into(),
        key: String::new(),
    };
    for reason in [CancelReason::Seller, CancelReason::Operator] {
        for command in [whole(reason), some(reason)] {
            assert_eq!(decide(Some(&order), &command, at(2)), Err(Refusal::RefundInstead));
        }
    }
    assert_eq!(
        decide(Some(&order), &cancel(CancelReason::Operator), at(2)),
        Err(Refusal::RefundInstead)
    );
    for command in [whole(CancelReason::Buyer), some(CancelReason::Buyer)] {
        assert_eq!(decide(Some(&order), &command, at(2)), Err(Refusal::Provided));
    }
    // What is sent of a mixed part was not had: its shop can still cancel all of it.
    assert!(decide(Some(&paid(true)), &whole(CancelReason::Seller), at(2)).is_ok());
}
