//! A product's page as HTML, beside the same product as JSON, by the same program.

use super::{Bench, Setting};
use crate::client::{ask, request};
use crate::comparison::{Comparison, Round};
use crate::database::Cluster;
use crate::load::{self, Outcome, Requests, Until};
use crate::program::Program;
use crate::seed::Market;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;

pub const BENCH: Bench = Bench {
    name: "html-pdp",
    about: "a product's page for somebody of whom nothing is known yet; beside it the same product as JSON. Told without a target: the page for somebody who has looked at something before, which is written anew each time",
    run: |setting| Box::pin(run(setting)),
};

const TARGET: f64 = 0.5;
const GOODS: usize = 10_000;
const STOCK: i64 = 100;

async fn run(setting: &Setting) -> Result<Vec<Comparison>> {
    let data_dir = setting.data_dir();
    let program = Program::start(setting.program(), &data_dir).await?;
    setting.tell("opening the market");
    let market = {
        let cluster = Cluster::share(&data_dir).await?;
        let session = cluster.session(pg::STOA).await?;
        Market::open(&session, GOODS, |_| STOCK).await?
    };
    let address = program.address;
    let [shown, seen] = &market.goods[..2] else {
        bail!("the market has no two products");
    };
    let json = format!("/v1/products/{}", shown.product);
    let product = body_of(address, &json, &[]).await?;
    let product: Value = serde_json::from_slice(&product)?;
    let slug = product["slug"].as_str().context("a product without a slug")?;
    let page = format!("/p/{slug}-{}", shown.product);
    let viewed = format!("stoa_viewed={}", seen.product.0.simple());
    let known = [("cookie", viewed.as_str())];
    let bytes = body_of(address, &page, &[]).await?.len();
    let again = body_of(address, &page, &known).await?.len();
    setting.tell(format_args!(
        "a page has {bytes} bytes, {again} for who was here before"
    ));

    let asked = |path: &str, headers: &[(&str, &str)]| {
        Arc::new(Requests::repeat(&request("GET", path, headers, None)))
    };
    let (html, known, json) = (asked(&page, &[]), asked(&page, &known), asked(&json, &[]));
    let turn = async |requests: &Arc<Requests>| -> Result<Outcome> {
        load::run(address, requests, Until::Elapsed(setting.options.turn()), 200)
            .await?
            .all(200)
    };
    for warm_up in [&html, &known, &json] {
        turn(warm_up).await?;
    }
    let mut rounds = Vec::new();
    for number in 1..=setting.options.rounds {
        let (ours, theirs) = (turn(&html).await?, turn(&json).await?);
        let written = turn(&known).await?;
        let round = Round::pair(ours.rate(200), theirs.rate(200));
        setting.tell(format_args!(
            "round {number}: page {:.0}/s (p99 {:.1} ms), JSON {:.0}/s (p99 {:.1} ms), {:.2}x; written anew {:.0}/s (p99 {:.1} ms)",
            round.ours,
            ours.latencies.percentile_ms(0.99),
            theirs.rate(200),
            theirs.latencies.percentile_ms(0.99),
            round.ratio.unwrap_or(0.0),
            written.rate(200),
            written.latencies.percentile_ms(0.99),
        ));
        rounds.push(round);
    }
    program.stop().await.context("stopping after the last round")?;
    Ok(vec![Comparison::ratio_at_least(
        "html-pdp",
        "requests/s",
        TARGET,
        rounds,
    )])
}

async fn body_of(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Result<Vec<u8>> {
    let (status, body) = ask(address, &request("GET", path, headers, None)).await?;
    if status != 200 {
        bail!("GET {path}: {status}: {}", String::from_utf8_lossy(&body));
    }
    Ok(body)
}
