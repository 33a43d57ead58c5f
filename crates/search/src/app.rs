//! Answering searches: what may be asked, how many at once, how long each may take.

use crate::engine::{Engine, EngineError};
use crate::error::Error;
use contracts::Reply;
use contracts::search::{Search, SearchPage, SearchQuery, Suggestions};
use kernel::limits::{PAGE_SIZE_MAX, QUERY_CHARS_MAX};
use kernel::{Ctx, Fault};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, Semaphore};

/// From its arrival, a search is answered or given up within this.
const SEARCH_TIME_MAX: Duration = Duration::from_secs(2);
/// Filter values of one query, over all facets.
pub const FILTERS_MAX: usize = 64;
/// Characters of one filter value or attribute key.
pub const FILTER_CHARS_MAX: usize = 200;
/// Suggestions of each kind.
const SUGGESTIONS_MAX: usize = 6;

/// Searching: cheap to clone, answers from whichever index is current.
#[derive(Clone)]
pub struct Searches {
    inner: Arc<Inner>,
}

struct Inner {
    live: RwLock<Option<Arc<Engine>>>,
    /// Searching is work for a processor: more at once than there are only makes all of them slow.
    permits: Arc<Semaphore>,
    rebuild: Notify,
}

impl Default for Searches {
    fn default() -> Self {
        Self::new()
    }
}

impl Searches {
    /// Without an index until a [`crate::Follower`] brings one.
    #[must_use]
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            inner: Arc::new(Inner {
                live: RwLock::new(None),
                permits: Arc::new(Semaphore::new(cores)),
                rebuild: Notify::new(),
            }),
        }
    }

    /// Whether there is an index to search in.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.live().is_some()
    }

    /// Products in the index.
    #[must_use]
    pub fn documents(&self) -> Option<u64> {
        self.live().map(|engine| engine.documents())
    }

    /// Asks this process's follower to build the index anew beside the current one.
    pub fn rebuild(&self) {
        self.inner.rebuild.notify_one();
    }

    pub(crate) async fn rebuild_wanted(&self) {
        self.inner.rebuild.notified().await;
    }

    /// From now on, searches are answered by `engine`.
    pub(crate) fn serve(&self, engine: Option<Arc<Engine>>) {
        *self.inner.live.write().unwrap_or_else(PoisonError::into_inner) = engine;
    }

    fn live(&self) -> Option<Arc<Engine>> {
        self.inner
            .live
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub async fn find(&self, query: SearchQuery) -> Result<SearchPage, Error> {
        check(&query)?;
        self.work("search", move |engine, deadline| engine.search(&query, deadline))
            .await
    }

    pub async fn complete(&self, q: String) -> Result<Suggestions, Error> {
        check_text("q", &q, QUERY_CHARS_MAX)?;
        self.work("suggest", move |engine, deadline| {
            engine.suggest(&q, SUGGESTIONS_MAX, deadline)
        })
        .await
    }

    /// Runs `task` on a thread made for such work, when it is its turn.
    async fn work<T, F>(&self, kind: &'static str, task: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Engine, Instant) -> Result<T, EngineError> + Send + 'static,
    {
        let deadline = Instant::now() + SEARCH_TIME_MAX;
        let engine = self.live().ok_or(Error::NotReady)?;
        let permit = tokio::time::timeout(SEARCH_TIME_MAX, Arc::clone(&self.inner.permits).acquire_owned())
            .await
            .map_err(|_| Error::Busy)?
            .map_err(|_| Error::NotReady)?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let started = Instant::now();
            let result = task(&engine, deadline);
            metrics::histogram!("search_engine_seconds", "kind" => kind)
                .record(started.elapsed().as_secs_f64());
            result
        });
        Ok(done.await.map_err(Error::Panicked)??)
    }
}

impl Search for Searches {
    fn search<'a>(&'a self, _ctx: &'a Ctx, query: SearchQuery) -> Reply<'a, SearchPage> {
        Box::pin(async move { Ok(self.find(query).await?) })
    }

    fn suggest<'a>(&'a self, _ctx: &'a Ctx, q: String) -> Reply<'a, Suggestions> {
        Box::pin(async move { Ok(self.complete(q).await?) })
    }
}

/// Refuses what no page of ours would ask, naming the parameter.
fn check(query: &SearchQuery) -> Result<(), Error> {
    check_text("q", &query.q, QUERY_CHARS_MAX)?;
    if query.limit > PAGE_SIZE_MAX {
        return Err(refusal(
            "limit_out_of_range",
            "limit",
            format!("`limit` must be 1 to {PAGE_SIZE_MAX}."),
        ));
    }
    for (name, price) in [("price_min", query.price_min), ("price_max", query.price_max)] {
        if price.is_some_and(|price| price < 0) {
            let detail = format!("`{name}` must be 0 or more, in minor units such as cents.");
            return Err(refusal("price_negative", name, detail));
        }
    }
    if let (Some(min), Some(max)) = (query.price_min, query.price_max)
        && min > max
    {
        let detail = "`price_max` is below `price_min`; swap them.".to_owned();
        return Err(refusal("price_range", "price_max", detail));
    }
    let attributes = query.attributes.values().map(Vec::len).sum::<usize>();
    let filters = query.sellers.len() + query.regions.len() + attributes;
    if filters > FILTERS_MAX {
        let detail =
            format!("A search may have at most {FILTERS_MAX} filter values; this one has {filters}.");
        return Err(refusal("too_many_filters", "attr", detail));
    }
    let named = [("category", query.category.as_ref())]
        .into_iter()
        .filter_map(|(n, v)| Some((n, v?)));
    let sellers = query.sellers.iter().map(|v| ("seller", v));
    let regions = query.regions.iter().map(|v| ("region", v));
    for (name, value) in named.chain(sellers).chain(regions) {
        check_text(name, value, FILTER_CHARS_MAX)?;
    }
    for (key, values) in &query.attributes {
        check_text("attr", key, FILTER_CHARS_MAX)?;
        for value in values {
            check_text(&format!("attr.{key}"), value, FILTER_CHARS_MAX)?;
        }
    }
    Ok(())
}

fn check_text(name: &str, text: &str, chars_max: usize) -> Result<(), Error> {
    if text.chars().count() > chars_max {
        let detail = format!("`{name}` may have at most {chars_max} characters.");
        return Err(refusal("text_too_long", name, detail));
    }
    if text.chars().any(char::is_control) {
        let detail = format!("`{name}` must be one line without control characters.");
        return Err(refusal("text_control", name, detail));
    }
    Ok(())
}

fn refusal(code: &str, parameter: &str, detail: String) -> Error {
    Error::Query(Fault::field(code, parameter, detail))
}
