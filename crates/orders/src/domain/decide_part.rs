//! What may happen to one sub-order. Nothing here looks at another one, save to see whether this was the last.

use super::{Command, Event, Order, Parcel, Refund, Refusal, SubOrder, Units};
use contracts::orders::{CancelReason, SubOrderStatus};
use kernel::ParcelId;
use std::collections::HashSet;

/// What happens on `command`, if it is one about a sub-order.
pub(super) fn decide(order: &Order, command: &Command) -> Option<Result<Vec<Event>, Refusal>> {
    let part = match command {
        Command::Place(_)
        | Command::Confirm
        | Command::DeclinePayment { .. }
        | Command::Cancel { .. }
        | Command::Reopen { .. } => return None,
        Command::Pack { part }
        | Command::Ship { part, .. }
        | Command::Deliver { part, .. }
        | Command::CancelPart { part, .. }
        | Command::CancelUnits { part, .. } => *part,
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
            units, reason, note, ..
        } => cancel_units(&sub_order, command, units, *reason, note),
        Command::Refund(refund) => give_back(&sub_order, command, refund),
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
    match sub_order.status() {
        SubOrderStatus::Packed | SubOrderStatus::PartlyShipped => {}
        status => return Err(illegal(status, command)),
    }
    check_units(sub_order, &parcel.lines)?;
    Ok(vec![Event::Shipped {
        part: sub_order.part.id,
        parcel: parcel.clone(),
    }])
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
        (SubOrderStatus::Confirmed, CancelReason::Buyer | CancelReason::Seller | CancelReason::Operator)
        | (SubOrderStatus::Packed, CancelReason::Seller | CancelReason::Operator) => {}
        (status, _) => return Err(illegal(status, command)),
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
) -> Result<Vec<Event>, Refusal> {
    use SubOrderStatus as S;
    match (sub_order.status(), reason) {
        (S::Confirmed, CancelReason::Buyer | CancelReason::Seller | CancelReason::Operator)
        | (S::Packed | S::PartlyShipped, CancelReason::Seller | CancelReason::Operator) => {}
        (status, _) => return Err(illegal(status, command)),
    }
    check_note(reason, note)?;
    check_units(sub_order, units)?;
    let left: u64 = count(&sub_order.left_to_ship());
    if sub_order.progress.parcels.is_empty() && count(units) == left {
        return cancel(sub_order, command, reason, note);
    }
    Ok(vec![Event::UnitsCancelled {
        part: sub_order.part.id,
        units: units.to_vec(),
        reason,
        note: note.trim().to_owned(),
    }])
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

/// Each line once, each one of the sub-order's, and never more than is left to be sent.
fn check_units(sub_order: &SubOrder<'_>, units: &[Units]) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    if units.is_empty() || !units.iter().all(|u| u.quantity > 0 && seen.insert(u.line)) {
        return Err(Refusal::BadUnits);
    }
    for wanted in units {
        let line = sub_order.line(wanted.line).ok_or(Refusal::BadUnits)?;
        let left = sub_order.to_ship(line);
        if wanted.quantity > left {
            return Err(Refusal::TooManyUnits {
                line: wanted.line,
                wanted: wanted.quantity,
                left,
            });
        }
    }
    Ok(())
}

fn check_note(reason: CancelReason, note: &str) -> Result<(), Refusal> {
    if reason != CancelReason::Buyer && note.trim().is_empty() {
        return Err(Refusal::NoteMissing);
    }
    Ok(())
}

/// Asked twice is done once, if the same was asked.
fn once(same: bool, what: &'static str) -> Result<Vec<Event>, Refusal> {
    if same {
        Ok(Vec::new())
    } else {
        Err(Refusal::IdTaken(what))
    }
}

fn count(units: &[Units]) -> u64 {
    units.iter().map(|units| u64::from(units.quantity)).sum()
}

fn illegal(status: SubOrderStatus, command: &Command) -> Refusal {
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
        SubOrderStatus::Cancelled => "cancelled",
        SubOrderStatus::Refunded => "refunded",
    }
}

/// Where a sub-order can go from here by what its seller or the payment does.
fn allowed(status: SubOrderStatus) -> &'static [&'static str] {
    match status {
        SubOrderStatus::Placed => &["confirmed"],
        SubOrderStatus::Confirmed => &["packed", "cancelled"],
        SubOrderStatus::Packed => &["shipped", "cancelled"],
        SubOrderStatus::PartlyShipped => &["shipped", "delivered"],
        SubOrderStatus::Shipped => &["delivered"],
        SubOrderStatus::Delivered => &["refunded"],
        SubOrderStatus::Cancelled | SubOrderStatus::Refunded => &[],
    }
}
