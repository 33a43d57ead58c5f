//! Searching among a million products: the engine by itself, and the public endpoint under load.

use super::search_engine::{measure, megabytes, size};
use super::{Bench, Setting, search_rebuild};
use crate::baseline::server::Mode;
use crate::client::{ask, request};
use crate::comparison::{Comparison, Round};
use crate::database::Cluster;
use crate::load::{self, Outcome, Requests, Until};
use crate::program::{BaselineServer, Program};
use crate::seed::Market;
use crate::seed::texts::Texts;
use anyhow::{Context, Result, bail};
use search::engine::Engine;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub const BENCH: Bench = Bench {
    name: "search",
    about: "a search among a million products, with slips, filters and facets; beside it bare tantivy over the same index; and the index built anew meanwhile",
    run: |setting| Box::pin(run(setting)),
};

const PLAIN_TARGET: f64 = 1.3;
const FACETS_TARGET: f64 = 2.0;
pub(super) const P99: f64 = 0.99;
const STOCK: i64 = 100;
/// Goods of which there are none: one in so many.
const SOLD_OUT_EVERY: usize = 10;
/// A million products are read from PostgreSQL and indexed within this.
pub(super) const BUILT_WITHIN: Duration = Duration::from_secs(3_600);
const ASK_EVERY: Duration = Duration::from_millis(500);
/// Where the program keeps its index, below the data directory, and the file that names the one in use.
const INDEX: &str = "search";
const CURRENT: &str = "CURRENT";

async fn run(setting: &Setting) -> Result<Vec<Comparison>> {
    let texts = match &setting.options.corpus {
        Some(folder) => Texts::of(folder)?,
        None => Texts::own(),
    };
    let products = setting.options.products;
    let data_dir = setting.data_dir();
    let program = Program::start(setting.program(), &data_dir).await?;
    setting.tell(format_args!("writing {products} products"));
    {
        let cluster = Cluster::share(&data_dir).await?;
        let session = cluster.session(pg::STOA).await?;
        let stock = |index: usize| {
            if index.is_multiple_of(SOLD_OUT_EVERY) {
                0
            } else {
                STOCK
            }
        };
        Market::told(&session, products, stock, &texts).await?;
    }
    program.stop().await?;
    // The products were written past the log: without an index, the program builds one of all there is.
    fs::remove_dir_all(data_dir.join(INDEX)).context("removing the empty index")?;
    let program = Program::start(setting.program(), &data_dir).await?;
    let built = built(&program, products).await?;
    let folder = index_in_use(&data_dir)?;
    setting.tell(format_args!(
        "index: {products} products in {:.0} s ({:.0}/s), {:.0} MB on disk; the program holds {:.0} MB",
        built.as_secs_f64(),
        products as f64 / built.as_secs_f64(),
        megabytes(size(&folder)?),
        megabytes(program.resident_bytes()?),
    ));
    program.quiet().await;

    let queries = texts.queries();
    let engine = Engine::open(&folder)?;
    let names = ["search.engine", "search.engine-filtered", "search.engine-facets"];
    let mut comparisons = tokio::task::block_in_place(|| measure(setting, &engine, &queries, names))?;
    drop(engine);
    let index_argument = ["--index".into(), folder.into_os_string()];
    let baseline = BaselineServer::start(setting.program(), Mode::Search, &index_argument).await?;
    for (name, facets, target) in [
        ("search.http", false, PLAIN_TARGET),
        ("search.http-facets", true, FACETS_TARGET),
    ] {
        let rounds = http(setting, &program, &baseline, &queries, facets).await?;
        comparisons.push(Comparison::ratio_at_most(name, "ms", target, rounds));
    }
    setting.tell(format_args!(
        "the program holds {:.0} MB after the load",
        megabytes(program.resident_bytes()?)
    ));
    baseline.stop();
    let questions = questions(&queries, false);
    comparisons.push(search_rebuild::beside_searches(setting, &program, &questions).await?);
    program.stop().await?;
    Ok(comparisons)
}

/// How long it took from the start until every product is found.
async fn built(program: &Program, products: usize) -> Result<Duration> {
    let question = request("GET", "/v1/search?limit=1&facets=false", &[], None);
    let began = Instant::now();
    loop {
        let (status, body) = ask(program.address, &question).await?;
        if status == 200 {
            let page: serde_json::Value = serde_json::from_slice(&body)?;
            if page["total"].as_u64() == Some(products as u64) {
                return Ok(began.elapsed() + program.ready_after);
            }
        }
        if began.elapsed() > BUILT_WITHIN {
            bail!("the index was not built within {BUILT_WITHIN:?}");
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

pub(super) fn index_in_use(data_dir: &Path) -> Result<PathBuf> {
    let root = data_dir.join(INDEX);
    let name = fs::read_to_string(root.join(CURRENT)).context("reading which index is in use")?;
    Ok(root.join(name.trim()))
}

/// Each query as a request, every other for what is in stock.
fn questions(queries: &[String], facets: bool) -> Vec<Vec<u8>> {
    let question = |(n, words): (usize, &String)| {
        let q: String = words.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let stock = if n % 2 == 0 { "&in_stock=true" } else { "" };
        let path = format!("/v1/search?q={q}&facets={facets}{stock}");
        request("GET", &path, &[], None)
    };
    queries.iter().enumerate().map(question).collect()
}

/// Both servers in turns, each asked the same.
async fn http(
    setting: &Setting,
    program: &Program,
    baseline: &BaselineServer,
    queries: &[String],
    facets: bool,
) -> Result<Vec<Round>> {
    let mut requests = Requests::in_turn();
    let questions = questions(queries, facets);
    questions.iter().for_each(|question| requests.push(question));
    let requests = Arc::new(requests);
    let turn = async |address| -> Result<Outcome> {
        load::run(address, &requests, Until::Elapsed(setting.options.turn()), 200)
            .await?
            .all(200)
    };
    turn(program.address).await?;
    turn(baseline.address).await?;
    let mut rounds = Vec::new();
    for number in 1..=setting.options.rounds {
        let ours = turn(program.address).await?;
        let theirs = turn(baseline.address).await?;
        let round = Round::pair(
            ours.latencies.percentile_ms(P99),
            theirs.latencies.percentile_ms(P99),
        );
        setting.tell(format_args!(
            "facets {facets}, round {number}: ours p99 {:.1} ms ({:.0}/s), bare tantivy p99 {:.1} ms ({:.0}/s)",
            round.ours,
            ours.rate(200),
            theirs.latencies.percentile_ms(P99),
            theirs.rate(200),
        ));
        rounds.push(round);
    }
    Ok(rounds)
}
