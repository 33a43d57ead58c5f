//! Whole lives of shares, in any order of things: of each captured, released and open are what was authorized, the payment is told
//! the same, and nothing is posted that is not captured.

use super::*;
use crate::refund::End;
use crate::till::settle::RefundAsk;
use kernel::UserId;
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Clone, Debug)]
enum Act {
    Sends(usize),
    GoesOn,
    /// The provider tells something.
    Hears,
    /// Somebody wants it tried again.
    Retries,
    /// The provider answers one of the questions that were ever left to a process, whoever has it by now.
    Answers(usize, Answer),
    Cancels(usize),
    GivesBack(usize, i64),
    /// Seconds go by.
    Later(i64),
}

fn answers() -> impl Strategy<Value = Answer> {
    prop_oneof![
        6 => Just(captured_answer()),
        1 => Just(voided()),
        1 => Just(Answer::Unknown),
        1 => Just(Answer::NotFound),
        1 => Just(Answer::Authorized { reference: "ch1".into() }),
        1 => Just(Answer::Declined { reason: "Not now.".into() }),
    ]
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0usize..2).prop_map(Act::Sends),
        4 => Just(Act::GoesOn),
        1 => Just(Act::Hears),
        1 => Just(Act::Retries),
        6 => (0usize..4, answers()).prop_map(|(back, answer)| Act::Answers(back, answer)),
        1 => (0usize..2).prop_map(Act::Cancels),
        2 => (0usize..2, 1i64..4_000).prop_map(|(n, amount)| Act::GivesBack(n, amount)),
        3 => prop_oneof![6 => 0i64..3, 1 => 0..3 * DAY].prop_map(Act::Later),
    ]
}

fn captures() -> impl Strategy<Value = Captures> {
    prop_oneof![
        3 => Just(Captures::Parts { at_most: 9 }),
        1 => Just(Captures::Parts { at_most: 1 }),
        1 => Just(Captures::Once),
    ]
}

/// What payment and books were told, by shop: captured, released, and sold for.
#[derive(Default)]
struct Told(BTreeMap<TenantId, [i64; 3]>);

impl Told {
    fn hear(&mut self, decision: &Decision) {
        match &decision.payment {
            Some(Payment::SharesCaptured { shares, .. }) => {
                for share in shares {
                    self.of(share.tenant)[0] += share.amount;
                }
            }
            Some(Payment::SharesReleased { shares, .. }) => {
                for share in shares {
                    self.of(share.tenant)[1] += share.amount;
                }
            }
            _ => {}
        }
        if let Some(Books::SaleOfTake { shares, .. }) = &decision.books {
            for share in shares {
                self.of(share.tenant)[2] += share.amount;
            }
        }
    }

    fn of(&mut self, tenant: TenantId) -> &mut [i64; 3] {
        self.0.entry(tenant).or_default()
    }
}

proptest! {
    #[test]
    fn shares_add_up_and_nothing_is_posted_before_it_is_captured(
        captures in captures(),
        acts in prop::collection::vec(acts(), 1..60),
    ) {
        let mut case = set_aside(captures);
        let mut told = Told::default();
        let mut questions: Vec<CaptureAsk> = Vec::new();
        let mut seconds = 2;
        for (n, act) in acts.into_iter().enumerate() {
            let asked = match act {
                Act::Later(by) => {
                    seconds += by;
                    continue;
                }
                Act::Sends(n) => Ask::OfCapture(CaptureAsk::Sent { tenant: tenant(n) }),
                Act::GoesOn => Ask::OfCapture(CaptureAsk::Take),
                Act::Hears => Ask::OfCapture(CaptureAsk::Hear),
                Act::Retries => Ask::OfCapture(CaptureAsk::Retry {
                    by: UserId(Uuid::from_u128(7)),
                    note: "Now.".into(),
                }),
                Act::Answers(back, answer) => {
                    let Some(CaptureAsk::Answer { version, question, .. }) = questions.iter().rev().nth(back) else {
                        continue;
                    };
                    Ask::OfCapture(CaptureAsk::Answer {
                        version: *version,
                        question: question.clone(),
                        answer,
                    })
                }
                Act::Cancels(n) => cancel_part(n),
                Act::GivesBack(part, amount) => Ask::Refund(Box::new(RefundRequest {
                    id: RefundId::new(at(seconds)),
                    part: part_id(part),
                    wish: RefundWish::Amount(Money::new(amount, Currency::EUR)),
                    reason: "cracked".into(),
                    to: RefundTo::Origin,
                    key: RefundKey {
                        key: n.to_string(),
                        request_hash: vec![1],
                    },
                })),
            };
            let decision = match ask(&mut case, &asked, seconds) {
                Ok(decision) => decision,
                Err(error) => {
                    prop_assert!(!matches!(error, Error::Internal), "{asked:?}");
                    continue;
                }
            };
            told.hear(&decision);
            if let Some(CaptureMove::Leased(capturing, question)) = &decision.capture {
                questions.push(CaptureAsk::Answer {
                    version: capturing.version,
                    question: question.clone(),
                    answer: Answer::Unknown,
                });
            }
            if let Some(RefundMove::Leased(refund)) = decision.refund {
                let end = End::Refunded { reference: "re1".into() };
                let id = refund.id;
                prop_assert!(refund.of.is_some(), "what goes back was captured");
                let close = RefundAsk::Close(Box::new(refund), end);
                let closed = ask(&mut case, &Ask::OfRefund { refund: id, ask: close }, seconds);
                prop_assert!(closed.is_ok(), "what was promised happens");
            }
            let kept = case.capturing.as_ref().expect("kept");
            let mut given_back = 0;
            for share in kept.taking.split().shares() {
                prop_assert_eq!(share.captured + share.released + share.open, share.authorized);
                prop_assert_eq!(
                    *told.of(share.tenant),
                    [share.captured, share.released, share.captured]
                );
                given_back += share.released;
            }
            prop_assert!(case.order.refunded() >= given_back, "the history tells of all that was released");
            prop_assert_eq!(kept.ended_at.is_none(), kept.due_at.is_some());
        }
    }
}
