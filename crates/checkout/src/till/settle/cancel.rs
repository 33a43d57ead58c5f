//! What is cancelled of a paid order: one part of it, or units of one. The others are not touched. Pure.

use super::decide::{Case, Decision};
use super::refund::{REFUNDS_MAX, RefundMove, begin, promised, rest};
use super::unpaid::unpaid_for;
use crate::error::Error;
use contracts::orders::CancelReason;
use inventory::till::{Line, Settlement};
use kernel::{Ctx, RefundId, SubOrderId};
use orders::domain::{Command, Event, Refusal, SubOrder, Units, decide as decide_order};

/// Told to buyers by providers that say why.
const UNITS_CANCELLED: &str = "Some of its units were cancelled.";

/// Units that are not to be sent.
#[derive(Clone, Debug)]
pub struct UnitsAsk {
    pub part: SubOrderId,
    pub units: Vec<Units>,
    pub reason: CancelReason,
    pub note: String,
    /// Apart from everybody else's: the same key is the same cancellation.
    pub key: String,
}

/// Its goods come back, and its money goes back.
pub fn cancel_part(
    case: &Case,
    ctx: &Ctx,
    part: SubOrderId,
    reason: CancelReason,
    note: &str,
) -> Result<Decision, Error> {
    let command = Command::CancelPart {
        part,
        reason,
        note: note.to_owned(),
    };
    let events = decide_order(Some(&case.order), &command, ctx.now)?;
    whole(case, ctx, part, events)
}

/// The goods of these units come back, and what was paid for them goes back. With the last of them goes the part.
pub fn cancel_units(case: &Case, ctx: &Ctx, ask: &UnitsAsk) -> Result<Decision, Error> {
    let command = Command::CancelUnits {
        part: ask.part,
        units: ask.units.clone(),
        reason: ask.reason,
        note: ask.note.clone(),
        key: ask.key.clone(),
    };
    let events = decide_order(Some(&case.order), &command, ctx.now)?;
    if !matches!(events.first(), Some(Event::UnitsCancelled { .. })) {
        return whole(case, ctx, ask.part, events);
    }
    let promised = promised(case, ctx.now);
    let sub_order = promised.sub_order(ask.part).ok_or(Refusal::NoSuchPart)?;
    let id = RefundId::new(ctx.now);
    let refund = match sub_order.refund_for_cancelled(&ask.units, id, UNITS_CANCELLED)? {
        Some(_) if case.refunds.len() >= REFUNDS_MAX => return Err(Error::TooManyRefunds),
        Some(refund) => Some(RefundMove::Leased(begin(case, ctx, id, vec![refund], None)?)),
        None => None,
    };
    Ok(Decision {
        unsent: on_shelves(&sub_order, &ask.units)?,
        refund,
        books: unpaid_for(&case.order, &events, ctx),
        order: events,
        ..Decision::default()
    })
}

fn whole(case: &Case, ctx: &Ctx, part: SubOrderId, events: Vec<Event>) -> Result<Decision, Error> {
    let Some(sub_order) = case.order.sub_order(part).filter(|_| !events.is_empty()) else {
        return Ok(Decision::default());
    };
    Ok(Decision {
        stock: Some(Settlement::Returned),
        stock_of: Some(sub_order.part.tenant),
        refund: rest(case, ctx, Some(part))?,
        books: unpaid_for(&case.order, &events, ctx),
        order: events,
        ..Decision::default()
    })
}

/// Units of lines, as what the shelves hold.
pub(super) fn on_shelves(
    sub_order: &SubOrder<'_>,
    units: impl IntoIterator<Item = impl std::borrow::Borrow<Units>>,
) -> Result<Vec<Line>, Error> {
    let line = |units: Units| {
        let line = sub_order.line(units.line).ok_or(Refusal::BadUnits)?;
        Ok(Line {
            tenant: sub_order.part.tenant,
            sku: line.sku,
            quantity: i64::from(units.quantity),
        })
    };
    let units = units.into_iter().map(|units| *units.borrow());
    units.filter(|units| units.quantity > 0).map(line).collect()
}
