//! What becomes of shares that are captured as shops send, without a database.

mod lives;
mod nudges;

use super::*;
use crate::till::settle::refund::tests::{at, ctx, line_id, paid, part_id, tenant};
use crate::till::settle::refund::{RefundRequest, Refunding};
use crate::till::settle::{Ask, RefundKey, UnitsAsk, decide as decide_any};
use contracts::checkout::{RefundTo, RefundWish};
use contracts::orders::CancelReason;
use kernel::{Currency, Money, RefundId};
use orders::domain::Units;
use payments::domain::{CapturedShare, ReleasedShare};
use payments::{Captures, Rest};

const DAY: i64 = 86_400;

/// 35.00 of one shop, of which 3.00 are the marketplace's, and 20.00 of another, of which 2.00 are; set aside for a week.
fn set_aside(captures: Captures) -> Case {
    let mut case = paid();
    let terms = Terms {
        captures,
        lapses_at: at(7 * DAY),
    };
    let begun = Capturing::begun(&case.order, 1, terms, at(1)).expect("shares that fit");
    case.capturing = Some(begun);
    case
}

fn in_parts() -> Case {
    set_aside(Captures::Parts { at_most: 9 })
}

/// Decides, and keeps what was decided.
fn ask(case: &mut Case, ask: &Ask, seconds: i64) -> Result<Decision, Error> {
    let decision = decide_any(case, ask, &ctx(seconds))?;
    for event in &decision.order {
        case.order = case.order.clone().then(at(seconds), event.clone());
    }
    if let Some(changed) = decision.capture.as_ref().and_then(CaptureMove::changed) {
        case.capturing = Some(changed.clone());
    }
    let refund = decision.refund.as_ref().and_then(RefundMove::changed);
    for changed in refund.into_iter().chain(&decision.released) {
        case.refunds.retain(|known| known.id != changed.id);
        case.refunds.push(changed.clone());
    }
    Ok(decision)
}

fn of_capture(case: &mut Case, asked: CaptureAsk, seconds: i64) -> Decision {
    ask(case, &Ask::OfCapture(asked), seconds).expect("granted")
}

fn sends(case: &mut Case, n: usize, seconds: i64) -> Decision {
    of_capture(case, CaptureAsk::Sent { tenant: tenant(n) }, seconds)
}

fn goes_on(case: &mut Case, seconds: i64) -> Decision {
    of_capture(case, CaptureAsk::Take, seconds)
}

/// The question that was left to the caller, and to which version of what is kept.
fn question(decision: &Decision) -> (i64, Question) {
    match &decision.capture {
        Some(CaptureMove::Leased(capturing, question)) => (capturing.version, (**question).clone()),
        other => panic!("nothing is to be asked: {other:?}"),
    }
}

fn answer(of: &Decision, answer: Answer) -> CaptureAsk {
    let (version, question) = question(of);
    CaptureAsk::Answer {
        version,
        question: Box::new(question),
        answer,
    }
}

fn captured_answer() -> Answer {
    Answer::Captured {
        reference: "ch1".into(),
    }
}

fn voided() -> Answer {
    Answer::Voided {
        reference: "ch1".into(),
    }
}

fn cancel_part(n: usize) -> Ask {
    Ask::CancelPart {
        part: part_id(n),
        reason: CancelReason::Seller,
        note: "It broke.".into(),
    }
}

fn refund_of(decision: &Decision) -> &Refunding {
    decision.refund.as_ref().expect("a refund").refund()
}

fn share(n: usize, amount: i64, commission: i64) -> Share {
    Share {
        tenant: tenant(n),
        amount,
        commission,
        tax: 0,
        funded: 0,
        sales_tax: 0,
    }
}

#[test]
fn nothing_is_asked_or_posted_before_a_shop_sends() {
    let mut case = in_parts();
    let waits = goes_on(&mut case, 2);
    assert_eq!((waits.payment, waits.books), (None, None));
    let kept = case.capturing.expect("kept");
    assert_eq!(kept.due_at, Some(at(6 * DAY)), "a day before it lapses");
    assert_eq!((kept.lease_until, kept.ended_at), (None, None));
}

#[test]
fn a_share_is_taken_as_its_shop_sends_and_posted_as_it_is_taken() {
    let mut case = in_parts();
    let sent = sends(&mut case, 1, 10);
    assert_eq!((&sent.payment, &sent.books), (&None, &None));
    match question(&sent).1 {
        Question::Take(take) => assert_eq!((take.amount.amount, take.rest), (2_000, Rest::Kept)),
        other => panic!("{other:?}"),
    }
    let taken = of_capture(&mut case, answer(&sent, captured_answer()), 11);
    assert_eq!(
        taken.payment,
        Some(Payment::SharesCaptured {
            reference: "ch1".into(),
            amount: 2_000,
            shares: vec![CapturedShare {
                tenant: tenant(1),
                amount: 2_000,
                unreleased: 0,
            }],
        })
    );
    assert_eq!(
        taken.books,
        Some(Books::SaleOfTake {
            number: 1,
            shares: vec![share(1, 2_000, 200)],
        })
    );
    let again = sends(&mut case, 1, 12);
    assert!(
        matches!(again.capture, Some(CaptureMove::Stands(_))),
        "another parcel takes nothing"
    );
    let rest = sends(&mut case, 0, 13);
    let last = of_capture(&mut case, answer(&rest, captured_answer()), 14);
    assert_eq!(
        last.books,
        Some(Books::SaleOfTake {
            number: 2,
            shares: vec![share(0, 3_500, 300)],
        })
    );
    let ended = case.capturing.expect("kept");
    assert_eq!((ended.ended_at, ended.due_at), (Some(at(14)), None));
}

#[test]
fn an_answer_to_a_question_that_somebody_took_over_is_not_believed() {
    let mut case = in_parts();
    let sent = sends(&mut case, 1, 10);
    let busy = goes_on(&mut case, 10);
    assert!(matches!(busy.capture, Some(CaptureMove::Stands(_))));
    let taken_over = goes_on(&mut case, 12);
    assert!(
        matches!(question(&taken_over).1, Question::InquireTake(_)),
        "it may have been asked"
    );
    let late = ask(&mut case, &Ask::OfCapture(answer(&sent, captured_answer())), 12);
    assert!(matches!(late, Err(Error::Stale)));
    let told = of_capture(&mut case, answer(&taken_over, captured_answer()), 12);
    assert!(matches!(told.payment, Some(Payment::SharesCaptured { .. })));
}

#[test]
fn a_part_that_is_cancelled_before_it_is_sent_is_released_and_posts_nothing() {
    let mut case = in_parts();
    let cancelled = ask(&mut case, &cancel_part(0), 10).expect("can be cancelled");
    assert_eq!(
        cancelled.payment,
        Some(Payment::SharesReleased {
            amount: 3_500,
            shares: vec![ReleasedShare {
                tenant: tenant(0),
                amount: 3_500,
            }],
        })
    );
    assert_eq!(cancelled.books, None);
    let refund = refund_of(&cancelled);
    assert!(refund.was_released());
    assert_eq!((refund.due_at, refund.ended_at), (None, Some(at(10))));
    assert_eq!(case.order.refunded(), 3_500);
    let sent = sends(&mut case, 1, 11);
    match question(&sent).1 {
        Question::Take(take) => assert_eq!((take.amount.amount, take.rest), (2_000, Rest::LetGo)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn units_that_are_cancelled_before_are_not_captured_nor_is_commission_on_them_posted() {
    let mut case = in_parts();
    let units = UnitsAsk {
        part: part_id(0),
        units: vec![Units {
            line: line_id(0, 0),
            quantity: 1,
        }],
        reason: CancelReason::Seller,
        note: "One broke.".into(),
        key: "k".into(),
    };
    let cancelled = ask(&mut case, &Ask::CancelUnits(Box::new(units)), 10).expect("can be cancelled");
    assert_eq!((refund_of(&cancelled).amount(), &cancelled.books), (1_000, &None));
    let sent = sends(&mut case, 0, 11);
    let taken = of_capture(&mut case, answer(&sent, captured_answer()), 12);
    let Some(Books::SaleOfTake { shares, .. }) = taken.books else {
        panic!("nothing is posted: {taken:?}");
    };
    let undone = case
        .order
        .sub_order(part_id(0))
        .expect("a part")
        .undone()
        .commission;
    assert!(undone > 0);
    assert_eq!(shares, [share(0, 2_500, 300 - undone)]);
}

#[test]
fn what_is_being_captured_is_not_cancelled_meanwhile() {
    let mut case = set_aside(Captures::Once);
    sends(&mut case, 1, 10);
    let refused = ask(&mut case, &cancel_part(0), 10);
    assert!(matches!(refused, Err(Error::BeingCaptured)), "{refused:?}");
}

#[test]
fn an_order_of_which_nothing_was_captured_is_let_go() {
    let mut case = in_parts();
    let reason = CancelReason::Operator;
    let cancelled = ask(&mut case, &Ask::Cancel { reason }, 10).expect("can be cancelled");
    assert_eq!(refund_of(&cancelled).amount(), 5_500);
    assert_eq!(cancelled.books, None);
    let lets_go = goes_on(&mut case, 10);
    assert!(matches!(question(&lets_go).1, Question::Void(_)));
    let answered = of_capture(&mut case, answer(&lets_go, voided()), 11);
    assert_eq!(answered.payment, None);
    let ended = goes_on(&mut case, 11);
    assert_eq!(ended.payment, Some(Payment::Voided));
    assert_eq!(case.capturing.expect("kept").ended_at, Some(at(11)));
}

#[test]
fn what_was_captured_goes_back_of_its_take_and_what_was_not_is_released() {
    let mut case = in_parts();
    let sent = sends(&mut case, 1, 10);
    let (_, asked) = question(&sent);
    let Question::Take(take) = asked else {
        panic!("{asked:?}");
    };
    of_capture(&mut case, answer(&sent, captured_answer()), 11);
    let reason = CancelReason::Operator;
    // Nothing of it left in these tests: the shop's parcel is the other context's.
    let cancelled = ask(&mut case, &Ask::Cancel { reason }, 12).expect("can be cancelled");
    let refund = refund_of(&cancelled);
    assert_eq!((refund.amount(), refund.of.as_ref()), (2_000, Some(&take.key)));
    assert!(matches!(cancelled.refund, Some(RefundMove::Leased(_))));
    let released = cancelled.released.as_ref().expect("the other share");
    assert_eq!((released.amount(), released.was_released()), (3_500, true));
    assert_ne!(released.id, refund.id);
    assert_eq!(case.order.refunded(), 3_500, "the rest when the provider says so");
}

#[test]
fn what_is_not_captured_is_not_credited_to_the_store() {
    let mut case = in_parts();
    let request = RefundRequest {
        id: RefundId::new(at(10)),
        part: part_id(0),
        wish: RefundWish::Amount(Money::new(100, Currency::EUR)),
        reason: "goodwill".into(),
        to: RefundTo::StoreCredit,
        key: RefundKey {
            key: "k".into(),
            request_hash: vec![1],
        },
    };
    let refused = ask(&mut case, &Ask::Refund(Box::new(request)), 10);
    assert!(matches!(refused, Err(Error::NotCaptured)), "{refused:?}");
}

#[test]
fn what_lapses_is_told_a_day_before_and_charged_to_nobody() {
    let mut case = in_parts();
    let warned = goes_on(&mut case, 6 * DAY);
    assert_eq!((warned.payment, warned.books), (None, None));
    let kept = case.capturing.clone().expect("kept");
    assert_eq!(
        (kept.warned_at, kept.due_at),
        (Some(at(6 * DAY)), Some(at(7 * DAY)))
    );
    let lapsed = goes_on(&mut case, 7 * DAY);
    assert!(matches!(
        lapsed.payment,
        Some(Payment::SharesReleased { amount: 5_500, .. })
    ));
    assert_eq!(lapsed.books, None);
    assert_eq!(case.order.refunded(), 5_500);
    assert_eq!(goes_on(&mut case, 7 * DAY).payment, Some(Payment::Voided));
    let kept = case.capturing.expect("kept");
    assert_eq!((kept.lapsed(), kept.ended_at), (5_500, Some(at(7 * DAY))));
}

#[test]
fn staff_are_told_of_what_is_tried_in_vain_until_it_lapses() {
    let mut case = in_parts();
    let sent = sends(&mut case, 1, 10);
    let refusal = || Answer::Declined {
        reason: "Not now.".into(),
    };
    of_capture(&mut case, answer(&sent, refusal()), 10);
    let again = goes_on(&mut case, 6 * DAY);
    of_capture(&mut case, answer(&again, refusal()), 6 * DAY);
    let kept = case.capturing.clone().expect("kept");
    assert_eq!(kept.warned_at, Some(at(6 * DAY)));
    let lapsed = goes_on(&mut case, 7 * DAY);
    assert!(matches!(
        lapsed.payment,
        Some(Payment::SharesReleased { amount: 5_500, .. })
    ));
}

#[test]
fn a_provider_that_let_go_by_itself_is_believed() {
    let mut case = in_parts();
    let sent = sends(&mut case, 1, 10);
    let gone = of_capture(&mut case, answer(&sent, voided()), 11);
    assert!(matches!(
        gone.payment,
        Some(Payment::SharesReleased { amount: 5_500, .. })
    ));
    assert_eq!((gone.books, case.order.refunded()), (None, 5_500));
    let kept = case.capturing.expect("kept");
    assert_eq!(
        (kept.lapsed(), kept.warned_at),
        (5_500, Some(at(11))),
        "staff see it"
    );
}

#[test]
fn what_is_refused_or_unknown_is_tried_again_later() {
    let mut case = in_parts();
    let sent = sends(&mut case, 1, 10);
    let unknown = of_capture(&mut case, answer(&sent, Answer::Unknown), 10);
    assert_eq!((unknown.payment, unknown.books), (None, None));
    let kept = case.capturing.clone().expect("kept");
    assert_eq!((kept.tries, kept.lease_until), (1, None));
    assert!(kept.due_at.is_some_and(|due| due > at(10)));
    let inquired = goes_on(&mut case, 11);
    let refusal = Answer::Declined {
        reason: "Not now.".into(),
    };
    of_capture(&mut case, answer(&inquired, refusal), 11);
    let again = goes_on(&mut case, 20);
    match question(&again).1 {
        Question::Take(take) => assert!(take.key.ends_with("-take-2"), "{}", take.key),
        other => panic!("{other:?}"),
    }
}
