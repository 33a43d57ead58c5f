//! The index follows the log.
//!
//! An event only says that a product, its stock or its shop changed; the document is read anew from those who know.
//! The place in the log lies in the commit that holds its effect, so after a crash the index goes on where that commit
//! stands: a change is indexed again at worst, never left out.

use crate::app::Searches;
use crate::engine::{Engine, EngineError, INDEX_VERSION, Writer};
use crate::replica::Folder;
use crate::source::{Documents, Reader, Sources};
use contracts::catalog::{CategoriesChanged, ProductChanged};
use contracts::inventory::AvailabilityChanged;
use contracts::reviews::RatingChanged;
use contracts::search::PopularityChanged;
use contracts::tenants::ShopChanged;
use contracts::{Envelope, PublicEvent};
use kernel::{Ctx, Fault, ProductId, SharedClock, TenantId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Db;
use store::log::{self, Position};
use tokio_util::sync::CancellationToken;

const TOPICS: [&str; 6] = [
    ProductChanged::TOPIC,
    AvailabilityChanged::TOPIC,
    ShopChanged::TOPIC,
    PopularityChanged::TOPIC,
    RatingChanged::TOPIC,
    CategoriesChanged::TOPIC,
];
/// Events read at once.
const BATCH: i64 = 1_000;
/// Products read at once.
const CHUNK: u16 = 500;
/// How often an idle follower looks by itself; events of this process wake it at once.
const POLL: Duration = Duration::from_millis(50);
/// Least time between commits: each makes a segment.
const COMMIT_EVERY: Duration = Duration::from_millis(200);
/// After so long without a change the writer's memory is given back.
const WRITER_IDLE: Duration = Duration::from_secs(10);
/// Pause after something that is needed did not answer.
const OUTAGE_PAUSE: Duration = Duration::from_millis(500);

/// Keeps this process's index up with the log.
#[derive(Clone)]
pub struct Follower {
    pub searches: Searches,
    pub sources: Sources,
    /// A pool of this context, for reading the log.
    pub db: Db,
    pub clock: SharedClock,
    /// The index's folder, below the data directory.
    pub folder: PathBuf,
}

/// What a commit says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Checkpoint {
    version: (u32, u32),
    position: Position,
}

/// An index that is being kept up.
struct Replica {
    engine: Arc<Engine>,
    /// As its commits say; an index of another version is kept up until its successor is built.
    version: (u32, u32),
    writer: Option<Writer>,
    /// Up to here the writer knows.
    position: Position,
    /// Up to here the last commit goes.
    committed: Position,
    dirty: bool,
    last_commit: Instant,
    reader: Reader,
}

/// Why a step failed; the next one tries again from the last commit.
#[derive(Debug, thiserror::Error)]
enum StepError {
    #[error("the log cannot be read: {0}")]
    Log(#[from] sqlx::Error),
    #[error("a product cannot be read: {0}")]
    Source(#[from] Fault),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("the folder cannot be written: {0}")]
    Folder(#[from] std::io::Error),
    #[error("a step was broken off: {0}")]
    Panicked(#[from] tokio::task::JoinError),
    #[error("a checkpoint cannot be written: {0}")]
    Checkpoint(#[from] serde_json::Error),
}

impl Follower {
    /// Opens the index, or builds it, and follows the log until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            let ended = tokio::select! {
                () = stop.cancelled() => return,
                ended = self.follow() => ended,
            };
            if let Err(error) = ended {
                tracing::warn!(%error, "the search index cannot be kept up; trying again");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(OUTAGE_PAUSE) => {}
                }
            }
        }
    }

    async fn follow(&self) -> Result<(), StepError> {
        let folder = Folder::open(&self.folder)?;
        let mut replica = self.open(&folder);
        let head = self.head().await?;
        // A place that the log has not reached is a place in another database's log.
        replica.take_if(|(replica, _)| replica.position.xid > head.xid);
        self.searches
            .serve(replica.as_ref().map(|(replica, _)| Arc::clone(&replica.engine)));
        if replica.as_ref().is_none_or(|(_, is_current)| !is_current) {
            replica = Some((self.rebuild(&folder, replica.map(|(old, _)| old)).await?, true));
        }
        let Some((mut replica, _)) = replica else {
            return Ok(());
        };
        loop {
            tokio::select! {
                biased;
                () = self.searches.rebuild_wanted() => replica = self.rebuild(&folder, Some(replica)).await?,
                () = self.keep_up(&mut replica) => {}
            }
        }
    }

    /// The index in use and whether it is of this program's version, if it can be opened at all.
    fn open(&self, folder: &Folder) -> Option<(Replica, bool)> {
        let path = folder.current()?;
        let engine = match Engine::open(&path) {
            Ok(engine) => engine,
            Err(error) => {
                tracing::warn!(%error, "the search index cannot be opened and is built anew");
                return None;
            }
        };
        let checkpoint: Checkpoint = serde_json::from_str(&engine.payload().ok()??).ok()?;
        let is_current = checkpoint.version == INDEX_VERSION;
        let mut replica = Replica::new(engine, checkpoint.position, self.sources.clone(), self.db.clone());
        replica.version = checkpoint.version;
        Some((replica, is_current))
    }

    /// Builds an index from the catalogue in a folder of its own, while the old one is kept up, then puts it in use.
    async fn rebuild(&self, folder: &Folder, mut old: Option<Replica>) -> Result<Replica, StepError> {
        let path = folder.fresh()?;
        // The step that was broken off for this may have taken the writer with it.
        old.iter_mut().for_each(Replica::go_back);
        let built = {
            let build = self.build(&path);
            tokio::pin!(build);
            loop {
                let keep_up = async {
                    match &mut old {
                        Some(old) => self.keep_up(old).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    built = &mut build => break built?,
                    () = keep_up => {}
                }
            }
        };
        drop(old);
        self.searches.serve(Some(Arc::clone(&built.engine)));
        folder.adopt(&path)?;
        tracing::info!(documents = built.engine.documents(), "the search index was built");
        Ok(built)
    }

    async fn build(&self, path: &std::path::Path) -> Result<Replica, StepError> {
        // What is in the log by now is in the catalogue as well; what comes later is followed.
        let head = self.head().await?;
        let engine = Engine::create(path).map_err(EngineError::from)?;
        let mut replica = Replica::new(engine, head, self.sources.clone(), self.db.clone());
        replica.scan(&self.ctx(), None).await?;
        replica.commit().await?;
        Ok(replica)
    }

    /// The end of the log: everything before it is committed.
    async fn head(&self) -> Result<Position, StepError> {
        Ok(log::end(&self.db).await?)
    }

    /// One step, with its failure put right: reopened at the last commit, after a pause.
    async fn keep_up(&self, replica: &mut Replica) {
        if let Err(error) = self.step(replica).await {
            tracing::warn!(%error, "the search index could not take a change; trying again");
            metrics::counter!("search_follow_failures_total").increment(1);
            replica.go_back();
            tokio::time::sleep(OUTAGE_PAUSE).await;
        }
    }

    async fn step(&self, replica: &mut Replica) -> Result<(), StepError> {
        let woken = log::woken(POLL);
        let read = log::follow(&self.db, replica.position, &TOPICS, BATCH).await?;
        let now = self.clock.now();
        let lag = read.events.first().map_or(0.0, |first| {
            (now - first.envelope.at).num_milliseconds().max(0) as f64 / 1_000.0
        });
        metrics::gauge!("index_lag_seconds").set(lag);
        if !read.events.is_empty() {
            let changes = Changes::of(read.events.iter().map(|logged| &logged.envelope));
            if changes.categories {
                replica.reader.forget_categories();
            }
            if changes.renamed {
                // Every product of a category carries its name: they are read anew, beside the index in use.
                self.searches.rebuild();
            }
            replica.apply(&self.ctx(), changes).await?;
        }
        replica.position = read.next;
        if replica.dirty && replica.last_commit.elapsed() >= COMMIT_EVERY {
            replica.commit().await?;
            return Ok(());
        }
        if !read.events.is_empty() {
            return Ok(());
        }
        if replica.dirty {
            let rest = COMMIT_EVERY.saturating_sub(replica.last_commit.elapsed());
            tokio::time::sleep(rest.min(POLL)).await;
        } else if replica.writer.is_some() && replica.last_commit.elapsed() > WRITER_IDLE {
            replica.rest().await?;
        } else {
            woken.await;
        }
        Ok(())
    }

    fn ctx(&self) -> Ctx {
        Ctx::system("search", self.clock.now())
    }
}

impl Replica {
    fn new(engine: Engine, position: Position, sources: Sources, db: Db) -> Self {
        Self {
            engine: Arc::new(engine),
            version: INDEX_VERSION,
            writer: None,
            position,
            committed: position,
            dirty: false,
            last_commit: Instant::now(),
            reader: Reader::new(sources, db),
        }
    }

    /// To the last commit: what came after it goes with the writer.
    fn go_back(&mut self) {
        self.writer = None;
        self.dirty = false;
        self.position = self.committed;
    }

    async fn apply(&mut self, ctx: &Ctx, changes: Changes) -> Result<(), StepError> {
        let shops = self
            .reader
            .active_shops(ctx, changes.shops.iter().copied().collect())
            .await?;
        for tenant in changes.shops {
            if shops.contains_key(&tenant) {
                self.scan(ctx, Some(tenant)).await?;
            } else {
                self.write(move |writer| {
                    writer.remove_shop(tenant);
                    Ok(())
                })
                .await?;
            }
        }
        let products: Vec<ProductId> = changes.products.into_iter().collect();
        for chunk in products.chunks(usize::from(CHUNK)) {
            let documents = self.reader.documents(ctx, chunk).await?;
            self.put(documents).await?;
        }
        Ok(())
    }

    /// Reads every product of a shop, or of all.
    async fn scan(&mut self, ctx: &Ctx, shop: Option<TenantId>) -> Result<(), StepError> {
        let mut after = None;
        loop {
            let ids = self.reader.scan(ctx, shop, after, CHUNK).await?;
            let Some(&last) = ids.last() else {
                return Ok(());
            };
            after = Some(last);
            let documents = self.reader.documents(ctx, &ids).await?;
            self.put(documents).await?;
        }
    }

    async fn put(&mut self, documents: Documents) -> Result<(), StepError> {
        self.write(move |writer| {
            documents
                .removed
                .iter()
                .for_each(|&product| writer.remove(product));
            documents.put.iter().try_for_each(|document| writer.put(document))
        })
        .await
    }

    /// Works on the writer, away from the async threads; it is made when it is needed.
    async fn write<F>(&mut self, work: F) -> Result<(), StepError>
    where
        F: FnOnce(&mut Writer) -> Result<(), EngineError> + Send + 'static,
    {
        let writer = self.writer.take();
        let engine = Arc::clone(&self.engine);
        let writer = tokio::task::spawn_blocking(move || {
            let mut writer = match writer {
                Some(writer) => writer,
                None => engine.writer()?,
            };
            work(&mut writer)?;
            Ok::<_, EngineError>(writer)
        })
        .await??;
        self.writer = Some(writer);
        self.dirty = true;
        Ok(())
    }

    /// Makes everything so far durable and visible.
    async fn commit(&mut self) -> Result<(), StepError> {
        let position = self.position;
        let payload = serde_json::to_string(&Checkpoint {
            version: self.version,
            position,
        })?;
        let engine = Arc::clone(&self.engine);
        let started = Instant::now();
        self.write(move |writer| {
            writer.commit(&payload)?;
            Ok(engine.refresh()?)
        })
        .await?;
        metrics::histogram!("search_commit_seconds").record(started.elapsed().as_secs_f64());
        metrics::gauge!("search_documents").set(self.engine.documents() as f64);
        self.committed = position;
        self.dirty = false;
        self.last_commit = Instant::now();
        Ok(())
    }

    /// Notes the place in the log once more, then gives the writer's memory back.
    async fn rest(&mut self) -> Result<(), StepError> {
        self.commit().await?;
        if let Some(writer) = self.writer.take() {
            tokio::task::spawn_blocking(move || writer.close()).await??;
            // Merges that ended meanwhile are the better ones to read.
            let engine = Arc::clone(&self.engine);
            tokio::task::spawn_blocking(move || engine.refresh())
                .await?
                .map_err(EngineError::from)?;
        }
        Ok(())
    }
}

/// What some events say has changed; each thing once.
#[derive(Debug, Default)]
struct Changes {
    products: BTreeSet<ProductId>,
    shops: HashSet<TenantId>,
    /// The tree is another one, and whether a category reads differently now.
    categories: bool,
    renamed: bool,
}

impl Changes {
    fn of<'a>(events: impl Iterator<Item = &'a Envelope>) -> Self {
        let mut changes = Self::default();
        for event in events {
            if let Some(Ok(changed)) = event.read::<ProductChanged>() {
                changes.products.insert(changed.product);
            } else if let Some(Ok(changed)) = event.read::<AvailabilityChanged>() {
                changes.products.insert(changed.product);
            } else if let Some(Ok(changed)) = event.read::<PopularityChanged>() {
                changes.products.insert(changed.product);
            } else if let Some(Ok(changed)) = event.read::<RatingChanged>() {
                changes.products.insert(changed.product);
            } else if let Some(Ok(changed)) = event.read::<CategoriesChanged>() {
                changes.categories = true;
                changes.renamed |= !changed.renamed.is_empty();
            } else if let Some(Ok(changed)) = event.read::<ShopChanged>() {
                changes.shops.insert(changed.tenant);
            } else {
                // A version of the future: its key still says what to read anew.
                tracing::warn!(
                    topic = event.topic,
                    version = event.version,
                    "an event of an unknown shape"
                );
                match event.topic.as_str() {
                    ShopChanged::TOPIC => changes.shops.extend(event.tenant),
                    CategoriesChanged::TOPIC => changes.categories = true,
                    _ => {
                        changes.products.insert(ProductId(event.key));
                    }
                }
            }
        }
        changes
    }
}
