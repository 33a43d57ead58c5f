//! A payment provider in memory: idempotent by key, as the port asks of all of them.

use kernel::Money;
use payments::{Answer, Authorize, ProviderCharge, Refund};
use std::collections::HashMap;

/// Buyers' means of payment, by what comes of them.
pub const GOOD: &str = "tok_good";
pub const DECLINED: &str = "tok_declined";
/// The bank asks its buyer first.
pub const ASKS: &str = "tok_asks";
/// Refunds are under way for a while.
pub const SLOW: &str = "tok_slow";
/// And fail.
pub const FAILS: &str = "tok_fails";
pub const METHODS: [&str; 8] = [GOOD, GOOD, GOOD, DECLINED, ASKS, ASKS, SLOW, FAILS];

#[derive(Default)]
pub struct Bank {
    charges: HashMap<String, Charge>,
    refunds: HashMap<String, Back>,
}

pub struct Charge {
    amount: Money,
    fate: Fate,
    state: State,
    pub captured: i64,
    pub refunded: i64,
}

#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Plain,
    RefundsSlowly,
    RefundsFail,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Asks,
    Authorized,
    Captured,
    Voided,
    Declined,
}

/// Money on its way back.
struct Back {
    charge: String,
    amount: i64,
    state: BackState,
}

#[derive(Clone, Copy, PartialEq)]
enum BackState {
    Pending,
    Done,
    Failed,
}

fn reference() -> String {
    "r".to_owned()
}

fn refused() -> Answer {
    Answer::Declined {
        reason: "no".to_owned(),
    }
}

impl Charge {
    fn answer(&self) -> Answer {
        let reference = reference();
        match self.state {
            State::Asks => Answer::RequiresAction {
                reference,
                url: "/bank".to_owned(),
            },
            State::Authorized => Answer::Authorized { reference },
            State::Captured if self.refunded == self.captured => Answer::Refunded { reference },
            State::Captured => Answer::Captured { reference },
            State::Voided => Answer::Voided { reference },
            State::Declined => refused(),
        }
    }

    fn moved(&mut self, from: &[State], to: State) -> Answer {
        if from.contains(&self.state) {
            self.state = to;
            if to == State::Captured {
                self.captured = self.amount.amount;
            }
        }
        self.answer()
    }

    /// Whether the buyer's money is here. A question to the buyer that nobody answers is none; where they do answer, the
    /// provider tells of it.
    pub fn holds_money(&self) -> bool {
        self.state == State::Authorized || self.captured > self.refunded
    }
}

/// Of money that was never sold for: that always goes back.
fn is_whole(key: &str) -> bool {
    key.ends_with("-refund")
}

impl Back {
    fn answer(&self) -> Answer {
        let reference = reference();
        match self.state {
            BackState::Pending => Answer::Pending { reference },
            BackState::Done => Answer::Refunded { reference },
            BackState::Failed => refused(),
        }
    }
}

impl Bank {
    pub fn authorize(&mut self, asked: Authorize) -> Answer {
        let (fate, state) = match asked.method.as_str() {
            DECLINED => (Fate::Plain, State::Declined),
            ASKS => (Fate::Plain, State::Asks),
            SLOW => (Fate::RefundsSlowly, State::Authorized),
            FAILS => (Fate::RefundsFail, State::Authorized),
            _ => (Fate::Plain, State::Authorized),
        };
        let charge = self.charges.entry(asked.key).or_insert(Charge {
            amount: asked.amount,
            fate,
            state,
            captured: 0,
            refunded: 0,
        });
        assert_eq!(charge.amount, asked.amount, "one key, one amount");
        charge.answer()
    }

    pub fn capture(&mut self, charge: &ProviderCharge) -> Answer {
        self.moved(charge, &[State::Authorized], State::Captured)
    }

    pub fn void(&mut self, charge: &ProviderCharge) -> Answer {
        self.moved(charge, &[State::Asks, State::Authorized], State::Voided)
    }

    fn moved(&mut self, charge: &ProviderCharge, from: &[State], to: State) -> Answer {
        let known = self.charges.get_mut(&charge.key);
        known.map_or(Answer::NotFound, |known| known.moved(from, to))
    }

    pub fn inquire(&self, key: &str) -> Answer {
        self.charges.get(key).map_or(Answer::NotFound, Charge::answer)
    }

    /// The buyer says yes or no.
    pub fn hear_buyer(&mut self, key: &str, yes: bool) {
        let to = if yes { State::Authorized } else { State::Declined };
        if let Some(charge) = self.charges.get_mut(key) {
            charge.moved(&[State::Asks], to);
        }
    }

    pub fn refund(&mut self, refund: &Refund) -> Answer {
        if let Some(known) = self.refunds.get(&refund.key) {
            assert_eq!(known.amount, refund.amount.amount, "one key, one amount");
            return known.answer();
        }
        let Some(charge) = self.charges.get(&refund.charge.key) else {
            return Answer::NotFound;
        };
        let under_way = |back: &&Back| back.charge == refund.charge.key && back.state == BackState::Pending;
        let promised: i64 = self
            .refunds
            .values()
            .filter(under_way)
            .map(|back| back.amount)
            .sum();
        let left = charge.captured - charge.refunded - promised;
        if refund.amount.amount > left {
            return refused();
        }
        let at_once = charge.fate == Fate::Plain || is_whole(&refund.key);
        self.refunds.insert(
            refund.key.clone(),
            Back {
                charge: refund.charge.key.clone(),
                amount: refund.amount.amount,
                state: BackState::Pending,
            },
        );
        if at_once {
            self.settle(&refund.key);
        }
        self.inquire_refund(refund)
    }

    pub fn inquire_refund(&self, refund: &Refund) -> Answer {
        self.refunds
            .get(&refund.key)
            .map_or(Answer::NotFound, Back::answer)
    }

    /// A refund under way gets there, or does not.
    fn settle(&mut self, key: &str) {
        let Some(back) = self
            .refunds
            .get_mut(key)
            .filter(|back| back.state == BackState::Pending)
        else {
            return;
        };
        let Some(charge) = self.charges.get_mut(&back.charge) else {
            return;
        };
        if charge.fate == Fate::RefundsFail && !is_whole(key) {
            back.state = BackState::Failed;
        } else {
            back.state = BackState::Done;
            charge.refunded += back.amount;
        }
    }

    /// The buyer's bank sends back what had gone through; says whether there was something to send.
    pub fn send_back(&mut self, key: &str) -> bool {
        let done = self
            .refunds
            .get_mut(key)
            .filter(|back| back.state == BackState::Done);
        let Some((back, charge)) = done.and_then(|back| {
            let charge = self.charges.get_mut(&back.charge)?;
            Some((back, charge))
        }) else {
            return false;
        };
        back.state = BackState::Failed;
        charge.refunded -= back.amount;
        true
    }

    /// All that are under way do.
    pub fn settle_all(&mut self) {
        let under_way = self
            .refunds
            .iter()
            .filter(|(_, back)| back.state == BackState::Pending);
        let keys: Vec<String> = under_way.map(|(key, _)| key.clone()).collect();
        for key in keys {
            self.settle(&key);
        }
    }

    pub fn charge(&self, key: &str) -> Option<&Charge> {
        self.charges.get(key)
    }
}
