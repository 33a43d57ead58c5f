//! What others learn of stock: only that a SKU ran out, came back or ran low, never each change.

use crate::domain::{Crossed, Crossing};
use ::store::log::Outbox;
use contracts::inventory::{AvailabilityChanged, LowStock};
use kernel::Ctx;

/// Adds the public event of each crossing.
pub fn crossings(outbox: &mut Outbox, ctx: &Ctx, crossings: &[Crossing]) -> Result<(), serde_json::Error> {
    for &Crossing {
        tenant,
        sku,
        product,
        what,
    } in crossings
    {
        let availability = |in_stock| AvailabilityChanged {
            sku,
            product,
            tenant,
            in_stock,
        };
        match what {
            Crossed::RanOut => outbox.push(ctx, &availability(false))?,
            Crossed::CameBack => outbox.push(ctx, &availability(true))?,
            Crossed::RanLow { available, low_below } => outbox.push(
                ctx,
                &LowStock {
                    sku,
                    product,
                    tenant,
                    available,
                    low_below,
                },
            )?,
        }
    }
    Ok(())
}
