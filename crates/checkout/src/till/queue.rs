use super::lane::{Lane, Pending, Work};
use super::place::{PlaceBatch, PlaceCommand, Placement};
use super::settle::{self, Settle, SettleBatch, Settled};
use crate::{Config, Error};
use kernel::{Ctx, OrderId};
use runtime::Loop;
use std::sync::Arc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Mutex, mpsc, oneshot};

/// A bounded queue before lanes of one kind. Cheap to clone.
pub struct Queue<W: Work> {
    sender: mpsc::Sender<Pending<W>>,
    receiver: Arc<Mutex<mpsc::Receiver<Pending<W>>>>,
}

impl<W: Work> Clone for Queue<W> {
    fn clone(&self) -> Self {
        Self {
            sender: self.sender.clone(),
            receiver: Arc::clone(&self.receiver),
        }
    }
}

impl<W: Work> Queue<W> {
    fn new(capacity: usize) -> Self {
        let (sender, receiver) = mpsc::channel(capacity);
        Self {
            sender,
            receiver: Arc::new(Mutex::new(receiver)),
        }
    }

    /// Puts a command in the queue and waits for its answer; refuses at once when the queue is full.
    async fn submit(&self, command: W::Command) -> Result<W::Answer, Error> {
        let (answer, answered) = oneshot::channel();
        self.sender
            .try_send(Pending { command, answer })
            .map_err(|refused| match refused {
                TrySendError::Full(_) => Error::Busy,
                TrySendError::Closed(_) => Error::Unavailable,
            })?;
        // The answer's other end is only dropped when a lane dies or the process stops.
        answered.await.unwrap_or(Err(Error::Unavailable))
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
        }
    }

    /// Places an order: all of it or nothing.
    pub async fn place(&self, command: PlaceCommand) -> Result<Placement, Error> {
        self.place.submit(command).await
    }

    /// Moves an order and its payment on.
    pub async fn settle(&self, ctx: &Ctx, order: OrderId, ask: settle::Ask) -> Result<Settled, Error> {
        let command = Settle {
            ctx: ctx.clone(),
            order,
            ask,
        };
        self.settle.submit(command).await
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
        let commands = Arc::clone(&queue.receiver);
        Loop::new(name, move |stop| {
            Lane::new(name, Arc::clone(&url), Arc::clone(&commands), batch_max).run(stop)
        })
    }
}
