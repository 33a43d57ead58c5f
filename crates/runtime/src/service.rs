use crate::health::Check;
use contracts::Dispatch;
use futures::future::BoxFuture;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;

/// A background loop: a name, and how to run it until it is told to stop.
#[derive(Clone)]
pub struct Loop {
    pub name: &'static str,
    pub run: Arc<dyn Fn(CancellationToken) -> BoxFuture<'static, ()> + Send + Sync>,
}

impl Loop {
    pub fn new<F, Fut>(name: &'static str, run: F) -> Self
    where
        F: Fn(CancellationToken) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Self {
            name,
            run: Arc::new(move |stop| Box::pin(run(stop))),
        }
    }

    /// A loop with a thread and a runtime to itself: what others wait for must not stand in line behind their requests.
    pub fn on_own_thread<F, Fut>(name: &'static str, run: F) -> Self
    where
        F: Fn(CancellationToken) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Self::new(name, move |stop| {
            let body = run(stop);
            async move {
                // Dropped when the thread ends, in whichever way.
                let (alive, ended) = tokio::sync::oneshot::channel::<()>();
                let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
                    let _alive = alive;
                    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                        Ok(runtime) => runtime.block_on(body),
                        Err(error) => tracing::error!(%error, "no runtime for {name}"),
                    }
                });
                match thread {
                    Ok(_) => drop(ended.await),
                    Err(error) => tracing::error!(%error, "no thread for {name}"),
                }
            }
        })
    }
}

/// What a context hands to the process that runs it.
#[derive(Default)]
pub struct Service {
    pub name: &'static str,
    /// Routes under /v1, with their OpenAPI.
    pub api: OpenApiRouter,
    /// Routes for people: pages and media, outside the API's description and rate limits.
    pub pages: axum::Router,
    /// What other processes may call.
    pub calls: Option<Arc<dyn Dispatch>>,
    pub loops: Vec<Loop>,
    pub checks: Vec<Check>,
}

impl Service {
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }

    #[must_use]
    pub fn api(mut self, api: OpenApiRouter) -> Self {
        self.api = api;
        self
    }

    #[must_use]
    pub fn pages(mut self, pages: axum::Router) -> Self {
        self.pages = pages;
        self
    }

    #[must_use]
    pub fn calls(mut self, calls: impl Dispatch) -> Self {
        self.calls = Some(Arc::new(calls));
        self
    }

    #[must_use]
    pub fn run(mut self, background: Loop) -> Self {
        self.loops.push(background);
        self
    }

    #[must_use]
    pub fn check(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }
}
