//! A file that is read when the program is killed is read to its end by the next, with nothing doubled and nothing lost.

#![allow(clippy::print_stdout, reason = "figures are told")]

use anyhow::{Context, Result, ensure};
use bench::database::Cluster;
use scenarios::{Caller, Front, Shop, Site};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const ROWS: usize = 20_000;
/// The kill comes when so many rows are in.
const KILLED_AFTER: u64 = 2_000;
const READ_WITHIN: Duration = Duration::from_secs(120);
/// Units of each.
const STOCK: i64 = 3;
/// By then the index has come through the log, and stock whose bearer was killed is passed on by whoever looks for such.
const FOUND_WITHIN: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_import_goes_on_where_it_stopped() -> Result<()> {
    let site = Site::new()?;
    let launch = site.launch("all");
    let program = launch.start().await?;
    let shop = Shop::open(&launch, &Front::of(&program), &["Alfareria Romero"])
        .await?
        .remove(0);
    let row = |n: usize| json!({"sku": format!("k{n}"), "title": format!("Bowl {n}"), "price": n % 90 + 1, "stock": STOCK});
    let file: Value = (0..ROWS).map(row).collect();
    let draft = shop
        .owner
        .post("/v1/seller/imports/preview", &file)
        .await?
        .expect(201)
        .json();
    let id = draft["id"].as_str().context("an id")?.to_owned();
    let _ = shop
        .owner
        .post(&format!("/v1/seller/imports/{id}/start"), &json!({}))
        .await?
        .expect(202);
    let at_kill = until(&shop.owner, &id, |report| done(report) >= KILLED_AFTER).await?;
    program.kill()?;
    ensure!(
        at_kill["state"] == "running",
        "it was over before it was killed: {at_kill}"
    );

    let began = Instant::now();
    let program = launch.start().await?;
    let owner = shop.signed_in(&Caller::new(&Front::of(&program))).await?;
    let report = until(&owner, &id, |report| report["state"] == "finished").await?;
    println!(
        "killed at row {}, read to row {} in {:.1} s",
        done(&at_kill),
        done(&report),
        began.elapsed().as_secs_f64()
    );
    let rows = json!(ROWS);
    ensure!(
        report["created"] == rows && report["rows_done"] == rows,
        "{report}"
    );
    ensure!(
        report["updated"] == 0 && report["unchanged"] == 0 && report["rows_failed"] == 0,
        "{report}"
    );
    let found = found(&owner.stranger()).await?;
    {
        let session = Cluster::share(launch.data_dir()).await?.session(pg::STOA).await?;
        for sql in [
            "select count(*) from catalog.product",
            "select count(*) from catalog.product_version",
            "select count(*) from catalog.variant",
            "select count(distinct key) from catalog.product",
            "select count(*) from inventory.level",
            "select count(distinct sku_id) from inventory.level",
        ] {
            ensure!(session.number(sql).await? == i64::try_from(ROWS)?, "{sql}");
        }
        let sql = "select coalesce(sum(on_hand), 0)::bigint from inventory.level";
        let units = session.number(sql).await?;
        ensure!(
            units == STOCK * i64::try_from(ROWS)?,
            "{units} units of {ROWS} times {STOCK}"
        );
        let sql = format!("select count(*) from inventory.level where on_hand <> {STOCK} or reserved <> 0");
        ensure!(session.number(&sql).await? == 0, "{sql}");
    }
    println!(
        "all found, each with its stock, {:.1} s after that",
        found.as_secs_f64()
    );
    program.stop().await?;
    launch.verify().await
}

/// Waits until the search finds every row as in stock, and as many in all; returns how long that took.
async fn found(stranger: &Caller) -> Result<Duration> {
    let began = Instant::now();
    loop {
        let in_stock = total(stranger, "&in_stock=true").await?;
        let all = total(stranger, "").await?;
        if (in_stock, all) == (Some(ROWS as u64), Some(ROWS as u64)) {
            return Ok(began.elapsed());
        }
        ensure!(
            began.elapsed() < FOUND_WITHIN,
            "of {ROWS}, {all:?} are found, {in_stock:?} of them in stock"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// How many products there are; `None` while the index is built.
async fn total(stranger: &Caller, filter: &str) -> Result<Option<u64>> {
    let path = format!("/v1/search?limit=1&facets=false{filter}");
    let answer = stranger.get(&path).await?;
    Ok((answer.status == 200)
        .then(|| answer.json()["total"].as_u64())
        .flatten())
}

fn done(report: &Value) -> u64 {
    report["rows_done"].as_u64().unwrap_or(0)
}

async fn until(owner: &Caller, id: &str, is: impl Fn(&Value) -> bool) -> Result<Value> {
    let began = Instant::now();
    loop {
        let report = owner
            .get(&format!("/v1/seller/imports/{id}"))
            .await?
            .expect(200)
            .json();
        if is(&report) {
            return Ok(report);
        }
        ensure!(began.elapsed() < READ_WITHIN, "still not: {report}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
