//! A market of a few shops and ten orders, and the till as it is without its tables.

use super::bank::{ASKS, Bank, METHODS};
use super::books::Books;
use super::chance::{Dice, Tally};
use super::goods::{Shop, open_shops, stock};
use super::offers::Offers;
use super::payment::Payment;
use super::process::{Paying, Refunder};
use crate::till::settle::{Ask, ByHand, Case, RefundAsk, RefundKey, RefundRequest};
use contracts::checkout::{Intervention, RefundStatus, RefundUnits, RefundWish};
use contracts::orders::{CancelReason, OrderStatus};
use contracts::payments::CaptureTime;
use inventory::till::{Reservation, Shelves, Units};
use kernel::{Ctx, Money, ParcelId, PayoutId, RefundId, SkuId, SubOrderId, TenantId, Timestamp, UserId};
use ledger::domain::{Account, Said};
use orders::domain::{Command, Order, Parcel, decide as decide_order};
use payments::provider::charge_key;
use payments::webhook::NoticeKind;
use promotions::till::Claim;
use std::collections::HashMap;
use uuid::Uuid;

pub const ORDERS: u64 = 10;
/// Things that happen to each of them by day, on average.
const ACTS_PER_ORDER: u64 = 10;

/// What goes wrong while a process does a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    None,
    /// It is not done, and nobody says so.
    LostBefore,
    /// It is done, and nobody says so.
    LostAfter,
    Twice,
    DiesBefore,
    DiesAfter,
}

#[derive(Clone, Copy, Debug)]
pub enum Act {
    Place,
    Wait {
        ms: i64,
    },
    Pay {
        method: &'static str,
    },
    /// A process does its next step.
    Step(Fault),
    RefundStep(Fault),
    /// The watch looks for what was left lying.
    Look,
    /// The buyer answers their bank.
    Answer {
        yes: bool,
    },
    Webhook,
    Cancel(CancelReason),
    CancelPart {
        part: usize,
        reason: CancelReason,
    },
    /// Units that were not sent.
    CancelUnits(usize),
    /// Something about units that come back.
    Return(usize),
    Pack(usize),
    Ship(usize),
    Deliver(usize),
    Units {
        part: usize,
        quantity: u32,
        delivery: bool,
    },
    Amount {
        part: usize,
        promille: i64,
    },
    Retry,
    ByHand {
        compensate: bool,
    },
    BankSettles,
    PayOut {
        shop: usize,
    },
    HearPayout {
        payout: usize,
        what: u8,
    },
}

/// An order, with all that hangs on it.
pub struct Life {
    pub case: Case,
    pub payment: Payment,
    /// What it takes of promotions while it stands.
    pub claims: Vec<Claim>,
    pub reservations: Vec<Reservation>,
    /// Processes that are at its payment, and at its refunds.
    pub paying: Vec<Paying>,
    pub refunding: Vec<Refunder>,
    /// What was posted for it, by account and shop.
    pub posted: HashMap<(Account, Option<TenantId>), i64>,
    /// What its shops have not been paid because it is on its way: per part.
    pub held: Vec<i64>,
}

impl Life {
    pub fn part(&self, n: usize) -> SubOrderId {
        let parts = &self.case.order.placed.parts;
        parts[n % parts.len()].id
    }
}

pub struct Market {
    seed: u64,
    pub dice: Dice,
    pub now: Timestamp,
    pub shops: Vec<Shop>,
    pub offers: Offers,
    pub shelves: Shelves,
    /// The sum of all movements.
    pub moved: HashMap<SkuId, Units>,
    pub bank: Bank,
    pub books: Books,
    pub lives: Vec<Life>,
    pub tally: Tally,
    /// Whether anything happened that could be wrong.
    pub changed: bool,
    acts: Vec<(usize, Act)>,
    ids: u128,
}

impl Drop for Market {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("market {} fell over after:", self.seed);
            for (order, act) in &self.acts {
                println!("  order {order}: {act:?}");
            }
            println!("again: STOA_LIVES_SEED={} STOA_LIVES={ORDERS}", self.seed);
        }
    }
}

impl Market {
    pub fn open(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let shops = open_shops(&mut dice);
        let (shelves, moved) = stock(&shops, &mut dice);
        let now = Timestamp::from_timestamp(1_790_000_000, 0).expect("in range");
        Self {
            seed,
            offers: Offers::open(&shops, now, &mut dice),
            dice,
            now,
            shops,
            shelves,
            moved,
            bank: Bank::default(),
            books: Books::default(),
            lives: Vec::new(),
            tally: Tally::default(),
            changed: false,
            acts: Vec::new(),
            ids: 0,
        }
    }

    pub fn live(mut self) -> Tally {
        for _ in 0..ORDERS * ACTS_PER_ORDER {
            let order = self.dice.below(self.lives.len() as u64) as usize;
            let act = self.choose(order);
            self.happen(order, act);
        }
        while (self.lives.len() as u64) < ORDERS {
            self.restock();
            self.happen(0, Act::Place);
        }
        for n in 0..self.lives.len() {
            self.afternoon(n);
        }
        self.evening();
        std::mem::take(&mut self.tally)
    }

    pub fn happen(&mut self, order: usize, act: Act) {
        self.acts.push((order, act));
        self.act(order, act);
        if std::mem::take(&mut self.changed) && order < self.lives.len() {
            self.check(order);
        }
    }

    /// Something that makes sense for the order as it stands, most of the time.
    fn choose(&mut self, order: usize) -> Act {
        if self.lives.is_empty() || (self.lives.len() as u64) < ORDERS && self.dice.one_in(6) {
            return Act::Place;
        }
        let dice = &mut self.dice;
        let life = &self.lives[order];
        match dice.below(24) {
            0 => {
                return Act::Wait {
                    ms: dice.pick(&[50, 300, 1_100, 5_000, 20_000, 70_000]),
                };
            }
            1 => return Act::Webhook,
            2 => return Act::Look,
            3 => {
                return Act::PayOut {
                    shop: dice.below(3) as usize,
                };
            }
            4 => {
                return Act::HearPayout {
                    payout: dice.below(self.books.payouts() as u64) as usize,
                    what: dice.below(5) as u8,
                };
            }
            5 => return Act::BankSettles,
            6 if dice.one_in(4) => {
                return Act::ByHand {
                    compensate: dice.one_in(3),
                };
            }
            _ => {}
        }
        if !life.refunding.is_empty() {
            return Act::RefundStep(fault(dice));
        }
        if !life.paying.is_empty() && !dice.one_in(8) {
            return Act::Step(fault(dice));
        }
        let part = dice.below(3) as usize;
        match life.case.order.status {
            OrderStatus::Placed if dice.one_in(20) => Act::Cancel(CancelReason::Buyer),
            OrderStatus::Placed if dice.one_in(4) => Act::Answer { yes: !dice.one_in(4) },
            OrderStatus::Placed => Act::Pay {
                method: dice.pick(&METHODS),
            },
            OrderStatus::Confirmed | OrderStatus::Cancelled => after_paying(dice, part),
        }
    }

    fn act(&mut self, n: usize, act: Act) {
        match act {
            Act::Place => self.place(),
            Act::Wait { ms } => self.now += chrono::TimeDelta::milliseconds(ms),
            Act::Pay { method } => {
                let ask = Ask::Start {
                    capture: CaptureTime::AtOnce,
                    provider: "bank",
                    method: method.to_owned(),
                    return_path: String::new(),
                };
                self.ask(n, &ask);
            }
            Act::Step(fault) => self.payment_step(n, fault),
            Act::RefundStep(fault) => self.refund_step(n, fault),
            Act::Look => self.look(n),
            Act::Answer { yes } => {
                if let Some(saga) = self.lives[n]
                    .case
                    .saga
                    .as_ref()
                    .filter(|saga| saga.method == ASKS)
                {
                    let key = charge_key(self.lives[n].case.order.placed.payment, saga.attempt);
                    self.bank.hear_buyer(&key, yes);
                }
            }
            Act::Webhook => self.webhook(n),
            Act::Cancel(reason) => self.ask(n, &Ask::Cancel { reason }),
            Act::CancelPart { part, reason } => {
                let part = self.lives[n].part(part);
                let note = "broke".to_owned();
                self.ask(n, &Ask::CancelPart { part, reason, note });
            }
            Act::CancelUnits(part) => self.cancel_units(n, part),
            Act::Return(part) => self.bring_back(n, part),
            Act::Pack(part) => self.fulfil(n, |order, _| Command::Pack {
                part: nth(order, part),
            }),
            Act::Ship(part) => self.ship(n, part),
            Act::Deliver(part) => self.deliver(n, part),
            Act::Units {
                part,
                quantity,
                delivery,
            } => self.refund_units(n, part, quantity, delivery),
            Act::Amount { part, promille } => self.refund_amount(n, part, promille),
            Act::Retry => self.of_a_refund(n, RefundAsk::Retry, "refund tried again"),
            Act::ByHand { compensate } => self.by_hand(n, compensate),
            Act::BankSettles => self.bank.settle_all(),
            Act::PayOut { shop } => self.pay_out(shop),
            Act::HearPayout { payout, what } => self.hear_payout(payout, what),
        }
    }

    pub fn count(&mut self, what: &'static str) {
        self.tally.count(what);
    }

    pub fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(11 << 64 | self.ids)
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::system("lives", self.now)
    }

    fn webhook(&mut self, n: usize) {
        self.count("webhook");
        let life = &self.lives[n];
        let attempts = life.case.saga.as_ref().map_or(0, |saga| saga.attempt);
        let refunds = life.case.refunds.len() as u64;
        if refunds > 0 && self.dice.one_in(2) {
            return match self.dice.one_in(4) {
                true => self.come_back(n),
                false => self.of_a_refund(n, RefundAsk::Hear, "webhook"),
            };
        }
        let attempt = 1 + self.dice.below(u64::from(attempts) + 1) as u32;
        let kind = self.dice.pick(&[
            NoticeKind::RequiresAction,
            NoticeKind::Authorized,
            NoticeKind::Captured,
            NoticeKind::Voided,
            NoticeKind::Declined,
        ]);
        self.hear(n, attempt, kind);
    }

    /// A buyer's bank sends back what went through, and the provider tells of it.
    fn come_back(&mut self, n: usize) {
        let refunds = self.lives[n].case.refunds.iter();
        let through = refunds.filter(|refund| refund.status() == RefundStatus::Refunded);
        let through: Vec<_> = through
            .map(|refund| (refund.id, refund.attempt, refund.provider_key()))
            .collect();
        for (refund, attempt, key) in through {
            if self.bank.send_back(&key) {
                self.count("refund came back");
                let reason = "closed".to_owned();
                let ask = RefundAsk::CameBack { attempt, reason };
                return self.ask(n, &Ask::OfRefund { refund, ask });
            }
        }
    }

    fn of_a_refund(&mut self, n: usize, ask: RefundAsk, what: &'static str) {
        let refunds = &self.lives[n].case.refunds;
        let Some(refund) = refunds.get(self.dice.below(refunds.len() as u64) as usize) else {
            return;
        };
        let (refund, attempt) = (refund.id, refund.attempt);
        self.ask(n, &Ask::OfRefund { refund, ask });
        let known = self.lives[n].case.refunds.iter().find(|known| known.id == refund);
        if known.is_some_and(|known| known.attempt > attempt) {
            self.count(what);
        }
    }

    fn by_hand(&mut self, n: usize, compensate: bool) {
        let by_hand = ByHand {
            intervention: match compensate {
                true => Intervention::Compensate,
                false => Intervention::Retry,
            },
            by: UserId(Uuid::from_u128(1)),
            note: String::new(),
        };
        self.count("by hand");
        self.ask(n, &Ask::Intervene(Box::new(by_hand)));
    }

    /// What a shop does by itself.
    pub fn fulfil(&mut self, n: usize, command: impl FnOnce(&Order, Uuid) -> Command) {
        let id = self.id();
        let order = &mut self.lives[n].case.order;
        let Ok(events) = decide_order(Some(&*order), &command(order, id), self.now) else {
            return;
        };
        for event in events {
            self.changed = true;
            self.tally.count(event.name());
            *order = order.clone().then(self.now, event);
        }
    }

    fn ship(&mut self, n: usize, part: usize) {
        let all = !self.dice.one_in(3);
        self.fulfil(n, |order, id| {
            let part = nth(order, part);
            let mut lines = order
                .sub_order(part)
                .map_or_else(Vec::new, |part| part.left_to_ship());
            if !all {
                lines.truncate(1);
            }
            let parcel = Parcel {
                id: ParcelId(id),
                lines,
                carrier: String::new(),
                tracking: String::new(),
                exchange: None,
            };
            Command::Ship { part, parcel }
        });
    }

    fn deliver(&mut self, n: usize, part: usize) {
        self.fulfil(n, |order, id| {
            let part = nth(order, part);
            let sub_order = order.sub_order(part);
            let under_way = sub_order.and_then(|part| {
                let mut parcels = part.progress.parcels.iter();
                parcels.find(|sent| sent.delivered_at.is_none())
            });
            let parcel = under_way.map_or(ParcelId(id), |sent| sent.parcel.id);
            Command::Deliver { part, parcel }
        });
        // Its days of waiting are over at once.
        let life = &mut self.lives[n];
        for (sub_order, held) in life.case.order.sub_orders().zip(&mut life.held) {
            if sub_order.has_arrived() {
                *held = 0;
            }
        }
    }

    fn refund_units(&mut self, n: usize, part: usize, quantity: u32, delivery: bool) {
        let part = self.lives[n].part(part);
        let Some(sub_order) = self.lives[n].case.order.sub_order(part) else {
            return;
        };
        let line = self.dice.pick(
            &sub_order
                .part
                .lines
                .iter()
                .map(|line| line.id)
                .collect::<Vec<_>>(),
        );
        let lines = vec![RefundUnits { line, quantity }];
        self.refund(n, part, RefundWish::Lines { lines, delivery });
    }

    fn refund_amount(&mut self, n: usize, part: usize, promille: i64) {
        let order = &self.lives[n].case.order;
        let part = self.lives[n].part(part);
        let total = order
            .sub_order(part)
            .map_or(0, |sub_order| sub_order.part.total());
        let amount = Money::new(total * promille / 1_000, order.currency());
        self.refund(n, part, RefundWish::Amount(amount));
    }

    /// Asked once, or twice with the same key.
    pub fn refund(&mut self, n: usize, part: SubOrderId, wish: RefundWish) {
        let id = RefundId(self.id());
        let request = RefundRequest {
            to: contracts::checkout::RefundTo::Origin,
            id,
            part,
            wish,
            reason: String::new(),
            key: RefundKey {
                key: id.to_string(),
                request_hash: Vec::new(),
            },
        };
        let ask = Ask::Refund(Box::new(request));
        self.ask(n, &ask);
        if self.dice.one_in(8) {
            self.count("asked twice");
            self.ask(n, &ask);
        }
    }

    fn pay_out(&mut self, shop: usize) {
        let (tenant, currency) = (self.shops[shop].tenant, self.shops[shop].currency);
        let held = self.held(tenant);
        let id = PayoutId(self.id());
        if self.books.payable(tenant, currency) < 0 {
            self.count("shop owes");
        }
        if self.books.pay_out(id, tenant, self.now, currency, held) {
            self.changed = true;
            self.count("paid out");
        }
    }

    pub fn held(&self, tenant: TenantId) -> i64 {
        let parts = self
            .lives
            .iter()
            .flat_map(|life| life.case.order.placed.parts.iter().zip(&life.held));
        parts
            .filter(|(part, _)| part.tenant == tenant)
            .map(|(_, held)| held)
            .sum()
    }

    fn hear_payout(&mut self, payout: usize, what: u8) {
        let text = String::new;
        let said = match what {
            0 => Said::Paid { reference: text() },
            1 => Said::Failed { reason: text() },
            2 => Said::Returned {
                reference: text(),
                reason: text(),
            },
            3 => Said::Unknown,
            _ => Said::NotFound,
        };
        self.changed = true;
        if self.books.hear(payout, &said, self.now) {
            self.count("payout returned");
        }
    }

    /// A delivery comes for every shop.
    fn restock(&mut self) {
        for shop in &self.shops {
            for good in &shop.goods {
                let level = self
                    .shelves
                    .level_mut(shop.tenant, good.sku, kernel::WarehouseId(shop.tenant.0));
                level.expect("counted").on_hand += 10;
                self.moved.entry(good.sku).or_default().on_hand += 10;
            }
        }
    }
}

fn nth(order: &Order, part: usize) -> SubOrderId {
    let parts = &order.placed.parts;
    parts[part % parts.len()].id
}

fn fault(dice: &mut Dice) -> Fault {
    match dice.below(14) {
        0 => Fault::LostBefore,
        1 => Fault::LostAfter,
        2 => Fault::Twice,
        3 => Fault::DiesBefore,
        4 => Fault::DiesAfter,
        _ => Fault::None,
    }
}

fn after_paying(dice: &mut Dice, part: usize) -> Act {
    match dice.below(24) {
        0..4 => Act::Pack(part),
        4..8 => Act::Ship(part),
        8..12 => Act::Deliver(part),
        12 => Act::Cancel(dice.pick(&[CancelReason::Buyer, CancelReason::Operator])),
        13 => Act::CancelPart {
            part,
            reason: dice.pick(&[CancelReason::Buyer, CancelReason::Seller, CancelReason::Operator]),
        },
        14 => Act::Units {
            part,
            quantity: 1 + dice.below(3) as u32,
            delivery: dice.one_in(2),
        },
        15 => Act::CancelUnits(part),
        16..18 => Act::Amount {
            part,
            promille: 1 + dice.below(1_000) as i64,
        },
        18 => Act::Retry,
        _ => Act::Return(part),
    }
}
