//! Units that are not sent, and units that come back: what buyers and shops do about them.

use super::market::{Act, Fault, Market};
use crate::till::settle::{Ask, ReturnAct, ReturnAsk, UnitsAsk};
use contracts::checkout::{AfterReceipt, ReturnTerms};
use contracts::orders::{CancelReason, ReturnReason, ReturnStatus, ReturnWish};
use kernel::{ParcelId, ReturnId, SubOrderId};
use orders::domain::{Command, Order, Parcel, Received, ReturnRequest, ReturnStep, SubOrder, Units};

/// What happens to the returns of a part in an afternoon.
const RETURN_ACTS: usize = 5;

impl Market {
    /// Some units of a line that are not sent, the last of them now and then; asked twice with one key at times.
    pub fn cancel_units(&mut self, n: usize, part: usize) {
        let part = self.lives[n].part(part);
        let left = of(&self.lives[n].case.order, part, |sub_order| {
            sub_order.left_to_ship()
        });
        let units = self.some_of(left);
        if units.is_empty() {
            return;
        }
        let key = self.id().to_string();
        let ask = Ask::CancelUnits(Box::new(UnitsAsk {
            part,
            units,
            reason: self
                .dice
                .pick(&[CancelReason::Buyer, CancelReason::Seller, CancelReason::Operator]),
            note: "broke".to_owned(),
            key,
        }));
        self.ask(n, &ask);
        if self.dice.one_in(8) {
            self.count("asked twice");
            self.ask(n, &ask);
        }
    }

    /// What was paid is packed, sent and arrives, and some of it comes back.
    pub fn afternoon(&mut self, n: usize) {
        for part in 0..self.lives[n].case.order.placed.parts.len() {
            let way = [
                Act::Pack(part),
                Act::Ship(part),
                Act::Ship(part),
                Act::Deliver(part),
                Act::Deliver(part),
            ];
            for act in way {
                self.happen(n, act);
            }
            for _ in 0..RETURN_ACTS {
                self.happen(n, Act::Return(part));
                self.happen(n, Act::RefundStep(Fault::None));
            }
        }
    }

    /// The next thing that happens to one of a part's returns; a new one, where there is none.
    pub fn bring_back(&mut self, n: usize, part: usize) {
        let part = self.lives[n].part(part);
        let open: Vec<(ReturnId, ReturnStatus)> = of(&self.lives[n].case.order, part, |sub_order| {
            let open = sub_order.open_returns();
            open.map(|known| (known.id, sub_order.return_status(known)))
                .collect()
        });
        if open.is_empty() || self.dice.one_in(4) {
            return self.request(n, part);
        }
        let (id, status) = self.dice.pick(&open);
        match status {
            ReturnStatus::Requested => self.answer(n, part, id),
            ReturnStatus::Exchanged => self.send_again(n, part, id),
            _ => self.go_on(n, part, id),
        }
    }

    fn request(&mut self, n: usize, part: SubOrderId) {
        let left = of(&self.lives[n].case.order, part, |sub_order| {
            sub_order.returnable_units()
        });
        let lines = self.some_of(left);
        if lines.is_empty() {
            return;
        }
        let step = ReturnStep::Requested(ReturnRequest {
            lines,
            reason: ReturnReason::Damaged,
            note: String::new(),
            wish: ReturnWish::Refund,
        });
        self.say(n, part, None, step);
    }

    fn answer(&mut self, n: usize, part: SubOrderId, id: ReturnId) {
        let note = "said so".to_owned();
        match self.dice.below(6) {
            0 => self.say(n, part, Some(id), ReturnStep::Refused { note }),
            1 => self.about(n, part, id, ReturnAct::Withdraw),
            _ => self.say(n, part, Some(id), ReturnStep::Authorised { note }),
        }
    }

    /// Something of what may be done about goods that are agreed to come back, or are back; what may not is refused.
    fn go_on(&mut self, n: usize, part: SubOrderId, id: ReturnId) {
        let act = match self.dice.below(10) {
            0 => return self.say(n, part, Some(id), sent_back()),
            1 => ReturnAct::Withdraw,
            2 => ReturnAct::Close {
                note: "never came".to_owned(),
            },
            3 | 4 => ReturnAct::Refund(self.terms()),
            5 => ReturnAct::Exchange,
            _ => {
                let lines = self.came(n, part, id);
                ReturnAct::Receive {
                    lines,
                    then: match self.dice.below(3) {
                        0 => AfterReceipt::Exchange,
                        1 => AfterReceipt::Nothing,
                        _ => AfterReceipt::Refund(self.terms()),
                    },
                }
            }
        };
        self.about(n, part, id, act);
    }

    /// What was asked for, less a unit at times; each for sale again or not.
    fn came(&mut self, n: usize, part: SubOrderId, id: ReturnId) -> Vec<Received> {
        let asked = of(&self.lives[n].case.order, part, |sub_order| {
            let known = sub_order.find_return(id);
            known.map_or_else(Vec::new, |known| known.requested.lines.clone())
        });
        let dice = &mut self.dice;
        let came = asked.into_iter().map(|units| {
            let missing = u32::from(units.quantity > 1 && dice.one_in(6));
            let restocked = dice.below(u64::from(units.quantity - missing) + 1) as u32;
            Received {
                line: units.line,
                restocked,
                written_off: units.quantity - missing - restocked,
            }
        });
        came.collect()
    }

    fn terms(&mut self) -> ReturnTerms {
        ReturnTerms {
            delivery: self.dice.one_in(3),
            deduction: None,
        }
    }

    /// A parcel with the same goods, or with some of them; or nothing more, and they are put back.
    fn send_again(&mut self, n: usize, part: SubOrderId, id: ReturnId) {
        if self.dice.one_in(5) {
            let note = "sold out of boxes".to_owned();
            return self.about(n, part, id, ReturnAct::Close { note });
        }
        let left = of(&self.lives[n].case.order, part, |sub_order| {
            let known = sub_order.find_return(id);
            known.map_or_else(Vec::new, |known| sub_order.left_to_exchange(known))
        });
        let lines = self.some_of(left);
        self.fulfil(n, |_, parcel| Command::Ship {
            part,
            parcel: Parcel {
                id: ParcelId(parcel),
                lines,
                carrier: String::new(),
                tracking: String::new(),
                exchange: Some(id),
            },
        });
    }

    /// What needs neither stock nor money.
    fn say(&mut self, n: usize, part: SubOrderId, id: Option<ReturnId>, step: ReturnStep) {
        self.fulfil(n, |_, new| Command::Return {
            part,
            id: id.unwrap_or(ReturnId(new)),
            step,
        });
    }

    fn about(&mut self, n: usize, part: SubOrderId, id: ReturnId, act: ReturnAct) {
        let ask = Ask::Return(Box::new(ReturnAsk { part, id, act }));
        self.ask(n, &ask);
        if self.dice.one_in(8) {
            self.count("asked twice");
            self.ask(n, &ask);
        }
    }

    /// Some of these units, of one line or of all.
    fn some_of(&mut self, mut units: Vec<Units>) -> Vec<Units> {
        if self.dice.one_in(2) {
            units.truncate(1);
        }
        for units in &mut units {
            units.quantity = 1 + self.dice.below(u64::from(units.quantity)) as u32;
        }
        units
    }
}

fn sent_back() -> ReturnStep {
    ReturnStep::SentBack {
        carrier: String::new(),
        tracking: String::new(),
    }
}

fn of<T: Default>(order: &Order, part: SubOrderId, read: impl Fn(&SubOrder<'_>) -> T) -> T {
    order
        .sub_order(part)
        .map_or_else(T::default, |sub_order| read(&sub_order))
}
