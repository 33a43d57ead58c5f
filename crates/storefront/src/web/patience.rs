//! How long pages wait for what may be cut off, and what they do without it.
//!
//! A page asks the search once or several times, one after the other. Who does not answer once is not asked again for a moment:
//! so a page is there in time however often it asks, and the next one after that moment finds out by itself that all is well.

use contracts::search::{Click, Search, SearchPage, SearchQuery, Suggestions};
use contracts::{Reply, reply};
use kernel::{Ctx, Fault};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A page is to be there within a second, and has other things to do as well.
const WAIT: Duration = Duration::from_millis(600);
/// How long nobody is kept waiting after that.
const REST: Duration = Duration::from_secs(1);

/// How long a page waits for a payment.
const PAYMENT_WAIT: Duration = Duration::from_millis(800);

/// What a payment comes to, if its provider is quick. Otherwise it is let go of here and gone on with by whoever watches over
/// payments, as after any visitor who leaves; the order's page says how it stands.
pub async fn paid<T>(payment: Reply<'_, T>) -> Result<T, Fault> {
    let waited = tokio::time::timeout(PAYMENT_WAIT, payment).await;
    waited.unwrap_or_else(|_| Err(Fault::unavailable("The payment's provider")))
}

/// The search, waited for no longer than a page can.
pub struct PatientSearch {
    search: Arc<dyn Search>,
    silent_until: Mutex<Option<Instant>>,
}

impl PatientSearch {
    pub fn new(search: Arc<dyn Search>) -> Self {
        Self {
            search,
            silent_until: Mutex::default(),
        }
    }

    async fn within<T>(&self, asked: Reply<'_, T>) -> Result<T, Fault> {
        let now = Instant::now();
        if self.silent().is_some_and(|until| now < until) {
            return Err(Fault::unavailable("search"));
        }
        match tokio::time::timeout(WAIT, asked).await {
            Ok(answer) => answer,
            Err(_) => {
                tracing::warn!(within_ms = WAIT.as_millis(), "the search did not answer a page");
                self.set_silent(Instant::now() + REST);
                Err(Fault::unavailable("search"))
            }
        }
    }

    fn silent(&self) -> Option<Instant> {
        *self.silent_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_silent(&self, until: Instant) {
        *self.silent_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }
}

impl Search for PatientSearch {
    fn search<'a>(&'a self, ctx: &'a Ctx, query: SearchQuery) -> Reply<'a, SearchPage> {
        reply(self.within(self.search.search(ctx, query)))
    }

    fn suggest<'a>(&'a self, ctx: &'a Ctx, q: String) -> Reply<'a, Suggestions> {
        reply(self.within(self.search.suggest(ctx, q)))
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

    #[derive(Default)]
    struct Index {
        silent: AtomicBool,
        asked: AtomicUsize,
    }

    impl Search for Index {
        fn search<'a>(&'a self, _: &'a Ctx, _: SearchQuery) -> Reply<'a, SearchPage> {
            Box::pin(std::future::pending())
        }

        fn suggest<'a>(&'a self, _: &'a Ctx, _: String) -> Reply<'a, Suggestions> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            Box::pin(async {
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
        let refused = paid::<()>(Box::pin(std::future::pending())).await;
        assert_eq!(refused.err().map(|fault| fault.kind), Some(Kind::Unavailable));
        assert_eq!(paid(Box::pin(async { Ok(7) })).await.ok(), Some(7));
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_silent_is_left_alone_for_a_moment_and_then_asked_again() {
        let index = Arc::new(Index::default());
        let search = PatientSearch::new(index.clone());
        let ctx = Ctx::system("test", Timestamp::UNIX_EPOCH);
        let ask = || search.suggest(&ctx, String::new());
        assert!(ask().await.is_ok());
        index.silent.store(true, Ordering::SeqCst);
        for _ in 0..3 {
            let refused = ask().await.err().map(|fault| fault.kind);
            assert_eq!(refused, Some(Kind::Unavailable));
        }
        assert_eq!(index.asked.load(Ordering::SeqCst), 2, "three pages waited once");
        index.silent.store(false, Ordering::SeqCst);
        search.set_silent(Instant::now());
        assert!(ask().await.is_ok());
    }
}
