//! Many clients at once, each waiting for its answer before it asks again, as buyers do.

use crate::client::Connection;
use crate::stats::Latencies;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Clients of every load bench, and of pgbench beside them.
pub const CLIENTS: usize = 64;
/// Threads they share, as pgbench's do. Each runs its clients by itself: nothing is handed over between threads.
pub const THREADS: usize = 2;
/// An answer that takes longer than this will not come.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// Nor will all of them, where a round has no other end.
const SENT_TIMEOUT: Duration = Duration::from_secs(20 * 60);

/// Requests made ahead, one after the other in one piece of memory, and how many of them were sent.
#[derive(Debug, Default)]
pub struct Requests {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    taken: AtomicUsize,
    endless: bool,
}

impl Requests {
    /// Each is sent once.
    pub fn once() -> Self {
        Self::default()
    }

    /// One request, again and again.
    pub fn repeat(request: &[u8]) -> Self {
        let mut requests = Self {
            endless: true,
            ..Self::default()
        };
        requests.push(request);
        requests
    }

    /// All of them in turn, again and again.
    pub fn in_turn() -> Self {
        Self {
            endless: true,
            ..Self::default()
        }
    }

    pub fn push(&mut self, request: &[u8]) {
        self.bytes.extend_from_slice(request);
        self.ends.push(self.bytes.len());
    }

    /// How many were not sent yet.
    pub fn left(&self) -> usize {
        self.ends.len().saturating_sub(self.taken.load(Ordering::Relaxed))
    }

    fn take(&self) -> Option<&[u8]> {
        let index = match self.taken.fetch_add(1, Ordering::Relaxed) {
            index if self.endless => index % self.ends.len().max(1),
            index => index,
        };
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.bytes[start..end])
    }
}

/// When a round is over.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// After so much time; what is on its way then is waited for and counted.
    Elapsed(Duration),
    /// When every request was sent.
    Sent,
}

/// What a round gave.
#[derive(Debug, Default)]
pub struct Outcome {
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// How many answers had which status.
    pub statuses: BTreeMap<u16, u64>,
    /// Of answers with the wanted status.
    pub latencies: Latencies,
    /// The first answer with another status than the wanted one.
    pub unwanted: Option<(u16, String)>,
}

impl Outcome {
    pub fn count(&self, status: u16) -> u64 {
        self.statuses.get(&status).copied().unwrap_or(0)
    }

    /// Answers of that status per second.
    pub fn rate(&self, status: u16) -> f64 {
        #[allow(clippy::cast_precision_loss)]
        let count = self.count(status) as f64;
        if self.elapsed.is_zero() {
            return 0.0;
        }
        count / self.elapsed.as_secs_f64()
    }

    /// Refuses a round in which anything but `status` was answered.
    pub fn all(self, status: u16) -> Result<Self> {
        match &self.unwanted {
            None => Ok(self),
            Some((other, body)) => {
                bail!(
                    "the load was answered with {:?}, all should be {status}; the first {other}: {body}",
                    self.statuses
                )
            }
        }
    }
}

/// Sends `requests` over [`CLIENTS`] connections; `wanted` is the status whose answers are timed.
pub async fn run(
    address: SocketAddr,
    requests: &Arc<Requests>,
    until: Until,
    wanted: u16,
) -> Result<Outcome> {
    let connections = connect(address)?;
    let requests = Arc::clone(requests);
    tokio::task::spawn_blocking(move || drive(connections, &requests, until, wanted)).await?
}

/// All connections are there before the first request leaves.
fn connect(address: SocketAddr) -> Result<Vec<TcpStream>> {
    (0..CLIENTS)
        .map(|_| {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            Ok(stream)
        })
        .collect::<std::io::Result<_>>()
        .with_context(|| format!("connecting to {address}"))
}

fn drive(
    mut connections: Vec<TcpStream>,
    requests: &Arc<Requests>,
    until: Until,
    wanted: u16,
) -> Result<Outcome> {
    let start = Instant::now();
    let clock = Clock {
        start,
        end: match until {
            Until::Elapsed(time) => Some(start + time),
            Until::Sent => None,
        },
    };
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let share = connections.split_off(connections.len() - CLIENTS / THREADS);
            let requests = Arc::clone(requests);
            std::thread::spawn(move || clients(share, &requests, clock, wanted))
        })
        .collect();
    let mut tallies = Vec::new();
    for thread in threads {
        match thread.join() {
            Ok(result) => tallies.extend(result?),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    Ok(sum(tallies))
}

#[derive(Debug, Clone, Copy)]
struct Clock {
    start: Instant,
    end: Option<Instant>,
}

/// What one client saw.
#[derive(Debug, Default)]
struct Tally {
    statuses: BTreeMap<u16, u64>,
    latencies_us: Vec<u32>,
    unwanted: Option<(u16, String)>,
    last_answer: Duration,
}

/// One thread's clients.
fn clients(
    streams: Vec<TcpStream>,
    requests: &Arc<Requests>,
    clock: Clock,
    wanted: u16,
) -> Result<Vec<Tally>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut clients = JoinSet::new();
        for stream in streams {
            let connection = Connection::new(tokio::net::TcpStream::from_std(stream)?);
            clients.spawn(client(connection, Arc::clone(requests), clock, wanted));
        }
        let all = async {
            let mut tallies = Vec::new();
            while let Some(done) = clients.join_next().await {
                tallies.push(done??);
            }
            anyhow::Ok(tallies)
        };
        // One timer for all: a timer for each request would be the client's greatest cost.
        let end = clock.end.unwrap_or(clock.start + SENT_TIMEOUT);
        tokio::time::timeout_at((end + ANSWER_TIMEOUT).into(), all)
            .await
            .context("an answer did not come in time")?
    })
}

async fn client(
    mut connection: Connection,
    requests: Arc<Requests>,
    clock: Clock,
    wanted: u16,
) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut sent = clock.start;
    while clock.end.is_none_or(|end| sent < end) {
        let Some(request) = requests.take() else { break };
        let answer = connection.exchange(request).await?;
        let answered = Instant::now();
        *tally.statuses.entry(answer.status).or_default() += 1;
        if answer.status == wanted {
            let us = (answered - sent).as_micros();
            tally.latencies_us.push(u32::try_from(us).unwrap_or(u32::MAX));
        } else if tally.unwanted.is_none() {
            let body = String::from_utf8_lossy(answer.body).into_owned();
            tally.unwanted = Some((answer.status, body));
        }
        sent = answered;
    }
    tally.last_answer = sent - clock.start;
    Ok(tally)
}

fn sum(tallies: Vec<Tally>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut latencies_us = Vec::new();
    for tally in tallies {
        for (status, count) in tally.statuses {
            *outcome.statuses.entry(status).or_default() += count;
        }
        latencies_us.extend(tally.latencies_us);
        outcome.elapsed = outcome.elapsed.max(tally.last_answer);
        outcome.unwanted = outcome.unwanted.or(tally.unwanted);
    }
    outcome.latencies = Latencies::new(latencies_us);
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::request;
    use axum::Router;
    use axum::extract::Path;
    use axum::http::StatusCode;
    use axum::routing::get;
    use std::sync::Mutex;

    /// Serves `routes` until the returned set is dropped.
    async fn serve(routes: Router) -> (SocketAddr, JoinSet<()>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("bound");
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, routes).await.expect("it serves") });
        (address, server)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_request_is_sent_once_and_every_answer_counted() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let seen_there = Arc::clone(&seen);
        let routes = Router::new().route(
            "/things/{id}",
            get(async move |Path(id): Path<u32>| {
                seen_there.lock().unwrap().push(id);
                if id % 10 == 0 {
                    (StatusCode::CONFLICT, "taken".to_owned())
                } else {
                    // Larger than the client's first buffer, so that an answer comes in pieces.
                    (StatusCode::CREATED, "x".repeat(40_000))
                }
            }),
        );
        let (address, _server) = serve(routes).await;
        let mut requests = Requests::once();
        for id in 0..1_000 {
            requests.push(&request("GET", &format!("/things/{id}"), &[], None));
        }
        let requests = Arc::new(requests);
        let outcome = run(address, &requests, Until::Sent, 201).await.expect("a round");
        assert_eq!(outcome.statuses, BTreeMap::from([(201, 900), (409, 100)]));
        assert_eq!(outcome.unwanted, Some((409, "taken".to_owned())));
        assert!(outcome.latencies.percentile_ms(0.5) > 0.0 && outcome.rate(201) > 0.0);
        assert_eq!(requests.left(), 0);
        let mut seen = seen.lock().unwrap().clone();
        seen.sort_unstable();
        assert_eq!(seen, (0..1_000).collect::<Vec<_>>());
        assert!(
            outcome
                .all(201)
                .expect_err("not all")
                .to_string()
                .contains("taken")
        );
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_timed_round_ends_in_time() {
        let (address, _server) = serve(Router::new().route("/", get(async || "ok"))).await;
        let requests = Arc::new(Requests::repeat(&request("GET", "/", &[], None)));
        let outcome = run(
            address,
            &requests,
            Until::Elapsed(Duration::from_millis(300)),
            200,
        )
        .await
        .expect("a round");
        assert!(outcome.count(200) > 100, "{outcome:?}");
        assert!(outcome.elapsed >= Duration::from_millis(300));
        assert!(outcome.elapsed < Duration::from_secs(3), "{:?}", outcome.elapsed);
        outcome.all(200).expect("nothing else");
    }

    #[tokio::test]
    async fn a_server_that_hangs_up_is_an_error() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("bound");
        let mut server = JoinSet::new();
        server.spawn(async move {
            loop {
                drop(listener.accept().await);
            }
        });
        let requests = Arc::new(Requests::repeat(&request("GET", "/", &[], None)));
        assert!(
            run(address, &requests, Until::Elapsed(Duration::from_secs(5)), 200)
                .await
                .is_err()
        );
    }
}
