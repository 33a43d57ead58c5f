//! Returns that their shop does not answer: it is reminded a day before its time is over, and then they are authorised by
//! themselves.

use crate::Error;
use crate::app::Orders;
use crate::domain::{ANSWER_DAYS, Command, Refusal, ReturnStep};
use ::store::consumer::{Consumer, UNHURRIED};
use ::store::jobs::{Job, Queue};
use ::store::log::{self, Outbox};
use ::store::{Scope, Tx};
use chrono::TimeDelta;
use contracts::orders::{ReturnChanged, ReturnStatus, ReturnUnanswered};
use contracts::{Envelope, PublicEvent};
use kernel::{Ctx, OrderId, ReturnId, SharedClock, SubOrderId, TenantId, uuid_time};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

/// What is due for returns that were asked for. The keys name sub-order and return, because buyers choose ids.
const WAITING: Queue = Queue::new("orders.unanswered_returns");

/// How long before its time is over a shop is reminded.
const REMINDED_BEFORE: TimeDelta = TimeDelta::days(1);

/// The buyer is told, in the shop's place.
const UNANSWERED: &str = "The shop has not answered in time: the return is authorised. Send the goods to the address of the \
                          shop that stands on your invoice.";

#[derive(Debug, Serialize, Deserialize)]
struct Waiting {
    order: OrderId,
    tenant: TenantId,
    sub_order: SubOrderId,
    of: ReturnId,
    due: Due,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Due {
    Remind,
    Authorise,
}

impl Due {
    fn name(self) -> &'static str {
        match self {
            Self::Remind => "remind",
            Self::Authorise => "authorise",
        }
    }

    /// After it was asked for.
    fn after(self) -> TimeDelta {
        let answered = TimeDelta::days(ANSWER_DAYS);
        match self {
            Self::Remind => answered - REMINDED_BEFORE,
            Self::Authorise => answered,
        }
    }
}

/// Background work until `stop`.
pub async fn work(orders: Orders, clock: SharedClock, stop: CancellationToken) {
    let consumer = Consumer {
        pace: UNHURRIED,
        concerns: may_wait,
        ..Consumer::new(WAITING.name, [ReturnChanged::TOPIC])
    };
    let db = orders.db().clone();
    let noting = consumer.run(&db, stop.clone(), |tx: &mut Tx, event: &Envelope| {
        Box::pin(note(tx, event))
    });
    let now = clock.clone();
    let doing = WAITING.work(&db, stop, clock, |job: &Job| {
        let (orders, ctx) = (orders.clone(), Ctx::system(WAITING.name, now.now()));
        Box::pin(async move { orders.see_to(&ctx, job).await })
    });
    tokio::join!(noting, doing);
}

/// Only what was asked for waits; of what cannot be read nobody knows.
fn may_wait(event: &Envelope) -> bool {
    match event.read::<ReturnChanged>() {
        Some(Ok(changed)) => changed.status == ReturnStatus::Requested,
        Some(Err(_)) => true,
        None => false,
    }
}

async fn note(tx: &mut Tx, event: &Envelope) -> Result<(), Error> {
    let Some(changed) = event.read::<ReturnChanged>().transpose()? else {
        return Ok(());
    };
    // When it was asked for by the clock that its shop's days are counted by, which need not be the database's.
    let asked_at = uuid_time(event.id.0).unwrap_or(event.at);
    for due in [Due::Remind, Due::Authorise] {
        let waiting = Waiting {
            order: changed.order,
            tenant: changed.tenant,
            sub_order: changed.sub_order,
            of: changed.of,
            due,
        };
        let key = format!("{}/{}/{}", due.name(), changed.sub_order, changed.of);
        WAITING
            .enqueue_once(tx, &key, &waiting, asked_at + due.after())
            .await?;
    }
    Ok(())
}

impl Orders {
    async fn see_to(&self, ctx: &Ctx, job: &Job) -> Result<(), Error> {
        let waiting: Waiting = job.read()?;
        let mut tx = self.db().begin(Scope::System).await?;
        self.see_to_in(&mut tx, ctx, &waiting).await?;
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    /// Nothing, where somebody has answered or withdrawn it: the order is locked against whoever does so just now.
    async fn see_to_in(&self, tx: &mut Tx, ctx: &Ctx, waiting: &Waiting) -> Result<(), Error> {
        let order = self.lock_order(tx, waiting.order).await?;
        let part = order.sub_order(waiting.sub_order).ok_or(Refusal::NoSuchPart)?;
        let known = part.find_return(waiting.of).ok_or(Refusal::NoSuchReturn)?;
        if part.return_status(known) != ReturnStatus::Requested {
            return Ok(());
        }
        match waiting.due {
            Due::Remind => {
                let mut outbox = Outbox::new();
                outbox.push(
                    ctx,
                    &ReturnUnanswered {
                        order: waiting.order,
                        sub_order: waiting.sub_order,
                        tenant: waiting.tenant,
                        of: waiting.of,
                        answer_by: known.answer_by(),
                    },
                )?;
                outbox.append(tx).await?;
            }
            Due::Authorise => {
                let command = Command::Return {
                    part: waiting.sub_order,
                    id: waiting.of,
                    step: ReturnStep::Authorised {
                        note: UNANSWERED.to_owned(),
                    },
                };
                self.happen(tx, ctx, order, &command).await?;
            }
        }
        Ok(())
    }
}
