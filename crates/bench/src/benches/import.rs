//! How fast a catalogue comes in, and how fast others' changes are found meanwhile.

use super::{Bench, Setting};
use crate::client::{ask, ask_json, request};
use crate::comparison::{Comparison, Round};
use crate::database::{Cluster, Row, Session};
use crate::people;
use crate::program::{self, Launch, Program};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const NAME: &str = "import";

pub const BENCH: Bench = Bench {
    name: NAME,
    about: "100,000 product rows as CSV through the public endpoint until they are found; beside it COPY of the same rows into one table",
    run: |setting| Box::pin(run(setting)),
};

const ROWS: usize = 100_000;
/// Of COPY's time.
const TARGET: f64 = 25.0;
/// Two thousand rows a second.
const MS_PER_THOUSAND: f64 = 500.0;
/// A changed price is found within this at the 99th percentile, while a file is read.
const PRICE_MS: f64 = 1_000.0;
/// So many sellers' hands change prices side by side.
const HANDS: usize = 4;
const FOUND_WITHIN: Duration = Duration::from_secs(600);
const ASK_EVERY: Duration = Duration::from_millis(20);
const OWNER: &str = "owner@bench.example";
const TABLE: &str = "create table product (sku text primary key, title text not null, description text not null,
    brand text not null, category text not null, price numeric not null, stock int not null, colour text not null)";

async fn run(setting: &Setting) -> Result<Vec<Comparison>> {
    let data_dir = setting.data_dir();
    let launch = Launch::new(setting.program(), &data_dir);
    let program = launch.start().await?;
    let cluster = Cluster::share(&data_dir).await?;
    let baseline = cluster.create("copied").await?;
    baseline.batch_execute(TABLE).await?;
    setting.tell("opening a shop");
    people::appoint_operator(&launch).await?;
    people::open_shop(program.address, OWNER, "The bench's workshop").await?;
    let seller = people::bearer(program.address, OWNER, "seller").await?;
    setting.tell("warming up");
    let mut found = 0;
    turn(&program, &seller, 0, &mut found).await?;
    copy(&baseline, 0).await?;

    let (mut rounds, mut paces) = (Vec::new(), Vec::new());
    for number in 1..=setting.options.rounds {
        baseline.batch_execute("checkpoint").await?;
        let ours = turn(&program, &seller, number, &mut found).await?.as_secs_f64();
        program.quiet().await;
        baseline.batch_execute("checkpoint").await?;
        let copied = copy(&baseline, number).await?.as_secs_f64();
        let round = Round::pair(ours, copied);
        setting.tell(format_args!(
            "round {number}: {ours:.1} s until found ({:.0} rows/s), COPY {copied:.2} s, {:.1}x",
            ROWS as f64 / ours,
            round.ratio.unwrap_or(0.0)
        ));
        paces.push(Round::alone(ours * 1_000_000.0 / ROWS as f64));
        rounds.push(round);
    }

    setting.tell("changing prices while a file is read");
    let waits = prices_meanwhile(&program, &seller, setting.options.rounds + 1, &mut found).await?;
    ensure!(
        waits.len() >= 20,
        "only {} prices were changed while the file was read",
        waits.len()
    );
    let at = |share: f64| {
        let rank = ((waits.len() as f64 * share).ceil() as usize).clamp(1, waits.len());
        waits[rank - 1].as_secs_f64() * 1_000.0
    };
    let p99 = at(0.99);
    setting.tell(format_args!(
        "{} prices changed, found after {:.0} ms at p50, {:.0} at p90, {p99:.0} at p99, {:.0} at most",
        waits.len(),
        at(0.5),
        at(0.9),
        at(1.0)
    ));

    drop(baseline);
    let session = cluster.session(pg::STOA).await?;
    let there = session.number("select count(*) from catalog.product").await?;
    ensure!(
        there == i64::try_from(found)?,
        "{there} products instead of {found}"
    );
    drop(session);
    program.stop().await?;
    program::verify(setting.program(), &data_dir).await?;
    Ok(vec![
        Comparison::ratio_at_most(NAME, "s", TARGET, rounds),
        Comparison::at_most("import.thousand-rows", "ms", MS_PER_THOUSAND, paces),
        Comparison::at_most("import.price-found", "ms", PRICE_MS, vec![Round::alone(p99)]),
    ])
}

/// The cells of row `n` of a file: the same for both sides.
fn cells(file: usize, n: usize) -> [String; 8] {
    const GOODS: [&str; 6] = ["bowl", "vase", "plate", "jug", "lamp", "tray"];
    const WOODS: [&str; 5] = ["oak", "ash", "walnut", "beech", "cherry"];
    let (good, wood) = (GOODS[n % 6], WOODS[n / 6 % 5]);
    [
        format!("f{file}-{n}"),
        format!("Turned {wood} {good} number {n}"),
        format!(
            "A {good} of {wood}, turned by hand, oiled twice. It holds what you like, and stands where you want it. Series {}.",
            n / 100
        ),
        format!("Workshop {}", n % 40),
        format!("Home > {good}s"),
        format!("{}.{:02}", n % 300 + 5, n % 100),
        (n % 50).to_string(),
        wood.to_owned(),
    ]
}

fn csv(file: usize) -> String {
    let mut text = "sku,title,description,brand,category,price,stock,colour\n".to_owned();
    for n in 0..ROWS {
        let row = cells(file, n);
        for (i, cell) in row.iter().enumerate() {
            if i > 0 {
                text.push(',');
            }
            if cell.contains(',') {
                text.push('"');
                text.push_str(cell);
                text.push('"');
            } else {
                text.push_str(cell);
            }
        }
        text.push('\n');
    }
    text
}

/// Time from the first byte sent until a search finds all rows.
async fn turn(program: &Program, seller: &str, file: usize, found: &mut u64) -> Result<Duration> {
    let upload = request(
        "POST",
        "/v1/seller/imports",
        &[("authorization", seller)],
        Some(&csv(file)),
    );
    let began = Instant::now();
    let report = ask_json(program.address, &upload, 201).await?;
    ensure!(report["created"] == ROWS, "{report}");
    *found += ROWS as u64;
    until_found(program.address, *found).await?;
    Ok(began.elapsed())
}

async fn until_found(address: SocketAddr, products: u64) -> Result<()> {
    let question = request("GET", "/v1/search?limit=1&facets=false", &[], None);
    let began = Instant::now();
    loop {
        let (status, body) = ask(address, &question).await?;
        if status == 200 {
            let page: Value = serde_json::from_slice(&body)?;
            if page["total"].as_u64() == Some(products) {
                return Ok(());
            }
        }
        ensure!(
            began.elapsed() < FOUND_WITHIN,
            "{products} products are not found"
        );
        tokio::time::sleep(ASK_EVERY).await;
    }
}

async fn copy(session: &Session, file: usize) -> Result<Duration> {
    let rows: Vec<Row> = (0..ROWS)
        .map(|n| cells(file, n).into_iter().fold(Row::default(), Row::with))
        .collect();
    let began = Instant::now();
    let copied = session
        .copy(
            "product (sku, title, description, brand, category, price, stock, colour)",
            rows.into_iter(),
        )
        .await?;
    ensure!(copied == ROWS as u64, "{copied} rows were copied");
    Ok(began.elapsed())
}

/// How long each changed price took to be found, least first.
async fn prices_meanwhile(
    program: &Program,
    seller: &str,
    file: usize,
    found: &mut u64,
) -> Result<Vec<Duration>> {
    let address = program.address;
    let mut ids = Vec::new();
    for hand in 0..HANDS {
        let product = json!({"title": format!("Zephyrine{hand} the changing bowl"), "status": "active",
            "variants": [{"code": format!("changing-{hand}"), "price": {"amount": 1, "currency": "EUR"}, "stock": 5}]});
        let make = request(
            "POST",
            "/v1/seller/products",
            &[("authorization", seller)],
            Some(&product.to_string()),
        );
        let product = ask_json(address, &make, 201).await?;
        ids.push(product["id"].as_str().context("an id")?.to_owned());
        *found += 1;
    }
    until_found(address, *found).await?;
    let upload = request(
        "POST",
        "/v1/seller/imports",
        &[("authorization", seller)],
        Some(&csv(file)),
    );
    let is_read = AtomicBool::new(false);
    let reading = async {
        let report = ask_json(address, &upload, 201).await;
        is_read.store(true, Ordering::Relaxed);
        report
    };
    let changing = ids.iter().enumerate().map(|(hand, id)| {
        let is_read = &is_read;
        async move {
            let mut waits = Vec::new();
            while !is_read.load(Ordering::Relaxed) {
                let price = i64::try_from(waits.len())? + 100;
                waits.push(change(address, seller, hand, id, price).await?);
            }
            anyhow::Ok(waits)
        }
    });
    let (report, waits) = tokio::join!(reading, futures::future::try_join_all(changing));
    let report = report?;
    ensure!(report["created"] == ROWS, "{report}");
    *found += ROWS as u64;
    until_found(address, *found).await?;
    let mut waits = waits?.concat();
    waits.sort_unstable();
    Ok(waits)
}

/// From the answer to the change until a search shows the new price.
async fn change(address: SocketAddr, seller: &str, hand: usize, id: &str, price: i64) -> Result<Duration> {
    let path = format!("/v1/seller/products/{id}");
    let now = ask_json(
        address,
        &request("GET", &path, &[("authorization", seller)], None),
        200,
    )
    .await?;
    let tag = format!("\"{}\"", now["version"].as_i64().context("a version")?);
    let patch = json!({"variants": [{"code": format!("changing-{hand}"), "price": {"amount": price, "currency": "EUR"}}]});
    let headers = [("authorization", seller), ("if-match", tag.as_str())];
    ask_json(
        address,
        &request("PATCH", &path, &headers, Some(&patch.to_string())),
        200,
    )
    .await?;
    let began = Instant::now();
    let sought = format!("/v1/search?q=zephyrine{hand}&limit=1&facets=false");
    let question = request("GET", &sought, &[], None);
    let shown = format!("\"amount\":{price}");
    loop {
        let (_, body) = ask(address, &question).await?;
        if String::from_utf8_lossy(&body).contains(&shown) {
            return Ok(began.elapsed());
        }
        ensure!(began.elapsed() < FOUND_WITHIN, "the price {price} is not found");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
