//! Carts whose order was placed, on their way to being closed. The claim on the cart already keeps a second order away;
//! closing it is what the buyer sees, and need not hold up the answer.

use contracts::cart::CartService;
use kernel::{CartId, Ctx, SharedClock};
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

/// Carts closed in one call.
const BATCH_MAX: usize = 500;
/// Carts that may wait. One that finds no room stays open until its buyer tries to order from it again.
const QUEUE_MAX: usize = 20_000;

#[derive(Clone)]
pub struct Closing {
    sender: mpsc::Sender<CartId>,
    receiver: Arc<Mutex<mpsc::Receiver<CartId>>>,
}

impl Closing {
    pub fn new() -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE_MAX);
        Self {
            sender,
            receiver: Arc::new(Mutex::new(receiver)),
        }
    }

    /// Has a cart closed soon.
    pub fn close(&self, cart: CartId) {
        if self.sender.try_send(cart).is_err() {
            tracing::warn!(%cart, "a cart was left open after its order: too many are waiting");
        }
    }

    /// Closes carts as they come, until told to stop and none is left.
    pub async fn run(self, carts: Arc<dyn CartService>, clock: SharedClock, stop: CancellationToken) {
        let mut receiver = self.receiver.lock().await;
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            tokio::select! {
                biased;
                taken = receiver.recv_many(&mut batch, BATCH_MAX) => if taken == 0 { return },
                () = stop.cancelled() => return,
            }
            let ctx = Ctx::system("till.carts", clock.now());
            if let Err(error) = carts.close(&ctx, std::mem::take(&mut batch)).await {
                tracing::warn!(%error, "carts could not be closed after their orders");
            }
        }
    }
}
