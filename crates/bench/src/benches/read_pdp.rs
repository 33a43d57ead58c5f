//! A product's page as JSON: asked for again and again, and for the first time.

use super::{Bench, Setting};
use crate::baseline::server::Mode;
use crate::client::{ask, request};
use crate::comparison::{Comparison, Round};
use crate::database::{Cluster, Row, Session};
use crate::load::{self, Outcome, Requests, Until};
use crate::program::{BaselineServer, Program};
use crate::seed::{Good, Market};
use anyhow::{Context, Result, bail};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;

pub const BENCH: Bench = Bench {
    name: "read-pdp",
    about: "a product as JSON, warm (asked for before) and cold (never since the program's start); beside it bare axum with the same bytes, and bare axum with one select",
    run: |setting| Box::pin(run(setting)),
};

const WARM_TARGET: f64 = 0.5;
const COLD_TARGET: f64 = 0.6;
const GOODS: usize = 200_000;
const STOCK: i64 = 100;
/// Products that the cold warm-up asks for, so that connections, plans and code are warm when what counts begins. They
/// are not asked for again.
const WARM_UP: usize = 20_000;
const DATABASE: &str = "baseline";

async fn run(setting: &Setting) -> Result<Vec<Comparison>> {
    let data_dir = setting.data_dir();
    let program = Program::start(setting.program(), &data_dir).await?;
    setting.tell("opening the market");
    let market = {
        let cluster = Cluster::share(&data_dir).await?;
        let session = cluster.session(pg::STOA).await?;
        let market = Market::open(&session, GOODS, |_| STOCK).await?;
        fill_baseline(&cluster, &session).await?;
        market
    };
    let mut comparisons = Vec::new();
    comparisons.push(warm(setting, &program, &market.goods[0]).await?);
    comparisons.push(cold(setting, program, &market.goods).await?);
    Ok(comparisons)
}

/// The same documents by the same ids, in a table that has nothing else.
async fn fill_baseline(cluster: &Cluster, stoa: &Session) -> Result<()> {
    let baseline = cluster.create(DATABASE).await?;
    baseline
        .batch_execute(
            "create table page (id uuid primary key, document jsonb not null);
             do $$ begin
                 alter table page alter column document set compression lz4;
             exception when feature_not_supported then null; end $$;",
        )
        .await?;
    let pages = stoa
        .query("select product_id, document::text from catalog.listing", &[])
        .await?;
    let rows = pages.iter().map(|page| {
        let (id, document): (uuid::Uuid, &str) = (page.get(0), page.get(1));
        Row::default().with(id).with(document)
    });
    baseline.copy("page (id, document)", rows).await?;
    baseline.batch_execute("vacuum analyze").await?;
    Ok(())
}

/// One product in every cache there is, beside a server that answers with the same bytes.
async fn warm(setting: &Setting, program: &Program, good: &Good) -> Result<Comparison> {
    let path = path_of(good);
    let question = request("GET", &path, &[], None);
    let (status, body) = ask(program.address, &question).await?;
    if status != 200 {
        bail!("GET {path}: {status}: {}", String::from_utf8_lossy(&body));
    }
    let file = setting.scratch.join("body.json");
    fs::write(&file, &body)?;
    setting.tell(format_args!("warm: {} bytes", body.len()));
    let arguments = ["--body".into(), file.into_os_string()];
    let baseline = BaselineServer::start(setting.program(), Mode::Fixed, &arguments).await?;

    let again = Arc::new(Requests::repeat(&question));
    let turn = async |address: SocketAddr| -> Result<Outcome> {
        load::run(address, &again, Until::Elapsed(setting.options.turn()), 200)
            .await?
            .all(200)
    };
    turn(program.address).await?;
    turn(baseline.address).await?;
    let mut rounds = Vec::new();
    for number in 1..=setting.options.rounds {
        let ours = turn(program.address).await?;
        let theirs = turn(baseline.address).await?;
        rounds.push(tell_round(setting, "warm", number, &ours, &theirs));
    }
    baseline.stop();
    Ok(Comparison::ratio_at_least(
        "read-pdp.warm",
        "requests/s",
        WARM_TARGET,
        rounds,
    ))
}

/// Products that the program was never asked for since its start: each round begins with a new process, whose caches
/// are empty, and asks for each product once at most. The baseline has no cache and is asked for the same products.
async fn cold(setting: &Setting, mut program: Program, goods: &[Good]) -> Result<Comparison> {
    let data_dir = setting.data_dir();
    let mut goods = goods.to_vec();
    let mut rng = SmallRng::seed_from_u64(10);
    let mut rounds = Vec::new();
    for number in 1..=setting.options.rounds {
        program.stop().await?;
        program = Program::start(setting.program(), &data_dir).await?;
        let cluster = Cluster::share(&data_dir).await?;
        let durability = cluster.session(pg::STOA).await?.durability().await?;
        durability.require("stoa")?;
        let arguments = ["--database".into(), cluster.url(DATABASE)?.into()];
        let baseline = BaselineServer::start(setting.program(), Mode::Select, &arguments).await?;
        goods.shuffle(&mut rng);
        let (first, others) = goods.split_at(WARM_UP);
        let mut turns = Vec::new();
        for address in [program.address, baseline.address] {
            load::run(address, &once(first), Until::Sent, 200)
                .await?
                .all(200)?;
            let turn = Until::Elapsed(setting.options.turn());
            turns.push(load::run(address, &once(others), turn, 200).await?.all(200)?);
        }
        rounds.push(tell_round(setting, "cold", number, &turns[0], &turns[1]));
        baseline.stop();
    }
    program.stop().await.context("stopping after the last round")?;
    Ok(Comparison::ratio_at_least(
        "read-pdp.cold",
        "requests/s",
        COLD_TARGET,
        rounds,
    ))
}

fn path_of(good: &Good) -> String {
    format!("/v1/products/{}", good.product)
}

fn once(goods: &[Good]) -> Arc<Requests> {
    let mut requests = Requests::once();
    for good in goods {
        requests.push(&request("GET", &path_of(good), &[], None));
    }
    Arc::new(requests)
}

fn tell_round(setting: &Setting, what: &str, number: usize, ours: &Outcome, theirs: &Outcome) -> Round {
    let round = Round::pair(ours.rate(200), theirs.rate(200));
    setting.tell(format_args!(
        "{what}, round {number}: ours {:.0}/s (p99 {:.1} ms), baseline {:.0}/s (p99 {:.1} ms), {:.2}x",
        round.ours,
        ours.latencies.percentile_ms(0.99),
        theirs.rate(200),
        theirs.latencies.percentile_ms(0.99),
        round.ratio.unwrap_or(0.0)
    ));
    round
}
