//! What may happen to one sub-order. Nothing here looks at another one, save to see whether this was the last.

use super::progress::units_of;
use super::{Command, Event, Line, Order, Parcel, Refund, Refusal, SubOrder, Units, decide_return};
use contracts::orders::{CancelReason, ReturnStatus, SubOrderStatus};
use kernel::{ParcelId, ReturnId, Timestamp};
use std::collections::HashSet;

/// What happens on `command`, if it is one about a sub-order.
pub(super) fn decide(
    order: &Order,
    command: &Command,
    now: Timestamp,
) -> Option<Result<Vec<Event>, Refusal>> {
    let part = match command {
        Command::Place(_)
        | Command::Confirm
        | Command::DeclinePayment { .. }
        | Command::Cancel { .. }
        | Command::Reopen { .. }
        | Command::Readdress { .. } => return None,
        Command::Pack { part }
        | Command::Ship { part, .. }
        | Command::Deliver { part, .. }
        | Command::CancelPart { part, .. }
        | Command::CancelUnits { part, .. }
        | Command::Return { part, .. } => *part,
        Command::Refund(refund) => refund.part,
    };
    let Some(sub_order) = order.sub_order(part) else {
        return Some(Err(Refusal::NoSuchPart));
    };
    Some(match command {
        Command::Ship { parcel, .. } => ship(&sub_order, command, parcel),
        Command::Deliver { parcel, .. } => deliver(&sub_order, command, *parcel),
        Command::CancelPart { reason, note, .. } => cancel(&sub_order, command, *reason, note),
        Command::CancelUnits {
            units,
            reason,
            note,
            key,
            ..
        } => cancel_units(&sub_order, command, units, *reason, note, key),
        Command::Refund(refund) => give_back(&sub_order, command, refund),
        Command::Return { id, step, .. } => decide_return::decide(&sub_order, command, *id, step, now),
        _ => pack(&sub_order, command),
    })
}

fn pack(sub_order: &SubOrder<'_>, command: &Command) -> Result<Vec<Event>, Refusal> {
    match sub_order.status() {
        SubOrderStatus::Confirmed => Ok(vec![Event::Packed {
            part: sub_order.part.id,
        }]),
        SubOrderStatus::Packed => Ok(Vec::new()),
        status => Err(illegal(status, command)),
    }
}

fn ship(sub_order: &SubOrder<'_>, command: &Command, parcel: &Parcel) -> Result<Vec<Event>, Refusal> {
    if let Some(sent) = sub_order.parcel(parcel.id) {
        return once(sent.parcel == *parcel, "parcel");
    }
    match (sub_order.status(), parcel.exchange) {
        (_, Some(of)) => ship_again(sub_order, of, &parcel.lines)?,
        (SubOrderStatus::Packed | SubOrderStatus::PartlyShipped, None) => {
            check_units(sub_order, &parcel.lines, |line| sub_order.to_ship(line))?;
        }
        (status, None) => return Err(illegal(status, command)),
    }
    Ok(vec![Event::Shipped {
        part: sub_order.part.id,
        parcel: parcel.clone(),
    }])
}

/// Goods that are sent again for a return were taken from stock for it.
fn ship_again(sub_order: &SubOrder<'_>, of: ReturnId, units: &[Units]) -> Result<(), Refusal> {
    let known = sub_order.find_return(of).ok_or(Refusal::NoSuchReturn)?;
    let status = sub_order.return_status(known);
    if status != ReturnStatus::Exchanged {
        return Err(decide_return::illegal(status, "sent again"));
    }
    let left = sub_order.left_to_exchange(known);
    check_units(sub_order, units, |line| units_of(line.id, &left))
}

fn deliver(sub_order: &SubOrder<'_>, command: &Command, parcel: ParcelId) -> Result<Vec<Event>, Refusal> {
    match sub_order.parcel(parcel) {
        Some(sent) if sent.delivered_at.is_some() => Ok(Vec::new()),
        Some(_) => Ok(vec![Event::Delivered {
            part: sub_order.part.id,
            parcel,
        }]),
        None if sub_order.progress.parcels.is_empty() => Err(illegal(sub_order.status(), command)),
        None => Err(Refusal::NoSuchParcel),
    }
}

fn cancel(
    sub_order: &SubOrder<'_>,
    command: &Command,
    reason: CancelReason,
    note: &str,
) -> Result<Vec<Event>, Refusal> {
    match (sub_order.status(), reason) {
        (SubOrderStatus::Cancelled, _) => return Ok(Vec::new()),
        _ if sub_order.is_had() => return Err(had(reason)),
        (SubOrderStatus::Confirmed, CancelReason::Buyer | CancelReason::Seller | CancelReason::Operator)
        | (SubOrderStatus::Packed, CancelReason::Seller | CancelReason::Operator) => {}
        (status, _) => return Err(illegal(status, command)),
    }
    if reason == CancelReason::Buyer && sub_order.progress.provided_at.is_some() {
        return Err(Refusal::Provided);
    }
    check_note(reason, note)?;
    let part = sub_order.part.id;
    let mut events = vec![Event::PartCancelled {
        part,
        reason,
        note: note.trim().to_owned(),
    }];
    let mut others = sub_order.order.sub_orders().filter(|other| other.part.id != part);
    if others.all(|other| other.status() == SubOrderStatus::Cancelled) {
        events.push(Event::Cancelled { reason });
    }
    Ok(events)
}

fn cancel_units(
    sub_order: &SubOrder<'_>,
    command: &Command,
    units: &[Units],
    reason: CancelReason,
    note: &str,
    key: &str,
) -> Result<Vec<Event>, Refusal> {
    use SubOrderStatus as S;
    let mut cancelled = sub_order.progress.cancelled_units.iter();
    if let Some(known) = cancelled.find(|known| !key.is_empty() && known.key == key) {
        let same = known.units == units && known.reason == reason && known.note == note.trim();
        return once(same, "cancellation");
    }
    match (sub_order.status(), reason) {
        // All of its units are.
        (S::Cancelled, _) => return Ok(Vec::new()),
        _ if sub_order.is_had() => return Err(had(reason)),
        (S::Confirmed, CancelReason::Buyer | CancelReason::Seller | CancelReason::Operator)
        | (S::Packed | S::PartlyShipped, CancelReason::Seller | CancelReason::Operator) => {}
        (status, _) => return Err(illegal(status, command)),
    }
    check_note(reason, note)?;
    check_units(sub_order, units, |line| sub_order.to_ship(line))?;
    let left: u64 = count(&sub_order.left_to_ship());
    let is_untouched = sub_order.progress.parcels.is_empty() && sub_order.progress.provided_at.is_none();
    if is_untouched && count(units) == left {
        return cancel(sub_order, command, reason, note);
    }
    Ok(vec![Event::UnitsCancelled {
        part: sub_order.part.id,
        units: units.to_vec(),
        reason,
        note: note.trim().to_owned(),
        key: key.to_owned(),
    }])
}

/// Why nothing is cancelled of what is all downloaded, and what is done instead.
fn had(reason: CancelReason) -> Refusal {
    match reason {
        CancelReason::Seller | CancelReason::Operator => Refusal::RefundInstead,
        _ => Refusal::Provided,
    }
}

/// Money is given back for what was paid, whether it was sent, cancelled or came back.
fn give_back(sub_order: &SubOrder<'_>, command: &Command, refund: &Refund) -> Result<Vec<Event>, Refusal> {
    let known = sub_order.order.sub_orders().find_map(|other| {
        let mut given = other.progress.refunds.iter();
        given.find(|given| given.refund.id == refund.id)
    });
    if let Some(known) = known {
        return once(known.refund == *refund, "refund");
    }
    if !sub_order.order.paid {
        return Err(illegal(sub_order.status(), command));
    }
    if let Some(of) = refund.of_return {
        // Where the return stands was asked before the money went; here it only must not have gone before.
        let known = sub_order.find_return(of).ok_or(Refusal::NoSuchReturn)?;
        if sub_order.refund_of_return(of).is_some() {
            return Err(decide_return::illegal(sub_order.return_status(known), "refunded"));
        }
    }
    check_refund(sub_order, refund)?;
    Ok(vec![Event::Refunded {
        refund: refund.clone(),
    }])
}

fn check_refund(sub_order: &SubOrder<'_>, refund: &Refund) -> Result<(), Refusal> {
    if refund.amount <= 0 || refund.delivery < 0 {
        return Err(Refusal::BadRefund("its amount is not above zero"));
    }
    let mut seen = HashSet::new();
    let mut sum = refund.delivery;
    for wanted in &refund.lines {
        let Some(line) = sub_order.line(wanted.line).filter(|line| seen.insert(line.id)) else {
            return Err(Refusal::BadRefund(
                "it names a line twice, or one of another sub-order",
            ));
        };
        if wanted.amount <= 0 {
            return Err(Refusal::BadRefund("the amount of a line is not above zero"));
        }
        let (amount, units) = sub_order.line_refunded(line.id);
        bound("the line", wanted.amount, line.total() - amount)?;
        if wanted.quantity > line.quantity - units {
            return Err(Refusal::BadRefund(
                "it names more units than were bought and not refunded yet",
            ));
        }
        // Both are bounded by the order's total, whose sums exist.
        sum = sum.saturating_add(wanted.amount);
    }
    bound(
        "the delivery",
        refund.delivery,
        sub_order.part.delivery.price - sub_order.delivery_refunded(),
    )?;
    if sum != 0 && sum != refund.amount {
        return Err(Refusal::BadRefund(
            "its lines and delivery do not sum to its amount",
        ));
    }
    bound("the sub-order", refund.amount, sub_order.refundable())
}

fn bound(of: &'static str, wanted: i64, left: i64) -> Result<(), Refusal> {
    if wanted > left {
        return Err(Refusal::RefundTooLarge { of, wanted, left });
    }
    Ok(())
}

/// Each line once, each one of the sub-order's, and never more than is left of it.
fn check_units(
    sub_order: &SubOrder<'_>,
    units: &[Units],
    left: impl Fn(&Line) -> u32,
) -> Result<(), Refusal> {
    for (line, wanted) in named(sub_order, units)? {
        let left = left(line);
        if wanted > left {
            return Err(Refusal::TooManyUnits {
                line: line.id,
                wanted,
                left,
            });
        }
    }
    Ok(())
}

/// The lines of some units, if each is named once and is one of the sub-order's.
pub(super) fn named<'a>(sub_order: &SubOrder<'a>, units: &[Units]) -> Result<Vec<(&'a Line, u32)>, Refusal> {
    let mut seen = HashSet::new();
    if units.is_empty() || !units.iter().all(|u| u.quantity > 0 && seen.insert(u.line)) {
        return Err(Refusal::BadUnits);
    }
    let lines = units.iter().map(|wanted| {
        let line = sub_order.part.lines.iter().find(|line| line.id == wanted.line);
        Ok((line.ok_or(Refusal::BadUnits)?, wanted.quantity))
    });
    lines.collect()
}

fn check_note(reason: CancelReason, note: &str) -> Result<(), Refusal> {
    if reason != CancelReason::Buyer && note.trim().is_empty() {
        return Err(Refusal::NoteMissing);
    }
    Ok(())
}

/// Asked twice is done once, if the same was asked.
pub(super) fn once(same: bool, what: &'static str) -> Result<Vec<Event>, Refusal> {
    if same {
        Ok(Vec::new())
    } else {
        Err(Refusal::IdTaken(what))
    }
}

fn count(units: &[Units]) -> u64 {
    units.iter().map(|units| u64::from(units.quantity)).sum()
}

pub(super) fn illegal(status: SubOrderStatus, command: &Command) -> Refusal {
    Refusal::Illegal {
        what: "A sub-order",
        from: name(status),
        to: command.outcome(),
        allowed: allowed(status),
    }
}

/// The word by which tables and callers know a sub-order's status.
#[must_use]
pub fn name(status: SubOrderStatus) -> &'static str {
    match status {
        SubOrderStatus::Placed => "placed",
        SubOrderStatus::Confirmed => "confirmed",
        SubOrderStatus::Packed => "packed",
        SubOrderStatus::PartlyShipped => "partly_shipped",
        SubOrderStatus::Shipped => "shipped",
        SubOrderStatus::Delivered => "delivered",
        SubOrderStatus::ReturnRequested => "return_requested",
        SubOrderStatus::Returned => "returned",
        SubOrderStatus::Cancelled => "cancelled",
        SubOrderStatus::Refunded => "refunded",
    }
}

/// Where a sub-order can go from here by what its seller or the payment does.
pub(super) fn allowed(status: SubOrderStatus) -> &'static [&'static str] {
    match status {
        SubOrderStatus::Placed => &["confirmed"],
        SubOrderStatus::Confirmed => &["packed", "cancelled"],
        SubOrderStatus::Packed => &["shipped", "cancelled"],
        SubOrderStatus::PartlyShipped => &["shipped", "delivered"],
        SubOrderStatus::Shipped => &["delivered"],
        SubOrderStatus::Delivered => &["return_requested", "refunded"],
        SubOrderStatus::ReturnRequested => &["delivered", "returned", "refunded"],
        SubOrderStatus::Returned => &["refunded"],
        SubOrderStatus::Cancelled | SubOrderStatus::Refunded => &[],
    }
}
