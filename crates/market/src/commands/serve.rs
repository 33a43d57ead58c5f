//! Runs services until told to stop.

use crate::answers::KeptAnswers;
use crate::cli::Serve;
use crate::compose::{self, Market};
use crate::config::Config;
use crate::description::{self, Description};
use crate::home::Home;
use crate::told_clock::ToldClock;
use anyhow::Context;
use axum::http::HeaderValue;
use httpkit::{Auth, Instance};
use kernel::{Clock, SharedClock, SystemClock};
use runtime::{Server, ServiceKey, Tasks};
use sqlx::{Connection, PgConnection};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use utoipa::OpenApi;

/// How long background loops may take to finish.
const STOP_WITHIN: Duration = Duration::from_secs(5);

pub async fn run(args: Serve) -> anyhow::Result<ExitCode> {
    super::begin(&args.place);
    let config = args.config()?;
    let running = Running::start(&args, config, false).await?;
    tracing::info!(address = %running.address, instance = running.instance, "serving");
    running.until_stopped().await?;
    Ok(ExitCode::SUCCESS)
}

/// A serving process.
pub struct Running {
    pub market: Market,
    pub home: Home,
    pub address: std::net::SocketAddr,
    pub instance: String,
    /// What the process takes, and what it says about that.
    pub routes: axum::Router,
    pub openapi: utoipa::openapi::OpenApi,
    tasks: Tasks,
    listener: TcpListener,
}

impl Running {
    /// Opens the data directory, migrates, sets the services up and takes the port; serves nothing yet. `share` lets
    /// it work beside another process of the same data directory.
    pub async fn start(args: &Serve, config: Config, share: bool) -> anyhow::Result<Self> {
        let Some(time) = config.clock else {
            return Self::start_by(args, config, share, Arc::new(SystemClock)).await;
        };
        let clock = Arc::new(ToldClock::at(time));
        let mut started = Self::start_by(args, config, share, clock.clone()).await?;
        started.routes = clock.heeded(started.routes);
        Ok(started)
    }

    /// [`start`](Self::start), by another clock.
    pub async fn start_by(
        args: &Serve,
        config: Config,
        share: bool,
        clock: SharedClock,
    ) -> anyhow::Result<Self> {
        Opening::at(args, &config, share)
            .await?
            .start(config, clock)
            .await
    }

    /// Stops without having served: for commands that needed the loops.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.tasks.stop(STOP_WITHIN).await;
        drop(self.market);
        self.home.close().await
    }

    /// Serves until SIGINT or SIGTERM, then stops in order: requests, loops, database.
    pub async fn until_stopped(self) -> anyhow::Result<()> {
        let tasks = self.tasks.clone();
        self.tasks.spawn("signals", async move {
            stop_signal().await;
            tracing::info!("stopping");
            tasks.stopping().cancel();
        });
        keep_house(&self.home.url, &self.tasks);
        runtime::serve(self.listener, self.routes, &self.tasks).await?;
        self.tasks.stop(STOP_WITHIN).await;
        drop(self.market);
        self.home.close().await
    }
}

/// The port and the data directory, before anything runs.
pub struct Opening {
    pub home: Home,
    listener: TcpListener,
}

impl Opening {
    pub async fn at(args: &Serve, config: &Config, share: bool) -> anyhow::Result<Self> {
        // The port first: whoever started twice by mistake learns so before anything is touched.
        let listener = TcpListener::bind(config.listen).await.with_context(|| {
            format!(
                "cannot listen on {}; choose another address with --listen",
                config.listen
            )
        })?;
        let home = Home::open(&args.place, share).await?;
        Ok(Self { home, listener })
    }

    /// Migrates and sets the services up; serves nothing yet.
    pub async fn start(self, config: Config, clock: SharedClock) -> anyhow::Result<Running> {
        let Self { home, listener } = self;
        store::migrate::run(&home.url, &compose::schemas()).await?;
        let secret = match &config.service_key {
            Some(secret) => crate::home::checked_key(secret, "--service-key (STOA_SERVICE_KEY)")?,
            None => home.service_key()?,
        };
        let key = ServiceKey::new(secret.as_bytes());
        let metrics = runtime::init_metrics();
        let mut market = compose::compose(&home, &config, key.clone(), &clock).await?;
        let tasks = Tasks::new();
        let instance =
            HeaderValue::from_str(&config.instance).context("--instance must be printable ASCII")?;
        let server = Server {
            instance: Instance {
                id: instance,
                clock,
                trusted_proxies: config.trusted_proxies.clone(),
            },
            auth: Auth::new(market.identity.clone()).with_partners(market.partner_keys.clone()),
            key,
            metrics,
            calls_per_second: config.calls_per_second,
            description: Description::openapi(),
            checks: vec![compose::database_check(market.cells.db(identity::CONTEXT)?)],
            answers: Arc::new(KeptAnswers(market.cells.db(identity::CONTEXT)?)),
        };
        let services = std::mem::take(&mut market.services);
        let (routes, openapi) = server.routes(services, &tasks, |openapi| {
            description::complete(openapi);
            match config.runs("docs") {
                true => crate::docs::routes(openapi.clone()),
                false => axum::Router::new(),
            }
        });
        Ok(Running {
            market,
            home,
            address: listener.local_addr()?,
            instance: config.instance,
            routes,
            openapi,
            tasks,
            listener,
        })
    }
}

/// Waits for SIGINT or SIGTERM.
pub async fn stop_signal() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// What is done now and then: next months' partitions (the start makes them as well), and answers to idempotency keys
/// that have ended.
fn keep_house(url: &str, tasks: &Tasks) {
    const HOURLY: Duration = Duration::from_secs(60 * 60);
    let own = url.to_owned();
    now_and_then(tasks, "partitions ahead", 24 * HOURLY, move || {
        let url = own.clone();
        async move { partition_ahead(&url).await }
    });
    let own = url.to_owned();
    now_and_then(tasks, "ended idempotency keys", HOURLY, move || {
        let url = own.clone();
        async move { forget_ended_keys(&url).await }
    });
}

/// Repeats `work` until the process stops. What fails is told, and tried again the next time.
fn now_and_then<F, Fut>(tasks: &Tasks, name: &'static str, pause: Duration, work: F)
where
    F: Fn() -> Fut + Send + 'static,
    Fut: Future<Output = Result<(), sqlx::Error>> + Send,
{
    let stop = tasks.stopping();
    tasks.spawn(name, async move {
        loop {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => return,
            }
            if let Err(error) = work().await {
                tracing::error!(%error, "{name} failed; trying again in {} s", pause.as_secs());
            }
        }
    });
}

async fn forget_ended_keys(url: &str) -> Result<(), sqlx::Error> {
    const BATCH: u64 = 5_000;
    let mut conn = PgConnection::connect(url).await?;
    let now = SystemClock.now();
    while store::idempotency::purge(&mut conn, now, BATCH).await? == BATCH {}
    conn.close().await
}

async fn partition_ahead(url: &str) -> Result<(), sqlx::Error> {
    let mut conn = PgConnection::connect(url).await?;
    store::migrate::partition_ahead(&mut conn).await?;
    conn.close().await
}
