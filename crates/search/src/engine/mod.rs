//! The index and what can be asked of it. Nothing here knows a database, a network or a clock.

pub mod analysis;
mod columns;
mod compounds;
pub mod cursor;
pub mod document;
mod facets;
mod filter;
mod heads;
mod matching;
mod plan;
mod rank;
mod ranking;
mod schema;
mod spelling;
mod suggest;
mod writer;

pub use cursor::BadCursor;
pub use document::{Document, Labelled};
pub use ranking::Ranking;
pub use writer::Writer;

use columns::{Columns, View};
use contracts::search::{SearchHit, SearchPage, SearchQuery, Sort};
use document::currency_key;
use facets::Counts;
use filter::{Filter, SegmentFilters, Verdict, filters_of};
use matching::for_each_match;
use plan::Plan;
use rank::{Factors, Place, Ranked, Scorer, Top, integer_key, score_key};
use schema::Fields;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;
use tantivy::schema::Value;
use tantivy::{
    DocAddress, DocId, Index, IndexReader, IndexSettings, ReloadPolicy, TantivyDocument, TantivyError,
};

/// Documents per page when the query does not say.
const PAGE_DEFAULT: usize = 24;
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
        let view = View::open(reader.searcher(), None)?;
        Ok(Self {
            index,
            reader,
            fields: schema::schema().1,
            view: RwLock::new(Arc::new(view)),
            refreshing: Mutex::new(()),
        })
    }

    /// Lets searches see the last commit.
    pub fn refresh(&self) -> tantivy::Result<()> {
        let _one_at_a_time = self.refreshing.lock().unwrap_or_else(PoisonError::into_inner);
        self.reader.reload()?;
        let before = self.view();
        let view = View::open(self.reader.searcher(), Some(&before))?;
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
        let view = self.view();
        let (after, plan) = match &query.after {
            Some(cursor) => {
                let (place, plan) = cursor::read(query, cursor)?;
                (Some(place), plan)
            }
            None => (None, Plan::new(&query.q, &view, &self.fields, ranking, deadline)?),
        };
        let size = match query.limit {
            0 => PAGE_DEFAULT,
            limit => usize::from(limit.min(kernel::limits::PAGE_SIZE_MAX)),
        };
        let filters = filters_of(query);
        let found = self.run(&view, &plan, ranking, &filters, query, after, size, deadline)?;

        let mut ranked = found.ranked;
        let more = ranked.len() > size;
        ranked.truncate(size);
        let next = match ranked.last() {
            Some(last) if more => Some(cursor::write(query, last.place, &plan)?),
            _ => None,
        };
        Ok(SearchPage {
            hits: ranked
                .iter()
                .map(|r| self.card(&view, r))
                .collect::<Result<_, _>>()?,
            total: found.total,
            next,
            facets: found.facets,
            approximate: plan.corrected,
        })
    }

    #[allow(clippy::too_many_arguments, reason = "one call, each a separate matter")]
    fn run(
        &self,
        view: &View,
        plan: &Plan,
        ranking: &Ranking,
        filters: &[Filter],
        query: &SearchQuery,
        after: Option<Place>,
        size: usize,
        deadline: Instant,
    ) -> tantivy::Result<Found> {
        let order = Order::of(query.sort, plan);
        let factors = Factors::new(plan, ranking);
        let mut top = Top::new(size + 1, after);
        let currency = query.currency.map(currency_key);
        let mut counts = query.facets.then(|| Counts::new(filters, &view.terms, currency));
        let mut total = 0;
        let mut passing: Vec<DocId> = Vec::new();
        let mut near: Vec<Vec<DocId>> = vec![Vec::new(); filters.len()];
        for ((segment, reader), columns) in (0..).zip(view.searcher.segment_readers()).zip(&view.columns) {
            let judge = SegmentFilters::open(filters, reader, &self.fields, columns)?;
            passing.clear();
            near.iter_mut().for_each(Vec::clear);
            for_each_match(reader, &self.fields, plan, deadline, |doc| {
                match judge.judge(doc) {
                    Verdict::Passes => passing.push(doc),
                    Verdict::FailsOnly(filter) if query.facets => near[filter].push(doc),
                    Verdict::FailsOnly(_) | Verdict::Fails => {}
                }
                ControlFlow::Continue(())
            })?;
            total += passing.len() as u64;
            match order {
                Order::Score => {
                    let mut scorer = Scorer::open(plan, ranking, &factors, reader, &self.fields, columns)?;
                    for &doc in &passing {
                        let score = scorer.score(doc, top.floor());
                        top.offer(score_key(score), segment, doc, columns);
                    }
                }
                Order::Price { is_rising } => passing.iter().for_each(|&doc| {
                    let key = price_key(columns, doc, is_rising, currency);
                    top.offer(key, segment, doc, columns);
                }),
                Order::Column(key) => passing
                    .iter()
                    .for_each(|&doc| top.offer(key(columns, doc), segment, doc, columns)),
            }
            if let Some(counts) = &mut counts {
                counts.add(columns, &passing, &near);
            }
        }
        Ok(Found {
            ranked: top.into_ranked(),
            total,
            facets: counts.map(|counts| counts.into_facets(total)).unwrap_or_default(),
        })
    }

    fn card(&self, view: &View, ranked: &Ranked) -> Result<SearchHit, EngineError> {
        let doc: TantivyDocument = view.searcher.doc(DocAddress::new(ranked.segment, ranked.doc))?;
        let card = doc
            .get_first(self.fields.card)
            .and_then(|v| v.as_str().map(str::to_owned));
        Ok(serde_json::from_str(card.as_deref().unwrap_or(""))?)
    }
}

struct Found {
    ranked: Vec<Ranked>,
    total: u64,
    facets: Vec<contracts::search::Facet>,
}

/// What the page is ordered by.
#[derive(Clone, Copy)]
enum Order {
    Score,
    Price { is_rising: bool },
    Column(fn(&Columns, DocId) -> u64),
}

/// The greater, the earlier; prices in a currency that was not asked for come last.
fn price_key(columns: &Columns, doc: DocId, is_rising: bool, currency: Option<u64>) -> u64 {
    if !columns.is_priced_in(currency, doc) {
        return 0;
    }
    let key = integer_key(columns.price.get_val(doc));
    if is_rising { !key } else { key }
}

impl Order {
    fn of(sort: Sort, plan: &Plan) -> Self {
        match sort {
            Sort::Relevance if !plan.is_empty() => Self::Score,
            // Without words nothing is more relevant than anything else: what is new comes first.
            Sort::Relevance | Sort::Newest => {
                Self::Column(|columns, doc| integer_key(columns.created.get_val(doc)))
            }
            Sort::PriceAsc => Self::Price { is_rising: true },
            Sort::PriceDesc => Self::Price { is_rising: false },
        }
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
