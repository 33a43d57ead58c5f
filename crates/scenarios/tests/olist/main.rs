//! Eight months of a real marketplace, through the public API, in the order of time: 813 sellers, 8,000 orders, some of
//! several sellers, cancelled or never available. What comes out is held against the files it came from.
//!
//! The files are nobody's to publish and not part of the repository; where they are absent, nothing is tested.

#![allow(clippy::print_stdout, reason = "figures are told")]

mod books;
mod data;
mod market;
mod replay;

use anyhow::{Context, Result};
use bench::database::Session;
use books::{ends, expected, parts};
use data::History;
use futures::stream::{StreamExt, TryStreamExt};
use kernel::DateTime;
use market::Market;
use replay::Replay;
use scenarios::{Caller, Front, Shop, Site};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};
use testkit::eventually;

/// Boletos are paid days later.
const HOLD_S: u32 = 60 * 24 * 60 * 60;
const LOOKED_AT_ONCE: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn eight_months_of_a_real_marketplace_come_out_as_they_were() -> Result<()> {
    let Some(folder) = data::folder() else {
        println!("skipped: the marketplace's files are absent");
        return Ok(());
    };
    let history = History::read(&folder)?;
    let several = history
        .orders
        .iter()
        .filter(|order| parts(order).len() > 1)
        .count();
    let split = history.orders.iter().filter(|order| order.payments > 1).count();
    println!(
        "{} orders, {several} of several sellers, {split} paid in several ways; {} more have no lines",
        history.orders.len(),
        history.empty
    );
    let first = history.orders.first().context("orders")?.at;
    let start = first - Duration::from_secs(60 * 60);
    let site = Site::new()?;
    let launch = site.launch("olist").arg("--clock").arg(start.to_rfc3339());
    let launch = launch.arg("--hold-s").arg(HOLD_S.to_string());
    let program = launch.start().await?;
    let stranger = Caller::new(&Front::of(&program));
    let operator = Shop::operator(&launch, &stranger).await?;
    let began = Instant::now();
    let market = Market::open(&stranger, &operator, &history, start).await?;
    println!(
        "{} shops and {} SKUs in {:.0} s",
        market.sellers.len(),
        market.skus.len(),
        began.elapsed().as_secs_f64()
    );

    let mut replay = Replay {
        market: &market,
        stranger: stranger.clone(),
        placed: HashMap::new(),
        took: Duration::ZERO,
    };
    let began = Instant::now();
    replay
        .run(&history.orders, |orders, at| println!("{at}: {orders} orders"))
        .await?;
    let (all, buying) = (began.elapsed().as_secs_f64(), replay.took.as_secs_f64());
    let orders = history.orders.len() as f64;
    println!(
        "replayed in {all:.0} s, {:.0} orders/s with all that sellers did; placed, paid and confirmed at {:.0} orders/s",
        orders / all,
        orders / buying
    );

    let cluster = bench::database::Cluster::share(launch.data_dir()).await?;
    let session = cluster.session(pg::STOA).await?;
    // Whoever never paid has waited long enough.
    let late: DateTime =
        history.orders.last().context("orders")?.at + Duration::from_secs(2 * u64::from(HOLD_S));
    let late = stranger.with("stoa-clock", late.to_rfc3339());
    eventually("nothing is under way", || async {
        late.get("/health/live").await.ok()?;
        let open = "select (select count(*) from orders.order where status = 'placed')
                         + (select count(*) from checkout.refund where status = 'pending')";
        (session.number(open).await.ok()? == 0).then_some(())
    })
    .await;
    compare(&history, &market, &replay, &session).await?;
    drop(session);
    drop(cluster);
    let replayed = launch.run("replay", &[]).await?;
    anyhow::ensure!(replayed.status.success(), "{}", bench::program::words(&replayed));
    program.stop().await?;
    launch.verify().await
}

async fn compare(history: &History, market: &Market, replay: &Replay<'_>, session: &Session) -> Result<()> {
    // Every order as its buyer sees it.
    let looked = futures::stream::iter(&history.orders).map(async |bought| {
        let placed = &replay.placed[&bought.id];
        let now = placed.guest.order(&placed.order.id.to_string()).await?;
        anyhow::Ok((bought, market::answered(now, 200)?.json()))
    });
    let seen: Vec<_> = looked.buffered(LOOKED_AT_ONCE).try_collect().await?;
    let mut differing_payments = 0;
    for (bought, order) in &seen {
        let (status, part_status) = ends(bought);
        assert_eq!(order["status"], status, "{}: {order}", bought.id);
        assert_eq!(order["total"]["amount"], bought.total(), "{}", bought.id);
        differing_payments += usize::from(bought.total() != bought.paid);
        let found: BTreeMap<String, i64> = order["sub_orders"]
            .as_array()
            .context("sub-orders")?
            .iter()
            .map(|part| {
                assert_eq!(part["status"], part_status, "{}", bought.id);
                (
                    market::text(&part["tenant"]),
                    part["total"]["amount"].as_i64().unwrap_or(-1),
                )
            })
            .collect();
        let wanted: BTreeMap<String, i64> = parts(bought)
            .into_iter()
            .map(|(seller, total)| (market.sellers[seller].shop.clone(), total))
            .collect();
        assert_eq!(found, wanted, "{}", bought.id);
    }
    println!(
        "{differing_payments} orders were paid another sum than their lines come to, in the files themselves"
    );

    let expected = expected(history);
    let count = async |table: &str| -> Result<BTreeMap<String, usize>> {
        let sql = format!("select status, count(*) from {table} group by 1");
        let rows = session.query(&sql, &[]).await?;
        Ok(rows
            .iter()
            .map(|row| (row.get(0), usize::try_from(row.get::<_, i64>(1)).unwrap_or(0)))
            .collect())
    };
    let named = |counts: &BTreeMap<&'static str, usize>| -> BTreeMap<String, usize> {
        counts
            .iter()
            .map(|(status, count)| ((*status).to_owned(), *count))
            .collect()
    };
    let (orders, sub_orders) = (count("orders.order").await?, count("orders.sub_order").await?);
    println!("orders: {orders:?}; sub-orders: {sub_orders:?}");
    assert_eq!(orders, named(&expected.orders));
    assert_eq!(sub_orders, named(&expected.parts));

    // What each shop earned, whether it was paid out meanwhile or not.
    let sql = "select p.tenant_id::text, -sum(p.amount)::bigint
                 from ledger.posting p join ledger.entry e on e.id = p.entry_id
                where p.account = 'seller_payable' and e.kind in ('sale', 'refund')
                group by 1 having sum(p.amount) <> 0";
    let rows = session.query(sql, &[]).await?;
    let earned: BTreeMap<String, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let wanted = expected
        .earned
        .iter()
        .map(|(seller, earned)| (market.sellers[seller].shop.clone(), *earned));
    assert_eq!(
        earned,
        wanted.collect::<BTreeMap<String, i64>>(),
        "what sellers earned"
    );
    let balance =
        "select count(*) from (select from ledger.posting group by currency having sum(amount) <> 0) wrong";
    assert_eq!(session.number(balance).await?, 0);
    Ok(())
}
