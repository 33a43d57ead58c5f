//! What becomes of returns where goods or money move: goods that come back are stock again or written off, their money goes
//! back as any refund does, or the same goods leave the shelf again. Pure.

use super::cancel::on_shelves;
use super::decide::{Case, Decision};
use super::refund::{REFUNDS_MAX, RefundMove, begin, promised, take, told};
use super::unpaid::unpaid_for;
use crate::error::Error;
use contracts::checkout::{AfterReceipt, ReturnTerms};
use inventory::till::Line;
use kernel::{Ctx, RefundId, ReturnId, SubOrderId, Timestamp};
use orders::domain::{
    Command, Deduction, Event, Order, Received, Refusal, Return, ReturnStep, SubOrder, Units,
    decide as decide_order,
};

/// Told to buyers by providers that say why.
const RETURNED: &str = "Goods were returned.";
/// Told to buyers for whose goods there is nothing left to give back.
const NOTHING_LEFT: &str = "All that was paid for it was given back before.";

/// Something that is asked about a return.
#[derive(Clone, Debug)]
pub struct ReturnAsk {
    pub part: SubOrderId,
    pub id: ReturnId,
    pub act: ReturnAct,
}

#[derive(Clone, Debug)]
pub enum ReturnAct {
    /// The buyer keeps the goods: not while money for them is on its way.
    Withdraw,
    Receive {
        lines: Vec<Received>,
        then: AfterReceipt,
    },
    Refund(ReturnTerms),
    Exchange,
    /// Nothing more is expected of it: what was to be sent again stays.
    Close {
        note: String,
    },
}

impl ReturnAct {
    /// What a trial calls it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Withdraw => "return_withdraw",
            Self::Receive { .. } => "return_receive",
            Self::Refund(_) => "return_refund",
            Self::Exchange => "return_exchange",
            Self::Close { .. } => "return_close",
        }
    }
}

/// Goods of a return that change hands, each line's by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goods {
    pub of: ReturnId,
    /// Back on the shelf.
    pub back: Vec<Line>,
    /// Taken from it, to be sent again: all of them or nothing happens.
    pub again: Vec<Line>,
}

pub fn decide(case: &Case, ctx: &Ctx, ask: &ReturnAsk) -> Result<Decision, Error> {
    let mut way = Way {
        order: promised(case, ctx.now),
        events: Vec::new(),
        part: ask.part,
        id: ask.id,
        now: ctx.now,
    };
    way.sub_order()?;
    match &ask.act {
        ReturnAct::Withdraw => {
            way.take(ReturnStep::Withdrawn)?;
            Ok(way.decision(case, ctx))
        }
        ReturnAct::Receive { lines, then } => receive(case, ctx, way, lines, then),
        ReturnAct::Refund(terms) => refund(case, ctx, &way, terms),
        ReturnAct::Exchange => {
            let again = exchange(&mut way)?;
            Ok(Decision {
                goods: goods(ask.id, Vec::new(), again),
                ..way.decision(case, ctx)
            })
        }
        ReturnAct::Close { note } => {
            let note = note.clone();
            let back = match way.take(ReturnStep::Closed { note })? {
                true => way.stock(way.sub_order()?.put_back(way.known()?))?,
                false => Vec::new(),
            };
            Ok(Decision {
                goods: goods(ask.id, back, Vec::new()),
                ..way.decision(case, ctx)
            })
        }
    }
}

/// An order as it will be when every refund under way is through, and what happens to one of its returns.
struct Way {
    order: Order,
    events: Vec<Event>,
    part: SubOrderId,
    id: ReturnId,
    now: Timestamp,
}

impl Way {
    fn sub_order(&self) -> Result<SubOrder<'_>, Error> {
        Ok(self.order.sub_order(self.part).ok_or(Refusal::NoSuchPart)?)
    }

    /// Whether anything happened.
    fn take(&mut self, step: ReturnStep) -> Result<bool, Error> {
        let command = Command::Return {
            part: self.part,
            id: self.id,
            step,
        };
        let events = decide_order(Some(&self.order), &command, self.now)?;
        for event in &events {
            self.order = self.order.clone().then(self.now, event.clone());
        }
        let happened = !events.is_empty();
        self.events.extend(events);
        Ok(happened)
    }

    fn known(&self) -> Result<&Return, Error> {
        let known = self.sub_order()?.find_return(self.id);
        Ok(known.ok_or(Refusal::NoSuchReturn)?)
    }

    fn is_refunded(&self) -> Result<bool, Error> {
        Ok(self.sub_order()?.refund_of_return(self.id).is_some())
    }

    /// Units of lines, as what the shelves hold.
    fn stock(&self, units: impl IntoIterator<Item = Units>) -> Result<Vec<Line>, Error> {
        on_shelves(&self.sub_order()?, units)
    }

    fn decision(self, before: &Case, ctx: &Ctx) -> Decision {
        Decision {
            books: unpaid_for(&before.order, &self.events, ctx),
            order: self.events,
            ..Decision::default()
        }
    }
}

/// None where nothing moves: no shelf need be locked.
fn goods(of: ReturnId, back: Vec<Line>, again: Vec<Line>) -> Option<Goods> {
    (!back.is_empty() || !again.is_empty()).then_some(Goods { of, back, again })
}

fn receive(
    case: &Case,
    ctx: &Ctx,
    mut way: Way,
    lines: &[Received],
    then: &AfterReceipt,
) -> Result<Decision, Error> {
    let step = ReturnStep::Received {
        lines: lines.to_vec(),
    };
    if !way.take(step)? {
        return Ok(Decision::default());
    }
    let back = way.stock(lines.iter().map(|received| Units {
        line: received.line,
        quantity: received.restocked,
    }))?;
    let (mut again, mut refund) = (Vec::new(), None);
    match then {
        AfterReceipt::Refund(terms) if !way.is_refunded()? => {
            refund = refund_of(case, ctx, &way, terms)?;
            if refund.is_none() {
                let note = NOTHING_LEFT.to_owned();
                way.take(ReturnStep::Closed { note })?;
            }
        }
        AfterReceipt::Exchange => again = exchange(&mut way)?,
        AfterReceipt::Refund(_) | AfterReceipt::Nothing => {}
    }
    Ok(Decision {
        goods: goods(way.id, back, again),
        refund,
        ..way.decision(case, ctx)
    })
}

/// What leaves the shelf again; nothing if it did before.
fn exchange(way: &mut Way) -> Result<Vec<Line>, Error> {
    if !way.take(ReturnStep::Exchanged)? {
        return Ok(Vec::new());
    }
    way.stock(way.known()?.units())
}

/// Asked twice, it is given back once: the second caller learns how it stands.
fn refund(case: &Case, ctx: &Ctx, way: &Way, terms: &ReturnTerms) -> Result<Decision, Error> {
    let sub_order = way.sub_order()?;
    if let Some(given) = sub_order.refund_of_return(way.id) {
        let part = given.refund.id;
        let known = case
            .refunds
            .iter()
            .find(|known| known.parts.iter().any(|known| known.id == part))
            .ok_or(Error::NoSuchRefund)?;
        return Ok(match known.step.has_ended() {
            true => told(known),
            false => take(known, ctx.now),
        });
    }
    let refund = refund_of(case, ctx, way, terms)?;
    let refund = refund.ok_or(Refusal::BadRefund("all of it was given back before"))?;
    Ok(Decision {
        refund: Some(refund),
        ..Decision::default()
    })
}

/// The refund of a return, begun; none where nothing is left to give back.
fn refund_of(case: &Case, ctx: &Ctx, way: &Way, terms: &ReturnTerms) -> Result<Option<RefundMove>, Error> {
    let sub_order = way.sub_order()?;
    let known = sub_order.return_to_refund(way.id)?;
    if case.refunds.len() >= REFUNDS_MAX {
        return Err(Error::TooManyRefunds);
    }
    let id = RefundId::new(ctx.now);
    let Some(refund) = sub_order.refund_for(known, id, &in_minor_units(&way.order, terms)?)? else {
        return Ok(None);
    };
    decide_order(Some(&way.order), &Command::Refund(refund.clone()), ctx.now)?;
    Ok(Some(RefundMove::Leased(begin(
        case,
        ctx,
        id,
        vec![refund],
        None,
    )?)))
}

fn in_minor_units(order: &Order, terms: &ReturnTerms) -> Result<orders::domain::ReturnTerms, Error> {
    let currency = order.currency();
    let deduction = terms.deduction.as_ref();
    if deduction.is_some_and(|kept| kept.amount.currency != currency) {
        return Err(Error::WrongCurrency { currency });
    }
    Ok(orders::domain::ReturnTerms {
        delivery: terms.delivery,
        deduction: deduction.map(|kept| Deduction {
            amount: kept.amount.amount,
            reason: kept.reason.clone(),
        }),
        reason: RETURNED.to_owned(),
    })
}
