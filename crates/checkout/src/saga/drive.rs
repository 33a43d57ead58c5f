//! Performs the steps of a payment, one after the other, until it ends or has to wait.
//!
//! Nothing is written between the question to the provider and the end, if both are quick: were the process to die in
//! between, the payment is found as it was begun, and its steps are done again under the same key. What waits is written.

use super::step::{Outcome, Pause, Step};
use crate::Error;
use crate::means::Means;
use crate::running::Running;
use crate::till::settle::{Ask, Case, Saga, Settled};
use crate::trial::tried;
use contracts::orders::OrderStatus;
use kernel::{Ctx, OrderId, Timestamp};
use orders::domain::Order;
use payments::provider::charge_key;
use payments::{Answer, Authorize, ProviderCharge, Refund, Terms};

/// Steps after which a payment that never waits is made to wait: none has so many.
const STEPS_MAX: usize = 32;

/// Told to buyers by providers that say why.
const GIVEN_BACK: &str = "The order is not carried out.";

/// Drives payments of this process.
#[derive(Clone)]
pub struct Driver {
    pub means: Means,
    /// Payments being driven here, whose leases are renewed.
    pub(super) running: Running<OrderId>,
}

impl Driver {
    #[must_use]
    pub fn new(means: Means) -> Self {
        Self {
            means,
            running: Running::default(),
        }
    }

    /// Goes on with a leased payment until it ends or waits, and says how its case stands then.
    pub async fn drive(&self, ctx: &Ctx, case: Case) -> Result<Case, Error> {
        let order = case.order.id;
        let Some(_running) = self.running.begin(order) else {
            return Ok(case);
        };
        self.steps(ctx, case).await
    }

    async fn steps(&self, ctx: &Ctx, mut case: Case) -> Result<Case, Error> {
        let Some(mut saga) = case.saga.clone() else {
            return Ok(case);
        };
        let mut authorized = None;
        for _ in 0..STEPS_MAX {
            let performed = self.perform(ctx, &case, &saga).await;
            let outcome = match performed {
                Performed::Outcome(outcome) => outcome,
                Performed::Settled(settled) => return Ok(*settled),
                Performed::GoOn(settled) => {
                    case = *settled;
                    let Some(as_kept) = case.saga.clone() else {
                        return Ok(case);
                    };
                    saga = as_kept;
                    continue;
                }
                Performed::Superseded => return self.superseded(ctx, &case, &saga).await,
            };
            if let Outcome::Answer(Answer::Authorized { reference }) = &outcome {
                authorized = Some(reference.clone());
            }
            let pause = saga.came(outcome, self.means.clock.now());
            if pause != Pause::None {
                return self.park(ctx, case, saga, authorized, pause).await;
            }
            case.saga = Some(saga.clone());
        }
        self.park(ctx, case, saga, authorized, Pause::Backoff).await
    }

    /// Writes where the payment waits, and until when.
    async fn park(
        &self,
        ctx: &Ctx,
        case: Case,
        mut saga: Saga,
        authorized: Option<String>,
        pause: Pause,
    ) -> Result<Case, Error> {
        saga.due_at = Some(self.means.clock.now() + pause.length(saga.tries));
        let ask = Ask::Park {
            saga: Box::new(saga.clone()),
            authorized,
        };
        match self.means.settle(ctx, case.order.id, ask).await {
            Ok(parked) => Ok(parked.case),
            // Somebody else has gone on with it: how it stands is theirs to say.
            Err(Error::Stale) => self.superseded(ctx, &case, &saga).await,
            Err(error) => Err(error),
        }
    }

    /// Somebody else went on, and may have ended the payment while the provider was still being asked here: then it looks
    /// again at what this attempt holds, as it does when the provider tells of it. Says how the case stands.
    async fn superseded(&self, ctx: &Ctx, case: &Case, saga: &Saga) -> Result<Case, Error> {
        let attempt = saga.attempt;
        let heard = self.means.settle(ctx, case.order.id, Ask::Hear { attempt });
        Ok(heard.await?.case)
    }

    async fn perform(&self, ctx: &Ctx, case: &Case, saga: &Saga) -> Performed {
        if let Some(overtaken) = overtaken(&case.order, &saga.step) {
            return Performed::Outcome(overtaken);
        }
        match telling(saga, self.means.clock.now()) {
            Some(ask) => self.tell_till(ctx, case, ask).await,
            None if saga.step.has_ended() => Performed::Settled(Box::new(case.clone())),
            None if matches!(saga.step, Step::Terms { .. }) => {
                Performed::Outcome(Outcome::Terms(self.ask_terms(case, saga).await))
            }
            None => Performed::Outcome(Outcome::Answer(self.ask_provider(case, saga).await)),
        }
    }

    /// Asks the provider what the step asks.
    async fn ask_provider(&self, case: &Case, saga: &Saga) -> Answer {
        let work = || self.ask_once(case, saga);
        let answer = tried(
            self.means.till.trial(),
            saga.step.name(),
            || Answer::Unknown,
            work,
        )
        .await;
        metrics::counter!("payment_provider_calls_total", "step" => saga.step.name(), "answer" => Outcome::Answer(answer.clone()).name())
            .increment(1);
        answer
    }

    /// Asks on what terms the money is set aside; none where there is no answer.
    async fn ask_terms(&self, case: &Case, saga: &Saga) -> Option<Terms> {
        let work = || async {
            let asked = self.means.provider.terms(charge(case, saga));
            tokio::time::timeout(self.means.provider_timeout, asked)
                .await
                .unwrap_or(None)
        };
        tried(self.means.till.trial(), saga.step.name(), || None, work).await
    }

    async fn ask_once(&self, case: &Case, saga: &Saga) -> Answer {
        let charge = || charge(case, saga);
        let key = charge().key;
        let asked = match &saga.step {
            Step::Authorize => self.means.provider.authorize(Authorize {
                key,
                payment: case.order.placed.payment,
                amount: case.order.charged(),
                method: saga.method.clone(),
                return_path: saga.return_path.clone(),
                capture: saga.capture,
            }),
            Step::Capture => self.means.provider.capture(charge()),
            Step::Void | Step::Abandon => self.means.provider.void(charge()),
            Step::Refund => Box::pin(self.give_back(charge())),
            _ => self.means.provider.inquire(key),
        };
        self.means.in_time(asked).await
    }

    /// Gives all of a charge back. Where that is refused because it went back by another way, such as by hand at the
    /// provider, it did go back.
    pub async fn give_back(&self, charge: ProviderCharge) -> Answer {
        let key = charge.key.clone();
        let refund = Refund::whole(charge, GIVEN_BACK);
        match self.means.provider.refund(refund).await {
            refused @ Answer::Declined { .. } => match self.means.provider.inquire(key).await {
                refunded @ Answer::Refunded { .. } => refunded,
                _ => refused,
            },
            answer => answer,
        }
    }

    async fn tell_till(&self, ctx: &Ctx, case: &Case, ask: Ask) -> Performed {
        match self.means.settle(ctx, case.order.id, ask).await {
            Ok(Settled {
                case, leased: true, ..
            }) => Performed::GoOn(Box::new(case)),
            Ok(Settled { case, .. }) => Performed::Settled(Box::new(case)),
            Err(Error::Order(_) | Error::HoldEnded) => Performed::Outcome(Outcome::OrderEnded),
            Err(Error::Stale) => Performed::Superseded,
            Err(error) => {
                tracing::warn!(order = %case.order.id, %error, "the till did not take a payment's outcome");
                Performed::Outcome(Outcome::Unavailable)
            }
        }
    }
}

/// The charge of an attempt, as the provider knows it.
fn charge(case: &Case, saga: &Saga) -> ProviderCharge {
    ProviderCharge {
        key: charge_key(case.order.placed.payment, saga.attempt),
        amount: case.order.charged(),
    }
}

/// What came of performing a step.
enum Performed {
    Outcome(Outcome),
    /// The till wrote the end; this is how the case stands.
    Settled(Box<Case>),
    /// The till wrote another step, which is the caller's to do.
    GoOn(Box<Case>),
    /// Somebody else went on with the payment.
    Superseded,
}

/// What became of an order whose payment only goes on while it can be paid; none, if it can, or if that does not matter
/// to the step.
pub(crate) fn overtaken(order: &Order, step: &Step) -> Option<Outcome> {
    if !step.needs_open_order() || order.status == OrderStatus::Placed {
        return None;
    }
    Some(match order.has_expired() {
        true => Outcome::OrderExpired,
        false => Outcome::OrderEnded,
    })
}

/// What a step tells the till, with itself in the saga's history as done; none for the steps that ask the provider, and
/// after the end.
pub(crate) fn telling(saga: &Saga, now: Timestamp) -> Option<Ask> {
    let told = || {
        let mut saga = saga.clone();
        saga.tell(now, &Outcome::Done);
        Box::new(saga)
    };
    Some(match &saga.step {
        Step::Confirm { reference } => Ask::Confirm {
            saga: told(),
            reference: reference.clone(),
        },
        Step::ConfirmAuthorized {
            reference,
            captures,
            lapses_at,
        } => Ask::ConfirmAuthorized {
            saga: told(),
            reference: reference.clone(),
            terms: Terms {
                captures: *captures,
                lapses_at: *lapses_at,
            },
        },
        Step::Reopen { reference } => Ask::Reopen {
            saga: told(),
            reference: reference.clone(),
        },
        Step::Decline { reason } => Ask::Decline {
            saga: told(),
            reason: reason.clone(),
        },
        Step::Close { end } => Ask::Close {
            saga: told(),
            end: end.clone(),
        },
        Step::Authorize
        | Step::Inquire
        | Step::AwaitBuyer { .. }
        | Step::Abandon
        | Step::Capture
        | Step::Terms { .. }
        | Step::InquireLate
        | Step::Void
        | Step::Refund
        | Step::Ended { .. } => return None,
    })
}
