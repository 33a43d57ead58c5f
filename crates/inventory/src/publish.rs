//! What others learn of stock: only that a SKU ran out or came back, never each change.

use crate::domain::Crossing;
use ::store::log::Outbox;
use contracts::inventory::AvailabilityChanged;
use kernel::Ctx;

/// Adds the public event of each crossing.
pub fn crossings(outbox: &mut Outbox, ctx: &Ctx, crossings: &[Crossing]) -> Result<(), serde_json::Error> {
    for crossing in crossings {
        outbox.push(
            ctx,
            &AvailabilityChanged {
                sku: crossing.sku,
                product: crossing.product,
                tenant: crossing.tenant,
                in_stock: crossing.in_stock,
            },
        )?;
    }
    Ok(())
}
