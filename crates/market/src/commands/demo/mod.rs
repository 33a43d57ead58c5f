//! Fills a marketplace with the generated demo, through the same doors that real sellers and buyers use.

mod asked;
mod downloads;
mod goods;
mod making;
mod opinions;
mod people;
mod prices;
mod sales;
mod talk;

use crate::cli::{Demo, Serve};
use crate::commands::serve::Running;
use crate::compose::Market;
use crate::config::Config;
use kernel::{Clock, Ctx, SystemClock};
use sampler::Sampler;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

/// Of every account of the demo. Printed, and to be changed before strangers come.
pub const PASSWORD: &str = "Colonnade-2026";
/// The operator's account of the demo.
pub const OPERATOR: &str = "operator@stoa.example";

pub async fn run(args: Demo) -> anyhow::Result<ExitCode> {
    super::begin(&args.place);
    let config = Config::for_command();
    let serve = Serve::for_command(args.place, config.listen);
    // The till's loops must run for orders to be placed, so this is a serving process that nobody knows of.
    let running = Running::start(&serve, config, true).await?;
    load(&running.market, args.seed, args.scale).await?;
    running.stop().await?;
    Ok(ExitCode::SUCCESS)
}

/// Loads the demo into an empty marketplace, or the rest of it where it was broken off; leaves any other as it is.
pub async fn load_once(market: &Market, data_dir: &Path, seed: u64, scale: u32) -> anyhow::Result<()> {
    let ctx = Ctx::system("demo", SystemClock.now());
    let unfinished = data_dir.join("demo.unfinished");
    if unfinished.exists() || market.tenants.active_shops(&ctx, 1).await?.is_empty() {
        std::fs::write(&unfinished, "")?;
        load(market, seed, scale).await?;
        std::fs::remove_file(&unfinished)?;
    }
    Ok(())
}

#[allow(clippy::print_stdout, reason = "the progress of a command")]
async fn load(market: &Market, seed: u64, scale: u32) -> anyhow::Result<()> {
    let sampler = Sampler::new(seed, scale);
    let ctx = Ctx::system("demo", SystemClock.now());
    let started = Instant::now();
    market.accounts.ensure_operator(&ctx, OPERATOR, PASSWORD).await?;
    let shops = people::open_shops(market, &ctx, &sampler).await?;
    println!(
        "{} shops opened in {:.1} s",
        shops.len(),
        started.elapsed().as_secs_f64()
    );

    let began = Instant::now();
    let products = goods::publish(market, &ctx, &sampler, &shops).await?
        + downloads::publish(market, &ctx, &shops).await?;
    let took = began.elapsed().as_secs_f64();
    println!(
        "{products} products published in {took:.1} s ({:.0} a second)",
        f64::from(products) / took
    );

    let began = Instant::now();
    let buyers = people::register_buyers(market, &ctx, &sampler).await?;
    let (orders, bought) = sales::place(market, &sampler, &shops, &buyers).await?;
    println!(
        "{} buyers, {orders} orders placed in {:.1} s",
        buyers.len(),
        began.elapsed().as_secs_f64()
    );

    let began = Instant::now();
    let (arrived, reviews) = opinions::write(market, &sampler, &buyers, &bought).await?;
    println!(
        "{arrived} parcels delivered, {reviews} reviews written in {:.1} s",
        began.elapsed().as_secs_f64()
    );
    let began = Instant::now();
    let threads = talk::write(market, &shops, &buyers).await?;
    println!(
        "{threads} conversations written in {:.1} s",
        began.elapsed().as_secs_f64()
    );
    Ok(())
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
