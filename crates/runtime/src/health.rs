//! Whether the process lives, whether it can serve, and how each thing it depends on is doing.

use crate::server::is_near;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures::future::{BoxFuture, join_all};
use httpkit::RequestInfo;
use serde::Serialize;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A dependency that does not answer within this is down.
const CHECK_TIMEOUT: Duration = Duration::from_millis(800);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Up,
    Down,
}

/// How to ask one dependency.
#[derive(Clone)]
pub struct Check {
    pub name: &'static str,
    /// Whether the process cannot serve at all without it.
    pub vital: bool,
    ask: Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

impl Check {
    pub fn new<F, Fut>(name: &'static str, vital: bool, ask: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self {
            name,
            vital,
            ask: Arc::new(move || Box::pin(ask())),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct Checkup {
    pub name: &'static str,
    pub vital: bool,
    pub state: State,
    pub took_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[derive(Clone, Default)]
pub struct Health {
    checks: Arc<Vec<Check>>,
}

#[derive(Serialize)]
struct Report {
    status: State,
    dependencies: Vec<Checkup>,
}

impl Health {
    #[must_use]
    pub fn new(checks: Vec<Check>) -> Self {
        Self {
            checks: Arc::new(checks),
        }
    }

    pub async fn examine(&self) -> Vec<Checkup> {
        join_all(self.checks.iter().map(examine)).await
    }

    /// `/health/live`, `/health/ready`, `/health`.
    pub fn routes(self) -> axum::Router {
        let (ready, full) = (self.clone(), self);
        axum::Router::new()
            .route(
                "/health/live",
                axum::routing::get(async || Json(serde_json::json!({"status": "up"}))),
            )
            .route(
                "/health/ready",
                axum::routing::get(async move |Extension(info): Extension<RequestInfo>| {
                    ready.answer(info).await
                }),
            )
            .route(
                "/health",
                axum::routing::get(async move |Extension(info): Extension<RequestInfo>| {
                    full.answer(info).await
                }),
            )
    }

    /// Reasons name addresses and tables: they are for people near the machine.
    async fn answer(&self, info: RequestInfo) -> Response {
        let mut dependencies = self.examine().await;
        if !is_near(info.client) {
            dependencies.iter_mut().for_each(|checkup| checkup.reason = None);
        }
        let broken = dependencies.iter().any(|c| c.vital && c.state == State::Down);
        let (status, code) = if broken {
            (State::Down, StatusCode::SERVICE_UNAVAILABLE)
        } else {
            (State::Up, StatusCode::OK)
        };
        (code, Json(Report { status, dependencies })).into_response()
    }
}

async fn examine(check: &Check) -> Checkup {
    let started = Instant::now();
    let outcome = tokio::time::timeout(CHECK_TIMEOUT, (check.ask)()).await;
    let reason = match outcome {
        Ok(Ok(())) => None,
        Ok(Err(reason)) => Some(reason),
        Err(_) => Some(format!("no answer within {} ms", CHECK_TIMEOUT.as_millis())),
    };
    let state = if reason.is_none() { State::Up } else { State::Down };
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Checkup {
        name: check.name,
        vital: check.vital,
        state,
        took_ms,
        reason,
    }
}
