//! Asks providers for what is to be captured of payments, or let go.
//!
//! Each question is kept before it is asked, and a process that dies leaves it to whoever finds its lease over: they inquire what
//! became of it before it is asked again.

use crate::Error;
use crate::means::Means;
use crate::running::Running;
use crate::till::settle::capture::question_name;
use crate::till::settle::{Ask, CaptureAsk, CaptureMove, Capturing, LEASE, Settled};
use crate::trial::tried;
use crate::watch::{AT_ONCE, Lying};
use kernel::{Ctx, OrderId, TenantId, Timestamp, UserId};
use payments::Answer;
use payments::taking::Question;

/// Questions after which shares that never wait are left to be found again: no order has so many.
const QUESTIONS_MAX: usize = 32;

/// What asks the provider, as a trial calls it.
pub(crate) const ASKING: [&str; 4] = [
    "capture_ask",
    "capture_inquire",
    "capture_release",
    "capture_void",
];

/// Drives captures of this process.
#[derive(Clone)]
pub struct Driver {
    means: Means,
    /// Orders whose shares are being captured here, whose leases are renewed.
    running: Running<OrderId>,
}

impl Driver {
    #[must_use]
    pub fn new(means: Means) -> Self {
        Self {
            means,
            running: Running::default(),
        }
    }

    /// A shop has sent something of an order.
    pub async fn sent(&self, ctx: &Ctx, order: OrderId, tenant: TenantId) -> Result<(), Error> {
        let settled = self.settle(ctx, order, CaptureAsk::Sent { tenant }).await?;
        self.drive(ctx, order, settled).await
    }

    /// Somebody wants what is open of an order tried again now, and says why.
    pub async fn retried(&self, ctx: &Ctx, order: OrderId, by: UserId, note: String) -> Result<(), Error> {
        let settled = self.settle(ctx, order, CaptureAsk::Retry { by, note }).await?;
        if let Err(error) = self.drive(ctx, order, settled).await {
            // What was asked of the till is done; the shares are found again when their lease is over.
            tracing::warn!(%order, %error, "a capture could not be gone on with");
        }
        Ok(())
    }

    /// Goes on with what was left to this process, until it waits or ends.
    async fn drive(&self, ctx: &Ctx, order: OrderId, mut settled: Settled) -> Result<(), Error> {
        let Some(_running) = self.running.begin(order) else {
            return Ok(());
        };
        for _ in 0..QUESTIONS_MAX {
            let (capturing, question) = match settled.capture {
                Some(CaptureMove::Leased(capturing, question)) => (capturing, question),
                moved => {
                    told(order, moved.as_ref());
                    return Ok(());
                }
            };
            let answer = self.ask(&question).await;
            let ask = CaptureAsk::Answer {
                version: capturing.version,
                question,
                answer,
            };
            settled = match self.settle(ctx, order, ask).await {
                Ok(settled) => settled,
                // Somebody else has gone on with it, and asks for themselves.
                Err(Error::Stale) => return Ok(()),
                Err(error) => return Err(error),
            };
        }
        Ok(())
    }

    async fn ask(&self, question: &Question) -> Answer {
        let name = question_name(question);
        let work = || self.means.in_time(question.put(&*self.means.provider));
        let answer = tried(self.means.till.trial(), name, || Answer::Unknown, work).await;
        metrics::counter!("capture_provider_calls_total", "step" => name, "answer" => crate::saga::answer_name(&answer))
            .increment(1);
        answer
    }

    async fn settle(&self, ctx: &Ctx, order: OrderId, ask: CaptureAsk) -> Result<Settled, Error> {
        self.means.settle(ctx, order, Ask::OfCapture(ask)).await
    }
}

/// Says once what was not captured in time, beside what staff see of it.
fn told(order: OrderId, moved: Option<&CaptureMove>) {
    let ended = moved.and_then(CaptureMove::changed);
    let lapsed = |capturing: &&Capturing| capturing.ended_at.is_some() && capturing.lapsed() > 0;
    if let Some(capturing) = ended.filter(lapsed) {
        tracing::warn!(%order, minor_units = capturing.lapsed(), "money that was set aside was not captured in time");
        metrics::counter!("payment_authorizations_lapsed_total").increment(1);
    }
}

impl Lying for Driver {
    type Id = OrderId;

    const WHAT: &'static str = "capture";

    async fn renew(&self) -> Result<(), sqlx::Error> {
        let running = self.running.list();
        if running.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "with held as materialized (
                 select order_id
                   from checkout.capture
                  where order_id = any($1) and lease_until is not null
                  order by order_id
                    for update skip locked)
             update checkout.capture c set lease_until = $2 from held where c.order_id = held.order_id",
        )
        .bind(running)
        .bind(self.means.clock.now() + LEASE)
        .execute(&self.means.pool)
        .await?;
        Ok(())
    }

    async fn due(&self, now: Timestamp) -> Result<Vec<OrderId>, sqlx::Error> {
        sqlx::query_scalar(
            "select order_id
               from checkout.capture
              where due_at <= $1 and (lease_until is null or lease_until <= $1)
              order by due_at
              limit $2",
        )
        .bind(now)
        .bind(AT_ONCE as i64)
        .fetch_all(&self.means.pool)
        .await
    }

    async fn go_on(&self, order: OrderId) -> Result<(), Error> {
        let ctx = Ctx::system("till.captures", self.means.clock.now());
        let settled = self.settle(&ctx, order, CaptureAsk::Take).await?;
        self.drive(&ctx, order, settled).await
    }
}
