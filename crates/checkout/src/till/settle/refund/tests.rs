//! Refunds as the till decides on them, without a database: single decisions, and whole lives of orders.

mod lives;

use super::*;
use crate::till::settle::batch::entry;
use crate::till::settle::{Ask, Saga, decide as decide_any};
use contracts::Address;
use contracts::checkout::RefundUnits;
use contracts::orders::CancelReason;
use contracts::taxes::TaxOwner;
use inventory::till::Settlement;
use kernel::{CartId, Currency, LineId, Money, PaymentId, ProductId, SkuId, TenantId, UserId};
use orders::domain::{Delivery, Line, Part, Placed, replay};
use uuid::Uuid;

pub(in crate::till::settle) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_790_000_000 + seconds, 0).expect("in range")
}

pub(in crate::till::settle) fn ctx(seconds: i64) -> Ctx {
    Ctx::system("test", at(seconds))
}

pub(in crate::till::settle) fn part_id(n: usize) -> SubOrderId {
    SubOrderId(Uuid::from_u128(100 + n as u128))
}

pub(in crate::till::settle) fn tenant(n: usize) -> TenantId {
    TenantId(Uuid::from_u128(200 + n as u128))
}

pub(in crate::till::settle) fn line_id(part: usize, line: usize) -> LineId {
    LineId(Uuid::from_u128(1_000 + 100 * part as u128 + line as u128))
}

/// A part in numbers: lines of (units, price), delivery, commission and the tax on it.
#[derive(Clone, Debug)]
struct Numbers {
    lines: Vec<(u32, i64)>,
    delivery: i64,
    commission: i64,
    tax: i64,
}

impl Numbers {
    fn of(&self, n: usize) -> Part {
        let lines = self.lines.iter().enumerate();
        Part {
            id: part_id(n),
            tenant: tenant(n),
            lines: lines
                .map(|(i, &(quantity, unit_price))| Line {
                    id: line_id(n, i),
                    sku: SkuId(Uuid::from_u128(7)),
                    product: ProductId(Uuid::from_u128(8)),
                    title: "Bowl".into(),
                    options: String::new(),
                    code: "B".into(),
                    quantity,
                    unit_price,
                    commission: 0,
                    commission_tax: 0,
                    rule: None,
                    discounts: Vec::new(),
                    tax: None,
                    made: None,
                    digital: None,
                })
                .collect(),
            delivery: Delivery {
                code: "standard".into(),
                name: "Standard".into(),
                price: self.delivery,
                discounts: Vec::new(),
                tax: None,
            },
            commission: self.commission,
            commission_tax: self.tax,
            return_days: 14,
            tax_owed_by: TaxOwner::Seller,
        }
    }
}

fn placed(parts: &[Numbers]) -> Order {
    let placed = Event::Placed(Box::new(Placed {
        tenders: Vec::new(),
        language: contracts::Language::En,
        buyer: Some(UserId(Uuid::from_u128(1))),
        guest: None,
        cart: CartId(Uuid::from_u128(2)),
        email: "lucia@example.org".into(),
        address: Address {
            name: "Lucía Romero".into(),
            line1: "Calle Betis 12".into(),
            line2: None,
            postcode: "41010".into(),
            city: "Sevilla".into(),
            region: None,
            country: "ES".into(),
            phone: None,
        },
        currency: Currency::EUR,
        payment: PaymentId(Uuid::from_u128(3)),
        reserved_until: at(60),
        parts: parts.iter().enumerate().map(|(n, part)| part.of(n)).collect(),
    }));
    replay(OrderId::new(at(0)), [(1, at(0), placed)]).expect("an order")
}

/// Two shops: three bowls at 10.00 with 5.00 for delivery, and one vase at 20.00 delivered free. A tenth of the goods is
/// the marketplace's.
pub(in crate::till::settle) fn paid() -> Case {
    let parts = [
        Numbers {
            lines: vec![(3, 1_000)],
            delivery: 500,
            commission: 300,
            tax: 0,
        },
        Numbers {
            lines: vec![(1, 2_000)],
            delivery: 0,
            commission: 200,
            tax: 0,
        },
    ];
    let order = placed(&parts).then(at(1), Event::Confirmed);
    case(order)
}

fn case(order: Order) -> Case {
    let saga = Saga {
        version: 3,
        attempt: 1,
        step: saga::Step::Ended {
            end: saga::End::Confirmed,
        },
        ..Saga::begun("tok_visa".into(), "/return".into())
    };
    Case {
        order,
        saga: Some(saga),
        refunds: Vec::new(),
        capturing: None,
    }
}

fn units(part: usize, quantity: u32) -> RefundWish {
    RefundWish::Lines {
        lines: vec![RefundUnits {
            line: line_id(part, 0),
            quantity,
        }],
        delivery: false,
    }
}

fn amount(amount: i64) -> RefundWish {
    RefundWish::Amount(Money::new(amount, Currency::EUR))
}

fn wanted(part: usize, wish: RefundWish, key: &str) -> Ask {
    let hash = format!("{part} {wish:?}").into_bytes();
    Ask::Refund(Box::new(RefundRequest {
        to: RefundTo::Origin,
        id: RefundId::new(at(2)),
        part: part_id(part),
        wish,
        reason: "cracked".into(),
        key: RefundKey {
            key: key.into(),
            request_hash: hash,
        },
    }))
}

/// Asks, and makes the case what the till would make of it.
fn ask(case: &mut Case, ask: &Ask) -> Result<Decision, Error> {
    let decision = decide_any(case, ask, &ctx(2))?;
    for event in &decision.order {
        case.order = case.order.clone().then(at(2), event.clone());
    }
    if let Some(refund) = decision.refund.as_ref().and_then(RefundMove::changed) {
        case.refunds.retain(|known| known.id != refund.id);
        case.refunds.push(refund.clone());
    }
    Ok(decision)
}

/// The provider answers: the refund's last attempt ends.
fn end(case: &mut Case, id: RefundId, end: End) -> Decision {
    let known = case.refunds.iter().find(|refund| refund.id == id);
    let close = RefundAsk::Close(Box::new(known.expect("was begun").clone()), end);
    let close = Ask::OfRefund {
        refund: id,
        ask: close,
    };
    ask(case, &close).expect("what was promised happens")
}

fn refunded() -> End {
    End::Refunded {
        reference: "re1".into(),
    }
}

fn refused() -> End {
    End::Refused {
        reason: "The account is closed.".into(),
    }
}

fn begun(decision: &Decision) -> Refunding {
    match &decision.refund {
        Some(RefundMove::Leased(refund)) => refund.clone(),
        other => panic!("no refund was begun: {other:?}"),
    }
}

fn in_words(refused: Result<Decision, Error>) -> String {
    refused.expect_err("refused").to_string()
}

#[test]
fn a_refund_of_units_is_what_was_paid_for_them() {
    let mut case = paid();
    let refund = begun(&ask(&mut case, &wanted(0, units(0, 2), "k")).expect("can be had"));
    assert_eq!(refund.amount(), 2_000);
    assert_eq!(refund.charge, charge_key(case.order.placed.payment, 1));
    assert_eq!(case.order.refunded(), 0, "not before the provider said so");
    let decision = end(&mut case, refund.id, refunded());
    assert_eq!(case.order.refunded(), 2_000);
    let share = Share {
        tenant: tenant(0),
        amount: 2_000,
        // Of 300 for 35.00.
        commission: 171,
        tax: 0,
        funded: 0,
        sales_tax: 0,
    };
    assert_eq!(
        decision.books,
        Some(Books::Refund {
            refund: refund.id,
            shares: vec![share],
            tenders: Vec::new(),
        })
    );
}

#[test]
fn a_refund_under_way_counts_as_given_back() {
    let mut case = paid();
    ask(&mut case, &wanted(0, amount(3_000), "k1")).expect("can be had");
    let second = in_words(ask(&mut case, &wanted(0, amount(501), "k2")));
    assert_eq!(
        second,
        "501 is more than can be given back for the sub-order: 500. Amounts are in minor units."
    );
    ask(&mut case, &wanted(0, amount(500), "k2")).expect("this much is left");
}

#[test]
fn the_same_key_is_the_same_refund() {
    let mut case = paid();
    let wish = wanted(0, amount(100), "k");
    let first = begun(&ask(&mut case, &wish).expect("can be had"));
    let again = ask(&mut case, &wish).expect("the same");
    assert_eq!(again.refund, Some(RefundMove::Stands(first)));
    assert_eq!(case.refunds.len(), 1);
    let other = ask(&mut case, &wanted(0, amount(200), "k"));
    assert!(matches!(other, Err(Error::KeyReused)));
}

#[test]
fn what_the_provider_refused_can_be_had_again_if_it_is_still_there() {
    let mut case = paid();
    let first = begun(&ask(&mut case, &wanted(0, amount(3_000), "k1")).expect("can be had"));
    end(&mut case, first.id, refused());
    assert_eq!(case.refunds[0].status(), RefundStatus::Refused);
    let retry = Ask::OfRefund {
        refund: first.id,
        ask: RefundAsk::Retry,
    };
    let again = begun(&ask(&mut case, &retry).expect("it is still there"));
    assert_eq!(
        (again.attempt, again.provider_key()),
        (2, format!("{}-2", first.id))
    );
    // What is said of the attempt before changes nothing any more.
    let late = RefundAsk::Close(Box::new(first.clone()), refunded());
    let late = Ask::OfRefund {
        refund: first.id,
        ask: late,
    };
    assert!(matches!(ask(&mut case, &late), Err(Error::Stale)));
    end(&mut case, first.id, refused());
    ask(&mut case, &wanted(0, amount(1_000), "k2")).expect("nothing is promised");
    assert!(
        in_words(ask(&mut case, &retry)).starts_with("3000 is more than can be given back"),
        "it was given back otherwise"
    );
}

#[test]
fn ended_is_ended_once() {
    let mut case = paid();
    let refund = begun(&ask(&mut case, &wanted(0, amount(100), "k")).expect("can be had"));
    end(&mut case, refund.id, refunded());
    let again = end(&mut case, refund.id, refunded());
    assert!(matches!(again.refund, Some(RefundMove::Stands(_))));
    assert_eq!((again.order, again.payment, again.books), (vec![], None, None));
    assert_eq!(case.order.refunded(), 100);
    assert_eq!(end(&mut case, refund.id, refused()).order, vec![]);
}

#[test]
fn cancelling_a_part_gives_back_what_is_left_of_it() {
    let mut case = paid();
    let goodwill = begun(&ask(&mut case, &wanted(0, amount(700), "k")).expect("can be had"));
    let cancel = Ask::CancelPart {
        part: part_id(0),
        reason: CancelReason::Seller,
        note: "broke".into(),
    };
    let decision = ask(&mut case, &cancel).expect("it is not packed");
    assert_eq!(decision.stock, Some(Settlement::Returned));
    assert_eq!(decision.stock_of, Some(tenant(0)));
    let rest = begun(&decision);
    assert_eq!(rest.amount(), 2_800);
    assert_eq!(rest.parts[0].lines, vec![], "7.00 of it belong to no line");
    end(&mut case, rest.id, refunded());
    end(&mut case, goodwill.id, refunded());
    assert_eq!(case.order.refundable(part_id(0)), 0);
    assert_eq!(case.order.refundable(part_id(1)), 2_000);
    assert!(ask(&mut case, &cancel).expect("once").order.is_empty());
}

#[test]
fn cancelling_the_order_is_one_refund_of_what_is_left_of_every_part() {
    let mut case = paid();
    let first = begun(&ask(&mut case, &wanted(0, units(0, 1), "k")).expect("can be had"));
    end(&mut case, first.id, refunded());
    let cancel = Ask::Cancel {
        reason: CancelReason::Buyer,
    };
    let rest = begun(&ask(&mut case, &cancel).expect("nothing is packed"));
    let amounts: Vec<i64> = rest.parts.iter().map(|part| part.amount).collect();
    assert_eq!(amounts, [2_500, 2_000]);
    assert_eq!(rest.parts[0].lines[0].quantity, 2);
    let decision = end(&mut case, rest.id, refunded());
    assert_eq!(decision.order.len(), 2);
    let Some(Books::Refund { shares, .. }) = decision.books else {
        panic!("nothing was posted");
    };
    let commissions: Vec<i64> = shares.iter().map(|share| share.commission).collect();
    assert_eq!(commissions, [214, 200], "86 of the first were given up before");
    assert_eq!(case.order.refunded(), 5_500);
}

#[test]
fn whoever_takes_over_asks_what_became_of_it_first() {
    let mut case = paid();
    let refund = begun(&ask(&mut case, &wanted(0, amount(100), "k")).expect("can be had"));
    let take = Ask::OfRefund {
        refund: refund.id,
        ask: RefundAsk::Take,
    };
    assert!(
        matches!(
            ask(&mut case, &take).expect("known").refund,
            Some(RefundMove::Stands(_))
        ),
        "somebody is at it"
    );
    let taken = |case: &Case| begun(&decide_any(case, &take, &ctx(4)).expect("known")).step;
    assert_eq!(taken(&case), Step::Inquire, "whoever had it did not come back");
    let waits = RefundAsk::Park(Box::new(refund.clone()));
    let waits = Ask::OfRefund {
        refund: refund.id,
        ask: waits,
    };
    ask(&mut case, &waits).expect("it is the one that is kept");
    assert_eq!(taken(&case), Step::Ask, "the provider had never heard of it");
}

#[test]
fn what_nobody_paid_is_not_given_back() {
    let mut case = case(placed(&[Numbers {
        lines: vec![(1, 1_000)],
        delivery: 0,
        commission: 0,
        tax: 0,
    }]));
    assert_eq!(
        in_words(ask(&mut case, &wanted(0, amount(1), "k"))),
        "A sub-order that is placed cannot be refunded; it can be confirmed."
    );
    let dollars = RefundWish::Amount(Money::new(1, "USD".parse().expect("known")));
    assert_eq!(
        in_words(ask(&mut paid(), &wanted(0, dollars, "k"))),
        "Refunds are in the currency of the order, EUR."
    );
    assert_eq!(
        in_words(ask(&mut paid(), &wanted(0, units(1, 1), "k"))),
        "Name at least one unit; each line is named once, and is one of the sub-order's."
    );
}

#[test]
fn an_order_has_so_many_refunds_and_no_more() {
    let mut case = paid();
    for n in 0..REFUNDS_MAX {
        ask(&mut case, &wanted(0, amount(1), &n.to_string())).expect("one of so many");
    }
    let one_more = in_words(ask(&mut case, &wanted(0, amount(1), "more")));
    assert!(
        one_more.starts_with("An order has at most 100 refunds."),
        "{one_more}"
    );
    let cancel = Ask::Cancel {
        reason: CancelReason::Buyer,
    };
    let rest = begun(&ask(&mut case, &cancel).expect("is always possible"));
    assert_eq!(rest.amount(), 5_500 - 100);
}
