//! A bare axum server for product pages to be held against: it answers one path, checks nothing and tells nobody.

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use clap::{Args, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls, Statement};
use uuid::Uuid;

/// What the server has behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// An answer made ahead.
    Fixed,
    /// One select by primary key for each answer.
    Select,
    /// A search in an index that is there.
    Search,
}

impl Mode {
    /// As the command line spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Select => "select",
            Self::Search => "search",
        }
    }
}

/// Arguments of the hidden command that benches start this server with.
#[derive(Debug, Clone, Args)]
pub struct ServerOptions {
    #[arg(long)]
    pub listen: SocketAddr,
    #[arg(long, value_enum)]
    pub mode: Mode,
    /// The answer, for `fixed`.
    #[arg(long)]
    pub body: Option<PathBuf>,
    /// Where the table is, for `select`.
    #[arg(long)]
    pub database: Option<String>,
    /// The index's folder, for `search`.
    #[arg(long)]
    pub index: Option<PathBuf>,
    /// Connections to it.
    #[arg(long, default_value_t = 4)]
    pub connections: usize,
}

/// Serves until the process is stopped.
pub async fn serve(options: ServerOptions) -> Result<()> {
    let mut drivers = JoinSet::new();
    let routes = match options.mode {
        Mode::Fixed => {
            let path = options
                .body
                .context("--mode fixed needs --body, the file with the answer")?;
            let body =
                Bytes::from(std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?);
            fixed(body)
        }
        Mode::Select => {
            let url = options
                .database
                .context("--mode select needs --database, its address")?;
            select(&url, options.connections, &mut drivers).await?
        }
        Mode::Search => {
            let folder = options
                .index
                .context("--mode search needs --index, the index's folder")?;
            super::search::routes(&folder)?
        }
    };
    let listener = TcpListener::bind(options.listen).await?;
    use axum::serve::ListenerExt;
    let listener = listener.tap_io(|stream| {
        // What cannot be set leaves a slower connection, which works.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, routes).await?;
    Ok(())
}

fn fixed(body: Bytes) -> Router {
    Router::new()
        .route("/health/ready", get(async || "ok"))
        .route(
            "/v1/products/{id}",
            get(async |State(body): State<Bytes>| json(body)),
        )
        .with_state(body)
}

/// A small pool. A connection of this driver serves any number of requests at once by pipelining, so that there is
/// nothing to wait for and nothing to check out.
#[derive(Debug, Clone)]
struct Pool {
    clients: Arc<Vec<(Client, Statement)>>,
    turn: Arc<AtomicUsize>,
}

async fn select(url: &str, connections: usize, drivers: &mut JoinSet<()>) -> Result<Router> {
    if connections == 0 {
        bail!("--connections must be at least 1");
    }
    let mut clients = Vec::with_capacity(connections);
    for _ in 0..connections {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        drivers.spawn(async move { drop(connection.await) });
        let statement = client
            .prepare("select document::text from page where id = $1")
            .await?;
        clients.push((client, statement));
    }
    let pool = Pool {
        clients: Arc::new(clients),
        turn: Arc::default(),
    };
    Ok(Router::new()
        .route("/health/ready", get(async || "ok"))
        .route("/v1/products/{id}", get(page))
        .with_state(pool))
}

async fn page(State(pool): State<Pool>, Path(id): Path<Uuid>) -> Result<impl IntoResponse, StatusCode> {
    let turn = pool.turn.fetch_add(1, Ordering::Relaxed);
    let (client, statement) = &pool.clients[turn % pool.clients.len()];
    let row = client
        .query_opt(statement, &[&id])
        .await
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?
        .ok_or(StatusCode::NOT_FOUND)?;
    let document: &str = row.try_get(0).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(json(Bytes::copy_from_slice(document.as_bytes())))
}

fn json(body: Bytes) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], body)
}
