//! Money given back: never more than was paid, for the line, the delivery, the sub-order.

use super::parts::{FIRST, SECOND, after};
use super::*;
use contracts::orders::SubOrderStatus;
use contracts::promotions::Funder;
use kernel::{PromotionId, RefundId};

/// For lines and delivery where they are above zero, otherwise `free` as such. The first seller's line costs 10.00 for two
/// units and their delivery 4.00.
pub fn any(n: u128, part: SubOrderId, free: i64, delivery: i64, line: i64) -> Refund {
    let lines: Vec<RefundLine> = (line > 0)
        .then(|| RefundLine {
            line: LineId(Uuid::from_u128(part.0.as_u128() + 20)),
            quantity: 0,
            amount: line,
        })
        .into_iter()
        .collect();
    let named = delivery + line;
    Refund {
        id: RefundId(Uuid::from_u128(70 + n)),
        part,
        lines,
        delivery,
        amount: if named > 0 { named } else { free },
        reason: "arrived chipped".into(),
        of_return: None,
        released: false,
        deduction: None,
    }
}

fn give(n: u128, part: SubOrderId, free: i64, delivery: i64, line: i64) -> Command {
    Command::Refund(any(n, part, free, delivery, line))
}

#[track_caller]
#[allow(
    clippy::needless_pass_by_value,
    reason = "an expectation is written where it is used"
)]
fn refused(given: &[Command], when: &Command, then: Expect) {
    let refusal = decide(Some(&after(given)), when, at(100)).expect_err("refused");
    then.assert_eq(&refusal.to_string());
}

#[test]
fn refunds_count_down_what_is_left_of_their_sub_order() {
    let order = after(&[give(1, FIRST, 0, 400, 500), give(2, FIRST, 100, 0, 0)]);
    assert_eq!((order.refundable(FIRST), order.refundable(SECOND)), (400, 250));
    assert_eq!(order.refunded(), 1000);
    let view = order.view();
    assert_eq!(view.refunded.amount, 1000);
    let amounts: Vec<_> = view.sub_orders[0]
        .refunds
        .iter()
        .map(|r| r.amount.amount)
        .collect();
    assert_eq!(amounts, [900, 100]);
}

#[test]
fn no_more_is_given_back_than_was_paid() {
    refused(
        &[give(1, FIRST, 0, 0, 800)],
        &give(2, FIRST, 0, 0, 201),
        expect!["201 is more than can be given back for the line: 200. Amounts are in minor units."],
    );
    refused(
        &[give(1, FIRST, 0, 300, 0)],
        &give(2, FIRST, 0, 101, 0),
        expect!["101 is more than can be given back for the delivery: 100. Amounts are in minor units."],
    );
    refused(
        &[give(1, FIRST, 1000, 0, 0)],
        &give(2, FIRST, 0, 0, 401),
        expect!["401 is more than can be given back for the sub-order: 400. Amounts are in minor units."],
    );
    refused(
        &[],
        &give(1, FIRST, i64::MAX, 0, 0),
        expect![
            "9223372036854775807 is more than can be given back for the sub-order: 1400. Amounts are in minor units."
        ],
    );
}

#[test]
fn a_refund_adds_up() {
    let spoilt = |spoil: fn(&mut Refund)| {
        let mut refund = any(1, FIRST, 0, 100, 500);
        spoil(&mut refund);
        match decide(Some(&after(&[])), &Command::Refund(refund), at(100)) {
            Err(Refusal::BadRefund(why)) => why,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        spoilt(|r| r.amount = 599),
        "its lines and delivery do not sum to its amount"
    );
    assert_eq!(spoilt(|r| r.amount = 0), "its amount is not above zero");
    assert_eq!(spoilt(|r| r.delivery = -1), "its amount is not above zero");
    assert_eq!(
        spoilt(|r| r.lines[0].amount = -500),
        "the amount of a line is not above zero"
    );
    assert_eq!(
        spoilt(|r| r.lines.push(r.lines[0])),
        "it names a line twice, or one of another sub-order"
    );
    assert_eq!(
        spoilt(|r| r.lines[0].line = LineId(Uuid::from_u128(32))),
        "it names a line twice, or one of another sub-order"
    );
    assert_eq!(
        spoilt(|r| r.lines[0].quantity = 3),
        "it names more units than were bought and not refunded yet"
    );
}

#[test]
fn a_refund_happens_once_and_only_after_payment() {
    let given = give(1, FIRST, 100, 0, 0);
    assert_eq!(
        decide(Some(&after(std::slice::from_ref(&given))), &given, at(100)),
        Ok(vec![])
    );
    refused(
        std::slice::from_ref(&given),
        &give(1, SECOND, 100, 0, 0),
        expect!["This id belongs to another refund already."],
    );
    let unpaid = order(OrderStatus::Placed);
    assert_eq!(unpaid.refundable(FIRST), 0);
    assert_eq!(
        decide(Some(&unpaid), &given, at(1))
            .expect_err("refused")
            .to_string(),
        "A sub-order that is placed cannot be refunded; it can be confirmed."
    );
}

#[test]
fn a_delivered_sub_order_whose_money_is_back_is_closed() {
    let parcel = parts::parcel(1, &[parts::units(1, 2)]);
    let delivered = [
        Command::Pack { part: FIRST },
        Command::Ship {
            part: FIRST,
            parcel: parcel.clone(),
        },
        Command::Deliver {
            part: FIRST,
            parcel: parcel.id,
        },
    ];
    let with = |refund| after(&[&delivered[..], &[refund]].concat());
    let status = |order: &Order| order.sub_order(FIRST).expect("part").status();
    assert_eq!(
        status(&with(give(1, FIRST, 1399, 0, 0))),
        SubOrderStatus::Delivered
    );
    assert_eq!(
        status(&with(give(1, FIRST, 1400, 0, 0))),
        SubOrderStatus::Refunded
    );
    // Money given back on the way: it is closed when it arrives, and its delivery has a time.
    let early = after(
        &[
            &delivered[..2],
            &[give(1, FIRST, 1400, 0, 0), delivered[2].clone()],
        ]
        .concat(),
    );
    assert_eq!(status(&early), SubOrderStatus::Refunded);
    assert_eq!(early.progress[0].delivered_at, Some(at(13)));
}

#[test]
fn a_cancelled_order_gives_its_money_back() {
    let cancelled = after(&[cancel(CancelReason::Buyer), give(1, FIRST, 1400, 0, 0)]);
    assert_eq!(
        (cancelled.refundable(FIRST), cancelled.refundable(SECOND)),
        (0, 250)
    );
}

/// The first seller's part after refunds of amounts as such.
fn after_amounts(part: &Part, amounts: &[i64]) -> Undone {
    let given: Vec<Given> = (0..)
        .zip(amounts)
        .map(|(n, &amount)| Given {
            refund: any(n, FIRST, amount, 0, 0),
            at: at(100),
            undone: Undone::default(),
        })
        .collect();
    part.undone_by(&given, |_| 0)
}

#[test]
fn commission_goes_back_with_the_money() {
    let part = &placed().parts[0];
    // 0.25 of 14.00: 5.00 carry 0.0893, rounded to 0.09, and the rest carries the rest.
    assert_eq!(after_amounts(part, &[500]).commission, 9);
    assert_eq!(after_amounts(part, &[500, 900]).commission, 25);
}

#[test]
fn with_a_line_goes_its_own_commission_whatever_was_taken_off_its_price() {
    let mut placed = discounted(990, 0, 0);
    let part = &mut placed.parts[0];
    let mut other = part.lines[0].clone();
    other.id = LineId(Uuid::from_u128(99));
    other.discounts.clear();
    part.lines.push(other);
    for line in &mut part.lines {
        (line.commission, line.commission_tax) = (300, 63);
    }
    (part.commission, part.commission_tax) = (600, 126);
    // 0.10 of 10.00 was paid for the first line, 10.00 for the second, 4.00 for the delivery.
    let order = paid_order(placed);
    let undone = |n, line| {
        let events = decide(Some(&order), &give(n, FIRST, 0, 0, line), at(100)).expect("it was paid");
        let order = events
            .into_iter()
            .fold(order.clone(), |order, event| order.then(at(100), event));
        let sub_order = order.sub_order(FIRST).expect("known");
        assert_eq!(
            sub_order.view().commission_refunded,
            None,
            "the buyer has no business with it"
        );
        sub_order.undone()
    };
    let whole = Undone {
        commission: 300,
        tax: 63,
        funded: 990,
    };
    assert_eq!(undone(1, 10), whole);
    let half = Undone {
        commission: 150,
        tax: 32,
        funded: 495,
    };
    assert_eq!(undone(1, 5), half);
    // Delivery carries none.
    let given = Given {
        refund: any(1, FIRST, 0, 400, 0),
        at: at(100),
        undone: Undone::default(),
    };
    let delivery = order.placed.parts[0].undone_by(&[given], |_| 0);
    assert_eq!(delivery, Undone::default());
}

#[test]
fn of_a_line_that_cost_nothing_units_that_are_back_undo_their_share() {
    let mut placed = discounted(1000, 0, 0);
    let line = &mut placed.parts[0].lines[0];
    (line.commission, line.commission_tax) = (100, 21);
    (placed.parts[0].commission, placed.parts[0].commission_tax) = (100, 21);
    let part = &placed.parts[0];
    let undone = |given: &[Given], back| {
        let Undone {
            commission,
            tax,
            funded,
        } = part.undone_by(given, |_| back);
        [commission, tax, funded]
    };
    // 4.00 of delivery are all that is paid.
    let given = |amount| Given {
        refund: any(1, FIRST, 0, amount, 0),
        at: at(100),
        undone: Undone::default(),
    };
    assert_eq!(
        [undone(&[], 0), undone(&[], 1), undone(&[], 2)],
        [[0; 3], [50, 11, 500], [100, 21, 1000]]
    );
    assert_eq!(undone(&[given(200)], 1), [50, 11, 500]);
    assert_eq!(
        undone(&[given(400)], 0),
        [100, 21, 1000],
        "with the last of what was paid"
    );
}

proptest! {
    /// In however many pieces it goes back, the commission goes back with it, to the last unit.
    #[test]
    fn all_pieces_return_the_whole_commission(
        unit_price in 0i64..10_000_000,
        delivery in 0i64..100_000,
        share in 0u64..=10_000,
        tax in 0u64..=10_000,
        cuts in prop::collection::vec(0i64..1000, 0..12),
    ) {
        let mut part = placed().parts.swap_remove(0);
        part.lines[0].unit_price = unit_price;
        part.delivery.price = delivery;
        let total = part.total();
        let of = |amount: i64, share: u64| {
            i64::try_from(i128::from(amount) * i128::from(share) / 10_000).expect("below the amount")
        };
        part.commission = of(total, share);
        part.commission_tax = of(total - part.commission, tax);
        let mut stops: Vec<i64> = cuts.iter().map(|cut| total * cut / 1000).collect();
        stops.extend([0, total]);
        stops.sort_unstable();
        let amounts: Vec<i64> = stops.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mut before = Undone::default();
        for (n, amount) in amounts.iter().enumerate() {
            let undone = after_amounts(&part, &amounts[..=n]);
            let Undone { commission, tax, funded } = undone.since(before);
            prop_assert!(commission >= 0 && tax >= 0 && funded == 0, "{commission} and {tax} of {amount}");
            prop_assert!(commission + tax <= *amount, "{commission} and {tax} of {amount}");
            before = undone;
        }
        let whole = if total > 0 { (part.commission, part.commission_tax) } else { (0, 0) };
        prop_assert_eq!((before.commission, before.tax), whole);
    }
}

/// The first seller's line with a discount that the marketplace pays for, and one of the seller's own.
fn discounted(funded: i64, own: i64, delivery_funded: i64) -> Placed {
    let mut placed = placed();
    let off = |amount, funder| Discount {
        promotion: PromotionId(Uuid::from_u128(90)),
        name: "Spring sale".into(),
        funder,
        amount,
    };
    let part = &mut placed.parts[0];
    let given = [(funded, Funder::Marketplace), (own, Funder::Seller)];
    part.lines[0].discounts = given
        .into_iter()
        .filter(|(amount, _)| *amount > 0)
        .map(|(amount, funder)| off(amount, funder))
        .collect();
    if delivery_funded > 0 {
        part.delivery.price -= delivery_funded;
        part.delivery.discounts = vec![off(delivery_funded, Funder::Marketplace)];
    }
    placed
}

fn paid_order(placed: Placed) -> Order {
    let history = [
        (1, at(0), Event::Placed(Box::new(placed))),
        (2, at(1), Event::Confirmed),
    ];
    replay(ORDER, history).expect("an order")
}

#[test]
fn units_are_worth_what_was_paid_for_them_to_the_last_cent() {
    let placed = discounted(100, 1, 0);
    let line = &placed.parts[0].lines[0];
    assert_eq!((line.list_total(), line.total()), (1_000, 899));
    assert_eq!(
        [line.paid_for(1, 0), line.paid_for(1, 1), line.paid_for(2, 0)],
        [450, 449, 899]
    );
    assert_eq!(
        line.paid_for(3, 0),
        899 + 500,
        "more than were bought are more than was paid"
    );
    assert_eq!((placed.total(), placed.discount()), (1_650 - 101, 101));
}

#[test]
fn no_line_is_discounted_below_nothing() {
    let place = |placed| decide(None, &Command::Place(Box::new(placed)), at(0)).map(drop);
    assert_eq!(place(discounted(900, 100, 400)), Ok(()));
    assert_eq!(
        place(discounted(900, 101, 0)),
        Err(Refusal::Malformed("a line is discounted below nothing"))
    );
}

proptest! {
    /// In whatever pieces a part of two lines is given back: what is undone of its sale only grows, never leaves the shop
    /// with less than nothing, and is all of it when nothing is left of the part.
    #[test]
    fn what_a_sale_posted_is_undone_with_what_it_was_for(
        funded in 0i64..=1_000,
        own in 0i64..1_000,
        delivery_funded in 0i64..400,
        rates in (0i64..=100, 0i64..=100, 0i64..=50),
        pieces in prop::collection::vec((0i64..400, 0i64..400, 0i64..800, prop::bool::ANY), 0..8),
    ) {
        let own = own.min(1_000 - funded);
        let mut placed = discounted(funded, own, delivery_funded);
        let part = &mut placed.parts[0];
        let mut second = part.lines[0].clone();
        second.id = LineId(Uuid::from_u128(99));
        second.unit_price = 170;
        second.discounts.clear();
        part.lines.push(second);
        for (line, rate) in part.lines.iter_mut().zip([rates.0, rates.1]) {
            let sold = line.list_total() - line.discounts.iter().filter(|d| d.funder == Funder::Seller).map(|d| d.amount).sum::<i64>();
            line.commission = sold * rate / 100;
            line.commission_tax = (sold - line.commission).min(line.commission * rates.2 / 100);
        }
        part.commission = part.lines.iter().map(|line| line.commission).sum();
        part.commission_tax = part.lines.iter().map(|line| line.commission_tax).sum();
        let sold = part.sold();
        let mut order = paid_order(placed);
        let mut before = Undone::default();
        let left = [(i64::MAX, 0, 0, false)];
        for (n, (free, delivery, amount, is_second)) in (0..).zip(pieces.into_iter().chain(left)) {
            let mut refund = any(n, FIRST, free.min(order.refundable(FIRST)), delivery, amount);
            if is_second && let Some(line) = refund.lines.first_mut() {
                line.line = LineId(Uuid::from_u128(99));
            }
            for event in decide(Some(&order), &Command::Refund(refund), at(100)).unwrap_or_default() {
                order = order.then(at(100), event);
            }
            let sub_order = order.sub_order(FIRST).expect("known");
            let undone = sub_order.undone();
            let Undone { commission, tax, funded } = undone.since(before);
            prop_assert!(commission >= 0 && tax >= 0 && funded >= 0, "{:?} after {:?}", undone, before);
            let still = sold.since(undone);
            prop_assert!(still.kept() <= sub_order.refundable() + still.funded, "{:?} of {:?}", undone, sold);
            before = undone;
        }
        prop_assert_eq!(order.refundable(FIRST), 0);
        prop_assert_eq!(before, sold);
    }
}
