//! In the evening every answer comes, every process does its work, and nothing may be left open.

use super::market::{Act, Fault, Market};
use super::{bank::GOOD, goods::HOLD_S};
use crate::saga::{End, Step};
use crate::till::settle::{Ask, RefundAsk};
use contracts::checkout::{RefundStatus, RefundWish};
use contracts::orders::OrderStatus;
use contracts::payments::PaymentStatus;
use inventory::till::ReservationState;
use kernel::Money;
use orders::domain::SubOrder;
use payments::Answer;
use payments::provider::charge_key;
use payments::webhook::NoticeKind;

/// Within so many rounds everything has its end: far more than any needs.
const ROUNDS: usize = 40;

impl Market {
    pub fn evening(&mut self) {
        self.end_everything();
        for n in 0..self.lives.len() {
            self.check_ended(n);
        }
        for n in 0..self.lives.len() {
            if self.dice.one_in(2) {
                self.give_all_back(n);
            }
        }
    }

    /// Until nothing is under way: holds run out, what lies is taken up, and every step is done.
    fn end_everything(&mut self) {
        for _ in 0..ROUNDS {
            self.now += chrono::TimeDelta::seconds(HOLD_S);
            self.bank.settle_all();
            for n in 0..self.lives.len() {
                self.give_again(n);
                self.look(n);
                self.finish(n);
                self.hear_all(n);
            }
            if (0..self.lives.len()).all(|n| self.has_ended(n)) {
                return;
            }
        }
        for n in 0..self.lives.len() {
            assert!(self.has_ended(n), "{:?}", self.lives[n].case);
        }
    }

    /// What came back is tried again until it gets through.
    fn give_again(&mut self, n: usize) {
        let refunds = self.lives[n].case.refunds.iter();
        let back = refunds.filter(|refund| refund.status() == RefundStatus::CameBack);
        for refund in back.map(|refund| refund.id).collect::<Vec<_>>() {
            let ask = RefundAsk::Retry;
            self.ask(n, &Ask::OfRefund { refund, ask });
            self.count("refund given again");
        }
    }

    /// The provider's last word about every attempt arrives.
    fn hear_all(&mut self, n: usize) {
        let case = &self.lives[n].case;
        let (payment, attempts) = (
            case.order.placed.payment,
            case.saga.as_ref().map_or(0, |saga| saga.attempt),
        );
        for attempt in 1..=attempts {
            let kind = match self.bank.inquire(&charge_key(payment, attempt)) {
                Answer::Authorized { .. } => NoticeKind::Authorized,
                Answer::Captured { .. } => NoticeKind::Captured,
                _ => continue,
            };
            self.hear(n, attempt, kind);
        }
    }

    fn finish(&mut self, n: usize) {
        while !self.lives[n].paying.is_empty() || !self.lives[n].refunding.is_empty() {
            if !self.lives[n].paying.is_empty() {
                self.happen(n, Act::Step(Fault::None));
            }
            if !self.lives[n].refunding.is_empty() {
                self.happen(n, Act::RefundStep(Fault::None));
            }
        }
    }

    fn has_ended(&self, n: usize) -> bool {
        let case = &self.lives[n].case;
        case.order.status != OrderStatus::Placed
            && case.saga.as_ref().is_none_or(|saga| saga.step.has_ended())
            && case
                .refunds
                .iter()
                .all(|refund| refund.step.has_ended() && refund.came_back.is_empty())
    }

    /// Nothing is held, and the provider has the money of what was sold alone.
    fn check_ended(&self, n: usize) {
        let life = &self.lives[n];
        let (order, payment) = (&life.case.order, &life.payment);
        for reservation in &life.reservations {
            assert_ne!(reservation.state, ReservationState::Held, "held for ever");
        }
        let attempts = life.case.saga.as_ref().map_or(0, |saga| saga.attempt);
        let charges = (1..=attempts).filter_map(|n| self.bank.charge(&charge_key(order.placed.payment, n)));
        let (mut held, mut open) = (0, 0);
        for charge in charges {
            held += charge.captured - charge.refunded;
            open += usize::from(charge.holds_money());
        }
        let expected = if order.paid {
            order.total().amount - order.refunded()
        } else {
            0
        };
        assert_eq!(
            held, expected,
            "order {n}: the provider holds what was sold and not given back\n{:#?}",
            life.case
        );
        assert_eq!(
            open,
            usize::from(held > 0),
            "order {n}: and nothing else is set aside\n{:#?}",
            life.case
        );
        let fits = match order.paid {
            true => matches!(payment.status, PaymentStatus::Captured | PaymentStatus::Refunded),
            false => matches!(payment.status, PaymentStatus::Voided | PaymentStatus::Refunded),
        };
        assert!(
            fits,
            "{:?} of an order that is {:?}",
            payment.status, order.status
        );
        if !order.paid && payment.captured > 0 {
            assert_eq!(payment.refunded, payment.captured, "it was never sold for");
        }
        let end = life.case.saga.as_ref().map(|saga| &saga.step);
        assert_eq!(
            order.paid,
            matches!(end, Some(Step::Ended { end: End::Confirmed }))
        );
    }

    /// All of an order goes back in three pieces for each part; where its bank does as it is told, nothing is left of it.
    fn give_all_back(&mut self, n: usize) {
        let currency = self.lives[n].case.order.currency();
        for part in 0..self.lives[n].case.order.placed.parts.len() {
            let part = self.lives[n].part(part);
            for pieces in [3, 2, 1] {
                let left = self.lives[n].case.order.refundable(part);
                let amount = Money::new((left + pieces - 1) / pieces, currency);
                self.refund(n, part, RefundWish::Amount(amount));
                self.finish(n);
                self.check(n);
            }
        }
        self.end_everything();
        let life = &self.lives[n];
        let method = life.case.saga.as_ref().map_or("", |saga| &saga.method);
        if life.case.order.paid && method == GOOD {
            assert_eq!(life.case.order.refunded(), life.case.order.total().amount);
            // What costs nothing stays sold.
            let costs_nothing = |part: &SubOrder<'_>| part.part.total() == 0;
            if life.case.order.sub_orders().any(|part| costs_nothing(&part)) {
                return self.count("sold for nothing");
            }
            assert!(
                life.posted.values().all(|sum| *sum == 0),
                "every account is back where it was"
            );
            self.count("all given back");
        }
    }
}
