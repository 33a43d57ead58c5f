//! A real marketplace, lived again: what its buyers and sellers did in eight months, through the public API, in the order
//! of time. 813 sellers, 8,000 orders, some of several sellers, paid in several ways, cancelled or never available. What
//! comes out is held against the files it came from.
//!
//! The files are nobody's to publish and not part of the program; [`folder`] says where they are looked for.

mod books;
mod compare;
mod data;
mod market;
mod replay;

use crate::findings::{Findings, Plot, PlotKind};
use crate::{Caller, Front, Shop, Site};
use anyhow::{Context, Result};
use bench::database::Session;
use data::History;
use market::Market;
use replay::Replay;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Names the folder of the files.
pub const FILES: &str = "STOA_OLIST";
/// Boletos are paid days later, and one was half a year later.
const HOLD_S: u32 = 200 * 24 * 60 * 60;
const SETTLED_WITHIN: Duration = Duration::from_secs(60);

/// The folder of the files: the one named by the environment, else the one beside the sources; `None` where it is absent.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/olist_dev");
    let path = std::env::var_os(FILES).map_or(beside, PathBuf::from);
    path.is_dir().then_some(path)
}

/// Lives it again on a place of its own, at most so many of its orders: those least like most others first.
pub async fn run(site: &Site, files: &Path, orders_max: usize, told: impl Fn(&str)) -> Result<Findings> {
    let history = History::read(files)?.at_most(orders_max);
    let mut findings = Findings::default();
    history.figures(&mut findings);
    let start = history.orders.first().context("orders")?.at - Duration::from_secs(60 * 60);
    let database = site.database().await?;
    let launch = database.behind(site.launch("history"));
    let launch = launch.arg("--clock").arg(start.to_rfc3339());
    let launch = launch.arg("--hold-s").arg(HOLD_S.to_string());
    let program = launch.start().await?;
    let stranger = Caller::new(&Front::of(&program));
    let operator = Shop::operator(&launch, &stranger).await?;

    told("shops are opened");
    let began = Instant::now();
    let market = Market::open(&stranger, &operator, &history, start).await?;
    let opened = began.elapsed().as_secs_f64();
    findings.figure("shops", market.sellers.len());
    findings.figure("SKUs", market.skus.len());
    findings.figure("seconds to open the shops", format!("{opened:.0}"));

    let mut replay = Replay::new(&market, stranger);
    let began = Instant::now();
    replay
        .run(&history.orders, |orders, at| {
            told(&format!("{}: {orders} orders", at.format("%Y-%m-%d")));
        })
        .await?;
    rates(&mut findings, &replay, began.elapsed());

    told("what came out is compared");
    if history.orders.iter().any(|order| !order.was_paid()) {
        // Whoever never paid has waited long enough.
        let last = history.orders.last().context("orders")?.at;
        market
            .tell(last + 2 * Duration::from_secs(u64::from(HOLD_S)))
            .await?;
    }
    let books = database.session().await?;
    settle(&books).await?;
    compare::compare(&mut findings, &history, &market, &replay, &books).await?;
    drop(books);
    let replayed = launch.run("replay", &[]).await?;
    findings.check("stoa replay is equal", replayed.status.success(), || {
        bench::program::words(&replayed)
    });
    program.stop().await?;
    let verified = launch.verify().await;
    findings.check("stoa verify is clean", verified.is_ok(), || {
        format!("{verified:?}")
    });
    database.stop().await?;
    Ok(findings)
}

fn rates(findings: &mut Findings, replay: &Replay<'_>, all: Duration) {
    let orders = replay.placed.len() as f64;
    let (all, buying) = (all.as_secs_f64(), replay.buying.as_secs_f64());
    findings.figure("orders replayed", replay.placed.len());
    findings.figure(
        "orders a second: cart filled, placed, paid and confirmed",
        format!("{:.0}", orders / buying),
    );
    findings.figure(
        "orders a second, with all that sellers did to fulfil them",
        format!("{:.0}", orders / all),
    );
    findings.figure("seconds of the replay", format!("{all:.0}"));
    findings.plots.push(Plot {
        title: "Orders replayed".to_owned(),
        across: "seconds".to_owned(),
        up: "orders".to_owned(),
        kind: PlotKind::Line,
        points: replay.progress.clone(),
    });
}

/// Waits until nothing is under way any more.
async fn settle(books: &Session) -> Result<()> {
    let began = Instant::now();
    let open = "select (select count(*) from orders.order where status = 'placed')
                     + (select count(*) from checkout.saga where not step ? 'ended')
                     + (select count(*) from checkout.refund where status = 'pending')";
    while books.number(open).await? > 0 && began.elapsed() < SETTLED_WITHIN {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}
