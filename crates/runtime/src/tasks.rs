//! Background work that belongs to somebody: named, stopped together, its death reported and repaired.

use futures::FutureExt;
use futures::future::BoxFuture;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Longest pause before a loop that died is started again.
const RESTART_PAUSE_MAX: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancelled when the process is to stop.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs `body` until it returns or the process stops.
    #[allow(clippy::disallowed_methods, reason = "this is where tasks are made")]
    pub fn spawn(&self, name: &'static str, body: impl Future<Output = ()> + Send + 'static) {
        self.tracker.spawn(async move {
            if AssertUnwindSafe(body).catch_unwind().await.is_err() {
                tracing::error!(task = name, "a task panicked");
                metrics::counter!("task_panics_total", "task" => name).increment(1);
            }
        });
    }

    /// Runs a loop until the process stops; should it return early or panic, it is started again after a pause.
    pub fn keep(
        &self,
        name: &'static str,
        make: Arc<dyn Fn(CancellationToken) -> BoxFuture<'static, ()> + Send + Sync>,
    ) {
        let stop = self.stop.clone();
        self.spawn(name, async move {
            let mut pause = Duration::from_millis(100);
            while !stop.is_cancelled() {
                let ended = AssertUnwindSafe(make(stop.clone())).catch_unwind().await;
                if stop.is_cancelled() {
                    return;
                }
                tracing::error!(
                    task = name,
                    panicked = ended.is_err(),
                    "a background loop ended early; starting it again"
                );
                metrics::counter!("task_restarts_total", "task" => name).increment(1);
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = stop.cancelled() => return,
                }
                pause = (pause * 2).min(RESTART_PAUSE_MAX);
            }
        });
    }

    /// Asks everything to stop and waits for it, at most `at_most`.
    pub async fn stop(&self, at_most: Duration) {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(at_most, self.tracker.wait()).await.is_err() {
            tracing::warn!(left = self.tracker.len(), "some tasks did not stop in time");
        }
    }
}
