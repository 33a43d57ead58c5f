//! How long pages wait for what may be cut off, and what they do without it.
//!
//! A page asks the search once or several times, one after the other. Who does not answer twice running is not asked again for
//! a moment: so pages are there in time however often they ask, one slow answer bothers nobody else, and the next page after
//! that moment finds out by itself that all is well.

use contracts::search::{Click, Search, SearchPage, SearchQuery, Suggestions};
use contracts::{Language, Reply, reply};
use kernel::{Ctx, Fault};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tracing::Instrument;

/// Answers that did not come, one after the other, after which nobody is kept waiting.
const MISSED_MAX: u32 = 2;
/// How long nobody is kept waiting after that.
const REST: Duration = Duration::from_secs(1);

/// What a payment comes to, if its provider is quick enough for a page that is to be there `within` so long. It goes on to its
/// end all the same, and the order's page says how it stands.
#[allow(
    clippy::disallowed_methods,
    reason = "a payment belongs to its buyer, who may be gone; it is as short as any other"
)]
pub async fn paid<T: Send + 'static>(
    within: Duration,
    payment: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<T, Fault> {
    let task = tokio::spawn(payment.in_current_span());
    match tokio::time::timeout(within * 9 / 10, task).await {
        Ok(ended) => ended.unwrap_or_else(|error| {
            tracing::error!(%error, "a payment did not end");
            Err(Fault::internal())
        }),
        Err(_) => Err(Fault::unavailable("The payment's provider")),
    }
}

/// The search, waited for no longer than a page can.
pub struct PatientSearch {
    search: Arc<dyn Search>,
    wait: Duration,
    silence: Mutex<Silence>,
}

#[derive(Default)]
struct Silence {
    /// Answers that did not come since the last that did.
    missed: u32,
    until: Option<Instant>,
}

impl PatientSearch {
    /// For pages that are to be there `within` so long, also where they ask twice.
    pub fn new(search: Arc<dyn Search>, within: Duration) -> Self {
        Self {
            search,
            wait: within * 12 / 25,
            silence: Mutex::default(),
        }
    }

    async fn within<T>(&self, asked: Reply<'_, T>) -> Result<T, Fault> {
        if self.silence().until.is_some_and(|until| Instant::now() < until) {
            return Err(Fault::unavailable("search"));
        }
        match tokio::time::timeout(self.wait, asked).await {
            Ok(answer) => {
                *self.silence() = Silence::default();
                answer
            }
            Err(_) => {
                tracing::warn!(
                    within_ms = self.wait.as_millis(),
                    "the search did not answer a page"
                );
                let mut silence = self.silence();
                silence.missed += 1;
                if silence.missed >= MISSED_MAX {
                    silence.until = Some(Instant::now() + REST);
                }
                Err(Fault::unavailable("search"))
            }
        }
    }

    fn silence(&self) -> MutexGuard<'_, Silence> {
        self.silence.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Search for PatientSearch {
    fn search<'a>(&'a self, ctx: &'a Ctx, query: SearchQuery) -> Reply<'a, SearchPage> {
        reply(self.within(self.search.search(ctx, query)))
    }

    fn suggest<'a>(&'a self, ctx: &'a Ctx, q: String, language: Option<Language>) -> Reply<'a, Suggestions> {
        reply(self.within(self.search.suggest(ctx, q, language)))
    }

    fn clicked<'a>(&'a self, ctx: &'a Ctx, click: Click) -> Reply<'a, ()> {
        reply(self.within(self.search.clicked(ctx, click)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Kind, Timestamp};
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    const SECOND: Duration = Duration::from_secs(1);

    #[derive(Default)]
    struct Index {
        silent: AtomicBool,
        asked: AtomicUsize,
    }

    impl Search for Index {
        fn search<'a>(&'a self, _: &'a Ctx, _: SearchQuery) -> Reply<'a, SearchPage> {
            Box::pin(std::future::pending())
        }

        fn suggest<'a>(&'a self, _: &'a Ctx, _: String, _: Option<Language>) -> Reply<'a, Suggestions> {
            Box::pin(async {
                self.asked.fetch_add(1, Ordering::SeqCst);
                if self.silent.load(Ordering::SeqCst) {
                    std::future::pending::<()>().await;
                }
                Ok(Suggestions::default())
            })
        }

        fn clicked<'a>(&'a self, _: &'a Ctx, _: Click) -> Reply<'a, ()> {
            Box::pin(async { Ok(()) })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_long_for_a_payment() {
        let (said, hears) = tokio::sync::oneshot::channel();
        let slow = async move {
            tokio::time::sleep(SECOND * 5).await;
            said.send(()).map_err(|()| Fault::internal())
        };
        let refused = paid(SECOND, slow).await;
        assert_eq!(refused.err().map(|fault| fault.kind), Some(Kind::Unavailable));
        assert!(hears.await.is_ok(), "it goes on to its end");
        assert_eq!(paid(SECOND, async { Ok(7) }).await.ok(), Some(7));
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_silent_is_left_alone_for_a_moment_and_then_asked_again() {
        let index = Arc::new(Index::default());
        let search = PatientSearch::new(index.clone(), SECOND);
        let ctx = Ctx::system("test", Timestamp::UNIX_EPOCH);
        let ask = || search.suggest(&ctx, String::new(), None);
        assert!(ask().await.is_ok());
        index.silent.store(true, Ordering::SeqCst);
        for _ in 0..5 {
            let refused = ask().await.err().map(|fault| fault.kind);
            assert_eq!(refused, Some(Kind::Unavailable));
        }
        assert_eq!(
            index.asked.load(Ordering::SeqCst),
            1 + 2,
            "of five pages two waited"
        );
        index.silent.store(false, Ordering::SeqCst);
        search.silence().until = Some(Instant::now());
        assert!(ask().await.is_ok());
    }
}
