//! The index and what can be asked of it. Nothing here knows a database, a network or a clock.

pub mod analysis;
mod columns;
pub(crate) mod compounds;
pub mod cursor;
pub mod document;
mod facets;
mod facts;
pub(crate) mod filter;
pub(crate) mod heads;
mod matching;
mod meant;
pub(crate) mod personal;
mod plan;
pub(crate) mod promoted;
pub mod quantity;
pub(crate) mod ranges;
mod rank;
mod ranking;
mod rows;
pub(crate) mod rules;
mod run;
mod schema;
pub(crate) mod shown;
mod spelling;
mod suggest;
mod synonyms;
mod vocabulary;
mod writer;

pub use cursor::BadCursor;
use cursor::PageAfter;
pub use document::{Document, Labelled, Translated};
pub use promoted::{Promoted, Promotion};
pub use ranking::Ranking;
pub use rules::{Rule, Rules};
pub use synonyms::{SynonymSet, Synonyms};
pub use writer::Writer;

use columns::View;
use contracts::search::taste::Taste;
use contracts::search::tuning::{Explained, Hidden, ReadWord, ScoreFactor, SearchPreview};
use contracts::search::{SearchHit, SearchPage, SearchQuery, Sort};
use filter::{Filter, filters_of};
use kernel::Timestamp;
use matching::{Matched, for_each_match};
use plan::{Plan, Reading};
use promoted::Located;
use rank::{Place, Ranked};
use rules::{Merchandising, Pin};
use run::{Found, Run};
use schema::Fields;
use spelling::NearWords;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;
use tantivy::schema::Value;
use tantivy::{
    DocAddress, DocId, Index, IndexReader, IndexSettings, ReloadPolicy, TantivyDocument, TantivyError,
};

/// Documents per page when the query does not say.
const PAGE_DEFAULT: usize = 24;
/// Freshness is told by the hour, so that all pages of a search agree on it.
const HOUR_S: i64 = 3_600;
/// Small blocks: a page reads a couple of dozen documents from all over.
const STORE_BLOCK_BYTES: usize = 4 * 1024;
const STORE_CACHE_BLOCKS: usize = 64;

/// Versions of fields and analysis, as a commit's payload carries them: an index of other versions is rebuilt.
pub const INDEX_VERSION: (u32, u32) = (schema::SCHEMA_VERSION, analysis::ANALYSIS_VERSION);

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    #[error("the search took longer than it may")]
    OutOfTime,
    #[error("the index does not answer: {0}")]
    Index(TantivyError),
    #[error("a stored card cannot be read: {0}")]
    Card(#[from] serde_json::Error),
}

impl From<TantivyError> for EngineError {
    fn from(error: TantivyError) -> Self {
        if matching::is_out_of_time(&error) {
            Self::OutOfTime
        } else {
            Self::Index(error)
        }
    }
}

/// One index, open for searching.
pub struct Engine {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    view: RwLock<Arc<View>>,
    refreshing: Mutex<()>,
    /// Where what is put forward was found last.
    located: RwLock<Option<Arc<Located>>>,
}

impl Engine {
    /// A new index in an empty folder.
    pub fn create(folder: &Path) -> tantivy::Result<Self> {
        let index = Index::builder()
            .schema(schema::schema().0)
            .settings(settings())
            .create_in_dir(folder)?;
        Self::over(index)
    }

    /// An index that is there. One with other fields is refused.
    pub fn open(folder: &Path) -> tantivy::Result<Self> {
        let index = Index::open_in_dir(folder)?;
        if index.schema() != schema::schema().0 {
            return Err(TantivyError::SchemaError("the index has other fields".to_owned()));
        }
        Self::over(index)
    }

    /// An index that vanishes with the process.
    pub fn in_memory() -> tantivy::Result<Self> {
        let index = Index::builder()
            .schema(schema::schema().0)
            .settings(settings())
            .create_in_ram()?;
        Self::over(index)
    }

    fn over(index: Index) -> tantivy::Result<Self> {
        schema::register_analyzer(&index);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(STORE_CACHE_BLOCKS)
            .try_into()?;
        let fields = schema::schema().1;
        let view = View::open(reader.searcher(), &fields, None)?;
        Ok(Self {
            index,
            reader,
            fields,
            view: RwLock::new(Arc::new(view)),
            refreshing: Mutex::new(()),
            located: RwLock::new(None),
        })
    }

    /// Lets searches see the last commit.
    pub fn refresh(&self) -> tantivy::Result<()> {
        let _one_at_a_time = self.refreshing.lock().unwrap_or_else(PoisonError::into_inner);
        self.reader.reload()?;
        let before = self.view();
        let view = View::open(self.reader.searcher(), &self.fields, Some(&before))?;
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(view);
        Ok(())
    }

    /// The note that the last commit carries.
    pub fn payload(&self) -> tantivy::Result<Option<String>> {
        Ok(self.index.load_metas()?.payload)
    }

    #[must_use]
    pub fn documents(&self) -> u64 {
        self.view().searcher.num_docs()
    }

    fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where what is put forward is at present: looked for once, until it or the index is another.
    fn located(&self, view: &View, promoted: &Promoted) -> tantivy::Result<Arc<Located>> {
        let known = self
            .located
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(known) = known.filter(|known| known.is_of(promoted, view)) {
            return Ok(known);
        }
        let located = Arc::new(promoted.locate(view, &self.fields)?);
        *self.located.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&located));
        Ok(located)
    }

    /// One page of what `query` finds. Gives up at `deadline`.
    pub fn search(&self, query: &SearchQuery, deadline: Instant) -> Result<SearchPage, EngineError> {
        self.search_as(query, &Ranking::default(), deadline)
    }

    /// The same with other numbers of the ranking, to try them.
    pub fn search_as(
        &self,
        query: &SearchQuery,
        ranking: &Ranking,
        deadline: Instant,
    ) -> Result<SearchPage, EngineError> {
        self.search_with(query, ranking, &Tuning::default(), None, deadline)
    }

    /// The same as an operator wishes it, at a moment: without one, nothing is fresher than anything else.
    pub fn search_with(
        &self,
        query: &SearchQuery,
        ranking: &Ranking,
        tuning: &Tuning,
        now: Option<Timestamp>,
        deadline: Instant,
    ) -> Result<SearchPage, EngineError> {
        let view = self.view();
        let mut asked = Asked::read(self, &view, query, ranking, tuning, now, deadline)?;
        let found = asked.find(self, &view, query, ranking, deadline)?;
        let next = match asked.next(&found) {
            Some(place) => Some(cursor::write(query, asked.page_after(place, &found))?),
            None => None,
        };
        let is_doubtful = asked.plan.corrected || found.total < ranking.enough as u64;
        let did_you_mean = if query.after.is_none() && is_doubtful && !asked.plan.is_empty() {
            meant::meant(&query.q, &view, &self.fields, ranking, &mut asked.near, deadline)?
        } else {
            None
        };
        let places = asked.places(&found);
        Ok(SearchPage {
            hits: places
                .iter()
                .map(|placed| self.card_of(&view, placed, query))
                .collect::<Result<_, _>>()?,
            total: found.total,
            next,
            facets: found.facets,
            approximate: asked.plan.corrected,
            did_you_mean,
            search: None,
            relaxed: found.relaxed,
        })
    }

    /// The page that [`Self::search_with`] gives, with the reasons for its order.
    pub fn preview(
        &self,
        query: &SearchQuery,
        ranking: &Ranking,
        tuning: &Tuning,
        now: Option<Timestamp>,
        deadline: Instant,
    ) -> Result<SearchPreview, EngineError> {
        let view = self.view();
        let asked = Asked::read(self, &view, query, ranking, tuning, now, deadline)?;
        let found = asked.find(self, &view, query, ranking, deadline)?;
        let run = asked.run(self, &view, query, ranking, deadline);
        let mut hits = Vec::new();
        for placed in asked.places(&found) {
            let reasons = run.reasons(&placed.ranked)?;
            let factors = reasons
                .parts
                .named()
                .into_iter()
                .chain([("rules", reasons.factor)]);
            let factors: Vec<ScoreFactor> = factors
                .map(|(name, value)| ScoreFactor {
                    name: name.to_owned(),
                    value: f64::from(value),
                })
                .collect();
            hits.push(Explained {
                hit: self.card_of(&view, &placed, query)?,
                pinned_by: placed.pin.map(|pin| pin.rule),
                weighed_by: reasons.rules,
                score: factors.iter().map(|factor| factor.value).product(),
                factors,
            });
        }
        let hidden = found.hidden.iter().map(|(ranked, rule)| {
            let hit = self.card(&view, ranked, query)?;
            Ok(Hidden { hit, rule: *rule })
        });
        Ok(SearchPreview {
            total: found.total,
            rules: asked.made.rules.clone(),
            words: asked.plan.words.iter().map(read_word).collect(),
            hidden: hidden.collect::<Result<_, EngineError>>()?,
            hits,
        })
    }

    fn card_of(&self, view: &View, placed: &Placed, query: &SearchQuery) -> Result<SearchHit, EngineError> {
        Ok(SearchHit {
            promoted: placed.is_promoted,
            ..self.card(view, &placed.ranked, query)?
        })
    }

    fn card(&self, view: &View, ranked: &Ranked, query: &SearchQuery) -> Result<SearchHit, EngineError> {
        let doc: TantivyDocument = view.searcher.doc(DocAddress::new(ranked.segment, ranked.doc))?;
        let card = doc
            .get_first(self.fields.card)
            .and_then(|v| v.as_str().map(str::to_owned));
        let mut hit: SearchHit = serde_json::from_str(card.as_deref().unwrap_or(""))?;
        if let (Some(from), Some(region)) = (&query.near, &hit.region) {
            hit.distance_km = kernel::geo::distance_km(from, region);
        }
        Ok(hit)
    }
}

fn read_word(word: &plan::Word) -> ReadWord {
    ReadWord {
        written: word
            .written
            .first()
            .map(|(word, _)| word.clone())
            .unwrap_or_default(),
        terms: word
            .terms
            .iter()
            .map(|(term, _)| term.trim_start_matches(analysis::FOREIGN).to_owned())
            .collect(),
    }
}

/// What operators say about searches, ready for use.
#[derive(Debug, Default)]
pub struct Tuning {
    pub synonyms: Synonyms,
    pub rules: Rules,
    pub promoted: Promoted,
}

/// What stands at one place of a page, and why if not by its rank.
#[derive(Clone, Copy)]
struct Placed {
    pin: Option<Pin>,
    is_promoted: bool,
    ranked: Ranked,
}

impl Placed {
    fn by_rank(ranked: Ranked) -> Self {
        Self {
            pin: None,
            is_promoted: false,
            ranked,
        }
    }
}

/// A query as it is read: the same on all its pages.
struct Asked {
    plan: Plan,
    /// What was found near to its words on the way.
    near: NearWords,
    /// What matches the plan, where it is known already.
    matched: Option<Matched>,
    filters: Vec<Filter>,
    made: Merchandising,
    /// Products with places of their own.
    pins: Vec<Pin>,
    /// What whoever asks likes, as it was when the first page was read.
    taste: Option<Taste>,
    /// By segment, documents that shops pay for, and how many of them the page may have at their places.
    offered: Vec<Vec<DocId>>,
    seats: usize,
    after: Option<Place>,
    size: usize,
}

impl Asked {
    fn read(
        engine: &Engine,
        view: &View,
        query: &SearchQuery,
        ranking: &Ranking,
        tuning: &Tuning,
        now: Option<Timestamp>,
        deadline: Instant,
    ) -> Result<Self, EngineError> {
        let size = match query.limit {
            0 => PAGE_DEFAULT,
            limit => usize::from(limit.min(kernel::limits::PAGE_SIZE_MAX)),
        };
        let filters = filters_of(query);
        let made = now.map_or_else(Merchandising::default, |now| tuning.rules.applying(query, now));
        if let Some(cursor) = &query.after {
            let page = cursor::read(query, cursor)?;
            return Ok(Self {
                plan: page.plan,
                near: NearWords::default(),
                matched: None,
                filters,
                made,
                // Where they are shown is a page before.
                pins: page.products.into_iter().map(Pin::passed).collect(),
                taste: page.taste,
                // They are shown on the first page.
                offered: Vec::new(),
                seats: 0,
                after: Some(page.place),
                size,
            });
        }
        let reading = Reading {
            ranking,
            synonyms: &tuning.synonyms,
            language: query.language,
        };
        let mut near = NearWords::default();
        let fields = &engine.fields;
        let (mut plan, matched) = Plan::new(&query.q, view, fields, reading, &mut near, deadline)?;
        plan.as_of = now.map_or(0, |now| now.timestamp() / HOUR_S * HOUR_S);
        // Other orders are asked for to be kept to.
        let is_ours = query.sort == Sort::Relevance;
        let pins: Vec<Pin> = made.pins.iter().copied().filter(|_| is_ours).take(size).collect();
        // Nobody pays to stand before others of the same shop.
        let is_put_forward = query.promoted && is_ours && query.sellers.is_empty();
        let offered = match now.filter(|_| is_put_forward && !tuning.promoted.is_empty()) {
            Some(now) => engine
                .located(view, &tuning.promoted)?
                .running(&tuning.promoted, now),
            None => Vec::new(),
        };
        Ok(Self {
            plan,
            near,
            matched,
            filters,
            made,
            seats: if offered.is_empty() {
                0
            } else {
                promoted::places(size - pins.len())
            },
            offered,
            pins,
            taste: query.taste.clone(),
            after: None,
            size,
        })
    }

    fn run<'a>(
        &'a self,
        engine: &'a Engine,
        view: &'a View,
        query: &'a SearchQuery,
        ranking: &'a Ranking,
        deadline: Instant,
    ) -> Run<'a> {
        Run {
            view,
            fields: &engine.fields,
            plan: &self.plan,
            matched: self.matched.as_ref(),
            ranking,
            filters: &self.filters,
            query,
            made: &self.made,
            pins: &self.pins,
            taste: self.taste.as_ref(),
            offered: &self.offered,
            seats: self.seats,
            after: self.after,
            // One more than the page has tells whether there is another.
            wanted: self.size + 1,
            deadline,
        }
    }

    fn find(
        &self,
        engine: &Engine,
        view: &View,
        query: &SearchQuery,
        ranking: &Ranking,
        deadline: Instant,
    ) -> tantivy::Result<Found> {
        self.run(engine, view, query, ranking, deadline).find()
    }

    /// What the next page needs to know.
    fn page_after(&self, place: Place, found: &Found) -> PageAfter {
        let pinned = self.pins.iter().map(|pin| pin.product.0.as_u128());
        let promoted = found.promoted.iter().map(|ranked| ranked.place.product);
        PageAfter {
            place,
            plan: self.plan.clone(),
            products: pinned.chain(promoted).collect(),
            taste: self.taste.clone(),
        }
    }

    /// How many of the page have no places of their own.
    fn free(&self, found: &Found) -> usize {
        match self.after {
            None => self
                .size
                .saturating_sub(found.pinned.len() + found.promoted.len()),
            Some(_) => self.size,
        }
    }

    /// Where the next page goes on.
    fn next(&self, found: &Found) -> Option<Place> {
        let free = self.free(found);
        if found.ranked.len() <= free {
            return None;
        }
        let last = free.checked_sub(1).and_then(|last| found.ranked.get(last));
        // A page of nothing but pinned products: the next begins at the top.
        Some(last.map_or(Place::TOP, |last| last.place))
    }

    /// The page: what has a place of its own there, as far as there are others before it.
    fn places(&self, found: &Found) -> Vec<Placed> {
        let free = found.ranked.iter().take(self.free(found));
        let mut places: Vec<Placed> = free.map(|ranked| Placed::by_rank(*ranked)).collect();
        if self.after.is_none() {
            let pins = found.pinned.iter().map(|(pin, ranked)| {
                let placed = Placed {
                    pin: Some(*pin),
                    ..Placed::by_rank(*ranked)
                };
                (pin.position, placed)
            });
            let promoted = found.promoted.iter().map(|ranked| Placed {
                is_promoted: true,
                ..Placed::by_rank(*ranked)
            });
            for (position, placed) in promoted::with_pins(pins.collect(), promoted.collect()) {
                let at = usize::from(position).saturating_sub(1).min(places.len());
                places.insert(at, placed);
            }
        }
        places
    }
}

fn settings() -> IndexSettings {
    IndexSettings {
        docstore_blocksize: STORE_BLOCK_BYTES,
        // One thread less for an index that mostly rests.
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    }
}
