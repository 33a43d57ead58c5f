//! The API's description, from the handlers themselves.

use crate::compose;
use crate::config::Config;
use crate::description::{self, Description};
use crate::home::Home;
use kernel::{SharedClock, SystemClock};
use runtime::ServiceKey;
use std::process::ExitCode;
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[allow(clippy::print_stdout, reason = "the answer of the command")]
pub async fn run() -> anyhow::Result<ExitCode> {
    println!("{}", describe().await?);
    Ok(ExitCode::SUCCESS)
}

/// Needs no database: pools connect when they are first used, and describing uses none.
pub async fn describe() -> anyhow::Result<String> {
    let folder = std::env::temp_dir().join(format!("stoa-openapi-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let home = Home::nowhere(&folder)?;
    let clock: SharedClock = Arc::new(SystemClock);
    let market = compose::compose(&home, &Config::for_command(), ServiceKey::new(b""), &clock).await;
    std::fs::remove_dir_all(&folder)?;
    let api = market?
        .services
        .into_iter()
        .fold(OpenApiRouter::with_openapi(Description::openapi()), |api, s| {
            api.merge(s.api)
        });
    let (_, mut openapi) = api.split_for_parts();
    description::complete(&mut openapi);
    Ok(openapi.to_pretty_json()?)
}

#[cfg(test)]
#[path = "openapi_tests.rs"]
mod tests;
