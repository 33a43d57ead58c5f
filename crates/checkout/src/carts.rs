//! Carts whose order was placed, on their way to being closed. The claim on the cart already keeps a second order away;
//! closing it is what the buyer sees, and need not hold up the answer.

use contracts::cart::CartService;
use kernel::{CartId, Ctx, SharedClock, Timestamp, uuid_at};
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

/// Carts closed in one call.
const BATCH_MAX: usize = 500;
/// Carts that may wait. One that finds no room stays open until its buyer tries to order from it again.
const QUEUE_MAX: usize = 20_000;
/// Claims looked through at start: as many as could have been waiting when a process died.
const CLAIMS_MAX: i64 = 20_000;
/// After the first cart others are waited for: an update of many costs little more than an update of one.
const GATHER: Duration = Duration::from_millis(25);
/// While the carts are out of reach.
const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// Carts begun earlier are not looked for after a crash: only this many days' partitions are read.
const CART_AGE_MAX: Duration = Duration::from_secs(30 * 24 * 60 * 60);

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

    /// Closes carts as they come, until told to stop, and beside them those that whoever ran before may have left open.
    pub async fn run(
        self,
        carts: Arc<dyn CartService>,
        pool: PgPool,
        clock: SharedClock,
        stop: CancellationToken,
    ) {
        let closer = Closer { carts, clock, stop };
        tokio::join!(self.serve(&closer), closer.close_left_open(&pool));
    }

    async fn serve(&self, closer: &Closer) {
        let mut receiver = self.receiver.lock().await;
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            tokio::select! {
                biased;
                taken = receiver.recv_many(&mut batch, BATCH_MAX) => if taken == 0 { return },
                () = closer.stop.cancelled() => return,
            }
            tokio::time::sleep(GATHER).await;
            while batch.len() < BATCH_MAX
                && let Ok(cart) = receiver.try_recv()
            {
                batch.push(cart);
            }
            if !closer.close(&batch).await {
                return;
            }
            batch.clear();
        }
    }
}

/// Closes batches, whoever they come from.
struct Closer {
    carts: Arc<dyn CartService>,
    clock: SharedClock,
    stop: CancellationToken,
}

impl Closer {
    /// Tries until it is done; false if told to stop before.
    async fn close(&self, batch: &[CartId]) -> bool {
        let ctx = Ctx::system("till.carts", self.clock.now());
        while let Err(error) = self.carts.close(&ctx, batch.to_vec()).await {
            tracing::warn!(%error, "carts could not be closed after their orders; trying again");
            tokio::select! {
                () = tokio::time::sleep(RETRY_PAUSE) => {}
                () = self.stop.cancelled() => return false,
            }
        }
        true
    }

    /// One batch after the other, apart from the queue, in which carts of new orders need their room.
    async fn close_left_open(&self, pool: &PgPool) {
        let claimed = match newest_claims(pool, self.clock.now()).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(%error, "carts left open by a crash could not be looked for");
                return;
            }
        };
        for batch in claimed.chunks(BATCH_MAX) {
            if self.stop.is_cancelled() || !self.close(batch).await {
                return;
            }
        }
    }
}

/// The carts of the newest orders, among which are all that waited to be closed when a process died. Most are closed:
/// closing twice is closing once.
async fn newest_claims(pool: &PgPool, now: Timestamp) -> Result<Vec<CartId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select cart_id as "cart_id: CartId"
             from checkout.cart_claim
            where cart_id >= $1
            order by order_id desc
            limit $2"#,
        uuid_at(now - CART_AGE_MAX),
        CLAIMS_MAX,
    )
    .fetch_all(pool)
    .await
}
