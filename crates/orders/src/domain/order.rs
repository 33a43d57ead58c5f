use super::{Event, Line, Part, Placed, number};
use contracts::orders as api;
use contracts::orders::{CancelReason, OrderStatus, SubOrderStatus};
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
    /// Whether it was ever confirmed: a cancelled order that was owes its buyer the money back.
    pub paid: bool,
}

/// What an event makes of an order. The first event of a stream is `Placed`; others need an order to happen to.
#[must_use]
pub fn evolve(order: Option<Order>, id: OrderId, version: i64, at: Timestamp, event: Event) -> Option<Order> {
    if let Event::Placed(placed) = event {
        return Some(Order {
            id,
            version,
            status: OrderStatus::Placed,
            placed_at: at,
            placed,
            declined: None,
            cancel_reason: None,
            paid: false,
        });
    }
    let order = Order { version, ..order? };
    Some(match event {
        Event::Placed(_) => order,
        Event::PaymentDeclined { reason } => Order {
            declined: Some(reason),
            ..order
        },
        Event::Confirmed => Order {
            status: OrderStatus::Confirmed,
            declined: None,
            paid: true,
            ..order
        },
        Event::Cancelled { reason } => Order {
            status: OrderStatus::Cancelled,
            cancel_reason: Some(reason),
            ..order
        },
        Event::Reopened { reserved_until } => Order {
            status: OrderStatus::Placed,
            cancel_reason: None,
            placed: Box::new(Placed {
                reserved_until,
                ..*order.placed
            }),
            ..order
        },
    })
}

/// The order that a history tells of, from its first event on; `None` for an empty history.
#[must_use]
pub fn replay(id: OrderId, history: impl IntoIterator<Item = (i64, Timestamp, Event)>) -> Option<Order> {
    history.into_iter().fold(None, |order, (version, at, event)| {
        evolve(order, id, version, at, event)
    })
}

impl Order {
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

    fn money(&self, amount: i64) -> Money {
        Money::new(amount, self.currency())
    }

    /// The order as other contexts and callers see it.
    #[must_use]
    pub fn view(&self) -> api::Order {
        let placed = &self.placed;
        let number = self.number();
        let sub_orders = placed
            .parts
            .iter()
            .enumerate()
            .map(|(i, part)| self.view_part(&number, i, part))
            .collect();
        api::Order {
            id: self.id,
            number,
            status: self.status,
            version: self.version,
            email: placed.email.clone(),
            address: placed.address.clone(),
            sub_orders,
            subtotal: self.money(placed.subtotal()),
            delivery: self.money(placed.delivery()),
            total: self.total(),
            payment: placed.payment,
            placed_at: self.placed_at,
            reserved_until: (self.status == OrderStatus::Placed).then_some(placed.reserved_until),
            cancel_reason: self.cancel_reason,
        }
    }

    fn view_part(&self, number: &str, index: usize, part: &Part) -> api::SubOrder {
        api::SubOrder {
            id: part.id,
            order: self.id,
            tenant: part.tenant,
            number: number::of_sub_order(number, index),
            status: sub_order_status(self.status),
            lines: part.lines.iter().map(|line| self.view_line(line)).collect(),
            delivery_code: part.delivery.code.clone(),
            delivery_name: part.delivery.name.clone(),
            subtotal: self.money(part.subtotal()),
            delivery: self.money(part.delivery.price),
            total: self.money(part.total()),
            commission: self.money(part.commission),
            placed_at: self.placed_at,
            // The parent order carries it for its buyer.
            address: None,
        }
    }

    fn view_line(&self, line: &Line) -> api::OrderLine {
        api::OrderLine {
            id: line.id,
            sku: line.sku,
            product: line.product,
            title: line.title.clone(),
            options: line.options.clone(),
            code: line.code.clone(),
            quantity: line.quantity,
            unit_price: self.money(line.unit_price),
            total: self.money(line.total()),
        }
    }
}

/// A sub-order goes with its order until sellers ship.
#[must_use]
pub fn sub_order_status(status: OrderStatus) -> SubOrderStatus {
    match status {
        OrderStatus::Placed => SubOrderStatus::Placed,
        OrderStatus::Confirmed => SubOrderStatus::Confirmed,
        OrderStatus::Cancelled => SubOrderStatus::Cancelled,
    }
}
