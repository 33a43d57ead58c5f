//! Follows the data key by a new one.

use crate::cli::Place;
use crate::compose;
use crate::config::Config;
use crate::home::Home;
use kernel::{Clock, SharedClock, SystemClock};
use runtime::ServiceKey;
use std::process::ExitCode;
use std::sync::Arc;
use store::seal::SealError;

#[allow(clippy::print_stdout, reason = "the answer of the command")]
pub async fn run(place: Place) -> anyhow::Result<ExitCode> {
    super::begin(&place);
    let home = Home::open(&place, true).await?;
    store::migrate::run(&home.url, &compose::schemas()).await?;
    let clock: SharedClock = Arc::new(SystemClock);
    let market = compose::compose(&home, &Config::for_command(), ServiceKey::new(b""), &clock).await?;
    let keys = market.accounts.keys();
    let now = SystemClock.now();
    // What is still sealed with the key before the present one, first: the file keeps two.
    let factors = &market.accounts;
    let mut resealed =
        keys.reseal(now).await? + factors.reseal_factors().await? + market.hooks.reseal().await?;
    match home.keyring.rotate() {
        Ok(()) => {
            resealed =
                keys.reseal(now).await? + factors.reseal_factors().await? + market.hooks.reseal().await?;
        }
        // The new key is there already: the operator put it before the old one.
        Err(SealError::NotAFile) => {}
        Err(error) => return Err(error.into()),
    }
    println!(
        "{resealed} secrets were sealed anew with data key {}",
        home.keyring.place()
    );
    println!("Keep a copy of it apart from the database's backups; older backups need the key before it.");
    drop(market);
    home.close().await?;
    Ok(ExitCode::SUCCESS)
}
