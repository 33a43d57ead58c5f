//! The index in this process's data directory.

use crate::engine::{Engine, EngineError, Ranking, Writer};
use crate::error::Error;
use crate::port::{Ask, Checkpoint, Home, Index, KeepError, Keeper, SEARCH_TIME_MAX};
use crate::replica::Folder;
use crate::source::Documents;
use contracts::search::tuning::SearchPreview;
use contracts::search::{SearchPage, Suggestions};
use futures::future::BoxFuture;
use kernel::TenantId;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use store::log::Position;
use tokio::sync::Semaphore;

type Step<'a, T = ()> = BoxFuture<'a, Result<T, KeepError>>;

/// An index of this process, open for searching.
struct Local {
    engine: Arc<Engine>,
    /// Searching is work for a processor: more at once than there are only makes all of them slow.
    permits: Arc<Semaphore>,
}

impl Local {
    /// Runs `task` on a thread made for such work, when it is its turn.
    fn work<'a, T, F>(&'a self, kind: &'static str, task: F) -> BoxFuture<'a, Result<T, Error>>
    where
        T: Send + 'static,
        F: FnOnce(&Engine, Instant) -> Result<T, EngineError> + Send + 'static,
    {
        Box::pin(async move {
            let deadline = Instant::now() + SEARCH_TIME_MAX;
            let engine = Arc::clone(&self.engine);
            let turn = Arc::clone(&self.permits).acquire_owned();
            let permit = tokio::time::timeout(SEARCH_TIME_MAX, turn)
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
        })
    }
}

impl Index for Local {
    fn documents(&self) -> u64 {
        self.engine.documents()
    }

    fn search(&self, ask: Ask) -> BoxFuture<'_, Result<SearchPage, Error>> {
        self.work("search", move |engine, deadline| {
            let ranking = Ranking::default();
            engine.search_with(&ask.query, &ranking, &ask.tuning, Some(ask.now), deadline)
        })
    }

    fn preview(&self, ask: Ask) -> BoxFuture<'_, Result<SearchPreview, Error>> {
        self.work("preview", move |engine, deadline| {
            let ranking = Ranking::default();
            engine.preview(&ask.query, &ranking, &ask.tuning, Some(ask.now), deadline)
        })
    }

    fn suggest(&self, ask: Ask, limit: usize) -> BoxFuture<'_, Result<Suggestions, Error>> {
        self.work("suggest", move |engine, deadline| {
            engine.suggest_with(&ask.query.q, limit, &ask.tuning, Some(ask.now), deadline)
        })
    }
}

/// The folder that holds them, locked for this process.
pub struct Embedded {
    folder: Folder,
    permits: Arc<Semaphore>,
    /// Where the index lies that was made last.
    made: Mutex<Option<PathBuf>>,
}

impl Embedded {
    pub fn open(root: &Path) -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self {
            folder: Folder::open(root)?,
            permits: Arc::new(Semaphore::new(cores)),
            made: Mutex::new(None),
        })
    }

    fn keeper(&self, engine: Engine, committed: Option<Checkpoint>) -> Box<dyn Keeper> {
        Box::new(LocalKeeper {
            engine: Arc::new(engine),
            permits: Arc::clone(&self.permits),
            writer: None,
            committed,
        })
    }

    fn current(&self) -> Option<(Box<dyn Keeper>, Checkpoint)> {
        let path = self.folder.current()?;
        let engine = match Engine::open(&path) {
            Ok(engine) => engine,
            Err(error) => {
                tracing::warn!(%error, "the search index cannot be opened and is built anew");
                return None;
            }
        };
        let checkpoint: Checkpoint = serde_json::from_str(&engine.payload().ok()??).ok()?;
        Some((self.keeper(engine, Some(checkpoint)), checkpoint))
    }
}

impl Home for Embedded {
    fn open(&self) -> Step<'_, Option<(Box<dyn Keeper>, Checkpoint)>> {
        Box::pin(async { Ok(self.current()) })
    }

    fn fresh(&self) -> Step<'_, Box<dyn Keeper>> {
        Box::pin(async {
            let path = self.folder.fresh()?;
            let engine = Engine::create(&path).map_err(EngineError::from)?;
            *self.made.lock().unwrap_or_else(PoisonError::into_inner) = Some(path);
            Ok(self.keeper(engine, None))
        })
    }

    fn adopt<'a>(&'a self, _keeper: &'a mut dyn Keeper) -> Step<'a> {
        Box::pin(async {
            let made = self.made.lock().unwrap_or_else(PoisonError::into_inner).take();
            let made = made.ok_or(KeepError::Lost)?;
            Ok(self.folder.adopt(&made)?)
        })
    }
}

struct LocalKeeper {
    engine: Arc<Engine>,
    permits: Arc<Semaphore>,
    /// Made when it is needed.
    writer: Option<Writer>,
    committed: Option<Checkpoint>,
}

impl LocalKeeper {
    /// Works on the writer, away from the async threads.
    async fn write<F>(&mut self, work: F) -> Result<(), KeepError>
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
        Ok(())
    }

    async fn write_commit(&mut self, checkpoint: Checkpoint) -> Result<(), KeepError> {
        let payload = serde_json::to_string(&checkpoint)?;
        let engine = Arc::clone(&self.engine);
        self.write(move |writer| {
            writer.commit(&payload)?;
            Ok(engine.refresh()?)
        })
        .await?;
        self.committed = Some(checkpoint);
        Ok(())
    }
}

impl Keeper for LocalKeeper {
    fn index(&self) -> Arc<dyn Index> {
        Arc::new(Local {
            engine: Arc::clone(&self.engine),
            permits: Arc::clone(&self.permits),
        })
    }

    fn lead(&mut self) -> Step<'_, Checkpoint> {
        // The folder is locked for this process.
        Box::pin(async { self.committed.ok_or(KeepError::Lost) })
    }

    fn put(&mut self, documents: Documents, _seen: Position) -> Step<'_> {
        Box::pin(self.write(move |writer| {
            let removed = documents.removed.iter();
            removed.for_each(|&product| writer.remove(product));
            documents.put.iter().try_for_each(|document| writer.put(document))
        }))
    }

    fn remove_shop(&mut self, shop: TenantId, _seen: Position) -> Step<'_> {
        Box::pin(self.write(move |writer| {
            writer.remove_shop(shop);
            Ok(())
        }))
    }

    fn commit(&mut self, checkpoint: Checkpoint) -> Step<'_> {
        Box::pin(self.write_commit(checkpoint))
    }

    fn go_back(&mut self) {
        // What was not committed goes with it.
        self.writer = None;
    }

    /// Notes the place in the log once more, then gives the writer's memory back.
    fn rest(&mut self, checkpoint: Checkpoint) -> Step<'_> {
        Box::pin(async move {
            if self.writer.is_none() {
                return Ok(());
            }
            self.write_commit(checkpoint).await?;
            if let Some(writer) = self.writer.take() {
                tokio::task::spawn_blocking(move || writer.close()).await??;
                // Merges that ended meanwhile are the better ones to read.
                let engine = Arc::clone(&self.engine);
                tokio::task::spawn_blocking(move || engine.refresh())
                    .await?
                    .map_err(EngineError::from)?;
            }
            Ok(())
        })
    }
}
