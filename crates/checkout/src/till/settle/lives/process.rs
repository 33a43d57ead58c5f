//! Processes that see payments and refunds through, as the drivers do, and die now and then.

use super::market::{Fault, Market};
use super::till::Told;
use crate::error::Error;
use crate::refund::Outcome as RefundOutcome;
use crate::refund::Step as RefundStep;
use crate::refund::drive::{asking, telling as telling_of_refund};
use crate::saga::drive::{overtaken, telling};
use crate::saga::{Outcome, Pause, Step};
use crate::till::settle::{Ask, Case, RefundAsk, RefundMove, Refunding, Saga};
use crate::webhook::{Known, Response, response};
use contracts::orders::{CancelReason, OrderStatus};
use contracts::payments::CaptureTime;
use orders::domain::Order;
use payments::provider::charge_key;
use payments::webhook::NoticeKind;
use payments::{Answer, Authorize, ProviderCharge, Refund};

/// A payment as a process has it in mind.
pub struct Paying {
    pub case: Case,
    pub saga: Saga,
    /// The provider's reference, where it said to this process that the money is set aside.
    pub authorized: Option<String>,
}

/// A refund likewise.
pub struct Refunder {
    pub order: Order,
    pub refund: Refunding,
}

impl Market {
    /// Holds that ran out end, and what was left lying is taken up.
    pub fn look(&mut self, n: usize) {
        let order = &self.lives[n].case.order;
        if order.status == OrderStatus::Placed && order.placed.reserved_until <= self.now {
            let reason = CancelReason::Expired;
            self.ask(n, &Ask::Cancel { reason });
        }
        let now = self.now;
        let saga = self.lives[n].case.saga.as_ref();
        if saga.is_some_and(|saga| saga.due_at.is_some_and(|due| due <= now) && !saga.leased_at(now)) {
            self.ask(n, &Ask::Take);
        }
        let refunds = self.lives[n].case.refunds.iter();
        let due = refunds.filter(|refund| {
            refund.due_at.is_some_and(|due| due <= now) && refund.lease_until.is_none_or(|until| until <= now)
        });
        for refund in due.map(|refund| refund.id).collect::<Vec<_>>() {
            let ask = RefundAsk::Take;
            self.ask(n, &Ask::OfRefund { refund, ask });
        }
    }

    /// The next step of one of the processes that are at the order's payment.
    pub fn payment_step(&mut self, n: usize, fault: Fault) {
        let processes = self.lives[n].paying.len() as u64;
        if processes == 0 {
            return;
        }
        let which = self.dice.below(processes) as usize;
        let mut process = self.lives[n].paying.swap_remove(which);
        if fault == Fault::DiesBefore {
            return self.count("process died");
        }
        let outcome = match (
            overtaken(&process.case.order, &process.saga.step),
            telling(&process.saga, self.now),
        ) {
            (Some(outcome), _) => outcome,
            (None, Some(_)) if fault == Fault::LostBefore => Outcome::Unavailable,
            (None, Some(ask)) => match self.told(n, &ask, fault) {
                None => return,
                Some(Ok(Told {
                    case: Some(case),
                    leased: true,
                    ..
                })) => {
                    let saga = case.saga.clone().expect("leased");
                    return self.lives[n].paying.push(Paying {
                        case,
                        saga,
                        authorized: process.authorized,
                    });
                }
                // The till wrote the end.
                Some(Ok(_)) => return,
                Some(Err(Error::Order(_) | Error::HoldEnded)) => Outcome::OrderEnded,
                Some(Err(Error::Stale)) => return self.superseded(n, process.saga.attempt),
                Some(Err(error)) => panic!("the till failed: {error}"),
            },
            (None, None) if process.saga.step.has_ended() => return,
            (None, None) => match self.asked(&process, fault) {
                Some(answer) => Outcome::Answer(answer),
                None => return self.count("process died"),
            },
        };
        if let Outcome::Answer(Answer::Authorized { reference }) = &outcome {
            process.authorized = Some(reference.clone());
        }
        let pause = process.saga.came(outcome, self.now);
        if pause == Pause::None {
            process.case.saga = Some(process.saga.clone());
            return self.lives[n].paying.push(process);
        }
        process.saga.due_at = Some(self.now + pause.length(process.saga.tries));
        let attempt = process.saga.attempt;
        let saga = Box::new(process.saga);
        let authorized = process.authorized;
        match self.tell(n, &Ask::Park { saga, authorized }) {
            Ok(_) => {}
            Err(Error::Stale) => self.superseded(n, attempt),
            Err(error) => panic!("it cannot be parked: {error}"),
        }
    }

    fn superseded(&mut self, n: usize, attempt: u32) {
        self.count("superseded");
        self.ask(n, &Ask::Hear { attempt });
    }

    /// What the provider tells by itself about an attempt, true or not; see [`crate::webhook`].
    pub fn hear(&mut self, n: usize, attempt: u32, kind: NoticeKind) {
        let Some(saga) = &self.lives[n].case.saga else {
            return;
        };
        let known = Known {
            order: self.lives[n].case.order.id,
            attempt: saga.attempt,
            step: saga.step.clone(),
            // These lives are captured at once.
            capturing: false,
        };
        match response(&known, attempt, kind) {
            Response::Nothing | Response::WakeCaptures => {}
            Response::Wake => self.ask(n, &Ask::Hear { attempt }),
            Response::LetGo => self.let_go(n, attempt),
        }
    }

    /// Gives back what the provider holds for an attempt that was given up.
    fn let_go(&mut self, n: usize, attempt: u32) {
        let order = &self.lives[n].case.order;
        let charge = ProviderCharge {
            key: charge_key(order.placed.payment, attempt),
            amount: order.total(),
        };
        match self.bank.inquire(&charge.key) {
            Answer::Authorized { .. } => {
                self.bank.void(&charge);
            }
            Answer::Captured { .. } => {
                self.bank.refund(&Refund::whole(charge, ""));
            }
            _ => {}
        }
    }

    /// None if the process died when the till had done it.
    fn told(&mut self, n: usize, ask: &Ask, fault: Fault) -> Option<Result<Told, Error>> {
        let told = self.tell(n, ask);
        match fault {
            Fault::Twice => {
                self.count("told twice");
                let _ = self.tell(n, ask);
            }
            Fault::DiesAfter => {
                self.count("process died");
                return None;
            }
            _ => {}
        }
        Some(told)
    }

    /// What the provider says; none if the process died when it had been asked.
    fn asked(&mut self, process: &Paying, fault: Fault) -> Option<Answer> {
        let order = &process.case.order;
        let key = charge_key(order.placed.payment, process.saga.attempt);
        let charge = ProviderCharge {
            key: key.clone(),
            amount: order.total(),
        };
        if fault == Fault::LostBefore {
            self.count("answer lost");
            return Some(Answer::Unknown);
        }
        let times = if fault == Fault::Twice { 2 } else { 1 };
        let mut answer = Answer::Unknown;
        for _ in 0..times {
            answer = match &process.saga.step {
                Step::Authorize => self.bank.authorize(Authorize {
                    key: key.clone(),
                    payment: order.placed.payment,
                    amount: order.total(),
                    method: process.saga.method.clone(),
                    return_path: String::new(),
                    capture: CaptureTime::AtOnce,
                }),
                Step::Capture => self.bank.capture(&charge),
                Step::Void | Step::Abandon => self.bank.void(&charge),
                Step::Refund => self.bank.refund(&Refund::whole(charge.clone(), "")),
                _ => self.bank.inquire(&key),
            };
        }
        match (&process.saga.step, &answer) {
            (Step::Void | Step::Abandon, Answer::Voided { .. }) => self.count("let go"),
            (Step::Refund, Answer::Refunded { .. }) => self.count("given back unsold"),
            _ => {}
        }
        self.lost_after(answer, fault)
    }

    fn lost_after(&mut self, answer: Answer, fault: Fault) -> Option<Answer> {
        match fault {
            Fault::DiesAfter => None,
            Fault::LostAfter => {
                self.count("answer lost");
                Some(Answer::Unknown)
            }
            _ => Some(answer),
        }
    }

    /// The next step of one of the processes that are at the order's refunds.
    pub fn refund_step(&mut self, n: usize, fault: Fault) {
        let processes = self.lives[n].refunding.len() as u64;
        if processes == 0 {
            return;
        }
        let which = self.dice.below(processes) as usize;
        let Refunder { order, mut refund } = self.lives[n].refunding.swap_remove(which);
        if fault == Fault::DiesBefore {
            return self.count("process died");
        }
        let id = refund.id;
        let outcome = match telling_of_refund(&refund, self.now) {
            Some(_) if fault == Fault::LostBefore => RefundOutcome::Unavailable,
            Some(ask) => match self.told(n, &Ask::OfRefund { refund: id, ask }, fault) {
                Some(Err(error)) => {
                    assert!(
                        matches!(error, Error::Stale),
                        "what was promised happens: {error}"
                    );
                    RefundOutcome::Unavailable
                }
                Some(Ok(Told {
                    refund: Some(RefundMove::Kept(ended)),
                    ..
                })) => {
                    if ended.status() == contracts::checkout::RefundStatus::Refused {
                        self.count("refund promised no more");
                    }
                    return;
                }
                _ => return,
            },
            None if refund.step.has_ended() => return,
            None => match self.asked_for_refund(&order, &refund, fault) {
                Some(answer) => RefundOutcome::Answer(answer),
                None => return self.count("process died"),
            },
        };
        let pause = refund.came(outcome, self.now);
        if pause == Pause::None {
            return self.lives[n].refunding.push(Refunder { order, refund });
        }
        refund.due_at = Some(self.now + pause.length(refund.tries));
        let ask = RefundAsk::Park(Box::new(refund));
        match self.tell(n, &Ask::OfRefund { refund: id, ask }) {
            Ok(_) => {}
            Err(Error::Stale) => self.count("superseded"),
            Err(error) => panic!("it cannot be parked: {error}"),
        }
    }

    fn asked_for_refund(&mut self, order: &Order, refund: &Refunding, fault: Fault) -> Option<Answer> {
        let asked = asking(order, refund);
        if fault == Fault::LostBefore {
            self.count("answer lost");
            return Some(Answer::Unknown);
        }
        let times = if fault == Fault::Twice { 2 } else { 1 };
        let mut answer = Answer::Unknown;
        for _ in 0..times {
            answer = match refund.step {
                RefundStep::Ask => self.bank.refund(&asked),
                _ => self.bank.inquire_refund(&asked),
            };
        }
        self.lost_after(answer, fault)
    }
}
