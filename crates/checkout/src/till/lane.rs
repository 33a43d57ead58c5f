//! A lane takes batches from a queue and runs them, one after the other, on a connection of its own.

use super::connection::connect;
use crate::Error;
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use tokio_util::sync::CancellationToken;

/// Attempts at a batch that PostgreSQL asks to be repeated, or whose connection broke.
const ATTEMPTS_MAX: u32 = 5;
/// A batch that was answered comes back as so many new commands, one after the other: whoever runs off with the first of
/// them pays a whole batch's round trips for it. Fewer than the last time wait this long for the others. Rounded up to the
/// timer's millisecond.
const GATHER: Duration = Duration::from_micros(300);
const RECONNECT_PAUSE: Duration = Duration::from_millis(200);
/// Attempts at a connection, one after the other, before commands are no longer made to wait for it.
const CONNECTS_MAX: u32 = 3;

/// One kind of batch.
pub trait Work: Send + Sync + 'static {
    type Command: Send + Sync + 'static;
    type Answer: Send + 'static;
    /// What two commands of one batch must not share. One that does waits for the next batch, where it finds what the
    /// first one left.
    type Key: Eq + Hash;

    fn prepare(client: &Client) -> impl Future<Output = Result<Self, tokio_postgres::Error>> + Send
    where
        Self: Sized;

    fn keys(command: &Self::Command) -> impl IntoIterator<Item = Self::Key>;

    /// Runs the commands in one transaction and answers each, in their order. An error means that nothing happened;
    /// the transaction is rolled back by the caller.
    fn run(
        &self,
        client: &Client,
        commands: &[&Self::Command],
    ) -> impl Future<Output = Result<Vec<Result<Self::Answer, Error>>, Failure>> + Send;
}

/// Why a batch did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{}", told(.0))]
    Database(#[from] tokio_postgres::Error),
    #[error("an event cannot be written: {0}")]
    Event(#[from] serde_json::Error),
    #[error("an order cannot be written: {0}")]
    Order(#[from] orders::Error),
    #[error("an entry cannot be made: {0}")]
    Entry(#[from] kernel::MoneyError),
    #[error(transparent)]
    Stock(#[from] inventory::till::MissingLevel),
    /// An order and its payment move together or not at all.
    #[error("{0} payments cannot move with their orders")]
    PaymentsStuck(usize),
}

/// The driver's error says "db error"; what PostgreSQL said is behind it.
fn told(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!(
            "{}: {} ({})",
            db.code().code(),
            db.message(),
            db.constraint().unwrap_or("-")
        ),
        None => error.to_string(),
    }
}

/// What a failure asks for.
#[derive(Debug, PartialEq, Eq)]
enum Remedy {
    /// Deadlock or serialisation failure: the same again.
    Repeat,
    /// The connection is gone, or PostgreSQL is going down or full: again, on a new connection.
    Reconnect,
    /// One of the commands is to blame: halve the batch.
    Halve,
}

impl Failure {
    /// What the one command to blame is answered.
    fn told_to_caller(&self) -> Error {
        match self {
            Self::Database(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
                Error::Unavailable
            }
            _ => Error::Internal,
        }
    }

    fn remedy(&self) -> Remedy {
        let Self::Database(error) = self else {
            return Remedy::Halve;
        };
        match error.code() {
            Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED) => Remedy::Repeat,
            // 53: insufficient resources, 57: operator intervention, 25006: a standby was promoted elsewhere, 25P03: this
            // process stood still for too long.
            Some(code)
                if code.code().starts_with("53")
                    || code.code().starts_with("57")
                    || matches!(code.code(), "25006" | "25P03") =>
            {
                Remedy::Reconnect
            }
            Some(_) => Remedy::Halve,
            None if error.is_closed() || is_io(error) => Remedy::Reconnect,
            None => Remedy::Halve,
        }
    }
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

/// A command and where its answer goes.
pub struct Pending<W: Work> {
    pub command: W::Command,
    pub answer: oneshot::Sender<Result<W::Answer, Error>>,
}

/// The end of a queue from which its lanes take.
pub struct Commands<W: Work> {
    receiver: Mutex<mpsc::Receiver<Pending<W>>>,
    /// Lanes that have a connection, and so will take what waits.
    connected: AtomicUsize,
}

impl<W: Work> Commands<W> {
    pub fn new(receiver: mpsc::Receiver<Pending<W>>) -> Self {
        Self {
            receiver: Mutex::new(receiver),
            connected: AtomicUsize::new(0),
        }
    }

    /// To be held by a lane for as long as it has a connection.
    fn connect(&self) -> Connected<'_> {
        self.connected.fetch_add(1, Ordering::Relaxed);
        Connected(&self.connected)
    }

    /// Tells all that wait that the till is out of reach, unless another lane can serve them.
    fn refuse(&self) {
        if self.connected.load(Ordering::Relaxed) > 0 {
            return;
        }
        // Whoever holds the receiver is about to take from it.
        let Ok(mut receiver) = self.receiver.try_lock() else {
            return;
        };
        while let Ok(pending) = receiver.try_recv() {
            let _ = pending.answer.send(Err(Error::Unavailable));
        }
    }
}

struct Connected<'a>(&'a AtomicUsize);

impl Drop for Connected<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

pub struct Lane<W: Work> {
    name: &'static str,
    url: Arc<str>,
    commands: Arc<Commands<W>>,
    batch_max: usize,
    /// Taken from the queue and not answered. Survives the connection.
    hand: Vec<Pending<W>>,
    attempts: u32,
    /// Commands taken at once, the last time.
    last_taken: usize,
    /// Connections that failed, one after the other.
    failed_connects: u32,
}

impl<W: Work> Lane<W> {
    pub fn new(name: &'static str, url: Arc<str>, commands: Arc<Commands<W>>, batch_max: usize) -> Self {
        Self {
            name,
            url,
            commands,
            batch_max,
            hand: Vec::new(),
            attempts: 0,
            last_taken: 0,
            failed_connects: 0,
        }
    }

    /// Serves the queue until `stop` and it is empty, reconnecting whenever the connection breaks.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match connect(&self.url, self.name).await {
                Ok((client, wire)) => {
                    self.failed_connects = 0;
                    let commands = Arc::clone(&self.commands);
                    let _connected = commands.connect();
                    // The wire first: an answer that has arrived is read before anything else is done.
                    let ended = tokio::select! {
                        biased;
                        ended = wire => Some(ended),
                        () = self.serve(&client, &stop) => None,
                    };
                    if let Some(ended) = ended {
                        tracing::warn!(lane = self.name, ?ended, "the connection ended");
                        self.give_up_after_attempts();
                    }
                }
                Err(error) => {
                    tracing::warn!(lane = self.name, %error, "the database cannot be reached");
                    self.give_up_after_attempts();
                    self.failed_connects += 1;
                    if self.failed_connects >= CONNECTS_MAX {
                        self.commands.refuse();
                    }
                }
            }
            tokio::select! {
                () = tokio::time::sleep(RECONNECT_PAUSE) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Takes batch after batch; returns when told to stop, or when the connection is of no more use.
    async fn serve(&mut self, client: &Client, stop: &CancellationToken) {
        let work = match W::prepare(client).await {
            Ok(work) => work,
            Err(error) => {
                tracing::error!(lane = self.name, error = %told(&error), "statements cannot be prepared");
                self.give_up_after_attempts();
                return;
            }
        };
        while self.take(stop).await {
            while !self.hand.is_empty() {
                if self.work_off(&work, client).await == Remedy::Reconnect {
                    self.give_up_after_attempts();
                    return;
                }
            }
        }
    }

    /// Waits for commands and takes as many as there are. Told to stop, it lets no more in, and is `false` when those
    /// that were waiting have been taken.
    async fn take(&mut self, stop: &CancellationToken) -> bool {
        if !self.hand.is_empty() {
            return true;
        }
        let receive = async {
            let mut commands = self.commands.receiver.lock().await;
            let taken = commands.recv_many(&mut self.hand, self.batch_max).await;
            if taken > 0 && taken < self.last_taken {
                tokio::time::sleep(GATHER).await;
                while self.hand.len() < self.batch_max
                    && let Ok(late) = commands.try_recv()
                {
                    self.hand.push(late);
                }
            }
            self.last_taken = self.hand.len();
            taken
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            taken = receive => return taken > 0,
        }
        let mut commands = self.commands.receiver.lock().await;
        commands.close();
        let room = self.batch_max.saturating_sub(self.hand.len());
        commands.recv_many(&mut self.hand, room).await;
        !self.hand.is_empty()
    }

    /// Runs what is in hand, halving it where it fails; says what the last failure asks for.
    async fn work_off(&mut self, work: &W, client: &Client) -> Remedy {
        // Whoever no longer waits for an answer wants no order either.
        self.hand.retain(|pending| !pending.answer.is_closed());
        let mut size = self.next_batch();
        while size > 0 {
            match self.attempt(work, client, size).await {
                Ok(answers) => {
                    self.attempts = 0;
                    self.answer(answers);
                    return Remedy::Repeat;
                }
                Err(failure) => match failure.remedy() {
                    Remedy::Repeat if self.attempts < ATTEMPTS_MAX => {
                        self.attempts += 1;
                        metrics::counter!("till_batch_retries_total", "lane" => self.name).increment(1);
                    }
                    Remedy::Reconnect => {
                        tracing::warn!(lane = self.name, %failure, "a batch broke off; trying it on another connection");
                        return Remedy::Reconnect;
                    }
                    _ if size > 1 => size = size.div_ceil(2),
                    _ => {
                        tracing::error!(lane = self.name, %failure, "a command failed");
                        metrics::counter!("till_commands_failed_total", "lane" => self.name).increment(1);
                        self.attempts = 0;
                        self.answer(vec![Err(failure.told_to_caller())]);
                        return Remedy::Repeat;
                    }
                },
            }
        }
        Remedy::Repeat
    }

    /// Moves commands that share no key to the front and says how many they are; the others wait behind them, in their
    /// order.
    fn next_batch(&mut self) -> usize {
        let mut taken = HashSet::new();
        let (mut now, mut then) = (Vec::with_capacity(self.hand.len()), Vec::new());
        for pending in self.hand.drain(..) {
            let keys: Vec<W::Key> = W::keys(&pending.command).into_iter().collect();
            if keys.iter().any(|key| taken.contains(key)) {
                then.push(pending);
                // What comes behind it with one of its other keys waits as well.
                taken.extend(keys);
            } else {
                taken.extend(keys);
                now.push(pending);
            }
        }
        let size = now.len();
        now.append(&mut then);
        self.hand = now;
        size
    }

    async fn attempt(
        &self,
        work: &W,
        client: &Client,
        size: usize,
    ) -> Result<Vec<Result<W::Answer, Error>>, Failure> {
        let started = Instant::now();
        let commands: Vec<&W::Command> = self.hand[..size].iter().map(|p| &p.command).collect();
        let outcome = work.run(client, &commands).await;
        if outcome.is_err() {
            // On a broken connection this fails as well, and PostgreSQL rolls back by itself.
            let _ = client.batch_execute("rollback").await;
        } else {
            metrics::histogram!("till_batch_commands", "lane" => self.name).record(size as f64);
            metrics::histogram!("till_batch_seconds", "lane" => self.name)
                .record(started.elapsed().as_secs_f64());
        }
        outcome
    }

    /// Answers the first commands in hand and lets go of them.
    fn answer(&mut self, answers: Vec<Result<W::Answer, Error>>) {
        let answered = answers.len();
        for (pending, answer) in self.hand.drain(..answered).zip(answers) {
            // A caller who left in the meantime learns of it when they ask again.
            let _ = pending.answer.send(answer);
        }
    }

    /// After too many attempts what is in hand is told that the till is out of reach.
    fn give_up_after_attempts(&mut self) {
        self.attempts += 1;
        if self.attempts >= ATTEMPTS_MAX {
            self.attempts = 0;
            for pending in self.hand.drain(..) {
                let _ = pending.answer.send(Err(Error::Unavailable));
            }
        }
    }
}
