//! How far each seller is with their part of an order.

use super::returns;
use super::{Event, Line, Order, Parcel, Part, Refund, RefundLine, Return, Undone, Units};
use contracts::orders::{CancelReason, Fulfilment, OrderStatus, SubOrderStatus};
use kernel::{LineId, ParcelId, SubOrderId, Timestamp};

/// What happened to one part. What follows from it is computed ([`SubOrder`]), not kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Since when what is downloaded of it can be.
    pub provided_at: Option<Timestamp>,
    pub packed_at: Option<Timestamp>,
    pub parcels: Vec<Sent>,
    pub cancelled_units: Vec<CancelledUnits>,
    pub cancelled: Option<Cancellation>,
    pub refunds: Vec<Given>,
    pub returns: Vec<Return>,
    /// Since when all that was to be sent has arrived.
    pub delivered_at: Option<Timestamp>,
}

/// A parcel on its way, or arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub parcel: Parcel,
    pub at: Timestamp,
    pub delivered_at: Option<Timestamp>,
}

/// Units that will not be sent, while others of the sub-order are.
#[derive(Clone, Debug, PartialEq)]
pub struct CancelledUnits {
    pub units: Vec<Units>,
    pub reason: CancelReason,
    pub note: String,
    /// By what whoever asked knows it; empty where they had none.
    pub key: String,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Cancellation {
    pub reason: CancelReason,
    pub note: String,
    pub at: Timestamp,
}

/// Money given back.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    pub refund: Refund,
    pub at: Timestamp,
    /// What of the sale it undid.
    pub undone: Undone,
}

/// One part of an order together with its progress.
#[derive(Clone, Copy, Debug)]
pub struct SubOrder<'a> {
    pub order: &'a Order,
    pub part: &'a Part,
    pub progress: &'a Progress,
    /// Its place in the order, from 0.
    pub index: usize,
}

impl Order {
    /// Its sub-orders, in the order in which they were placed.
    pub fn sub_orders(&self) -> impl Iterator<Item = SubOrder<'_>> {
        let parts = self.placed.parts.iter().zip(&self.progress).enumerate();
        parts.map(|(index, (part, progress))| SubOrder {
            order: self,
            part,
            progress,
            index,
        })
    }

    #[must_use]
    pub fn sub_order(&self, id: SubOrderId) -> Option<SubOrder<'_>> {
        self.sub_orders().find(|sub_order| sub_order.part.id == id)
    }

    /// Minor units given back so far, over all sub-orders.
    #[must_use]
    pub fn refunded(&self) -> i64 {
        self.sub_orders().map(|sub_order| sub_order.refunded()).sum()
    }

    /// Minor units of a sub-order that can still be given back: nothing before it is paid.
    #[must_use]
    pub fn refundable(&self, id: SubOrderId) -> i64 {
        self.sub_order(id).map_or(0, |sub_order| sub_order.refundable())
    }

    #[must_use]
    pub fn fulfilment(&self) -> Fulfilment {
        use SubOrderStatus as S;
        let live: Vec<S> = self
            .sub_orders()
            .map(|sub_order| sub_order.status())
            .filter(|status| *status != S::Cancelled)
            .collect();
        let all = |states: &[S]| !live.is_empty() && live.iter().all(|status| states.contains(status));
        let sent = [
            S::PartlyShipped,
            S::Shipped,
            S::Delivered,
            S::ReturnRequested,
            S::Returned,
            S::Refunded,
        ];
        if all(&sent[2..]) {
            Fulfilment::Delivered
        } else if all(&sent[1..]) {
            Fulfilment::Shipped
        } else if live.iter().any(|status| sent.contains(status)) {
            Fulfilment::PartlyShipped
        } else {
            Fulfilment::Pending
        }
    }
}

impl SubOrder<'_> {
    /// Where it stands: it goes with its order until that is paid, and has a way of its own from there on.
    #[must_use]
    pub fn status(&self) -> SubOrderStatus {
        match self.order.status {
            OrderStatus::Placed => SubOrderStatus::Placed,
            OrderStatus::Cancelled => SubOrderStatus::Cancelled,
            OrderStatus::Confirmed if self.progress.cancelled.is_some() => SubOrderStatus::Cancelled,
            OrderStatus::Confirmed if self.waits_to_be_sent() => match self.progress.packed_at {
                Some(_) => SubOrderStatus::Packed,
                None => SubOrderStatus::Confirmed,
            },
            OrderStatus::Confirmed if self.has_units_to_ship() => SubOrderStatus::PartlyShipped,
            OrderStatus::Confirmed if self.is_arriving() => SubOrderStatus::Shipped,
            OrderStatus::Confirmed if self.has_open_returns() => SubOrderStatus::ReturnRequested,
            OrderStatus::Confirmed if self.part.total() > 0 && self.refundable() == 0 => {
                SubOrderStatus::Refunded
            }
            OrderStatus::Confirmed if self.is_returned() => SubOrderStatus::Returned,
            OrderStatus::Confirmed => SubOrderStatus::Delivered,
        }
    }

    /// Whether all that its buyer was to get has arrived, whatever became of it since.
    #[must_use]
    pub fn has_arrived(&self) -> bool {
        use SubOrderStatus as S;
        matches!(
            self.status(),
            S::Delivered | S::ReturnRequested | S::Returned | S::Refunded
        )
    }

    /// Whether nothing was sent yet, and something is to be.
    fn waits_to_be_sent(&self) -> bool {
        self.progress.parcels.is_empty() && (self.has_units_to_ship() || self.progress.provided_at.is_none())
    }

    fn has_units_to_ship(&self) -> bool {
        self.part.lines.iter().any(|line| self.to_ship(line) > 0)
    }

    fn is_arriving(&self) -> bool {
        self.bought_parcels().any(|sent| sent.delivered_at.is_none())
    }

    /// Its parcels but for those with goods that are sent again.
    fn bought_parcels(&self) -> impl Iterator<Item = &Sent> {
        let parcels = self.progress.parcels.iter();
        parcels.filter(|sent| sent.parcel.exchange.is_none())
    }

    /// Why and when it ended, by itself or with its order.
    #[must_use]
    pub fn cancellation(&self) -> Option<Cancellation> {
        self.progress.cancelled.clone().or_else(|| {
            Some(Cancellation {
                reason: self.order.cancel_reason?,
                note: String::new(),
                at: self.order.cancelled_at?,
            })
        })
    }

    #[must_use]
    pub fn line(&self, id: LineId) -> Option<&Line> {
        self.part.lines.iter().find(|line| line.id == id)
    }

    #[must_use]
    pub fn parcel(&self, id: ParcelId) -> Option<&Sent> {
        self.progress.parcels.iter().find(|sent| sent.parcel.id == id)
    }

    /// Units of a line that were sent, not counting those sent again; all of what is downloaded, once it can be.
    #[must_use]
    pub fn shipped(&self, line: LineId) -> u32 {
        if let Some(provided) = self.line(line).filter(|line| self.has_provided(line)) {
            return provided.quantity;
        }
        let sent = self.bought_parcels().flat_map(|sent| &sent.parcel.lines);
        units_of(line, sent)
    }

    /// Units of a line that arrived in parcels, not counting those sent again.
    #[must_use]
    pub fn delivered(&self, line: LineId) -> u32 {
        let arrived = self.bought_parcels().filter(|sent| sent.delivered_at.is_some());
        units_of(line, arrived.flat_map(|sent| &sent.parcel.lines))
    }

    /// Units of a line that were cancelled by themselves, without their sub-order.
    #[must_use]
    pub fn cancelled(&self, line: LineId) -> u32 {
        let cancelled = self.progress.cancelled_units.iter();
        units_of(line, cancelled.flat_map(|cancelled| &cancelled.units))
    }

    /// Units of a line that are still to be sent.
    #[must_use]
    pub fn to_ship(&self, line: &Line) -> u32 {
        let gone = self.shipped(line.id) + self.cancelled(line.id);
        line.quantity.saturating_sub(gone)
    }

    /// All that is still to be sent, or could be cancelled.
    #[must_use]
    pub fn left_to_ship(&self) -> Vec<Units> {
        let left = self.part.lines.iter().map(|line| Units {
            line: line.id,
            quantity: self.to_ship(line),
        });
        left.filter(|units| units.quantity > 0).collect()
    }

    /// Minor units given back for it so far.
    #[must_use]
    pub fn refunded(&self) -> i64 {
        self.progress
            .refunds
            .iter()
            .map(|given| given.refund.amount)
            .sum()
    }

    /// Minor units that can still be given back: nothing before the order is paid.
    #[must_use]
    pub fn refundable(&self) -> i64 {
        if self.order.paid {
            self.part.total() - self.refunded()
        } else {
            0
        }
    }

    /// Minor units and units given back for a line as such.
    #[must_use]
    pub fn line_refunded(&self, line: LineId) -> (i64, u32) {
        let given = self.progress.refunds.iter().flat_map(|given| &given.refund.lines);
        given
            .filter(|refunded| refunded.line == line)
            .fold((0, 0), |(amount, units), refunded: &RefundLine| {
                (amount + refunded.amount, units + refunded.quantity)
            })
    }

    /// Minor units given back for the delivery as such.
    #[must_use]
    pub fn delivery_refunded(&self) -> i64 {
        self.progress
            .refunds
            .iter()
            .map(|given| given.refund.delivery)
            .sum()
    }
}

pub(super) fn units_of<'a>(line: LineId, units: impl IntoIterator<Item = &'a Units>) -> u32 {
    let own = units.into_iter().filter(|units| units.line == line);
    own.map(|units| units.quantity).sum()
}

/// What an event makes of the part it happened to.
pub(super) fn evolve(order: &mut Order, part: SubOrderId, at: Timestamp, event: Event) {
    let Some(index) = order.placed.parts.iter().position(|known| known.id == part) else {
        return;
    };
    let undone = |order: &Order| {
        order
            .sub_order(part)
            .map_or_else(Undone::default, |part| part.undone())
    };
    let before = matches!(event, Event::Refunded { .. }).then(|| undone(&*order));
    let progress = &mut order.progress[index];
    match event {
        Event::Provided { .. } => progress.provided_at = Some(at),
        Event::Packed { .. } => progress.packed_at = Some(at),
        Event::Shipped { parcel, .. } => progress.parcels.push(Sent {
            parcel,
            at,
            delivered_at: None,
        }),
        Event::Delivered { parcel, .. } => {
            let arrived = progress.parcels.iter_mut().find(|sent| sent.parcel.id == parcel);
            if let Some(sent) = arrived {
                sent.delivered_at = Some(at);
            }
        }
        Event::PartCancelled { reason, note, .. } => {
            progress.cancelled = Some(Cancellation { reason, note, at });
        }
        Event::UnitsCancelled {
            units,
            reason,
            note,
            key,
            ..
        } => progress.cancelled_units.push(CancelledUnits {
            units,
            reason,
            note,
            key,
            at,
        }),
        Event::Refunded { refund } => progress.refunds.push(Given {
            refund,
            at,
            undone: Undone::default(),
        }),
        Event::Return { id, step, .. } => returns::evolve(&mut progress.returns, id, at, step),
        Event::Placed(_)
        | Event::PaymentDeclined { .. }
        | Event::Confirmed
        | Event::Cancelled { .. }
        | Event::Reopened { .. }
        | Event::Readdressed { .. } => {}
    }
    if let Some(before) = before {
        let undone = undone(&*order).since(before);
        if let Some(given) = order.progress[index].refunds.last_mut() {
            given.undone = undone;
        }
    }
    let arrived = order.sub_order(part).is_some_and(|part| part.has_arrived());
    let since = &mut order.progress[index].delivered_at;
    if arrived && since.is_none() {
        *since = Some(at);
    }
}
