//! Answering searches: what may be asked, how many at once, how long each may take.

use crate::engine::Tuning;
use crate::engine::quantity::Unit;
use crate::error::Error;
use crate::port::{Ask, Index};
use crate::record::{NOTES_MAX, Note, Searched, words_of};
use crate::titles::Titles;
use crate::withheld::Withheld;
use contracts::search::tuning::SearchPreview;
use contracts::search::{Click, Search, SearchPage, SearchQuery, Sort, Suggestions};
use contracts::{Language, Reply};
use kernel::limits::{PAGE_SIZE_MAX, QUERY_CHARS_MAX};
use kernel::{Ctx, Fault, Timestamp};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Mutex, Notify, mpsc};

/// Filter values of one query, over all facets.
pub const FILTERS_MAX: usize = 64;
/// Characters of one filter value or attribute key.
pub const FILTER_CHARS_MAX: usize = 200;
/// Places of what was found that a click may tell of.
const POSITION_MAX: u32 = 10_000;
/// Suggestions of each kind.
const SUGGESTIONS_MAX: usize = 6;

/// Searching: cheap to clone, answers from whichever index is current.
#[derive(Clone)]
pub struct Searches {
    inner: Arc<Inner>,
}

struct Inner {
    live: RwLock<Option<Arc<dyn Index>>>,
    rebuild: Notify,
    /// See [`Searches::lag_ms`].
    lag_ms: AtomicU64,
    /// What operators say about searches, and by which version.
    tuning: RwLock<(i64, Arc<Tuning>)>,
    /// Queries by which others found something, the commonest first.
    offered: RwLock<Arc<Vec<String>>>,
    /// What facets are called.
    titles: RwLock<Arc<Titles>>,
    withheld: Withheld,
    /// What is to be remembered, and where it waits.
    notes: mpsc::Sender<Note>,
    waiting: Mutex<mpsc::Receiver<Note>>,
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
        let (notes, waiting) = mpsc::channel(NOTES_MAX);
        Self {
            inner: Arc::new(Inner {
                live: RwLock::new(None),
                rebuild: Notify::new(),
                lag_ms: AtomicU64::new(0),
                tuning: RwLock::default(),
                offered: RwLock::default(),
                titles: RwLock::default(),
                withheld: Withheld::default(),
                notes,
                waiting: Mutex::new(waiting),
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
        self.live().map(|index| index.documents())
    }

    /// How long the oldest change has waited that searches do not see yet, in milliseconds.
    #[must_use]
    pub fn lag_ms(&self) -> u64 {
        self.inner.lag_ms.load(Ordering::Relaxed)
    }

    pub(crate) fn lags(&self, seconds: f64) {
        metrics::gauge!("index_lag_seconds").set(seconds);
        self.inner
            .lag_ms
            .store((seconds * 1_000.0) as u64, Ordering::Relaxed);
    }

    /// Asks this process's follower to build the index anew beside the current one.
    pub fn rebuild(&self) {
        self.inner.rebuild.notify_one();
    }

    pub(crate) async fn rebuild_wanted(&self) {
        self.inner.rebuild.notified().await;
    }

    /// From now on, searches are answered by `index`.
    pub(crate) fn serve(&self, index: Option<Arc<dyn Index>>) {
        *self.inner.live.write().unwrap_or_else(PoisonError::into_inner) = index;
    }

    /// Whether what operators say is known as of `version`, or later.
    pub(crate) fn knows(&self, version: i64) -> bool {
        self.inner.tuning.read().unwrap_or_else(PoisonError::into_inner).0 >= version
    }

    /// From now on, searches are answered as operators wish.
    pub(crate) fn tune(&self, version: i64, tuning: Tuning) {
        let mut known = self.inner.tuning.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody who began later may have read more.
        if known.0 < version {
            *known = (version, Arc::new(tuning));
        }
    }

    pub(crate) fn notes(&self) -> &Mutex<mpsc::Receiver<Note>> {
        &self.inner.waiting
    }

    /// Whether there was room for it: a search never waits to be remembered.
    fn note(&self, note: Note) -> bool {
        let noted = self.inner.notes.try_send(note).is_ok();
        if !noted {
            metrics::counter!("search_notes_lost_total").increment(1);
        }
        noted
    }

    /// From now on these are offered to those who type.
    pub(crate) fn offer(&self, queries: Vec<String>) {
        *self.inner.offered.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(queries);
    }

    /// From now on attributes are called so.
    pub(crate) fn call(&self, titles: Titles) {
        *self.inner.titles.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(titles);
    }

    /// Queries of others that go on as typed.
    fn others(&self, typed: &str) -> Vec<String> {
        let typed = words_of(typed);
        if typed.is_empty() {
            return Vec::new();
        }
        let offered = Arc::clone(&self.inner.offered.read().unwrap_or_else(PoisonError::into_inner));
        let going_on = offered
            .iter()
            .filter(|words| words.starts_with(&typed) && **words != typed);
        going_on.take(SUGGESTIONS_MAX).cloned().collect()
    }

    fn tuning(&self) -> Arc<Tuning> {
        Arc::clone(&self.inner.tuning.read().unwrap_or_else(PoisonError::into_inner).1)
    }

    pub(crate) fn withheld(&self) -> &Withheld {
        &self.inner.withheld
    }

    fn live(&self) -> Option<Arc<dyn Index>> {
        self.inner
            .live
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub async fn find(&self, query: SearchQuery, now: Timestamp) -> Result<SearchPage, Error> {
        check(&query)?;
        let (category, language) = (query.category.clone(), query.language);
        let mut page = self.index()?.search(self.ask(query, now)).await?;
        page.total -= self.inner.withheld.leave_out(&mut page.hits).min(page.total);
        let titles = Arc::clone(&self.inner.titles.read().unwrap_or_else(PoisonError::into_inner));
        titles.tell(&mut page.facets, category.as_deref(), language);
        page.hits.iter_mut().for_each(|hit| hit.read_in(language));
        Ok(page)
    }

    /// As [`Self::find`], and what was searched for is remembered.
    pub async fn find_for(&self, ctx: &Ctx, query: SearchQuery) -> Result<SearchPage, Error> {
        let asked = query.clone();
        let mut page = self.find(query, ctx.now).await?;
        if let Some(searched) = Searched::of(ctx, &asked, page.total) {
            let id = searched.id;
            page.search = self.note(Note::Searched(searched)).then_some(id);
        }
        Ok(page)
    }

    /// Remembers a click.
    pub fn click(&self, click: Click, now: Timestamp) -> Result<(), Error> {
        if !(1..=POSITION_MAX).contains(&click.position) {
            let detail = format!("`position` must be 1 to {POSITION_MAX}.");
            return Err(Error::Query(Fault::field("field_invalid", "/position", detail)));
        }
        self.note(Note::Clicked(click, now));
        Ok(())
    }

    /// The page that [`Self::find`] gives, with the reasons for its order.
    pub async fn preview(&self, query: SearchQuery, now: Timestamp) -> Result<SearchPreview, Error> {
        check(&query)?;
        let language = query.language;
        let mut preview = self.index()?.preview(self.ask(query, now)).await?;
        let shown = preview.hits.iter_mut().map(|one| &mut one.hit);
        let hidden = preview.hidden.iter_mut().map(|one| &mut one.hit);
        shown.chain(hidden).for_each(|hit| hit.read_in(language));
        Ok(preview)
    }

    /// What somebody who reads `language` may be about to type.
    pub async fn complete(
        &self,
        q: String,
        language: Option<Language>,
        now: Timestamp,
    ) -> Result<Suggestions, Error> {
        check_text("q", &q, QUERY_CHARS_MAX)?;
        let others = self.others(&q);
        let typed = SearchQuery {
            q,
            language,
            ..SearchQuery::default()
        };
        let mut found = self
            .index()?
            .suggest(self.ask(typed, now), SUGGESTIONS_MAX)
            .await?;
        let _ = self.inner.withheld.leave_out(&mut found.products);
        let own = found.queries.into_iter().filter(|words| !others.contains(words));
        found.queries = others.iter().cloned().chain(own).take(SUGGESTIONS_MAX).collect();
        found.products.iter_mut().for_each(|hit| hit.read_in(language));
        Ok(found)
    }

    fn index(&self) -> Result<Arc<dyn Index>, Error> {
        self.live().ok_or(Error::NotReady)
    }

    fn ask(&self, query: SearchQuery, now: Timestamp) -> Ask {
        Ask {
            query,
            tuning: self.tuning(),
            now,
        }
    }
}

impl Search for Searches {
    fn search<'a>(&'a self, ctx: &'a Ctx, query: SearchQuery) -> Reply<'a, SearchPage> {
        Box::pin(async move { Ok(self.find_for(ctx, query).await?) })
    }

    fn suggest<'a>(&'a self, ctx: &'a Ctx, q: String, language: Option<Language>) -> Reply<'a, Suggestions> {
        Box::pin(async move { Ok(self.complete(q, language, ctx.now).await?) })
    }

    fn clicked<'a>(&'a self, ctx: &'a Ctx, click: Click) -> Reply<'a, ()> {
        Box::pin(async move { Ok(self.click(click, ctx.now)?) })
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
    check_ranges(query)?;
    let attributes = query.attributes.values().map(Vec::len).sum::<usize>() + query.ranges.len();
    let filters = query.sellers.len() + query.regions.len() + attributes;
    if filters > FILTERS_MAX {
        let detail =
            format!("A search may have at most {FILTERS_MAX} filter values; this one has {filters}.");
        return Err(refusal("too_many_filters", "attr", detail));
    }
    if query.near.is_none() && (query.near_km.is_some() || query.sort == Sort::Distance) {
        let detail = "Say where the buyer is: give `near`.".to_owned();
        return Err(refusal("near_missing", "near", detail));
    }
    if query
        .near
        .as_deref()
        .is_some_and(|code| kernel::geo::coordinates(code).is_none())
    {
        let detail = "`near` must be a region or a country of which it is known where it lies.".to_owned();
        return Err(refusal("place_unknown", "near", detail));
    }
    if let Some(taste) = &query.taste {
        for liking in &taste.categories {
            check_text("likes.category", &liking.value, FILTER_CHARS_MAX)?;
        }
        for liking in &taste.sellers {
            check_text("likes.seller", &liking.value, FILTER_CHARS_MAX)?;
        }
        if !taste.is_sound() {
            let detail =
                "A taste names at most five categories and five shops, whose shares come to 100 percent.";
            return Err(refusal("too_many_likes", "likes.category", detail.to_owned()));
        }
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

fn check_ranges(query: &SearchQuery) -> Result<(), Error> {
    for (key, range) in &query.ranges {
        check_text("attr_min", key, FILTER_CHARS_MAX)?;
        if Unit::named(&range.unit).is_none() {
            let name = format!("attr_unit.{key}");
            check_text(&name, &range.unit, FILTER_CHARS_MAX)?;
            let detail = format!(
                "`{}` is no unit that is known; take the one that the facet names.",
                range.unit
            );
            return Err(refusal("unit_unknown", &name, detail));
        }
        let ends = [range.min, range.max];
        if ends.into_iter().flatten().any(|end| !end.is_finite()) {
            let detail = "The ends of a range must be finite numbers.".to_owned();
            return Err(refusal("attribute_range", &format!("attr_min.{key}"), detail));
        }
        if range.min.zip(range.max).is_some_and(|(min, max)| min > max) {
            let name = format!("attr_max.{key}");
            let detail = format!("`{name}` is below `attr_min.{key}`; swap them.");
            return Err(refusal("attribute_range", &name, detail));
        }
    }
    if query.rating_min.is_some_and(|stars| !stars.is_finite()) {
        let detail = "`rating_min` must be a number of stars from 0 to 5.".to_owned();
        return Err(refusal("parameter_invalid", "rating_min", detail));
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
