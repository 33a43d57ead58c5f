//! The flood: a thousand buyers want a hundred units of one thing among twenty others, at two instances of which one is
//! killed twice; cards are declined, answers get lost, webhooks come several times, late and in the wrong order, and
//! clients ask twice with the same key.

mod buyer;
mod check;

use crate::findings::{Findings, Plot, PlotKind, histogram, quantile};
use crate::{Caller, Front, Shop, Site, Sku};
use anyhow::{Context, Result};
use bench::database::Session;
use bench::program::{Launch, Program, free_address};
use buyer::{Buyer, Purchase};
use futures::future::join_all;
use futures::stream::{StreamExt, TryStreamExt};
use kernel::{Clock, SystemClock};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const BUYERS: usize = 1_000;
const SHOPS: [&str; 6] = [
    "Alfareria Romero",
    "Telar del Sur",
    "Cesteria Vega",
    "Forja Medina",
    "Vidrio Lozano",
    "Esparto Ruiz",
];
/// The one that everybody wants; then twenty of which there is more.
const HOT_STOCK: i64 = 100;
const STOCK: i64 = 150;
const OTHERS: usize = 20;
/// Carts are filled before the rush, by so many at once.
const FILLED_AT_ONCE: usize = 64;
/// One instance is killed when so many of all buyers have their answer.
const KILL_AT: [usize; 2] = [BUYERS / 5, BUYERS / 2];
/// More than a hold lasts.
const HOLD_OVER: Duration = Duration::from_secs(16 * 60);
const SETTLED_WITHIN: Duration = Duration::from_secs(60);
const LATENCY_SPAN_MS: f64 = 100.0;

/// What all buyers share.
pub(crate) struct Market {
    pub stranger: Caller,
    pub hot: Sku,
    pub others: Vec<Sku>,
    /// Statuses of 500 and more, with what was said: none are wanted.
    pub failures: Mutex<Vec<String>>,
    /// Answers that buyers should come again in a moment, and connections that a killed instance broke off.
    pub put_off: AtomicUsize,
    pub broken_off: AtomicUsize,
    /// Buyers who know what became of their order.
    pub served: AtomicUsize,
}

/// Runs the flood on a place of its own.
pub async fn run(site: &Site, seed: u64, told: impl Fn(&str)) -> Result<Findings> {
    let database = site.database().await?;
    let launch =
        |name: &str| -> Result<Launch> { Ok(database.behind(site.launch(name)).listen(free_address()?)) };
    let (first, second) = (launch("first")?, launch("second")?);
    let (one, two) = (started(&first).await?, started(&second).await?);
    let front = Front::around(&[&one, &two]);
    let shops = Shop::open(&first, &front, &SHOPS).await?;
    let (hot, others) = publish(&shops).await?;
    let market = Market {
        stranger: Caller::new(&front),
        hot,
        others,
        failures: Mutex::default(),
        put_off: AtomicUsize::new(0),
        broken_off: AtomicUsize::new(0),
        served: AtomicUsize::new(0),
    };
    told("carts are filled");
    let filling = (0..BUYERS).map(|n| {
        let rng = StdRng::seed_from_u64(seed.wrapping_add(n as u64));
        Buyer::fill(&market, n, rng)
    });
    let filling = futures::stream::iter(filling).buffered(FILLED_AT_ONCE);
    let buyers: Vec<Buyer> = filling.try_collect().await?;

    told("a thousand buyers order at once");
    let began = Instant::now();
    let over = AtomicBool::new(false);
    let rush = async {
        let purchases = join_all(buyers.into_iter().map(|buyer| buyer.buy(&market, began))).await;
        over.store(true, Ordering::SeqCst);
        purchases
    };
    let (purchases, two) = tokio::join!(rush, kill_twice(&market, two, &second, &over, &told));
    let (two, kills) = two?;
    let took = began.elapsed();
    let purchases: Vec<Purchase> = purchases.into_iter().collect::<Result<_>>()?;

    told("holds run out");
    let books = database.session().await?;
    let late = (SystemClock.now() + HOLD_OVER).to_rfc3339();
    for program in [&one, &two] {
        let caller = Caller::new(&Front::of(program)).with("stoa-clock", late.clone());
        let _ = caller.get("/health/live").await?;
    }
    settle(&books).await?;

    let mut findings = Findings::default();
    findings.figure("buyers", BUYERS);
    findings.figure("kills", kills);
    figures(&mut findings, &purchases, took);
    findings.figure(
        "answers that put a buyer off (429)",
        market.put_off.load(Ordering::SeqCst),
    );
    findings.figure("connections broken off", market.broken_off.load(Ordering::SeqCst));
    findings.check("both kills happened", kills == KILL_AT.len(), || {
        format!("{kills}")
    });
    check::check(&mut findings, &market, &shops, &purchases, &books).await?;
    for program in [one, two] {
        program.stop().await?;
    }
    let verified = first.verify().await;
    findings.check("stoa verify is clean", verified.is_ok(), || {
        format!("{verified:?}")
    });
    drop(books);
    database.stop().await?;
    Ok(findings)
}

/// With a clock that can be moved on, so that holds need not be waited for.
async fn started(launch: &Launch) -> Result<Program> {
    let launch = launch.clone().arg("--clock").arg(SystemClock.now().to_rfc3339());
    launch.start().await
}

/// The hot one, and the others, over all shops.
async fn publish(shops: &[Shop]) -> Result<(Sku, Vec<Sku>)> {
    let mut others = Vec::new();
    for n in 0..OTHERS {
        let price = 500 + 137 * i64::try_from(n)?;
        let shop = &shops[(n + 1) % shops.len()];
        others.push(
            shop.publish(&format!("Cuenco {n}"), &[price], STOCK)
                .await?
                .remove(0),
        );
    }
    let hot = shops[0]
        .publish("La ultima jarra", &[1_999], HOT_STOCK)
        .await?
        .remove(0);
    Ok((hot, others))
}

/// Kills one instance as buyers come along, and starts it again.
async fn kill_twice(
    market: &Market,
    mut program: Program,
    launch: &Launch,
    over: &AtomicBool,
    told: &impl Fn(&str),
) -> Result<(Program, usize)> {
    let mut kills = 0;
    for served in KILL_AT {
        while market.served.load(Ordering::SeqCst) < served && !over.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if over.load(Ordering::SeqCst) {
            break;
        }
        program.kill()?;
        kills += 1;
        told(&format!("the second instance is killed after {served} buyers"));
        program = started(launch).await.context("start after a kill")?;
    }
    Ok((program, kills))
}

/// Waits until nothing is under way any more.
async fn settle(books: &Session) -> Result<()> {
    let began = Instant::now();
    let open = "select (select count(*) from orders.order where status = 'placed')
                     + (select count(*) from checkout.saga where not step ? 'ended')
                     + (select count(*) from inventory.reservation where state = 'held')";
    while books.number(open).await? > 0 && began.elapsed() < SETTLED_WITHIN {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

fn figures(findings: &mut Findings, purchases: &[Purchase], took: Duration) {
    let placed: Vec<&Purchase> = purchases
        .iter()
        .filter(|purchase| purchase.order.is_some())
        .collect();
    let waited: Vec<f64> = placed
        .iter()
        .map(|purchase| purchase.placing.as_secs_f64() * 1_000.0)
        .collect();
    findings.figure("orders placed", placed.len());
    findings.figure(
        "orders paid",
        purchases.iter().filter(|purchase| purchase.is_paid()).count(),
    );
    findings.figure(
        "asked twice with the same key",
        purchases.iter().filter(|p| p.asked_twice).count(),
    );
    findings.figure("seconds of the rush", format!("{:.1}", took.as_secs_f64()));
    findings.figure(
        "placing took, median",
        format!("{:.0} ms", quantile(&waited, 0.5)),
    );
    findings.figure(
        "placing took, 99 of 100",
        format!("{:.0} ms", quantile(&waited, 0.99)),
    );
    findings.plots.push(Plot {
        title: "How long placing an order took".to_owned(),
        across: "milliseconds".to_owned(),
        up: "buyers".to_owned(),
        kind: PlotKind::Bars,
        points: histogram(&waited, LATENCY_SPAN_MS),
    });
    let mut moments: Vec<f64> = placed
        .iter()
        .map(|purchase| purchase.placed_at.as_secs_f64())
        .collect();
    moments.sort_by(f64::total_cmp);
    let points = moments
        .iter()
        .enumerate()
        .map(|(n, at)| (*at, n as f64 + 1.0))
        .collect();
    findings.plots.push(Plot {
        title: "Orders placed".to_owned(),
        across: "seconds".to_owned(),
        up: "orders".to_owned(),
        kind: PlotKind::Line,
        points,
    });
}

pub(crate) fn chance(rng: &mut StdRng, percent: u32) -> bool {
    rng.random_range(0..100) < percent
}
