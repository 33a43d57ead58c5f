//! The index follows the log.
//!
//! An event only says that a product, its stock or its shop changed; the document is read anew from those who know.
//! The place in the log lies in the commit that holds its effect, so after a crash the index goes on where that commit
//! stands: a change is indexed again at worst, never left out.

use crate::app::Searches;
use crate::embedded::Embedded;
use crate::engine::INDEX_VERSION;
use crate::opensearch::Cluster;
use crate::port::{Checkpoint, Home, KeepError, Keeper};
use crate::source::{Documents, Reader, Sources};
use crate::withheld::Gone;
use chrono::TimeDelta;
use contracts::catalog::{CategoriesChanged, ItemChanged, ProductChanged};
use contracts::inventory::AvailabilityChanged;
use contracts::reviews::RatingChanged;
use contracts::search::PopularityChanged;
use contracts::tenants::ShopChanged;
use contracts::{Envelope, PublicEvent};
use kernel::{Ctx, Fault, ProductId, SharedClock, TenantId, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use store::Db;
use store::log::{self, Position};
use tokio_util::sync::CancellationToken;

const TOPICS: [&str; 7] = [
    ProductChanged::TOPIC,
    ItemChanged::TOPIC,
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
/// After so long without a change there is time to tidy up.
const IDLE: Duration = Duration::from_secs(10);
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
    pub place: Place,
}

/// Where the index lies.
#[derive(Clone)]
pub enum Place {
    /// A folder below the data directory, of this process alone.
    Folder(PathBuf),
    /// With an OpenSearch, for all processes.
    OpenSearch(Cluster),
}

impl Place {
    fn home(&self) -> Result<Box<dyn Home>, KeepError> {
        Ok(match self {
            Self::Folder(folder) => Box::new(Embedded::open(folder)?),
            Self::OpenSearch(cluster) => Box::new(cluster.clone()),
        })
    }
}

/// An index that is being kept up.
struct Replica {
    keeper: Box<dyn Keeper>,
    /// As its commits say; an index of another version is kept up until its successor is built.
    version: (u32, u32),
    /// Up to here the keeper was told.
    position: Position,
    /// Up to here the last commit goes.
    committed: Position,
    /// Where a change stands for which an index is to be built anew, and one for which shops are read anew: a commit says no
    /// more than this until it is done, so that whoever opens the index after a crash comes upon the change again.
    owes_index: Option<Position>,
    owes_shops: Option<Position>,
    /// Shops of which every product is read anew, and how far: a part of one at each step, so that changes of other shops do not
    /// wait for the last of a hundred thousand products.
    shops: BTreeMap<TenantId, Option<ProductId>>,
    /// When the first change was made that buyers do not see yet, and when the log was last read.
    unseen_since: Option<Timestamp>,
    read_at: Timestamp,
    dirty: bool,
    last_commit: Instant,
    rested: bool,
    reader: Reader,
    searches: Searches,
    /// What answers leave out until the next commit.
    gone: Gone,
}

/// Why a step failed; the next one tries again from the last commit.
#[derive(Debug, thiserror::Error)]
enum StepError {
    #[error("the log cannot be read: {0}")]
    Log(#[from] sqlx::Error),
    #[error("a product cannot be read: {0}")]
    Source(#[from] Fault),
    #[error(transparent)]
    Keep(#[from] KeepError),
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
        let home = self.place.home()?;
        let mut replica = None;
        if let Some((keeper, _)) = home.open().await? {
            // What is there answers while it is waited for whoever keeps it up.
            self.searches.serve(Some(keeper.index()));
            replica = self.lead(keeper).await?;
        }
        let head = self.head().await?;
        // A place that the log has not reached is a place in another database's log.
        replica.take_if(|replica| replica.position.xid > head.xid);
        let index = replica.as_ref().map(|replica| replica.keeper.index());
        self.searches.serve(index);
        let mut replica = match replica {
            Some(replica) if replica.version == INDEX_VERSION => replica,
            old => self.rebuild(home.as_ref(), old).await?,
        };
        loop {
            tokio::select! {
                biased;
                () = self.searches.rebuild_wanted() => {
                    replica = self.rebuild(home.as_ref(), Some(replica)).await?;
                }
                kept = self.keep_up(&mut replica) => kept?,
            }
        }
    }

    /// The index from where it stands when nobody else keeps it up.
    async fn lead(&self, mut keeper: Box<dyn Keeper>) -> Result<Option<Replica>, StepError> {
        let checkpoint = keeper.lead().await?;
        Ok(Some(self.replica(keeper, checkpoint)))
    }

    fn replica(&self, keeper: Box<dyn Keeper>, checkpoint: Checkpoint) -> Replica {
        Replica {
            keeper,
            version: checkpoint.version,
            position: checkpoint.position,
            committed: checkpoint.position,
            owes_index: None,
            owes_shops: None,
            shops: BTreeMap::new(),
            unseen_since: None,
            read_at: self.clock.now(),
            dirty: false,
            last_commit: Instant::now(),
            rested: true,
            reader: Reader::new(self.sources.clone(), self.db.clone()),
            searches: self.searches.clone(),
            gone: Gone::default(),
        }
    }

    /// Builds an index from the catalogue beside the old one, which is kept up meanwhile, then puts it in use.
    async fn rebuild(&self, home: &dyn Home, mut old: Option<Replica>) -> Result<Replica, StepError> {
        // The step that was broken off for this may have taken the writer with it.
        old.iter_mut().for_each(Replica::go_back);
        let mut built = {
            let build = self.build(home);
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
                    kept = keep_up => kept?,
                }
            }
        };
        drop(old);
        let index = built.keeper.index();
        let documents = index.documents();
        // First, because what lies elsewhere is asked by the name that it is given here.
        home.adopt(built.keeper.as_mut()).await?;
        self.searches.serve(Some(index));
        tracing::info!(documents, "the search index was built");
        Ok(built)
    }

    async fn build(&self, home: &dyn Home) -> Result<Replica, StepError> {
        let keeper = home.fresh().await?;
        // What is in the log by now is in the catalogue as well; what comes later is followed.
        let position = self.head().await?;
        let version = INDEX_VERSION;
        let mut replica = self.replica(keeper, Checkpoint { version, position });
        replica.scan(&self.ctx(), position).await?;
        replica.commit().await?;
        Ok(replica)
    }

    /// The end of the log: everything before it is committed.
    async fn head(&self) -> Result<Position, StepError> {
        Ok(log::end(&self.db).await?)
    }

    /// One step, with its failure put right: reopened at the last commit, after a pause. An index that is not ours to keep
    /// any more is given up.
    async fn keep_up(&self, replica: &mut Replica) -> Result<(), StepError> {
        match self.step(replica).await {
            Ok(()) => Ok(()),
            Err(StepError::Keep(KeepError::Lost)) => Err(KeepError::Lost.into()),
            Err(error) => {
                tracing::warn!(%error, "the search index could not take a change; trying again");
                metrics::counter!("search_follow_failures_total").increment(1);
                let since = replica.unseen_since.unwrap_or(replica.read_at);
                self.searches.lags(seconds(self.clock.now() - since));
                replica.go_back();
                tokio::time::sleep(OUTAGE_PAUSE).await;
                Ok(())
            }
        }
    }

    async fn step(&self, replica: &mut Replica) -> Result<(), StepError> {
        let woken = log::woken(POLL);
        let read = log::follow(&self.db, replica.position, &TOPICS, BATCH).await?;
        replica.read_at = self.clock.now();
        let first = read.events.first().map(|first| first.envelope.at);
        replica.unseen_since = replica.unseen_since.or(first);
        let lag = replica
            .unseen_since
            .map_or(0.0, |since| seconds(replica.read_at - since));
        self.searches.lags(lag);
        if !read.events.is_empty() {
            let changes = Changes::of(read.events.iter().map(|logged| &logged.envelope));
            if changes.categories {
                replica.reader.forget_categories();
            }
            if changes.renamed && replica.owes_index.is_none() {
                // Every product of a category carries its name: they are read anew, beside the index in use.
                replica.owes_index = Some(replica.position);
                self.searches.rebuild();
            }
            replica.apply(&self.ctx(), changes, read.next).await?;
        }
        replica.position = read.next;
        let has_shops = !replica.shops.is_empty();
        if has_shops {
            replica.go_through_shops(&self.ctx()).await?;
        }
        if replica.dirty && replica.last_commit.elapsed() >= COMMIT_EVERY {
            replica.commit().await?;
            return Ok(());
        }
        if has_shops || !read.events.is_empty() {
            return Ok(());
        }
        if replica.dirty {
            let rest = COMMIT_EVERY.saturating_sub(replica.last_commit.elapsed());
            tokio::time::sleep(rest.min(POLL)).await;
        } else if !replica.rested && replica.last_commit.elapsed() > IDLE {
            replica.rest().await?;
        } else {
            replica.keeper.stay().await?;
            woken.await;
        }
        Ok(())
    }

    fn ctx(&self) -> Ctx {
        Ctx::system("search", self.clock.now())
    }
}

impl Replica {
    fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            version: self.version,
            position: [self.owes_index, self.owes_shops]
                .into_iter()
                .flatten()
                .fold(self.position, Position::min),
        }
    }

    /// To the last commit: what came after it is forgotten.
    fn go_back(&mut self) {
        self.keeper.go_back();
        self.dirty = false;
        self.unseen_since = None;
        self.position = self.committed;
        // What was read of them since the last commit is forgotten as well.
        self.shops.values_mut().for_each(|after| *after = None);
    }

    /// `seen` is a place that the log has reached already.
    async fn apply(&mut self, ctx: &Ctx, changes: Changes, seen: Position) -> Result<(), StepError> {
        let shops = self
            .reader
            .active_shops(ctx, changes.shops.iter().copied().collect())
            .await?;
        for tenant in changes.shops {
            if shops.contains_key(&tenant) {
                self.owes_shops.get_or_insert(self.position);
                self.shops.insert(tenant, None);
                self.searches.withheld().forget([], [tenant]);
            } else {
                self.shops.remove(&tenant);
                self.dirty = true;
                self.searches.withheld().withhold(&[], Some(tenant));
                self.gone.shops.insert(tenant);
                self.keeper.remove_shop(tenant, seen).await?;
                self.scan_beside(ctx, tenant, seen).await?;
            }
        }
        let products: Vec<ProductId> = changes.products.into_iter().collect();
        for chunk in products.chunks(usize::from(CHUNK)) {
            let documents = self.reader.documents(ctx, chunk).await?;
            self.put(documents, seen).await?;
        }
        Ok(())
    }

    /// Reads the next products of a shop that changed.
    async fn go_through_shops(&mut self, ctx: &Ctx) -> Result<(), StepError> {
        let Some((&shop, &after)) = self.shops.first_key_value() else {
            return Ok(());
        };
        let ids = self.reader.scan(ctx, Some(shop), after, CHUNK).await?;
        if let Some(&last) = ids.last() {
            let documents = self.reader.documents(ctx, &ids).await?;
            self.put(documents, self.position).await?;
            self.shops.insert(shop, Some(last));
            return Ok(());
        }
        self.shops.remove(&shop);
        if self.shops.is_empty() {
            self.owes_shops = None;
            // The commit says that it is done.
            self.dirty = true;
        }
        Ok(())
    }

    /// Reads every product.
    async fn scan(&mut self, ctx: &Ctx, seen: Position) -> Result<(), StepError> {
        let mut after = None;
        loop {
            let ids = self.reader.scan(ctx, None, after, CHUNK).await?;
            let Some(&last) = ids.last() else {
                return Ok(());
            };
            after = Some(last);
            let documents = self.reader.documents(ctx, &ids).await?;
            self.put(documents, seen).await?;
        }
    }

    /// Reads every product of other shops that is the same as one of a shop that sells no more.
    async fn scan_beside(&mut self, ctx: &Ctx, shop: TenantId, seen: Position) -> Result<(), StepError> {
        let mut after = None;
        loop {
            let ids = self.reader.scan(ctx, Some(shop), after, CHUNK).await?;
            let Some(&last) = ids.last() else {
                return Ok(());
            };
            after = Some(last);
            let others = self.reader.beside(ctx, &ids).await?;
            if !others.is_empty() {
                let documents = self.reader.documents(ctx, &others).await?;
                self.put(documents, seen).await?;
            }
        }
    }

    async fn put(&mut self, documents: Documents, seen: Position) -> Result<(), StepError> {
        self.dirty = true;
        let withheld = self.searches.withheld();
        withheld.withhold(&documents.removed, None);
        self.gone.products.extend(&documents.removed);
        let is_back = |product: &ProductId| self.gone.products.contains(product);
        let back = documents
            .put
            .iter()
            .map(|document| document.product)
            .filter(is_back);
        withheld.forget(back, []);
        Ok(self.keeper.put(documents, seen).await?)
    }

    /// Makes everything so far durable and visible.
    async fn commit(&mut self) -> Result<(), StepError> {
        let started = Instant::now();
        self.keeper.commit(self.checkpoint()).await?;
        metrics::histogram!("search_commit_seconds").record(started.elapsed().as_secs_f64());
        metrics::gauge!("search_documents").set(self.keeper.index().documents() as f64);
        let Gone { products, shops } = std::mem::take(&mut self.gone);
        self.searches.withheld().forget(products, shops);
        self.committed = self.position;
        if self.shops.is_empty() {
            self.unseen_since = None;
        }
        self.dirty = false;
        self.rested = false;
        self.last_commit = Instant::now();
        Ok(())
    }

    async fn rest(&mut self) -> Result<(), StepError> {
        self.keeper.rest(self.checkpoint()).await?;
        self.committed = self.position;
        self.rested = true;
        Ok(())
    }
}

fn seconds(time: TimeDelta) -> f64 {
    time.num_milliseconds().max(0) as f64 / 1_000.0
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
            } else if let Some(Ok(changed)) = event.read::<ItemChanged>() {
                changes.products.insert(changed.product);
                changes.products.extend(changed.others);
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
