//! Imports a product file for one shop.

use crate::cli::Import;
use crate::compose;
use crate::config::Config;
use crate::home::Home;
use anyhow::{Context, anyhow};
use catalog::ImportOptions;
use kernel::{Clock, Ctx, SharedClock, SystemClock};
use runtime::ServiceKey;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

#[allow(clippy::print_stdout, reason = "the answer of the command")]
pub async fn run(args: Import) -> anyhow::Result<ExitCode> {
    super::begin(&args.place);
    let currency = args
        .currency
        .as_deref()
        .map(str::parse)
        .transpose()
        .context("--currency")?;
    let home = Home::open(&args.place, true).await?;
    store::migrate::run(&home.url, &compose::schemas()).await?;
    let clock: SharedClock = Arc::new(SystemClock);
    let market = compose::compose(&home, &Config::for_command(), ServiceKey::new(b""), &clock).await?;
    let ctx = Ctx::system("import", SystemClock.now());
    let shop = market
        .tenants
        .shop_by_slug(&ctx, args.shop.clone())
        .await?
        .ok_or_else(|| {
            anyhow!(
                "--shop: there is no active shop `{}`; see /v1/shops for their slugs",
                args.shop
            )
        })?;
    let name = args
        .file
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut options = ImportOptions::new(name);
    options.currency = currency;
    options.default_stock = Some(args.default_stock);
    let started = Instant::now();
    let report = catalog::import_file(&market.products, &ctx, shop.id, &args.file, options).await?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    println!("took {:.1} s", started.elapsed().as_secs_f64());
    drop(market);
    home.close().await?;
    Ok(ExitCode::SUCCESS)
}
