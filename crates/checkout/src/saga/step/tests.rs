use super::*;
use proptest::prelude::*;

fn reference() -> String {
    "r1".to_owned()
}

fn terms(captures: Captures) -> Outcome {
    Outcome::Terms(Some(Terms {
        captures,
        lapses_at: Timestamp::from_timestamp(1_790_000_000, 0).expect("in range"),
    }))
}

fn answers() -> impl Strategy<Value = Answer> {
    prop_oneof![
        Just(Answer::Authorized {
            reference: reference()
        }),
        Just(Answer::Captured {
            reference: reference()
        }),
        Just(Answer::Voided {
            reference: reference()
        }),
        Just(Answer::Refunded {
            reference: reference()
        }),
        Just(Answer::Declined { reason: "no".into() }),
        Just(Answer::RequiresAction {
            reference: reference(),
            url: "/bank".into()
        }),
        Just(Answer::Unknown),
        Just(Answer::NotFound),
    ]
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        4 => answers().prop_map(Outcome::Answer),
        1 => Just(Outcome::Terms(None)),
        1 => Just(terms(Captures::Once)),
        1 => Just(terms(Captures::Whole)),
        1 => Just(Outcome::Done),
        1 => Just(Outcome::OrderEnded),
        1 => Just(Outcome::OrderExpired),
        1 => Just(Outcome::OutOfStock),
        1 => Just(Outcome::Unavailable),
    ]
}

#[test]
fn what_was_never_paid_is_not_asked_back() {
    let after = |reference: &str| {
        let reference = reference.to_owned();
        next(
            Step::Confirm { reference },
            Outcome::OrderEnded,
            CaptureTime::AtOnce,
        )
        .step
    };
    assert_eq!(after("r1"), Step::Refund);
    assert_eq!(after(NOTHING_TO_PAY), Step::Close { end: End::Voided });
}

/// Walks from `Authorize` through the outcomes and names the steps.
fn walk(outcomes: Vec<Outcome>) -> Vec<&'static str> {
    walk_to(CaptureTime::AtOnce, outcomes)
}

fn walk_to(capture: CaptureTime, outcomes: Vec<Outcome>) -> Vec<&'static str> {
    let mut step = Step::Authorize;
    let mut names = vec![step.name()];
    for outcome in outcomes {
        step = next(step, outcome, capture).step;
        names.push(step.name());
    }
    names
}

fn answer(answer: Answer) -> Outcome {
    Outcome::Answer(answer)
}

#[test]
fn a_good_card_is_authorised_captured_confirmed() {
    let outcomes = vec![
        answer(Answer::Authorized {
            reference: reference(),
        }),
        answer(Answer::Captured {
            reference: reference(),
        }),
        Outcome::Done,
    ];
    assert_eq!(walk(outcomes), ["authorize", "capture", "confirm", "confirmed"]);
}

#[test]
fn what_is_captured_as_shops_send_is_confirmed_while_it_is_set_aside() {
    let on_dispatch = |outcomes| walk_to(CaptureTime::OnDispatch, outcomes);
    let authorized = || {
        answer(Answer::Authorized {
            reference: reference(),
        })
    };
    assert_eq!(
        on_dispatch(vec![
            authorized(),
            Outcome::Terms(None),
            terms(Captures::Parts { at_most: 9 }),
            Outcome::Done
        ]),
        ["authorize", "terms", "terms", "confirm_authorized", "confirmed"]
    );
    assert_eq!(
        on_dispatch(vec![authorized(), terms(Captures::Whole)]),
        ["authorize", "terms", "capture"],
        "all or nothing is taken at once"
    );
    assert_eq!(
        on_dispatch(vec![
            authorized(),
            terms(Captures::Once),
            Outcome::OrderEnded,
            answer(Answer::Voided {
                reference: reference()
            })
        ]),
        ["authorize", "terms", "confirm_authorized", "void", "close"],
        "nothing was taken, so nothing is given back"
    );
    assert_eq!(
        on_dispatch(vec![
            authorized(),
            Outcome::OrderExpired,
            authorized(),
            Outcome::Done
        ]),
        ["authorize", "terms", "inquire_late", "reopen", "terms"]
    );
}

#[test]
fn a_lost_answer_is_asked_for_and_never_charged_again() {
    let outcomes = vec![
        answer(Answer::Unknown),
        answer(Answer::Unknown),
        answer(Answer::Authorized {
            reference: reference(),
        }),
        answer(Answer::Unknown),
        answer(Answer::Captured {
            reference: reference(),
        }),
    ];
    assert_eq!(
        walk(outcomes),
        ["authorize", "inquire", "inquire", "capture", "inquire", "confirm"]
    );
}

#[test]
fn money_taken_for_an_order_that_ended_goes_back() {
    let outcomes = vec![
        answer(Answer::Authorized {
            reference: reference(),
        }),
        answer(Answer::Captured {
            reference: reference(),
        }),
        Outcome::OrderEnded,
        answer(Answer::Unknown),
        answer(Answer::Refunded {
            reference: reference(),
        }),
        Outcome::Done,
    ];
    assert_eq!(
        walk(outcomes),
        [
            "authorize",
            "capture",
            "confirm",
            "refund",
            "refund",
            "close",
            "refunded"
        ]
    );
}

#[test]
fn a_buyer_who_never_comes_back_from_the_bank_owes_nothing() {
    let outcomes = vec![
        answer(Answer::RequiresAction {
            reference: reference(),
            url: "/bank".into(),
        }),
        answer(Answer::RequiresAction {
            reference: reference(),
            url: "/bank".into(),
        }),
        Outcome::OrderEnded,
        answer(Answer::Voided {
            reference: reference(),
        }),
        Outcome::Done,
    ];
    assert_eq!(
        walk(outcomes),
        [
            "authorize",
            "await_buyer",
            "await_buyer",
            "void",
            "close",
            "voided"
        ]
    );
}

#[test]
fn a_buyer_who_confirms_too_late_gets_what_is_still_there() {
    let late = |answers: Vec<Outcome>| {
        let bank = answer(Answer::RequiresAction {
            reference: reference(),
            url: "/bank".into(),
        });
        walk([vec![bank, Outcome::OrderExpired], answers].concat()).split_off(2)
    };
    let authorized = || {
        answer(Answer::Authorized {
            reference: reference(),
        })
    };
    let captured = || {
        answer(Answer::Captured {
            reference: reference(),
        })
    };
    assert_eq!(
        late(vec![authorized(), Outcome::Done, captured(), Outcome::Done]),
        ["inquire_late", "reopen", "capture", "confirm", "confirmed"]
    );
    assert_eq!(
        late(vec![authorized(), Outcome::OutOfStock]),
        ["inquire_late", "reopen", "void"]
    );
    assert_eq!(
        late(vec![answer(Answer::Unknown), captured(), Outcome::OutOfStock]),
        ["inquire_late", "inquire_late", "confirm", "refund"]
    );
    assert_eq!(
        late(vec![answer(Answer::NotFound), captured(), Outcome::Done]),
        ["inquire_late", "void", "confirm", "confirmed"]
    );
}

#[test]
fn waiting_grows_and_has_an_end() {
    let waits: Vec<u128> = [0, 1, 2, 40]
        .iter()
        .map(|&t| Pause::Backoff.length(t).as_millis())
        .collect();
    assert_eq!(waits, [200, 400, 800, 60_000]);
    let looks: Vec<u64> = [0, 9, 10, 1000]
        .iter()
        .map(|&t| Pause::Poll.length(t).as_secs())
        .collect();
    assert_eq!(looks, [3, 3, 6, 30]);
}

proptest! {
    /// Whatever happens in whatever order: an end is an end, and only a provider's word leads to it.
    #[test]
    fn no_payment_ends_without_the_providers_word(
        outcomes in prop::collection::vec(outcomes(), 0..40),
        capture in prop::sample::select(CaptureTime::ALL.to_vec()),
    ) {
        let mut step = Step::Authorize;
        let (mut captured, mut refunded) = (false, false);
        let (mut authorized, mut told) = (false, false);
        for outcome in outcomes {
            authorized |= matches!(outcome, Outcome::Answer(Answer::Authorized { .. }));
            told |= matches!(outcome, Outcome::Terms(Some(_)));
            captured |= matches!(outcome, Outcome::Answer(Answer::Captured { .. }));
            refunded |= matches!(outcome, Outcome::Answer(Answer::Refunded { .. }));
            let after = next(step.clone(), outcome, capture).step;
            prop_assert!(!step.has_ended() || after == step);
            step = after;
            match &step {
                Step::ConfirmAuthorized { .. } => {
                    prop_assert!(authorized && told && capture == CaptureTime::OnDispatch);
                }
                Step::Confirm { .. } => prop_assert!(captured),
                Step::Ended { end: End::Confirmed } => prop_assert!(captured || authorized && told),
                Step::Ended { end: End::Refunded { .. } } => prop_assert!(refunded),
                _ => {}
            }
        }
    }
}
