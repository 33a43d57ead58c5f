//! Returns: their steps, which of them may follow which, and how many units and how much money they are about.

use super::parts::{FIRST, SECOND, after, deliver, pack, parcel, ship, status, units};
use super::*;
use contracts::orders::{ReturnReason, ReturnStatus, ReturnWish, SubOrderStatus};
use kernel::{RefundId, ReturnId};
use proptest::test_runner::TestCaseError;

/// Two units at 5.00 arrive at 12 s.
pub fn delivered() -> Vec<Command> {
    vec![pack(FIRST), ship(FIRST, 1, &[units(1, 2)]), deliver(FIRST, 1)]
}

pub fn id(n: u128) -> ReturnId {
    ReturnId(Uuid::from_u128(80 + n))
}

pub fn take(n: u128, step: ReturnStep) -> Command {
    Command::Return {
        part: FIRST,
        id: id(n),
        step,
    }
}

pub fn ask(n: u128, quantity: u32) -> Command {
    let request = ReturnRequest {
        lines: vec![units(1, quantity)],
        reason: ReturnReason::ChangedMind,
        note: String::new(),
        wish: ReturnWish::Refund,
    };
    take(n, ReturnStep::Requested(request))
}

pub fn authorise(n: u128) -> Command {
    let note = String::new();
    take(n, ReturnStep::Authorised { note })
}

fn refuse(n: u128, note: &str) -> Command {
    take(n, ReturnStep::Refused { note: note.into() })
}

fn send(n: u128) -> Command {
    let (carrier, tracking) = ("Correos".into(), format!("RK{n}"));
    take(n, ReturnStep::SentBack { carrier, tracking })
}

pub fn receive(n: u128, restocked: u32, written_off: u32) -> Command {
    let line = units(1, 0).line;
    let lines = vec![Received {
        line,
        restocked,
        written_off,
    }];
    take(n, ReturnStep::Received { lines })
}

pub fn close(n: u128) -> Command {
    let note = "keep it".into();
    take(n, ReturnStep::Closed { note })
}

/// What was paid for the units of a return, as it then is.
fn refund(order: &Order, n: u128, deduction: Option<i64>) -> Option<Refund> {
    let sub_order = order.sub_order(FIRST).expect("a part of it");
    let known = sub_order.find_return(id(n)).expect("a return of it");
    let terms = ReturnTerms {
        delivery: false,
        deduction: deduction.map(|amount| Deduction {
            amount,
            reason: "a scratch".into(),
        }),
        reason: "returned".into(),
    };
    let id = RefundId(Uuid::from_u128(90 + n));
    sub_order.refund_for(known, id, &terms).expect("adds up")
}

fn give(order: &Order, n: u128) -> Command {
    Command::Refund(refund(order, n, None).expect("something is left"))
}

/// A delivered order after these commands.
#[track_caller]
pub fn then(commands: &[Command]) -> Order {
    after(&[&delivered()[..], commands].concat())
}

#[track_caller]
pub fn stands(order: &Order, n: u128) -> ReturnStatus {
    let sub_order = order.sub_order(FIRST).expect("a part of it");
    sub_order.return_status(sub_order.find_return(id(n)).expect("a return of it"))
}

#[track_caller]
#[allow(
    clippy::needless_pass_by_value,
    reason = "an expectation is written where it is used"
)]
pub fn refused(given: &[Command], when: &Command, then_: Expect) {
    let refusal = decide(Some(&then(given)), when, at(100)).expect_err("refused");
    then_.assert_eq(&refusal.to_string());
}

#[test]
fn a_unit_comes_back_its_money_goes_back_and_the_other_follows() {
    use ReturnStatus as R;
    use SubOrderStatus as S;
    let first = [ask(1, 1), authorise(1), send(1), receive(1, 1, 0)];
    let expected = [R::Requested, R::Authorised, R::SentBack, R::Received];
    for (n, expected) in expected.into_iter().enumerate() {
        let order = then(&first[..=n]);
        assert_eq!(
            (stands(&order, 1), status(&order, FIRST)),
            (expected, S::ReturnRequested)
        );
        assert_eq!(status(&order, SECOND), S::Confirmed);
        assert_eq!(order.fulfilment(), contracts::orders::Fulfilment::PartlyShipped);
    }
    let back = [&first[..], &[give(&then(&first), 1)]].concat();
    let order = then(&back);
    assert_eq!(
        (stands(&order, 1), status(&order, FIRST)),
        (R::Closed, S::Delivered)
    );
    assert_eq!((order.refunded(), order.refundable(FIRST)), (500, 900));

    let both = [&back[..], &[ask(2, 1), authorise(2), receive(2, 0, 1)]].concat();
    let both = [&both[..], &[give(&then(&both), 2)]].concat();
    let order = then(&both);
    assert_eq!(
        (stands(&order, 2), status(&order, FIRST)),
        (R::Closed, S::Returned)
    );
    let sub_order = order.sub_order(FIRST).expect("a part of it");
    assert_eq!(
        sub_order.progress.delivered_at,
        Some(at(12)),
        "it was delivered once, whatever came back"
    );
    let seen = &order.view().sub_orders[0];
    let told: Vec<&str> = seen.returns[0].timeline.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(
        told,
        ["requested", "authorised", "sent_back", "received", "refunded"]
    );
    let lines = &seen.returns[1].lines[0];
    assert_eq!((lines.quantity, lines.restocked, lines.written_off), (1, 0, 1));
    assert_eq!(
        seen.return_until.map(|until| until.to_string()).as_deref(),
        Some("2026-10-05 23:59:59 UTC")
    );
    assert_eq!(seen.returnable, []);
}

#[test]
fn every_step_has_its_place_and_the_possible_ones_are_named() {
    let exchange = take(1, ReturnStep::Exchanged);
    let received = [ask(1, 1), authorise(1), receive(1, 1, 0)];
    let early = [ask(1, 1), authorise(1)];
    let early = [&early[..], &[give(&then(&early), 1)]].concat();
    let ways: [(&str, Vec<Command>); 8] = [
        ("requested", vec![ask(1, 1)]),
        ("refused", vec![ask(1, 1), refuse(1, "used")]),
        ("withdrawn", vec![ask(1, 1), take(1, ReturnStep::Withdrawn)]),
        ("authorised", vec![ask(1, 1), authorise(1)]),
        ("sent back", vec![ask(1, 1), authorise(1), send(1)]),
        ("received", received.to_vec()),
        ("refunded", early),
        (
            "exchanged",
            [&received[..], std::slice::from_ref(&exchange)].concat(),
        ),
    ];
    let steps = [
        authorise(1),
        refuse(1, "used"),
        take(1, ReturnStep::Withdrawn),
        send(1),
        receive(1, 1, 0),
        exchange,
        close(1),
    ];
    let mut table = Vec::new();
    for (from, way) in &ways {
        let order = then(way);
        let outcome = |step: &Command| match decide(Some(&order), step, at(100)) {
            Ok(events) if events.is_empty() => "same".to_owned(),
            Ok(events) => events[0].name().replace("return_", ""),
            Err(Refusal::Illegal { .. }) => "-".to_owned(),
            Err(other) => other.to_string(),
        };
        let outcomes: Vec<String> = steps.iter().map(outcome).collect();
        table.push(format!("{from}: {}", outcomes.join(" ")));
    }
    expect![[r#"
        requested: authorised refused withdrawn - - - -
        refused: - same - - - - -
        withdrawn: - - same - - - -
        authorised: same - withdrawn sent_back received - closed
        sent back: same - - same received - closed
        received: same - - - same exchanged closed
        refunded: same - - sent_back received - closed
        exchanged: same - - - same same closed"#]]
    .assert_eq(&table.join("\n"));
    refused(
        &[ask(1, 1), refuse(1, "used")],
        &authorise(1),
        expect!["A return that is refused cannot be authorised; it can be nothing else any more."],
    );
    refused(
        &[ask(1, 1)],
        &receive(1, 1, 0),
        expect![
            "A return that is requested cannot be received; it can be authorised or refused or withdrawn."
        ],
    );
    refused(
        &[],
        &authorise(1),
        expect!["There is no such return in this order."],
    );
    refused(
        &[ask(1, 1)],
        &refuse(1, " "),
        expect!["Say why: the buyer is told."],
    );
}

#[test]
fn only_what_has_arrived_is_returned_and_only_in_time() {
    let refusal = |order: &Order, seconds| {
        let refused = decide(Some(order), &ask(1, 1), at(seconds));
        refused.expect_err("refused").to_string()
    };
    expect!["A sub-order that is shipped cannot be return_requested; it can be delivered."]
        .assert_eq(&refusal(&after(&delivered()[..2]), 20));
    expect!["A sub-order that is placed cannot be return_requested; it can be confirmed."]
        .assert_eq(&refusal(&order(OrderStatus::Placed), 2));
    // It arrived at 14:13:32, and the last day counts whole, because it is the day that the buyer is told.
    let end_of_day = 12 + 14 * 24 * 60 * 60 + 9 * 60 * 60 + 46 * 60 + 27;
    assert!(decide(Some(&then(&[])), &ask(1, 1), at(end_of_day)).is_ok());
    expect!["What came could be returned until 2026-10-05 23:59:59 UTC."]
        .assert_eq(&refusal(&then(&[]), end_of_day + 1));
}

#[test]
fn a_shop_that_takes_nothing_back_is_not_asked_on_the_day_of_delivery() {
    let mut order = then(&[]);
    order.placed.parts[0].return_days = 0;
    let refused = decide(Some(&order), &ask(1, 1), at(13)).expect_err("refused");
    expect!["What came could be returned until 2026-09-21 14:13:32 UTC."].assert_eq(&refused.to_string());
}

#[test]
fn units_are_returned_once() {
    refused(
        &[],
        &ask(1, 3),
        expect![
            "3 units of line 00000000-0000-0000-0000-00000000001f are too many: 2 are left to be returned."
        ],
    );
    refused(
        &[ask(1, 1)],
        &ask(2, 2),
        expect![
            "2 units of line 00000000-0000-0000-0000-00000000001f are too many: 1 are left to be returned."
        ],
    );
    // Refunded without coming back.
    let mut goodwill = refunds::any(1, FIRST, 0, 0, 500);
    goodwill.lines[0].quantity = 1;
    refused(
        &[Command::Refund(goodwill)],
        &ask(1, 2),
        expect![
            "2 units of line 00000000-0000-0000-0000-00000000001f are too many: 1 are left to be returned."
        ],
    );
    refused(
        &[ask(1, 1), authorise(1)],
        &receive(1, 1, 1),
        expect![
            "2 units of line 00000000-0000-0000-0000-00000000001f are too many: 1 are left to be returned."
        ],
    );
    let nothing = take(1, ReturnStep::Received { lines: Vec::new() });
    refused(
        &[ask(1, 1), authorise(1)],
        &nothing,
        expect!["Name at least one unit; each line is named once, and is one of the sub-order's."],
    );
    // What was refused, withdrawn or never came can be asked for again.
    for ended in [refuse(1, "used"), take(1, ReturnStep::Withdrawn)] {
        then(&[ask(1, 2), ended, ask(2, 2)]);
    }
    then(&[ask(1, 2), authorise(1), close(1), ask(2, 2)]);
}

#[test]
fn asking_twice_is_asking_once() {
    let order = then(&[ask(1, 1)]);
    assert_eq!(decide(Some(&order), &ask(1, 1), at(100)), Ok(vec![]));
    refused(
        &[ask(1, 1)],
        &ask(1, 2),
        expect!["This id belongs to another return already."],
    );
    let given = give(&then(&[ask(1, 1), authorise(1)]), 1);
    let order = then(&[ask(1, 1), authorise(1), given.clone()]);
    assert_eq!(decide(Some(&order), &given, at(100)), Ok(vec![]));
    let Command::Refund(mut again) = given else {
        unreachable!("it is one")
    };
    again.id = RefundId(Uuid::from_u128(99));
    let again = decide(Some(&order), &Command::Refund(again), at(100));
    expect!["A return that is refunded cannot be refunded; it can be sent_back or received or closed."]
        .assert_eq(&again.expect_err("refused").to_string());
}

#[test]
fn how_goods_travel_is_said_again_and_the_last_word_counts() {
    let say = |number: &str| {
        let (carrier, tracking) = ("Correos".into(), number.into());
        take(1, ReturnStep::SentBack { carrier, tracking })
    };
    let order = then(&[ask(1, 1), authorise(1), say("RK1"), say("RK2"), say("RK1")]);
    assert_eq!(order.view().sub_orders[0].returns[0].tracking, "RK1");
    assert_eq!(decide(Some(&order), &say("RK1"), at(100)), Ok(vec![]));
}

#[test]
fn an_id_is_that_of_one_return_of_the_order() {
    let of_second = ReturnRequest {
        lines: vec![units(2, 1)],
        reason: ReturnReason::ChangedMind,
        note: String::new(),
        wish: ReturnWish::Refund,
    };
    let ask_second = |n| Command::Return {
        part: SECOND,
        id: id(n),
        step: ReturnStep::Requested(of_second.clone()),
    };
    let arrived = [
        ask(1, 1),
        pack(SECOND),
        ship(SECOND, 2, &[units(2, 1)]),
        deliver(SECOND, 2),
    ];
    refused(
        &arrived,
        &ask_second(1),
        expect!["This id belongs to another return already."],
    );
    let order = then(&[&arrived[..], &[ask_second(2)]].concat());
    assert_eq!(order.part_of_return(id(2)), Some(SECOND));
}

#[test]
fn a_reason_says_something() {
    let other = |note: &str| {
        let request = ReturnRequest {
            lines: vec![units(1, 1)],
            reason: ReturnReason::Other,
            note: note.into(),
            wish: ReturnWish::Exchange,
        };
        take(1, ReturnStep::Requested(request))
    };
    refused(
        &[],
        &other(" "),
        expect!["Say in the note what is wrong with it."],
    );
    then(&[other("It smells of fish.")]);
}

#[test]
fn what_goes_back_is_what_was_paid_and_is_not_back_yet() {
    let back = |commands: &[Command], deduction| refund(&then(commands), 1, deduction).map(|r| r.amount);
    let both = [ask(1, 2), authorise(1)];
    assert_eq!(back(&both, None), Some(1000));
    assert_eq!(back(&both, Some(1)), Some(999));
    // Of two, one came.
    let one = [&both[..], &[receive(1, 1, 0)]].concat();
    assert_eq!(back(&one, None), Some(500));
    // 3.00 were given back for a scratch before, and 2.00 as such.
    let scratch = Command::Refund(refunds::any(1, FIRST, 0, 0, 300));
    assert_eq!(back(&[&[scratch][..], &both].concat(), None), Some(700));
    let all_but_two = Command::Refund(refunds::any(1, FIRST, 1200, 0, 0));
    assert_eq!(back(&[&[all_but_two][..], &both].concat(), None), Some(200));
    let all = Command::Refund(refunds::any(1, FIRST, 1400, 0, 0));
    assert_eq!(back(&[&[all][..], &both].concat(), None), None);
}

#[test]
fn a_deduction_is_less_than_the_goods() {
    let order = then(&[ask(1, 1), authorise(1)]);
    let sub_order = order.sub_order(FIRST).expect("a part of it");
    let known = sub_order.find_return(id(1)).expect("a return of it");
    for amount in [-1, 0, 500, 501] {
        let terms = ReturnTerms {
            delivery: true,
            deduction: Some(Deduction {
                amount,
                reason: "worn".into(),
            }),
            reason: String::new(),
        };
        let refund = sub_order.refund_for(known, RefundId(Uuid::from_u128(1)), &terms);
        assert_eq!(
            refund,
            Err(Refusal::BadDeduction {
                wanted: amount,
                goods: 500
            })
        );
    }
    let terms = ReturnTerms {
        delivery: true,
        ..ReturnTerms::default()
    };
    let refund = sub_order.refund_for(known, RefundId(Uuid::from_u128(1)), &terms);
    let refund = refund.expect("adds up").expect("something");
    assert_eq!((refund.delivery, refund.amount), (400, 900));
}

#[test]
fn steps_keep_their_words() {
    let steps = [
        ask(1, 1),
        authorise(1),
        refuse(1, "used"),
        take(1, ReturnStep::Withdrawn),
        send(1),
        receive(1, 1, 1),
        take(1, ReturnStep::Exchanged),
        close(1),
    ];
    let words: Vec<String> = steps
        .into_iter()
        .map(|command| {
            let Command::Return { part, id, step } = command else {
                unreachable!("they are all of returns")
            };
            let event = Event::Return { part, id, step };
            let json = serde_json::to_string(&event).expect("JSON");
            assert_eq!(serde_json::from_str::<Event>(&json).expect("an event"), event);
            format!(
                "{} {}",
                event.name(),
                json.replace("00000000-0000-0000-0000-0000000000", "#")
            )
        })
        .collect();
    expect![[r##"
        return_requested {"return":{"part":"#0b","id":"#51","step":{"requested":{"lines":[{"line":"#1f","quantity":1}],"reason":"changed_mind","wish":"refund"}}}}
        return_authorised {"return":{"part":"#0b","id":"#51","step":{"authorised":{}}}}
        return_refused {"return":{"part":"#0b","id":"#51","step":{"refused":{"note":"used"}}}}
        return_withdrawn {"return":{"part":"#0b","id":"#51","step":"withdrawn"}}
        return_sent_back {"return":{"part":"#0b","id":"#51","step":{"sent_back":{"carrier":"Correos","tracking":"RK1"}}}}
        return_received {"return":{"part":"#0b","id":"#51","step":{"received":{"lines":[{"line":"#1f","restocked":1,"written_off":1}]}}}}
        return_exchanged {"return":{"part":"#0b","id":"#51","step":"exchanged"}}
        return_closed {"return":{"part":"#0b","id":"#51","step":{"closed":{"note":"keep it"}}}}"##]].assert_eq(&words.join("\n"));
}

/// Any step of any return, of one that is there or not.
pub fn any() -> impl Strategy<Value = Command> {
    let step = prop_oneof![
        3 => (1u32..4).prop_map(|quantity| ask(1, quantity)),
        2 => Just(authorise(1)),
        1 => Just(refuse(1, "used")),
        1 => Just(take(1, ReturnStep::Withdrawn)),
        1 => Just(send(1)),
        3 => (0u32..3, 0u32..3).prop_map(|(restocked, gone)| receive(1, restocked, gone)),
        1 => Just(take(1, ReturnStep::Exchanged)),
        1 => Just(close(1)),
        2 => (1u128..4, 1i64..600).prop_map(|(n, amount)| {
            let refund = refunds::any(10 + n, FIRST, amount, 0, 0);
            Command::Refund(Refund { of_return: Some(id(n)), ..refund })
        }),
        1 => (5u128..8, 1u32..3).prop_map(|(n, quantity)| {
            let exchange = Some(id(1));
            Command::Ship { part: FIRST, parcel: Parcel { exchange, ..parcel(n, &[units(1, quantity)]) } }
        }),
        1 => (5u128..8).prop_map(|n| deliver(FIRST, n)),
    ];
    (step, 1u128..4).prop_map(|(step, n)| match step {
        Command::Return { part, step, .. } => Command::Return {
            part,
            id: id(n),
            step,
        },
        other => other,
    })
}

/// Never more is in returns than has arrived, and a sub-order's status says whether one is open.
pub fn adds_up(sub_order: &SubOrder<'_>, line: &Line) -> Result<(), TestCaseError> {
    let open: u32 = sub_order
        .open_returns()
        .flat_map(|known| known.units())
        .filter(|units| units.line == line.id)
        .map(|units| units.quantity)
        .sum();
    let arrived = sub_order.delivered(line.id);
    prop_assert!(open <= arrived, "{open} of {arrived} are on their way back");
    let is_open = sub_order.has_open_returns();
    prop_assert_eq!(is_open, sub_order.status() == SubOrderStatus::ReturnRequested);
    for known in &sub_order.progress.returns {
        let sent: u32 = sub_order
            .exchange_parcels(known.id)
            .flat_map(|sent| &sent.parcel.lines)
            .map(|units| units.quantity)
            .sum();
        let came: u32 = known
            .received()
            .unwrap_or_default()
            .iter()
            .map(Received::units)
            .sum();
        prop_assert!(sent <= came, "{sent} are sent again for {came}");
        let refunds = sub_order.progress.refunds.iter();
        let of_it = refunds.filter(|given| given.refund.of_return == Some(known.id));
        prop_assert!(of_it.count() <= 1, "money went back twice");
    }
    Ok(())
}
