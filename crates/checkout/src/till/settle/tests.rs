use super::decide::Books;
use super::*;
use crate::saga::{End, Step};
use contracts::Address;
use contracts::orders::CancelReason;
use contracts::payments::CaptureTime;
use contracts::taxes::TaxOwner;
use expect_test::{Expect, expect};
use kernel::{
    CartId, Ctx, Currency, LineId, OrderId, PaymentId, ProductId, SkuId, SubOrderId, TenantId, Timestamp,
    UserId,
};
use orders::domain::{Delivery, Event, Line, Order, Part, Placed, replay};
use uuid::Uuid;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_790_000_000 + seconds, 0).expect("in range")
}

/// Held for a minute.
fn order(events: Vec<Event>) -> Order {
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
        parts: vec![Part {
            id: SubOrderId(Uuid::from_u128(4)),
            tenant: TenantId(Uuid::from_u128(5)),
            lines: vec![Line {
                id: LineId(Uuid::from_u128(6)),
                sku: SkuId(Uuid::from_u128(7)),
                product: ProductId(Uuid::from_u128(8)),
                title: "Bowl".into(),
                options: String::new(),
                code: "B".into(),
                quantity: 1,
                unit_price: 1000,
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
                name: "Standard".into(),
                price: 500,
                discounts: Vec::new(),
                tax: None,
            },
            commission: 100,
            commission_tax: 0,
            return_days: 14,
            tax_owed_by: TaxOwner::Seller,
        }],
    }));
    let history = (1..).zip(std::iter::once(placed).chain(events));
    replay(
        OrderId(Uuid::from_u128(9)),
        history.map(|(v, event)| (v, at(0), event)),
    )
    .expect("an order")
}

fn placed() -> Order {
    order(vec![])
}

fn confirmed() -> Order {
    order(vec![Event::Confirmed])
}

fn expired() -> Order {
    order(vec![Event::Cancelled {
        reason: CancelReason::Expired,
    }])
}

fn cancelled_by_buyer() -> Order {
    order(vec![Event::Cancelled {
        reason: CancelReason::Buyer,
    }])
}

fn cancelled_after_payment() -> Order {
    order(vec![
        Event::Confirmed,
        Event::Cancelled {
            reason: CancelReason::Buyer,
        },
    ])
}

/// A payment by `tok_visa` at a step, in its first attempt, version 3, nobody's.
fn saga(step: Step) -> Saga {
    Saga {
        version: 3,
        attempt: 1,
        step,
        ..Saga::begun("tok_visa".into(), "/return".into())
    }
}

fn declined() -> Saga {
    saga(Step::Ended {
        end: End::Declined { reason: "no".into() },
    })
}

fn awaiting() -> Saga {
    saga(Step::AwaitBuyer {
        reference: "r".into(),
        url: "/bank".into(),
    })
}

fn start(method: &str) -> Ask {
    Ask::Start {
        capture: CaptureTime::AtOnce,
        provider: "sandbox",
        method: method.into(),
        return_path: "/return".into(),
    }
}

fn boxed(saga: Saga) -> Box<Saga> {
    Box::new(saga)
}

/// What a decision does, in one line: order events | stock | payment | books | saga step (attempt), leased.
#[track_caller]
fn check(order: Order, saga: Option<Saga>, ask: &Ask, seconds: i64, expected: &Expect) {
    let case = Case {
        order,
        saga,
        refunds: Vec::new(),
        capturing: None,
    };
    let told = match decide(&case, ask, &Ctx::system("test", at(seconds))) {
        Err(refused) => format!("refused: {refused}"),
        Ok(d) if d == Decision::default() => "nothing".to_owned(),
        Ok(d) => {
            use store::streams::StreamEvent;
            let stock = d.stock.map_or("-".to_owned(), |s| format!("{s:?}"));
            let payment = d.payment.as_ref().map_or("-", StreamEvent::name);
            let books = d.books.map_or("-", |books| match books {
                Books::Sale => "Sale",
                Books::SaleOfTake { .. } => "SaleOfTake",
                Books::Refund { .. } => "Refund",
                Books::CameBack { .. } => "CameBack",
                Books::GivenAgain { .. } => "GivenAgain",
            });
            let saga = d
                .saga
                .map_or("-".to_owned(), |s| format!("{} ({})", s.step.name(), s.attempt));
            let leased = if d.leased { ", leased" } else { "" };
            let held = d.hold.map_or(String::new(), |h| {
                format!("held again or {}: ", h.otherwise.step.name())
            });
            let events = match d.order.as_slice() {
                [] => "-".to_owned(),
                events => events.iter().map(Event::name).collect::<Vec<_>>().join(", "),
            };
            let refund = match d.refund {
                Some(RefundMove::Leased(refund)) => format!(", gives back {}", refund.amount()),
                Some(other) => format!(", refund {other:?}"),
                None => String::new(),
            };
            format!("{held}{events} | {stock} | {payment} | {books} | {saga}{leased}{refund}")
        }
    };
    expected.assert_eq(&told);
}

#[test]
fn paying_begins_an_attempt() {
    check(
        placed(),
        None,
        &start("tok_visa"),
        1,
        &expect!["- | - | started | - | authorize (1), leased"],
    );
    check(
        placed(),
        Some(declined()),
        &start("tok_visa"),
        1,
        &expect!["- | - | started | - | authorize (2), leased"],
    );
    check(confirmed(), None, &start("tok_visa"), 1, &expect!["nothing"]);
    check(
        expired(),
        None,
        &start("tok_visa"),
        61,
        &expect!["refused: An order that is cancelled cannot be confirmed; it can be nothing else any more."],
    );
    check(
        placed(),
        None,
        &start("tok_visa"),
        60,
        &expect!["refused: The time for which the stock was held is over. Order again."],
    );
}

#[test]
fn paying_again_joins_a_payment_that_outlived_its_hold() {
    check(
        expired(),
        Some(saga(Step::InquireLate)),
        &start("tok_visa"),
        61,
        &expect!["- | - | - | - | inquire_late (1), leased"],
    );
    check(
        expired(),
        Some(declined()),
        &start("tok_visa"),
        61,
        &expect!["refused: An order that is cancelled cannot be confirmed; it can be nothing else any more."],
    );
    check(
        cancelled_by_buyer(),
        Some(saga(Step::Void)),
        &start("tok_visa"),
        61,
        &expect!["refused: An order that is cancelled cannot be confirmed; it can be nothing else any more."],
    );
}

#[test]
fn paying_while_a_payment_is_made_joins_it() {
    check(
        placed(),
        Some(saga(Step::Capture)),
        &start("tok_visa"),
        1,
        &expect!["- | - | - | - | capture (1), leased"],
    );
    check(
        placed(),
        Some(awaiting()),
        &start("tok_visa"),
        1,
        &expect!["- | - | - | - | await_buyer (1), leased"],
    );
    check(
        placed(),
        Some(awaiting()),
        &start("tok_other"),
        1,
        &expect!["- | - | - | - | abandon (1), leased"],
    );
    let leased = Saga {
        lease_until: Some(at(2)),
        ..saga(Step::Capture)
    };
    check(placed(), Some(leased), &start("tok_visa"), 1, &expect!["nothing"]);
}

#[test]
fn a_payment_is_taken_by_one_at_a_time() {
    check(placed(), None, &Ask::Take, 1, &expect!["nothing"]);
    check(placed(), Some(declined()), &Ask::Take, 1, &expect!["nothing"]);
    let leased = Saga {
        lease_until: Some(at(2)),
        ..saga(Step::Capture)
    };
    check(placed(), Some(leased.clone()), &Ask::Take, 1, &expect!["nothing"]);
    check(
        placed(),
        Some(leased),
        &Ask::Take,
        2,
        &expect!["- | - | - | - | capture (1), leased"],
    );
}

#[test]
fn waiting_for_the_bank_is_told_once() {
    let park = |step| Ask::Park {
        saga: boxed(saga(step)),
        authorized: None,
    };
    check(
        placed(),
        Some(saga(Step::Authorize)),
        &park(awaiting().step),
        1,
        &expect!["- | - | action_required | - | await_buyer (1)"],
    );
    let mut asked = awaiting();
    asked.tell(
        at(1),
        &crate::saga::Outcome::Answer(payments::Answer::RequiresAction {
            reference: "r".into(),
            url: "/bank".into(),
        }),
    );
    check(
        placed(),
        Some(asked),
        &park(awaiting().step),
        1,
        &expect!["- | - | - | - | await_buyer (1)"],
    );
    check(
        placed(),
        Some(saga(Step::Authorize)),
        &park(Step::Inquire),
        1,
        &expect!["- | - | - | - | inquire (1)"],
    );
    let newer = Saga {
        version: 4,
        ..saga(Step::Authorize)
    };
    check(
        placed(),
        Some(newer),
        &park(Step::Inquire),
        1,
        &expect!["refused: the payment moved on"],
    );
}

#[test]
fn money_sells_what_was_held() {
    let confirm = Ask::Confirm {
        saga: boxed(saga(Step::Confirm {
            reference: "r".into(),
        })),
        reference: "r".into(),
    };
    check(
        placed(),
        Some(saga(Step::Authorize)),
        &confirm,
        1,
        &expect!["confirmed | Sold | captured | Sale | confirmed (1)"],
    );
    // The hold has run out, but nobody has ended the order yet: its stock is still held.
    check(
        placed(),
        Some(saga(Step::Authorize)),
        &confirm,
        61,
        &expect!["confirmed | Sold | captured | Sale | confirmed (1)"],
    );
    check(
        confirmed(),
        Some(saga(Step::Authorize)),
        &confirm,
        1,
        &expect!["nothing"],
    );
    // Somebody said so before, and since then it was cancelled: its money is not this payment's to give back any more.
    check(
        cancelled_after_payment(),
        Some(saga(Step::Ended { end: End::Confirmed })),
        &confirm,
        61,
        &expect!["nothing"],
    );
    check(
        cancelled_by_buyer(),
        Some(saga(Step::Authorize)),
        &confirm,
        61,
        &expect!["refused: An order that is cancelled cannot be confirmed; it can be nothing else any more."],
    );
}

#[test]
fn late_money_sells_what_can_be_held_again_or_goes_back() {
    let confirm = Ask::Confirm {
        saga: boxed(saga(Step::Confirm {
            reference: "r".into(),
        })),
        reference: "r".into(),
    };
    let check = |kept: Saga, ask: &Ask, expected: Expect| check(expired(), Some(kept), ask, 61, &expected);
    check(
        saga(Step::Authorize),
        &confirm,
        expect!["held again or refund: reopened, confirmed | Sold | captured | Sale | confirmed (1)"],
    );
    // Somebody found the goods gone and is giving the money back: nobody sells for it any more.
    check(
        saga(Step::Refund),
        &confirm,
        expect!["refused: the payment moved on"],
    );
    check(
        saga(Step::Ended { end: End::Voided }),
        &confirm,
        expect!["refused: the payment moved on"],
    );
}

#[test]
fn money_set_aside_too_late_opens_the_order_again_once() {
    let reopen = || Ask::Reopen {
        saga: boxed(saga(Step::Reopen {
            reference: "r".into(),
        })),
        reference: "r".into(),
    };
    check(
        expired(),
        Some(saga(Step::Authorize)),
        &reopen(),
        61,
        &expect!["held again or void: reopened | - | authorized | - | capture (1), leased"],
    );
    check(
        placed(),
        Some(saga(Step::Authorize)),
        &reopen(),
        61,
        &expect!["refused: the payment moved on"],
    );
    check(
        cancelled_by_buyer(),
        Some(saga(Step::Authorize)),
        &reopen(),
        61,
        &expect!["refused: An order that is cancelled cannot be confirmed; it can be nothing else any more."],
    );
    let mut before = saga(Step::Reopen {
        reference: "r".into(),
    });
    before.tell(at(30), &crate::saga::Outcome::Done);
    check(
        expired(),
        Some(before),
        &reopen(),
        61,
        &expect!["refused: The time for which the stock was held is over. Order again."],
    );
}

#[test]
fn a_decline_leaves_the_order_to_be_paid_again() {
    let decline = Ask::Decline {
        saga: boxed(saga(Step::Authorize)),
        reason: "no".into(),
    };
    check(
        placed(),
        Some(saga(Step::Authorize)),
        &decline,
        1,
        &expect!["payment_declined | - | declined | - | declined (1)"],
    );
    check(
        expired(),
        Some(saga(Step::Authorize)),
        &decline,
        1,
        &expect!["refused: An order that is cancelled cannot be declined; it can be nothing else any more."],
    );
    let newer = Saga {
        version: 4,
        ..saga(Step::Authorize)
    };
    check(
        placed(),
        Some(newer),
        &decline,
        1,
        &expect!["refused: the payment moved on"],
    );
}

#[test]
fn what_was_never_sold_for_comes_back_without_a_posting() {
    let close = |end| Ask::Close {
        saga: boxed(saga(Step::Refund)),
        end,
    };
    let refunded = || End::Refunded {
        reference: "r".into(),
    };
    check(
        expired(),
        Some(saga(Step::Refund)),
        &close(refunded()),
        1,
        &expect!["- | - | refunded | - | refunded (1)"],
    );
    check(
        expired(),
        Some(saga(Step::Void)),
        &close(End::Voided),
        1,
        &expect!["- | - | - | - | voided (1)"],
    );
    let ended = saga(Step::Ended { end: refunded() });
    check(
        cancelled_after_payment(),
        Some(ended),
        &close(refunded()),
        1,
        &expect!["nothing"],
    );
}

#[test]
fn cancelling_frees_stock_or_returns_it() {
    let cancel = |reason| Ask::Cancel { reason };
    check(
        placed(),
        None,
        &cancel(CancelReason::Buyer),
        1,
        &expect!["cancelled | Released | voided | - | -"],
    );
    check(
        placed(),
        Some(awaiting()),
        &cancel(CancelReason::Expired),
        60,
        &expect!["cancelled | Released | voided | - | await_buyer (1)"],
    );
    check(
        placed(),
        Some(declined()),
        &cancel(CancelReason::Expired),
        60,
        &expect!["cancelled | Released | voided | - | -"],
    );
    check(
        placed(),
        None,
        &cancel(CancelReason::Expired),
        59,
        &expect![
            "refused: The order's stock is held until 2026-09-21 14:14:20 UTC; it cannot expire before."
        ],
    );
    let paid = saga(Step::Ended { end: End::Confirmed });
    check(
        confirmed(),
        Some(paid.clone()),
        &cancel(CancelReason::Buyer),
        90,
        &expect!["cancelled | Returned | - | - | -, gives back 1500"],
    );
    check(
        confirmed(),
        Some(paid),
        &cancel(CancelReason::Expired),
        90,
        &expect!["refused: An order that is confirmed cannot be expired; it can be cancelled."],
    );
    check(
        expired(),
        None,
        &cancel(CancelReason::Buyer),
        90,
        &expect!["nothing"],
    );
}
