use super::progress::{self, Progress};
use super::{Event, Placed, number};
use contracts::orders::{CancelReason, OrderStatus};
use kernel::{Currency, Money, OrderId, Timestamp};

/// An order as its events made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub id: OrderId,
    /// Of its last event.
    pub version: i64,
    pub status: OrderStatus,
    pub placed_at: Timestamp,
    pub placed: Box<Placed>,
    /// Why the last payment was declined, while the order waits for another.
    pub declined: Option<String>,
    pub cancel_reason: Option<CancelReason>,
    pub cancelled_at: Option<Timestamp>,
    pub confirmed_at: Option<Timestamp>,
    /// One for each of `placed.parts`, in the same order.
    pub progress: Vec<Progress>,
    /// Whether it was ever confirmed: a cancelled order that was owes its buyer the money back.
    pub paid: bool,
}

/// What an event makes of an order. The first event of a stream is `Placed`; others need an order to happen to.
#[must_use]
pub fn evolve(order: Option<Order>, id: OrderId, version: i64, at: Timestamp, event: Event) -> Option<Order> {
    match (order, event) {
        (None, Event::Placed(placed)) => Some(Order {
            id,
            version,
            status: OrderStatus::Placed,
            placed_at: at,
            progress: vec![Progress::default(); placed.parts.len()],
            placed,
            declined: None,
            cancel_reason: None,
            cancelled_at: None,
            confirmed_at: None,
            paid: false,
        }),
        (None, _) => None,
        (Some(order), event) => Some(order.then(at, event)),
    }
}

/// The order that a history tells of, from its first event on; `None` for an empty history.
#[must_use]
pub fn replay(id: OrderId, history: impl IntoIterator<Item = (i64, Timestamp, Event)>) -> Option<Order> {
    history.into_iter().fold(None, |order, (version, at, event)| {
        evolve(order, id, version, at, event)
    })
}

impl Order {
    /// The order after its next event.
    #[must_use]
    pub fn then(mut self, at: Timestamp, event: Event) -> Self {
        self.version += 1;
        if let Some(part) = event.part() {
            progress::evolve(&mut self, part, at, event);
            return self;
        }
        match event {
            Event::PaymentDeclined { reason } => self.declined = Some(reason),
            Event::Confirmed => {
                self.status = OrderStatus::Confirmed;
                self.declined = None;
                self.confirmed_at = Some(at);
                self.paid = true;
            }
            Event::Cancelled { reason } => {
                self.status = OrderStatus::Cancelled;
                self.cancel_reason = Some(reason);
                self.cancelled_at = Some(at);
            }
            Event::Reopened { reserved_until } => {
                self.status = OrderStatus::Placed;
                self.cancel_reason = None;
                self.cancelled_at = None;
                self.placed.reserved_until = reserved_until;
            }
            Event::Readdressed { address } => self.placed.address = *address,
            // Placed already; the others happened to a part.
            _ => {}
        }
        self
    }

    #[must_use]
    pub fn number(&self) -> String {
        number::of_order(self.id)
    }

    /// Whether the hold on its stock ran out before it was paid.
    #[must_use]
    pub fn has_expired(&self) -> bool {
        self.status == OrderStatus::Cancelled && self.cancel_reason == Some(CancelReason::Expired)
    }

    #[must_use]
    pub fn currency(&self) -> Currency {
        self.placed.currency
    }

    #[must_use]
    pub fn total(&self) -> Money {
        self.money(self.placed.total())
    }

    pub(crate) fn money(&self, amount: i64) -> Money {
        Money::new(amount, self.currency())
    }
}
