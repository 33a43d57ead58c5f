//! Carts that nobody came back for.

use crate::app::Carts;
use crate::error::Error;
use crate::store;
use ::store::Scope;
use ::store::log::Outbox;
use contracts::cart::CartAbandoned;
use kernel::limits::CART_IDLE_DAYS;
use kernel::{Ctx, SharedClock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const SWEEP_EVERY: Duration = Duration::from_secs(600);
const SWEEP_CARTS_MAX: i64 = 1_000;

/// Drops carts idle for [`CART_IDLE_DAYS`] and tells so, until the process stops.
pub async fn drop_idle(carts: Carts, clock: SharedClock, stop: CancellationToken) {
    loop {
        match sweep(&carts, &clock).await {
            Ok(dropped) if dropped > 0 => tracing::info!(dropped, "idle carts dropped"),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "idle carts could not be dropped; trying again later"),
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// One sweep; how many carts it dropped.
async fn sweep(carts: &Carts, clock: &SharedClock) -> Result<usize, Error> {
    let ctx = Ctx::system("cart", clock.now());
    let before = ctx.now - chrono::TimeDelta::days(i64::from(CART_IDLE_DAYS));
    let mut tx = carts.db().begin(Scope::System).await?;
    let idle = store::take_idle(&mut tx, before, SWEEP_CARTS_MAX).await?;
    let mut outbox = Outbox::new();
    for cart in idle.iter().filter(|c| c.lines > 0) {
        let event = CartAbandoned {
            cart: cart.id,
            user: cart.user_id,
            lines: cart.lines.unsigned_abs(),
        };
        outbox
            .push(&ctx, &event)
            .map_err(|e| Error::Corrupt(e.to_string()))?;
    }
    outbox.append(&mut tx).await?;
    tx.commit().await?;
    ::store::log::wake();
    for cart in &idle {
        carts.forget(cart.id);
    }
    Ok(idle.len())
}
