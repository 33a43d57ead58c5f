use kernel::{Clock, FixedClock, SystemClock};
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long [`eventually`] waits: far longer than anything takes on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(20);
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// A clock that stands at this moment until it is moved. A clone of the [`Arc`] is a [`kernel::SharedClock`].
#[must_use]
pub fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::at(SystemClock.now()))
}

/// Asks again and again until the answer is `Some`, and returns it. Panics after 20 s, naming `what` was awaited.
pub async fn eventually<T, F, A>(what: &str, mut ask: F) -> T
where
    F: FnMut() -> A,
    A: Future<Output = Option<T>>,
{
    let start = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(
            start.elapsed() < PATIENCE,
            "still not so after {PATIENCE:?}: {what}"
        );
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
