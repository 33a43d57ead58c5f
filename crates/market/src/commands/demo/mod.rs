//! Fills a marketplace with the generated demo, through the same doors that real sellers and buyers use.

mod asked;
mod deeds;
mod diary;
mod downloads;
mod goods;
mod making;
mod opinions;
mod people;
mod prices;
mod sales;
mod searching;
mod talk;
mod terms;

use crate::cli::{Demo, Serve};
use crate::commands::serve::Opening;
use crate::compose::Market;
use crate::config::Config;
use crate::home::Home;
use crate::told_clock::ToldClock;
use diary::Diary;
use kernel::{Clock, Ctx, SystemClock, Timestamp};
use sampler::{OrderPlan, Sampler};
use sqlx::{Connection, PgConnection};
use std::process::ExitCode;
use std::time::Instant;

/// Of every account of the demo. Printed, and to be changed before strangers come.
pub const PASSWORD: &str = "Colonnade-2026";
/// The operator's account of the demo.
pub const OPERATOR: &str = "operator@stoa.example";

/// Where the demo is played: the marketplace, and the clock by which its months pass.
pub struct Stage<'a> {
    market: &'a Market,
    clock: &'a ToldClock,
}

impl Stage<'_> {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn ctx(&self) -> Ctx {
        Ctx::system("demo", self.now())
    }

    /// It is at least so late.
    fn reach(&self, time: Timestamp) {
        self.clock.tell(time);
    }
}

pub async fn run(args: Demo) -> anyhow::Result<ExitCode> {
    super::begin(&args.place);
    let config = Config::for_command();
    let serve = Serve::for_command(args.place, config.listen);
    let opened = Opening::at(&serve, &config, true).await?;
    let diary = match diary_of(&opened.home).await? {
        Some(diary) => diary,
        None => Diary::of_one_day(),
    };
    // The till's loops must run for orders to be placed, so this is a serving process that nobody knows of.
    let clock = diary.clock();
    let running = opened.start(config, clock.clone()).await?;
    load(&running.market, &clock, diary, args.seed, args.scale).await?;
    running.stop().await?;
    Ok(ExitCode::SUCCESS)
}

/// The months that a marketplace nobody has used yet lives through before it opens, or the rest of them where it was broken
/// off; `None` where there are none.
pub async fn diary_of(home: &Home) -> anyhow::Result<Option<Diary>> {
    let file = home.data_dir.join("demo.unfinished");
    if let Some(diary) = Diary::resumed(&file)? {
        return Ok(Some(diary));
    }
    let mut conn = PgConnection::connect(&home.url).await?;
    let is_new: bool = sqlx::query_scalar("select to_regclass('tenants.shop') is null")
        .fetch_one(&mut conn)
        .await?;
    conn.close().await?;
    Ok(is_new.then(|| Diary::of_months(&file)))
}

/// Loads the demo into a marketplace without shops, on one day; leaves any other as it is.
pub async fn load_once(market: &Market, clock: &ToldClock, seed: u64, scale: u32) -> anyhow::Result<()> {
    let ctx = Ctx::system("demo", clock.now());
    if market.tenants.active_shops(&ctx, 1).await?.is_empty() {
        load(market, clock, Diary::of_one_day(), seed, scale).await?;
    }
    Ok(())
}

#[allow(clippy::print_stdout, reason = "the progress of a command")]
pub async fn load(
    market: &Market,
    clock: &ToldClock,
    mut diary: Diary,
    seed: u64,
    scale: u32,
) -> anyhow::Result<()> {
    let sampler = Sampler::new(seed, scale);
    let stage = Stage { market, clock };
    let began = Instant::now();
    diary.keep()?;
    market
        .accounts
        .ensure_operator(&stage.ctx(), OPERATOR, PASSWORD)
        .await?;
    let shops = people::open_shops(&stage, &sampler, &diary).await?;
    println!(
        "{} shops opened in {:.1} s",
        shops.len(),
        began.elapsed().as_secs_f64()
    );

    let began = Instant::now();
    let products = goods::publish(&stage, &sampler, &shops, &diary).await?
        + downloads::publish(market, &stage.ctx(), &shops).await?;
    let took = began.elapsed().as_secs_f64();
    println!(
        "{products} products published in {took:.1} s ({:.0} a second)",
        f64::from(products) / took
    );

    let began = Instant::now();
    let buyers = people::register_buyers(&stage, &sampler).await?;
    terms::set(&stage).await?;
    let lived = live(&stage, &sampler, &shops, &buyers, &mut diary).await?;
    println!(
        "{} days lived through in {:.1} s: {} buyers, {} orders, {} parcels delivered, {} reviews",
        diary.last + 1,
        began.elapsed().as_secs_f64(),
        buyers.len(),
        lived.orders,
        lived.arrived,
        lived.reviews
    );
    let began = Instant::now();
    let threads = talk::write(&stage, &shops, &buyers).await?;
    println!(
        "{threads} conversations written in {:.1} s",
        began.elapsed().as_secs_f64()
    );
    diary.close()
}

#[derive(Default)]
struct Lived {
    orders: usize,
    arrived: usize,
    reviews: u32,
}

/// Day by day to the last: what is ordered, and what comes of what was ordered before.
async fn live(
    stage: &Stage<'_>,
    sampler: &Sampler,
    shops: &[people::Opened],
    buyers: &[people::Registered],
    diary: &mut Diary,
) -> anyhow::Result<Lived> {
    let skus = sales::skus(stage, shops).await?;
    let plans: Vec<OrderPlan> = sampler.orders().collect();
    let album = opinions::Album::of(sampler);
    let mut lived = Lived::default();
    loop {
        stage.reach(diary.at(diary.today));
        if diary.begins_sales() {
            goods::reduce(stage, sampler, shops).await?;
        }
        terms::promote(stage, diary, shops).await?;
        let today = &plans[diary.orders(plans.len())];
        searching::before_orders(stage, diary, today, &skus, buyers).await;
        // What is ordered today waits for nothing that happens today to what was ordered before.
        let (sold, mut done) = tokio::join!(
            sales::place(stage, today, &skus, buyers),
            deeds::due(stage, sampler, buyers, diary),
        );
        let (orders, bought) = sold?;
        lived.orders += orders;
        for one in bought {
            deeds::plan(diary, one);
        }
        // Some think better of it the same day.
        done.add(deeds::due(stage, sampler, buyers, diary).await);
        lived.arrived += done.arrived;
        lived.reviews += opinions::write(stage, &album, done.reviews).await?;
        if diary.today == diary.last {
            return Ok(lived);
        }
        diary.today += 1;
        diary.keep()?;
    }
}

/// Who can sign in, in words.
pub async fn logins(market: &Market) -> anyhow::Result<String> {
    let sampler = Sampler::new(1, 1);
    let ctx = Ctx::system("demo", SystemClock.now());
    let mut lines = format!("  Operator      {OPERATOR}\n");
    if let Some(buyer) = sampler.buyers().next() {
        lines.push_str(&format!("  Buyer         {} ({})\n", buyer.email, buyer.name));
    }
    for seller in sampler.sellers().take(2) {
        if market
            .tenants
            .shop_by_slug(&ctx, seller.slug.clone())
            .await?
            .is_some()
        {
            lines.push_str(&format!("  Seller        {} ({})\n", seller.email, seller.name));
        }
    }
    Ok(lines)
}
