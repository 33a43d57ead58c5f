//! The one place where a change of the catalogue becomes a public event.

use contracts::catalog::{Listing, ProductChanged};
use kernel::Ctx;
use store::log::Outbox;

/// One event per changed product, to be appended in the transaction of the change.
pub fn changes<'a>(ctx: &Ctx, listings: impl Iterator<Item = &'a Listing>) -> Result<Outbox, sqlx::Error> {
    let mut outbox = Outbox::new();
    for listing in listings {
        let event = ProductChanged {
            product: listing.id,
            tenant: listing.tenant,
            version: listing.version,
            status: listing.status,
        };
        outbox
            .push(ctx, &event)
            .map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    }
    Ok(outbox)
}
