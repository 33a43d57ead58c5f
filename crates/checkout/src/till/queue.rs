use super::lane::{Commands, Lane, Pending, Work};
use super::place::{PlaceBatch, PlaceCommand, Placement};
use super::settle::{self, Settle, SettleBatch, Settled};
use crate::trial::{SharedTrial, tried};
use crate::{Config, Error};
use kernel::{Ctx, OrderId};
use runtime::Loop;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

/// How long a caller waits for an answer. Commands wait milliseconds; who has waited so long is told so.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// A bounded queue before lanes of one kind. Cheap to clone.
pub struct Queue<W: Work> {
    sender: mpsc::Sender<Pending<W>>,
    commands: Arc<Commands<W>>,
}

impl<W: Work> Clone for Queue<W> {
    fn clone(&self) -> Self {
        Self {
            sender: self.sender.clone(),
            commands: Arc::clone(&self.commands),
        }
    }
}

impl<W: Work> Queue<W> {
    fn new(capacity: usize) -> Self {
        let (sender, receiver) = mpsc::channel(capacity);
        Self {
            sender,
            commands: Arc::new(Commands::new(receiver)),
        }
    }

    /// Puts a command in the queue and waits for its answer; refuses at once when the queue is full, and in the end when
    /// nobody answers. What was already being done then is done all the same, and its late answer is found again: an
    /// order's by its idempotency key, a payment's by looking at the order.
    async fn submit(&self, command: W::Command) -> Result<W::Answer, Error> {
        let (answer, answered) = oneshot::channel();
        self.sender
            .try_send(Pending { command, answer })
            .map_err(|refused| match refused {
                TrySendError::Full(_) => Error::Busy,
                TrySendError::Closed(_) => Error::Unavailable,
            })?;
        // The answer's other end is only dropped when a lane dies or the process stops.
        match tokio::time::timeout(ANSWER_MAX, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Error::Unavailable),
            // Were the database away, the lanes would have said so.
            Err(_) => Err(Error::Busy),
        }
    }
}

/// The way to the till for everybody else in this crate.
#[derive(Clone)]
pub struct Till {
    place: Queue<PlaceBatch>,
    settle: Queue<SettleBatch>,
    url: Arc<str>,
    lanes: usize,
    batch_max: usize,
    trial: SharedTrial,
}

impl Till {
    #[must_use]
    pub fn new(url: &str, config: &Config) -> Self {
        Self {
            place: Queue::new(config.queue_max),
            settle: Queue::new(config.queue_max),
            url: url.into(),
            lanes: config.lanes.max(1),
            batch_max: config.batch_max.max(1),
            trial: config.trial.clone(),
        }
    }

    /// Places an order: all of it or nothing.
    pub async fn place(&self, command: PlaceCommand) -> Result<Placement, Error> {
        self.place.submit(command).await
    }

    /// Moves an order and its payment on.
    pub async fn settle(&self, ctx: &Ctx, order: OrderId, ask: settle::Ask) -> Result<Settled, Error> {
        if self.trial.is_none() {
            return self.submit(ctx, order, ask).await;
        }
        let work = || self.submit(ctx, order, ask.clone());
        tried(&self.trial, ask.name(), || Err(Error::Unavailable), work).await
    }

    async fn submit(&self, ctx: &Ctx, order: OrderId, ask: settle::Ask) -> Result<Settled, Error> {
        let command = Settle {
            ctx: ctx.clone(),
            order,
            ask,
        };
        self.settle.submit(command).await
    }

    pub(crate) fn trial(&self) -> &SharedTrial {
        &self.trial
    }

    /// The lanes that serve both queues.
    #[must_use]
    pub fn loops(&self) -> Vec<Loop> {
        let place = (0..self.lanes).map(|_| self.lane("till.place", &self.place));
        let settle = std::iter::once(self.lane("till.settle", &self.settle));
        place.chain(settle).collect()
    }

    fn lane<W: Work>(&self, name: &'static str, queue: &Queue<W>) -> Loop {
        let (url, batch_max) = (Arc::clone(&self.url), self.batch_max);
        let commands = Arc::clone(&queue.commands);
        Loop::on_own_thread(name, move |stop| {
            Lane::new(name, Arc::clone(&url), Arc::clone(&commands), batch_max).run(stop)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Clock;
    use tokio::time::Instant;

    fn look(till: &Till) -> impl Future<Output = Result<Settled, Error>> {
        let now = testkit::clock().now();
        let (till, ctx) = (till.clone(), Ctx::system("test", now));
        async move { till.settle(&ctx, OrderId::new(now), settle::Ask::Look).await }
    }

    #[tokio::test(start_paused = true)]
    async fn whom_nobody_answers_is_told_so() {
        let till = Till::new("postgres://nobody", &Config::default());
        let asked = Instant::now();
        assert!(matches!(look(&till).await, Err(Error::Busy)));
        assert_eq!(asked.elapsed().as_secs(), ANSWER_MAX.as_secs());
    }

    #[tokio::test]
    async fn without_a_database_commands_do_not_wait() {
        // Nothing listens at the first port.
        let till = Till::new("postgres://stoa@127.0.0.1:1/stoa", &Config::default());
        let tasks = runtime::Tasks::new();
        for background in till.loops() {
            tasks.keep(background.name, background.run);
        }
        for _ in 0..2 {
            let answer = tokio::time::timeout(ANSWER_MAX / 2, look(&till)).await;
            assert!(matches!(answer, Ok(Err(Error::Unavailable))), "{answer:?}");
        }
        tasks.stop(ANSWER_MAX).await;
    }
}
