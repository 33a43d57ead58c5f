//! The till without its tables: what a batch does with one command.

use super::books::is_sale;
use super::goods::placed;
use super::market::{Life, Market, ORDERS};
use super::payment::Payment;
use super::process::{Paying, Refunder};
use crate::discount::claims;
use crate::error::Error;
use crate::till::place::{destination, lines};
use crate::till::settle::batch::{entry, exchange};
use crate::till::settle::decide::Books as Posted;
use crate::till::settle::{Ask, Case, Decision, RefundMove, decide};
use inventory::till::{Reservation, Writes};
use kernel::OrderId;
use ledger::domain::Account;
use orders::domain::{Command, Event, decide as decide_order, replay};
use std::collections::HashMap;

/// What the till answers.
pub struct Told {
    /// Where there is something to go on with.
    pub case: Option<Case>,
    pub leased: bool,
    pub refund: Option<RefundMove>,
}

impl Market {
    /// As a batch of new orders does it: everything in the cart or nothing.
    pub fn place(&mut self) {
        let n = self.lives.len() as u64;
        if n >= ORDERS {
            return;
        }
        let placed = placed(&self.shops, &self.offers, n, self.now, &mut self.dice);
        let (id, until) = (OrderId(self.id()), placed.reserved_until);
        let events = decide_order(None, &Command::Place(Box::new(placed)), self.now).expect("it adds up");
        let history = events.into_iter().map(|event| (1, self.now, event));
        let order = replay(id, history).expect("placed");
        let used = claims(&order);
        if self.offers.tallies.check(&used).is_err() {
            return self.count("promotion gone");
        }
        let wanted: Vec<_> = lines(&order).collect();
        let Ok(picks) = self.shelves.hold(&wanted, destination(&order)) else {
            return self.count("out of stock");
        };
        let mut writes = Writes::default();
        let reservations = writes.hold_again(self.now, id, &wanted, &picks, until);
        self.offers.tallies.take(&used);
        self.moved_by(&writes);
        self.changed = true;
        self.count("placed");
        if !used.is_empty() {
            self.count("discounted");
        }
        if order.placed.parts.iter().any(|part| part.tax_kept() > 0) {
            self.count("tax is the marketplace's");
        }
        self.lives.push(Life {
            payment: Payment::of(&order),
            held: vec![0; order.placed.parts.len()],
            case: Case {
                order,
                saga: None,
                refunds: Vec::new(),
                capturing: None,
            },
            claims: used,
            reservations,
            paying: Vec::new(),
            refunding: Vec::new(),
            posted: HashMap::new(),
        });
    }

    fn moved_by(&mut self, writes: &Writes) {
        for (sku, added) in writes.movements() {
            let moved = self.moved.entry(sku).or_default();
            moved.on_hand += added.on_hand;
            moved.reserved += added.reserved;
        }
    }

    /// Asks the till; whoever it leaves something to begins with it. What it refuses changes nothing.
    pub fn ask(&mut self, n: usize, ask: &Ask) {
        if let Ok(told) = self.tell(n, ask) {
            self.begin(n, told);
        }
    }

    fn begin(&mut self, n: usize, told: Told) {
        let life = &mut self.lives[n];
        let Some(case) = told.case else { return };
        if let Some(RefundMove::Leased(refund)) = told.refund {
            life.refunding.push(Refunder {
                order: case.order.clone(),
                refund,
            });
        }
        if let Some(saga) = case.saga.clone().filter(|_| told.leased) {
            life.paying.push(Paying {
                case,
                saga,
                authorized: None,
            });
        }
    }

    /// What a batch does with one command: decide, then everything that was decided, or nothing.
    pub fn tell(&mut self, n: usize, ask: &Ask) -> Result<Told, Error> {
        let ctx = self.ctx();
        let life = &mut self.lives[n];
        // Refunds are read only for what they matter to.
        let unread = (!ask.concerns_refunds()).then(|| std::mem::take(&mut life.case.refunds));
        let decided = decide(&life.case, ask, &ctx);
        if let Some(refunds) = unread {
            life.case.refunds = refunds;
        }
        let mut decision = decided?;
        let mut writes = Writes::default();
        if let Some(hold) = decision.hold.take() {
            let wanted: Vec<_> = lines(&life.case.order).collect();
            let picks = match self.offers.tallies.check(&life.claims) {
                Ok(()) => {
                    let picks = self.shelves.hold(&wanted, destination(&life.case.order));
                    picks.map_err(|_| "expired too late, goods gone")
                }
                Err(_) => Err("expired too late, promotion gone"),
            };
            match picks {
                Ok(picks) => {
                    self.offers.tallies.take(&life.claims);
                    let again = writes.hold_again(self.now, life.case.order.id, &wanted, &picks, hold.until);
                    life.reservations.extend(again);
                }
                Err(why) => {
                    life.case.saga = Some(hold.otherwise);
                    let case = life.case.clone();
                    self.count(why);
                    self.changed = true;
                    return Ok(Told {
                        case: Some(case),
                        leased: true,
                        refund: None,
                    });
                }
            }
        }
        if let Some(goods) = &decision.goods {
            let (of, to) = ((self.now, life.case.order.id), destination(&life.case.order));
            let done = exchange(&mut writes, &mut self.shelves, of, goods, &life.reservations, to);
            if let Err(short) = done.expect("every level is known") {
                self.tally.count("exchanged goods are gone");
                return Err(Error::ExchangeShort(short.into()));
            }
        }
        writes
            .take_back(
                self.now,
                life.case.order.id,
                &decision.unsent,
                &mut life.reservations,
                &mut self.shelves,
            )
            .expect("it was sold");
        if !decision.unsent.is_empty() && decision.books.is_some() {
            self.tally.count("cost nothing and is back");
        }
        if matches!(ask, Ask::CancelUnits(_)) && decision.stock.is_some() {
            self.tally.count("back with its last unit");
        }
        for event in &decision.order {
            life.case.order = life.case.order.clone().then(self.now, event.clone());
            self.tally.count(event.name());
            if matches!(event, Event::Cancelled { .. }) {
                self.offers.tallies.put_back(&life.claims);
            }
        }
        if let Some(settlement) = decision.stock {
            let of = |held: &&mut Reservation| decision.stock_of.is_none_or(|only| only == held.tenant);
            writes
                .settle(
                    self.now,
                    life.reservations.iter_mut().filter(of),
                    settlement,
                    &mut self.shelves,
                )
                .expect("every level is known");
        }
        self.moved_by(&writes);
        self.keep(n, &decision);
        self.changed = true;
        let go_on = decision.leased || matches!(decision.refund, Some(RefundMove::Leased(_)));
        Ok(Told {
            case: go_on.then(|| self.lives[n].case.clone()),
            leased: decision.leased,
            refund: decision.refund,
        })
    }

    fn keep(&mut self, n: usize, decision: &Decision) {
        let life = &mut self.lives[n];
        if let Some(event) = &decision.payment {
            life.payment.moved(event);
        }
        if let Some(refund) = decision.refund.as_ref().and_then(RefundMove::changed) {
            match life.case.refunds.iter_mut().find(|known| known.id == refund.id) {
                Some(known) => *known = refund.clone(),
                None => life.case.refunds.push(refund.clone()),
            }
        }
        if let Some(saga) = &decision.saga {
            life.case.saga = Some(saga.clone());
        }
        if let Some(books) = &decision.books {
            self.post(n, books);
        }
    }

    fn post(&mut self, n: usize, books: &Posted) {
        let life = &mut self.lives[n];
        let entry = entry(books, self.now, &life.case.order).expect("in range");
        for posting in &entry.postings {
            assert_eq!(posting.amount.currency, life.case.order.currency());
            *life.posted.entry((posting.account, posting.tenant)).or_default() += posting.amount.amount;
        }
        for (part, held) in life.case.order.placed.parts.iter().zip(&mut life.held) {
            let owed = -life
                .posted
                .get(&(Account::SellerPayable, Some(part.tenant)))
                .copied()
                .unwrap_or(0);
            // A sale is held until it arrives; what goes back is taken from what is held first.
            *held = match is_sale(&entry, life.case.order.id.0) {
                true => owed,
                false => (*held).min(owed.max(0)),
            };
        }
        self.books.post(&entry);
    }
}
