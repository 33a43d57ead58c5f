//! Performs the steps of a refund, one after the other, until it ends or has to wait.
//!
//! Nothing is written between the question to the provider and the end, if both are quick: were the process to die in
//! between, the refund is found as it was begun, and asked for again under the same key. What waits is written.

use super::step::{End, Outcome, Step};
use crate::Error;
use crate::means::Means;
use crate::running::Running;
use crate::saga::Pause;
use crate::till::settle::{Ask, LEASE, RefundAsk, RefundMove, Refunding, Settled};
use crate::trial::tried;
use crate::watch::{AT_ONCE, Lying};
use kernel::{Ctx, Money, OrderId, RefundId, Timestamp};
use orders::domain::Order;
use payments::{Answer, ProviderCharge, Refund};

/// Steps after which a refund that never waits is made to wait: none has so many.
const STEPS_MAX: usize = 16;

/// The steps that ask the provider, as a trial calls them.
pub(crate) const ASKING: [&str; 2] = ["refund_ask", "refund_inquire"];

/// Drives refunds of this process.
#[derive(Clone)]
pub struct Driver {
    means: Means,
    /// Refunds being driven here, whose leases are renewed.
    running: Running<(OrderId, RefundId)>,
}

/// An order and a refund of it, as they stand.
#[derive(Clone, Debug)]
pub struct Driven {
    pub order: Order,
    pub refund: Refunding,
}

impl Driver {
    #[must_use]
    pub fn new(means: Means) -> Self {
        Self {
            means,
            running: Running::default(),
        }
    }

    /// Goes on with a leased refund until it ends or waits, and says how it stands then.
    pub async fn drive(&self, ctx: &Ctx, order: Order, refund: Refunding) -> Result<Driven, Error> {
        let Some(_running) = self.running.begin((order.id, refund.id)) else {
            return Ok(Driven { order, refund });
        };
        self.steps(ctx, order, refund).await
    }

    async fn steps(&self, ctx: &Ctx, order: Order, mut refund: Refunding) -> Result<Driven, Error> {
        for _ in 0..STEPS_MAX {
            let outcome = match self.perform(ctx, &order, &refund).await {
                Performed::Outcome(outcome) => outcome,
                Performed::Settled(driven) => return Ok(*driven),
            };
            let pause = refund.came(outcome, self.means.clock.now());
            if pause != Pause::None {
                return self.park(ctx, order, refund, pause).await;
            }
        }
        self.park(ctx, order, refund, Pause::Backoff).await
    }

    /// Writes where the refund waits, and until when.
    async fn park(
        &self,
        ctx: &Ctx,
        order: Order,
        mut refund: Refunding,
        pause: Pause,
    ) -> Result<Driven, Error> {
        refund.due_at = Some(self.means.clock.now() + pause.length(refund.tries));
        let parked = RefundAsk::Park(Box::new(refund.clone()));
        match self.settle(ctx, &refund, parked).await {
            // Somebody else has gone on with it: how it stands is theirs to say.
            Err(Error::Stale) => Ok(Driven { order, refund }),
            parked => parked,
        }
    }

    async fn perform(&self, ctx: &Ctx, order: &Order, refund: &Refunding) -> Performed {
        let Some(close) = telling(refund, self.means.clock.now()) else {
            return match refund.step.has_ended() {
                true => Performed::Settled(Box::new(Driven {
                    order: order.clone(),
                    refund: refund.clone(),
                })),
                false => Performed::Outcome(Outcome::Answer(self.ask_provider(order, refund).await)),
            };
        };
        match self.settle(ctx, refund, close).await {
            Ok(driven) => Performed::Settled(Box::new(driven)),
            Err(error) => {
                tracing::warn!(order = %order.id, refund = %refund.id, %error, "the till did not take a refund's outcome");
                Performed::Outcome(Outcome::Unavailable)
            }
        }
    }

    async fn ask_provider(&self, order: &Order, refund: &Refunding) -> Answer {
        let name = match refund.step {
            Step::Ask => ASKING[0],
            _ => ASKING[1],
        };
        let work = || self.ask_once(order, refund);
        let answer = tried(self.means.till.trial(), name, || Answer::Unknown, work).await;
        metrics::counter!("refund_provider_calls_total", "step" => refund.step.name(), "answer" => Outcome::Answer(answer.clone()).name())
            .increment(1);
        answer
    }

    /// What the provider says became of a refund.
    pub async fn inquire(&self, order: &Order, refund: &Refunding) -> Answer {
        let asked = self.means.provider.inquire_refund(asking(order, refund));
        self.means.in_time(asked).await
    }

    async fn ask_once(&self, order: &Order, refund: &Refunding) -> Answer {
        match refund.step {
            Step::Ask => {
                let asked = self.means.provider.refund(asking(order, refund));
                self.means.in_time(asked).await
            }
            _ => self.inquire(order, refund).await,
        }
    }

    async fn settle(&self, ctx: &Ctx, refund: &Refunding, ask: RefundAsk) -> Result<Driven, Error> {
        let ask = Ask::OfRefund {
            refund: refund.id,
            ask,
        };
        let settled = self.means.settle(ctx, refund.order, ask).await?;
        driven(settled).ok_or(Error::NoSuchRefund)
    }
}

/// What a step tells the till, with itself in the refund's history as done; none for the steps that ask the provider, and
/// after the end.
pub(crate) fn telling(refund: &Refunding, now: Timestamp) -> Option<RefundAsk> {
    let end = match &refund.step {
        Step::Close { reference } => End::Refunded {
            reference: reference.clone(),
        },
        Step::Refuse { reason } => End::Refused {
            reason: reason.clone(),
        },
        Step::Ask | Step::Inquire | Step::Ended { .. } => return None,
    };
    let mut done = refund.clone();
    done.tell(now, &Outcome::Done);
    Some(RefundAsk::Close(Box::new(done), end))
}

/// What is asked of the provider for a refund, whether it is made or inquired about.
pub(crate) fn asking(order: &Order, refund: &Refunding) -> Refund {
    Refund {
        key: refund.provider_key(),
        charge: ProviderCharge {
            key: refund.charge.clone(),
            amount: order.charged(),
        },
        of: refund.of.clone(),
        amount: Money::new(refund.charged(), order.currency()),
        reason: refund.reason().to_owned(),
    }
}

/// The refund that a command was about, and its order.
fn driven(settled: Settled) -> Option<Driven> {
    Some(Driven {
        order: settled.case.order,
        refund: settled.refund?.refund().clone(),
    })
}

/// What came of performing a step.
enum Performed {
    Outcome(Outcome),
    /// The till wrote the end, or somebody else did; this is how it stands.
    Settled(Box<Driven>),
}

impl Lying for Driver {
    type Id = (OrderId, RefundId);

    const WHAT: &'static str = "refund";

    async fn renew(&self) -> Result<(), sqlx::Error> {
        let running = self.running.list();
        if running.is_empty() {
            return Ok(());
        }
        let (orders, refunds): (Vec<OrderId>, Vec<RefundId>) = running.into_iter().unzip();
        sqlx::query(
            "with held as materialized (
                 select r.order_id, r.id
                   from unnest($1::uuid[], $2::uuid[]) as running (order_id, id)
                   join checkout.refund r on r.order_id = running.order_id and r.id = running.id
                  where r.lease_until is not null
                  order by r.order_id, r.id
                    for update of r skip locked)
             update checkout.refund r set lease_until = $3 from held where r.order_id = held.order_id and r.id = held.id",
        )
        .bind(orders)
        .bind(refunds)
        .bind(self.means.clock.now() + LEASE)
        .execute(&self.means.pool)
        .await?;
        Ok(())
    }

    async fn due(&self, now: Timestamp) -> Result<Vec<(OrderId, RefundId)>, sqlx::Error> {
        sqlx::query_as(
            "select order_id, id
               from checkout.refund
              where due_at <= $1 and (lease_until is null or lease_until <= $1)
              order by due_at
              limit $2",
        )
        .bind(now)
        .bind(AT_ONCE as i64)
        .fetch_all(&self.means.pool)
        .await
    }

    async fn go_on(&self, (order, refund): (OrderId, RefundId)) -> Result<(), Error> {
        let ctx = Ctx::system("till.refunds", self.means.clock.now());
        let ask = Ask::OfRefund {
            refund,
            ask: RefundAsk::Take,
        };
        let taken = self.means.settle(&ctx, order, ask).await?;
        if let Some(RefundMove::Leased(refund)) = taken.refund {
            self.drive(&ctx, taken.case.order, refund).await?;
        }
        Ok(())
    }
}
