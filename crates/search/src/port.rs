//! What an index must be able to do, wherever it lies: in this process's data directory ([`crate::embedded`]), or with an
//! OpenSearch ([`crate::opensearch`]). Searches ask an [`Index`]; the follower keeps one up through a [`Keeper`], and builds
//! and swaps them in a [`Home`].

use crate::engine::{EngineError, Tuning};
use crate::error::Error;
use crate::source::Documents;
use contracts::search::tuning::SearchPreview;
use contracts::search::{SearchPage, SearchQuery, Suggestions};
use futures::future::BoxFuture;
use kernel::{TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use store::log::Position;

/// From its arrival, a search is answered or given up within this.
pub const SEARCH_TIME_MAX: Duration = Duration::from_secs(2);

/// A search, as an operator wishes it.
pub struct Ask {
    pub query: SearchQuery,
    pub tuning: Arc<Tuning>,
    pub now: Timestamp,
}

/// An index that can be asked.
pub trait Index: Send + Sync {
    /// Products in it, as last known.
    fn documents(&self) -> u64;
    fn search(&self, ask: Ask) -> BoxFuture<'_, Result<SearchPage, Error>>;
    /// The page that [`Self::search`] gives, with the reasons for its order as far as they are known.
    fn preview(&self, ask: Ask) -> BoxFuture<'_, Result<SearchPreview, Error>>;
    /// For what was typed so far, which is the query's words.
    fn suggest(&self, ask: Ask, limit: usize) -> BoxFuture<'_, Result<Suggestions, Error>>;
}

/// What a commit says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Of fields and analysis.
    pub version: (u32, u32),
    /// What comes before it in the log is in the index.
    pub position: Position,
}

type Step<'a, T = ()> = BoxFuture<'a, Result<T, KeepError>>;

/// Writes to one index.
pub trait Keeper: Send {
    fn index(&self) -> Arc<dyn Index>;
    /// The index's own name, where it has one.
    fn name(&self) -> Option<String> {
        None
    }
    /// Waits until nobody else keeps this index up, and tells where it stands then.
    fn lead(&mut self) -> Step<'_, Checkpoint>;
    /// `seen` is a place that the log had reached before `documents` were read: what was read later wins.
    fn put(&mut self, documents: Documents, seen: Position) -> Step<'_>;
    fn remove_shop(&mut self, shop: TenantId, seen: Position) -> Step<'_>;
    /// Makes everything so far durable, together with `checkpoint`, and lets searches see it.
    fn commit(&mut self, checkpoint: Checkpoint) -> Step<'_>;
    /// Forgets what was not committed.
    fn go_back(&mut self);
    /// Nothing has changed for a while, and everything is committed.
    fn rest(&mut self, checkpoint: Checkpoint) -> Step<'_>;
    /// Nothing has changed; it goes on being ours to keep.
    fn stay(&mut self) -> Step<'_> {
        Box::pin(async { Ok(()) })
    }
}

/// Where indexes lie.
pub trait Home: Send + Sync {
    /// The index in use, if there is one that can be opened.
    fn open(&self) -> Step<'_, Option<(Box<dyn Keeper>, Checkpoint)>>;
    /// An empty index beside it; what earlier attempts left is removed.
    fn fresh(&self) -> Step<'_, Box<dyn Keeper>>;
    /// Puts `keeper`'s index, which was made by [`Self::fresh`] last, in use for good, and removes the one before.
    fn adopt<'a>(&'a self, keeper: &'a mut dyn Keeper) -> Step<'a>;
}

/// Why an index could not be kept up; the next step tries again from the last commit.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("the folder cannot be written: {0}")]
    Folder(#[from] std::io::Error),
    #[error("a step was broken off: {0}")]
    Panicked(#[from] tokio::task::JoinError),
    #[error("a checkpoint cannot be written: {0}")]
    Checkpoint(#[from] serde_json::Error),
    /// Somebody else keeps it up now, or another index is in use.
    #[error("this index is not ours to keep any more")]
    Lost,
    #[error("OpenSearch: {0}")]
    OpenSearch(#[from] crate::opensearch::Trouble),
}
