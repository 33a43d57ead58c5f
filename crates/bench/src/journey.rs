//! Buyers who do one thing after the other: what each asks depends on what it was answered before.

use crate::client::Connection;
use crate::load::CLIENTS;
use crate::load::THREADS;
use crate::stats::Latencies;
use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Journeys that take longer than this have been forgotten.
const JOURNEY_TIMEOUT: Duration = Duration::from_secs(60);

/// What every buyer does, again and again, each time as somebody new.
pub trait Journey: Send + Sync + 'static {
    /// Goes from the first request to the last answer. `number` differs for each journey of a turn.
    fn go(&self, buyer: &mut Buyer, number: usize) -> impl Future<Output = Result<()>>;
}

/// A buyer's connection.
#[derive(Debug)]
pub struct Buyer(Connection);

impl Buyer {
    /// What is in the answer, which must have this status.
    pub async fn ask<T: DeserializeOwned>(&mut self, request: &[u8], status: u16) -> Result<T> {
        let answer = self.0.exchange(request).await?;
        if answer.status != status {
            let line = request.split(|&byte| byte == b'\r').next().unwrap_or_default();
            bail!(
                "{} was answered {}: {}",
                String::from_utf8_lossy(line),
                answer.status,
                String::from_utf8_lossy(answer.body)
            );
        }
        serde_json::from_slice(answer.body).context("an answer that is not understood")
    }
}

/// How often they set out.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// Each as soon as its last journey has ended: as much as the program bears.
    AtOnce,
    /// So many a second over all of them, at even distances, whether the program keeps up or not. Each is timed from when
    /// it should have set out.
    PerSecond(f64),
}

/// What a turn gave.
#[derive(Debug)]
pub struct Outcome {
    pub journeys: u64,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// Of whole journeys.
    pub latencies: Latencies,
}

impl Outcome {
    pub fn rate(&self) -> f64 {
        #[allow(clippy::cast_precision_loss)]
        let journeys = self.journeys as f64;
        if self.elapsed.is_zero() {
            0.0
        } else {
            journeys / self.elapsed.as_secs_f64()
        }
    }
}

/// A turn of [`CLIENTS`] buyers, each on a connection of its own. Journeys that are under way at its end are finished and counted.
pub async fn run<J: Journey>(
    address: SocketAddr,
    journey: &Arc<J>,
    pace: Pace,
    turn: Duration,
) -> Result<Outcome> {
    let mut connections = (0..CLIENTS)
        .map(|_| {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            Ok(stream)
        })
        .collect::<std::io::Result<Vec<_>>>()
        .with_context(|| format!("connecting to {address}"))?;
    let start = Instant::now();
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let share = connections.split_off(connections.len() - CLIENTS / THREADS);
            let buyers = Buyers {
                first: thread * (CLIENTS / THREADS),
                start,
                end: start + turn,
                pace,
                journey: Arc::clone(journey),
            };
            tokio::task::spawn_blocking(move || buyers.travel(share))
        })
        .collect();
    let mut us = Vec::new();
    let mut elapsed = Duration::ZERO;
    for thread in threads {
        let (journeys, last) = thread.await??;
        us.extend(journeys);
        elapsed = elapsed.max(last);
    }
    Ok(Outcome {
        journeys: us.len() as u64,
        elapsed,
        latencies: Latencies::new(us),
    })
}

/// One thread's buyers.
struct Buyers<J> {
    /// Number of the first.
    first: usize,
    start: Instant,
    end: Instant,
    pace: Pace,
    journey: Arc<J>,
}

impl<J: Journey> Buyers<J> {
    /// How long each journey took, in microseconds, and when the last had ended.
    fn travel(self, streams: Vec<TcpStream>) -> Result<(Vec<u32>, Duration)> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let all = async {
            let mut travelling = JoinSet::new();
            let local = tokio::task::LocalSet::new();
            let this = std::rc::Rc::new(self);
            for (index, stream) in streams.into_iter().enumerate() {
                let buyer = Buyer(Connection::new(tokio::net::TcpStream::from_std(stream)?));
                let this = std::rc::Rc::clone(&this);
                travelling.spawn_local_on(async move { this.one(buyer, index).await }, &local);
            }
            local
                .run_until(async {
                    let (mut us, mut last) = (Vec::new(), Duration::ZERO);
                    while let Some(done) = travelling.join_next().await {
                        let (journeys, ended) = done??;
                        us.extend(journeys);
                        last = last.max(ended);
                    }
                    anyhow::Ok((us, last))
                })
                .await
        };
        runtime.block_on(all)
    }

    async fn one(&self, mut buyer: Buyer, index: usize) -> Result<(Vec<u32>, Duration)> {
        let (mut us, mut last) = (Vec::new(), Duration::ZERO);
        for turn in 0.. {
            let number = turn * CLIENTS + self.first + index;
            let due = match self.pace {
                Pace::AtOnce => Instant::now(),
                #[allow(clippy::cast_precision_loss)]
                Pace::PerSecond(rate) => self.start + Duration::from_secs_f64(number as f64 / rate),
            };
            if due >= self.end {
                break;
            }
            if due > Instant::now() {
                tokio::time::sleep_until(due.into()).await;
            }
            tokio::time::timeout(JOURNEY_TIMEOUT, self.journey.go(&mut buyer, number))
                .await
                .context("a journey has no end")??;
            us.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
            last = self.start.elapsed();
        }
        Ok((us, last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::request;
    use axum::Router;
    use axum::extract::Path;
    use axum::routing::get;
    use serde_json::Value;
    use std::collections::HashSet;
    use std::sync::Mutex;

    /// Asks for a thing, and then for the one it was told of.
    struct TwoSteps(Mutex<HashSet<usize>>);

    impl Journey for TwoSteps {
        async fn go(&self, buyer: &mut Buyer, number: usize) -> Result<()> {
            let next: usize = buyer
                .ask(&request("GET", &format!("/first/{number}"), &[], None), 200)
                .await?;
            let same: usize = buyer
                .ask(&request("GET", &format!("/second/{next}"), &[], None), 200)
                .await?;
            assert!(self.0.lock().unwrap().insert(same), "{same} came twice");
            Ok(())
        }
    }

    async fn serve() -> (SocketAddr, JoinSet<()>) {
        let routes = Router::new()
            .route(
                "/first/{n}",
                get(async |Path(n): Path<usize>| (n + 1).to_string()),
            )
            .route("/second/{n}", get(async |Path(n): Path<usize>| n.to_string()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, routes).await.unwrap() });
        (address, server)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn each_step_follows_from_the_one_before_and_each_journey_is_another() {
        let (address, _server) = serve().await;
        let journey = Arc::new(TwoSteps(Mutex::default()));
        let outcome = run(address, &journey, Pace::AtOnce, Duration::from_millis(200))
            .await
            .unwrap();
        assert_eq!(outcome.journeys, journey.0.lock().unwrap().len() as u64);
        assert!(outcome.journeys >= 64, "{outcome:?}");
        assert!(outcome.rate() > 0.0 && outcome.latencies.percentile_ms(0.5) > 0.0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn at_a_pace_so_many_set_out_as_are_due() {
        let (address, _server) = serve().await;
        let journey = Arc::new(TwoSteps(Mutex::default()));
        let outcome = run(address, &journey, Pace::PerSecond(100.0), Duration::from_secs(1))
            .await
            .unwrap();
        assert_eq!(outcome.journeys, 100);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_answer_that_is_not_wanted_ends_the_turn() {
        struct Lost;
        impl Journey for Lost {
            async fn go(&self, buyer: &mut Buyer, _: usize) -> Result<()> {
                buyer
                    .ask::<Value>(&request("GET", "/nowhere", &[], None), 200)
                    .await?;
                Ok(())
            }
        }
        let (address, _server) = serve().await;
        let refused = run(address, &Arc::new(Lost), Pace::AtOnce, Duration::from_millis(50))
            .await
            .unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("GET /nowhere HTTP/1.1 was answered 404"),
            "{refused}"
        );
    }
}
