//! How soon the first page of every table is there, in a market that has lived for two years.

mod pages;
mod plans;

use super::{Bench, Setting};
use crate::client::{Connection, request};
use crate::comparison::{Comparison, Round};
use crate::database::Cluster;
use crate::people;
use crate::program::Launch;
use crate::seed::tables;
use crate::stats::{median, spread};
use anyhow::{Context, Result, ensure};
use pages::{OF_BUYERS, OF_OPERATORS, OF_SELLERS};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

pub const BENCH: Bench = Bench {
    name: "tables",
    about: "the first page of every list and dashboard among a million products and orders",
    run: |setting| Box::pin(run(setting)),
};

const TARGET_MS: f64 = 50.0;
/// Times that each page is asked for before it counts, and then. Statements get their lasting plans in the first of them.
const WARM_UP: usize = 12;
const TIMES: usize = 40;
/// A page that takes this long altogether is asked for no longer, once it was asked a few times that count.
const PATIENCE: Duration = Duration::from_secs(10);
const TIMES_MIN: usize = 3;

const BIG: &str = "big@bench.example";
const SMALL: &str = "small@bench.example";

/// Somebody whose pages are asked for.
struct Asker {
    name: &'static str,
    email: &'static str,
    audience: &'static str,
    pages: &'static [&'static str],
}

static ASKERS: [Asker; 4] = [
    Asker {
        name: "small",
        email: SMALL,
        audience: "seller",
        pages: &OF_SELLERS,
    },
    Asker {
        name: "big",
        email: BIG,
        audience: "seller",
        pages: &OF_SELLERS,
    },
    Asker {
        name: "operator",
        email: people::OPERATOR,
        audience: "admin",
        pages: &OF_OPERATORS,
    },
    // Who keeps the big shop buys as well, one order in a thousand.
    Asker {
        name: "buyer",
        email: BIG,
        audience: "buyer",
        pages: &OF_BUYERS,
    },
];

/// A page and the milliseconds that it took; none, where it could not be had.
struct Asked {
    of: usize,
    page: &'static str,
    times: Vec<f64>,
}

impl Asked {
    fn name(&self) -> String {
        format!("tables.{} {}", ASKERS[self.of].name, self.page)
    }

    fn is_slow(&self) -> bool {
        median(&self.times) > TARGET_MS
    }
}

async fn run(setting: &Setting) -> Result<Vec<Comparison>> {
    let data_dir = setting.data_dir();
    let launch = Launch::new(setting.program(), &data_dir);
    let program = launch.start().await?;
    setting.tell("opening two shops");
    people::appoint_operator(&launch).await?;
    let big = people::open_shop(program.address, BIG, "The big one").await?;
    let small = people::open_shop(program.address, SMALL, "The small one").await?;
    setting.tell("asking while nothing is there");
    let empty = all(setting, program.address).await?;
    setting.tell(format_args!(
        "writing {} products and as many orders",
        setting.options.rows
    ));
    let cluster = Cluster::share(&data_dir).await?;
    tables::fill(&cluster, setting.options.rows, &big, &small).await?;
    program.quiet().await;
    setting.tell("asking again");
    let full = all(setting, program.address).await?;
    if full.iter().any(Asked::is_slow) {
        let can_explain = plans::prepare(&cluster.session(pg::STOA).await?).await;
        drop(cluster);
        program.stop().await?;
        match can_explain {
            Ok(()) => explain(setting, &launch, &full).await?,
            Err(error) => setting.tell(format_args!("plans cannot be had: {error:#}")),
        }
    } else {
        drop(cluster);
        program.stop().await?;
    }
    let compared = full.into_iter().zip(empty).map(|(full, empty)| {
        let name = full.name();
        let rounds = full.times.into_iter().zip(empty.times);
        let rounds = rounds.map(|(ours, baseline)| Round::pair(ours, baseline));
        Comparison::at_most(name, "ms", TARGET_MS, rounds.collect())
    });
    Ok(compared.collect())
}

/// How somebody is known to the API, and to pages.
struct Known {
    bearer: String,
    cookie: String,
}

impl Known {
    async fn of(address: SocketAddr, asker: &Asker) -> Result<Self> {
        Ok(Self {
            bearer: people::bearer(address, asker.email, asker.audience).await?,
            cookie: people::session(address, asker.email).await?,
        })
    }

    fn asks_for(&self, page: &str) -> Vec<u8> {
        let header = match page.starts_with("/v1/") {
            true => ("authorization", self.bearer.as_str()),
            false => ("cookie", self.cookie.as_str()),
        };
        request("GET", page, &[header], None)
    }
}

/// Every page, each time it was asked for. One that fails is told of, and the others are asked for all the same.
async fn all(setting: &Setting, address: SocketAddr) -> Result<Vec<Asked>> {
    let mut found = Vec::new();
    for (of, asker) in ASKERS.iter().enumerate() {
        let known = Known::of(address, asker).await?;
        for page in asker.pages {
            let times = timed(address, &known.asks_for(page)).await;
            let times = times.unwrap_or_else(|error| {
                setting.tell(format_args!("{page} as {}: {error:#}", asker.name));
                Vec::new()
            });
            found.push(Asked { of, page, times });
        }
    }
    Ok(found)
}

async fn timed(address: SocketAddr, asked: &[u8]) -> Result<Vec<f64>> {
    let mut connection = Connection::new(TcpStream::connect(address).await?);
    let mut times = Vec::with_capacity(TIMES);
    let first = Instant::now();
    for turn in 0..WARM_UP + TIMES {
        let began = Instant::now();
        let answer = connection.exchange(asked).await?;
        let took = began.elapsed();
        ensure!(
            answer.status == 200,
            "it was answered {}: {}",
            answer.status,
            String::from_utf8_lossy(&answer.body[..answer.body.len().min(400)])
        );
        if turn >= WARM_UP || first.elapsed() > PATIENCE {
            times.push(took.as_secs_f64() * 1_000.0);
        }
        if first.elapsed() > PATIENCE && times.len() >= TIMES_MIN {
            break;
        }
    }
    Ok(times)
}

/// Asks for what was slow once more, with each statement's plan, and tells of the worst of each; the slowest page first.
async fn explain(setting: &Setting, launch: &Launch, asked: &[Asked]) -> Result<()> {
    let program = launch.start().await?;
    let cluster = Cluster::share(launch.data_dir()).await?;
    let session = cluster.session(pg::STOA).await?;
    let mut slow: Vec<&Asked> = asked.iter().filter(|one| one.is_slow()).collect();
    slow.sort_by(|a, b| median(&b.times).total_cmp(&median(&a.times)));
    for one in slow {
        let asker = &ASKERS[one.of];
        let asks = Known::of(program.address, asker).await?.asks_for(one.page);
        setting.tell(format_args!(
            "{}: p50 {:.1} ms, p99 {:.1} ms",
            one.name(),
            median(&one.times),
            spread(&one.times).1
        ));
        timed(program.address, &asks).await.with_context(|| one.name())?;
        let log = plans::during(&session, async {
            let mut connection = Connection::new(TcpStream::connect(program.address).await?);
            connection.exchange(&asks).await?;
            Ok(())
        })
        .await?;
        if let Some(dir) = &setting.options.plans {
            let path = plans::write(dir, &one.name(), &log)?;
            setting.tell(format_args!("  plans: {}", path.display()));
        }
        match plans::worst(&log) {
            Some(plan) => setting.tell(plan),
            None => setting.tell("  no statement of it took long by itself"),
        }
    }
    drop(session);
    drop(cluster);
    program.stop().await
}
