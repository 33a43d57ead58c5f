//! Shares that are looked at before their time: the provider tells something of them, or a person wants it.

use super::*;
use kernel::{ParcelId, UserId};
use orders::domain::{Event, Parcel};
use uuid::Uuid;

fn hears(case: &mut Case, seconds: i64) -> Decision {
    of_capture(case, CaptureAsk::Hear, seconds)
}

fn retries(case: &mut Case, seconds: i64) -> Result<Decision, Error> {
    let asked = CaptureAsk::Retry {
        by: somebody(),
        note: "It answers again.".into(),
    };
    ask(case, &Ask::OfCapture(asked), seconds)
}

fn somebody() -> UserId {
    UserId(Uuid::from_u128(7))
}

/// A share whose provider was asked again and again without an answer.
fn unheard() -> Case {
    let mut case = in_parts();
    let sent = sends(&mut case, 1, 10);
    of_capture(&mut case, answer(&sent, Answer::Unknown), 10);
    for n in 1..8 {
        let again = goes_on(&mut case, n * 3_600);
        of_capture(&mut case, answer(&again, Answer::Unknown), n * 3_600);
    }
    case
}

#[test]
fn what_is_told_of_a_payment_makes_a_question_due_that_waits_for_its_answer() {
    let mut case = unheard();
    let before = case.capturing.clone().expect("kept");
    let now = 7 * 3_600 + 1;
    assert!(before.due_at.is_some_and(|due| due > at(now)), "in its own time");
    hears(&mut case, now);
    let woken = case.capturing.clone().expect("kept");
    assert_eq!(woken.due_at, Some(at(now)));
    assert_eq!((woken.version, woken.tries), (before.version, before.tries));
    let asked = goes_on(&mut case, now);
    assert!(matches!(question(&asked).1, Question::InquireTake(_)));
    let busy = hears(&mut case, now);
    assert!(
        matches!(busy.capture, Some(CaptureMove::Stands(_))),
        "it is being asked just now"
    );
}

#[test]
fn what_waits_for_its_shop_or_was_refused_is_not_woken() {
    let mut case = in_parts();
    goes_on(&mut case, 2);
    let waits = hears(&mut case, 3);
    assert!(matches!(waits.capture, Some(CaptureMove::Stands(_))));
    let sent = sends(&mut case, 1, 10);
    let refusal = Answer::Declined {
        reason: "Not now.".into(),
    };
    of_capture(&mut case, answer(&sent, refusal), 10);
    let refused = hears(&mut case, 10);
    assert!(
        matches!(refused.capture, Some(CaptureMove::Stands(_))),
        "or each refusal would bring on the next"
    );
}

#[test]
fn what_is_to_be_let_go_is_woken_too() {
    let mut case = in_parts();
    let reason = CancelReason::Operator;
    ask(&mut case, &Ask::Cancel { reason }, 10).expect("can be cancelled");
    let lets_go = goes_on(&mut case, 10);
    of_capture(&mut case, answer(&lets_go, Answer::Unknown), 10);
    hears(&mut case, 10);
    assert_eq!(case.capturing.expect("kept").due_at, Some(at(10)));
}

#[test]
fn somebody_has_it_tried_again_and_says_why() {
    let mut case = unheard();
    let now = 7 * 3_600 + 1;
    let again = retries(&mut case, now).expect("granted");
    assert!(matches!(question(&again).1, Question::InquireTake(_)));
    let kept = case.capturing.clone().expect("kept");
    assert_eq!((kept.tries, kept.due_at), (0, Some(at(now))));
    let told = kept.history.last().expect("told");
    assert_eq!(
        (told.step.as_str(), told.outcome.as_str()),
        ("capture", "retried")
    );
    assert_eq!(
        (told.by, told.note.as_deref()),
        (Some(somebody()), Some("It answers again."))
    );
    let busy = retries(&mut case, now);
    assert!(matches!(busy, Err(Error::SagaBusy)), "{busy:?}");
}

#[test]
fn what_nobody_heard_was_sent_is_captured_by_hand() {
    let mut case = in_parts();
    goes_on(&mut case, 2);
    let left = Event::Shipped {
        part: part_id(1),
        parcel: Parcel {
            id: ParcelId(Uuid::from_u128(9)),
            lines: vec![Units {
                line: line_id(1, 0),
                quantity: 1,
            }],
            carrier: String::new(),
            tracking: String::new(),
            exchange: None,
        },
    };
    case.order = case.order.clone().then(at(3), left);
    let again = retries(&mut case, 4).expect("granted");
    match question(&again).1 {
        Question::Take(take) => assert_eq!((take.amount.amount, take.rest), (2_000, Rest::Kept)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_has_ended_or_was_captured_at_once_is_not_tried_again() {
    let mut at_once = paid();
    let refused = retries(&mut at_once, 10);
    assert!(matches!(refused, Err(Error::NoSuchCapture)), "{refused:?}");
    let mut case = set_aside(Captures::Once);
    let sent = sends(&mut case, 1, 10);
    of_capture(&mut case, answer(&sent, captured_answer()), 11);
    assert!(
        case.capturing
            .as_ref()
            .is_some_and(|kept| kept.ended_at.is_some())
    );
    let refused = retries(&mut case, 12);
    assert!(matches!(refused, Err(Error::CaptureEnded)), "{refused:?}");
}
