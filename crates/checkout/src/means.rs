//! What it takes to ask a provider and to tell the till what came of it, of payments, refunds and captures alike.

use crate::Error;
use crate::till::Till;
use crate::till::settle::{Ask, Settled};
use kernel::{Ctx, OrderId, SharedClock};
use payments::{Answer, Provider};
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;

#[derive(Clone)]
pub struct Means {
    pub till: Till,
    pub provider: Arc<dyn Provider>,
    pub provider_timeout: Duration,
    pub clock: SharedClock,
    pub pool: PgPool,
}

impl Means {
    /// Tells the till, by the clock as it is by then: a provider may have taken its time.
    pub async fn settle(&self, ctx: &Ctx, order: OrderId, ask: Ask) -> Result<Settled, Error> {
        let ctx = Ctx {
            now: self.clock.now(),
            ..ctx.clone()
        };
        self.till.settle(&ctx, order, ask).await
    }

    /// The provider's answer, or that there is none yet.
    pub async fn in_time(&self, asked: impl Future<Output = Answer>) -> Answer {
        tokio::time::timeout(self.provider_timeout, asked)
            .await
            .unwrap_or(Answer::Unknown)
    }
}
