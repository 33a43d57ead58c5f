//! Own events to public events, in one place.

use crate::domain::{Event, Line, Order, SubOrder, units};
use ::store::log::Outbox;
use contracts::orders::{
    DownloadsReady, OrderCancelled, OrderConfirmed, OrderPlaced, OrderReaddressed, OrderReopened,
    ParcelDelivered, ReturnChanged, SoldProduct, SubOrderCancelled, SubOrderDelivered, SubOrderPacked,
    SubOrderRefunded, SubOrderShipped, SubOrderUnitsCancelled,
};
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
    if let Some(sub_order) = event.part().and_then(|part| order.sub_order(part)) {
        return publish_of_part(outbox, ctx, &sub_order, event);
    }
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
                cart: Some(order.placed.cart),
            },
        ),
        Event::Cancelled { reason } => outbox.push(
            ctx,
            &OrderCancelled {
                order: order.id,
                buyer: order.placed.buyer,
                reason: *reason,
                tenants: tenants(order),
                unsold: unsold(order),
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
        Event::Readdressed { .. } => outbox.push(
            ctx,
            &OrderReaddressed {
                order: order.id,
                buyer: order.placed.buyer,
                tenants: tenants(order),
            },
        ),
        _ => Ok(()),
    }
}

fn publish_of_part(
    outbox: &mut Outbox,
    ctx: &Ctx,
    sub_order: &SubOrder<'_>,
    event: &Event,
) -> Result<(), serde_json::Error> {
    let (order, buyer) = (sub_order.order.id, sub_order.order.placed.buyer);
    let (id, tenant) = (sub_order.part.id, sub_order.part.tenant);
    match event {
        Event::Provided { .. } => {
            outbox.push(
                ctx,
                &DownloadsReady {
                    order,
                    sub_order: id,
                    tenant,
                    buyer,
                    files: sub_order.part.files(),
                    until: sub_order.last_download(ctx.now).unwrap_or(ctx.now),
                },
            )?;
            publish_delivered(outbox, ctx, sub_order)
        }
        Event::Packed { .. } => outbox.push(
            ctx,
            &SubOrderPacked {
                order,
                sub_order: id,
                tenant,
                buyer,
            },
        ),
        Event::Shipped { parcel, .. } => outbox.push(
            ctx,
            &SubOrderShipped {
                order,
                sub_order: id,
                tenant,
                buyer,
                parcel: parcel.id,
                carrier: parcel.carrier.clone(),
                tracking: parcel.tracking.clone(),
                complete: sub_order.left_to_ship().is_empty(),
            },
        ),
        Event::Delivered { parcel, .. } => {
            outbox.push(
                ctx,
                &ParcelDelivered {
                    order,
                    sub_order: id,
                    tenant,
                    buyer,
                    parcel: *parcel,
                },
            )?;
            publish_delivered(outbox, ctx, sub_order)
        }
        Event::PartCancelled { reason, note, .. } => outbox.push(
            ctx,
            &SubOrderCancelled {
                order,
                sub_order: id,
                tenant,
                buyer,
                reason: *reason,
                note: note.clone(),
                left: sub_order.order.money(left_before(ctx, sub_order)),
                unsold: products(left_of(sub_order)),
            },
        ),
        Event::UnitsCancelled {
            units: cancelled,
            reason,
            note,
            ..
        } => {
            outbox.push(
                ctx,
                &SubOrderUnitsCancelled {
                    order,
                    sub_order: id,
                    tenant,
                    buyer,
                    units: cancelled.iter().map(units).collect(),
                    reason: *reason,
                    note: note.clone(),
                    unsold: products(cancelled.iter().filter_map(|units| {
                        let line = sub_order.part.lines.iter().find(|line| line.id == units.line)?;
                        Some((line, units.quantity))
                    })),
                },
            )?;
            publish_delivered(outbox, ctx, sub_order)
        }
        Event::Refunded { refund } => outbox.push(
            ctx,
            &SubOrderRefunded {
                order,
                sub_order: id,
                tenant,
                buyer,
                refund: refund.id,
                amount: sub_order.order.money(refund.amount),
                released: refund.released,
            },
        ),
        Event::Return { id: of, .. } => match sub_order.find_return(*of) {
            Some(known) => outbox.push(
                ctx,
                &ReturnChanged {
                    order,
                    sub_order: id,
                    tenant,
                    buyer,
                    of: *of,
                    status: sub_order.return_status(known),
                },
            ),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Once: with the last parcel that arrives, or with the end of what was still to be sent after it.
fn publish_delivered(
    outbox: &mut Outbox,
    ctx: &Ctx,
    sub_order: &SubOrder<'_>,
) -> Result<(), serde_json::Error> {
    match sub_order.progress.delivered_at {
        Some(delivered_at) if delivered_at == ctx.now => outbox.push(
            ctx,
            &SubOrderDelivered {
                order: sub_order.order.id,
                sub_order: sub_order.part.id,
                tenant: sub_order.part.tenant,
                buyer: sub_order.order.placed.buyer,
                delivered_at,
                goods: products(left_of(sub_order)),
            },
        ),
        _ => Ok(()),
    }
}

fn sold(order: &Order) -> Vec<SoldProduct> {
    let lines = order.placed.parts.iter().flat_map(|part| &part.lines);
    products(lines.map(|line| (line, line.quantity)))
}

/// What was sold and had not been cancelled before: of an order that was never paid, nothing.
fn unsold(order: &Order) -> Vec<SoldProduct> {
    if !order.paid {
        return Vec::new();
    }
    let parts: Vec<SubOrder<'_>> = order
        .sub_orders()
        .filter(|part| part.progress.cancelled.is_none())
        .collect();
    products(parts.iter().flat_map(left_of))
}

/// What was left of a part's money when it was cancelled: what was only set aside is let go with it, in the same moment.
fn left_before(ctx: &Ctx, sub_order: &SubOrder<'_>) -> i64 {
    let given = sub_order.progress.refunds.iter();
    let let_go = given.filter(|given| given.refund.released && given.at == ctx.now);
    sub_order.refundable() + let_go.map(|given| given.refund.amount).sum::<i64>()
}

/// The lines of a sub-order with as many units as were not cancelled one by one.
fn left_of<'a>(part: &'a SubOrder<'a>) -> impl Iterator<Item = (&'a Line, u32)> {
    let lines = part.part.lines.iter();
    lines.map(|line| (line, line.quantity.saturating_sub(part.cancelled(line.id))))
}

/// Each product once.
fn products<'a>(lines: impl Iterator<Item = (&'a Line, u32)>) -> Vec<SoldProduct> {
    let mut units: BTreeMap<ProductId, u32> = BTreeMap::new();
    for (line, quantity) in lines.filter(|(_, quantity)| *quantity > 0) {
        let sold = units.entry(line.product).or_default();
        *sold = sold.saturating_add(quantity);
    }
    let sold = units.into_iter();
    sold.map(|(product, units)| SoldProduct { product, units })
        .collect()
}

fn tenants(order: &Order) -> Vec<TenantId> {
    order.placed.tenants().collect()
}
