//! Own events to public events, in one place.

use crate::domain::{Event, Order};
use ::store::log::Outbox;
use contracts::orders::{OrderCancelled, OrderConfirmed, OrderPlaced, OrderReopened, SoldProduct};
use kernel::{Ctx, ProductId, TenantId};
use std::collections::BTreeMap;

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
                sold: sold(order),
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
        Event::Reopened { reserved_until } => outbox.push(
            ctx,
            &OrderReopened {
                order: order.id,
                buyer: order.placed.buyer,
                tenants: tenants(order),
                reserved_until: *reserved_until,
            },
        ),
        Event::PaymentDeclined { .. } => Ok(()),
    }
}

fn sold(order: &Order) -> Vec<SoldProduct> {
    let mut units: BTreeMap<ProductId, u32> = BTreeMap::new();
    for line in order.placed.parts.iter().flat_map(|part| &part.lines) {
        let sold = units.entry(line.product).or_default();
        *sold = sold.saturating_add(line.quantity);
    }
    let sold = units.into_iter();
    sold.map(|(product, units)| SoldProduct { product, units })
        .collect()
}

fn tenants(order: &Order) -> Vec<TenantId> {
    order.placed.tenants().collect()
}
