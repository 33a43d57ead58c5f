//! Own events to public events, in one place.

use crate::domain::{Event, Order};
use ::store::log::Outbox;
use contracts::orders::{OrderCancelled, OrderConfirmed, OrderPlaced};
use kernel::{Ctx, TenantId};

/// Adds what others learn of a new order.
pub fn publish_placed(outbox: &mut Outbox, ctx: &Ctx, order: &Order) -> Result<(), serde_json::Error> {
    outbox.push(
        ctx,
        &OrderPlaced {
            order: order.id,
            buyer: order.placed.buyer,
            total: order.total(),
            tenants: tenants(order),
            reserved_until: order.placed.reserved_until,
        },
    )
}

/// Adds what others learn of `event`, which led to `order`. A declined payment is the payments context's to tell.
pub fn publish(
    outbox: &mut Outbox,
    ctx: &Ctx,
    order: &Order,
    event: &Event,
) -> Result<(), serde_json::Error> {
    match event {
        Event::Placed(_) => publish_placed(outbox, ctx, order),
        Event::Confirmed => outbox.push(
            ctx,
            &OrderConfirmed {
                order: order.id,
                buyer: order.placed.buyer,
                total: order.total(),
                tenants: tenants(order),
            },
        ),
        Event::Cancelled { reason } => outbox.push(
            ctx,
            &OrderCancelled {
                order: order.id,
                buyer: order.placed.buyer,
                reason: *reason,
                tenants: tenants(order),
            },
        ),
        Event::PaymentDeclined { .. } => Ok(()),
    }
}

fn tenants(order: &Order) -> Vec<TenantId> {
    order.placed.tenants().collect()
}
