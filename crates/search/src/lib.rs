//! Finding things: an index beside the database that follows the log.
//!
//! [`engine`] is the index itself and the ranking, [`Follower`] keeps it up with what happens elsewhere,
//! [`Searches`] answers. What is absent: tables. What the index holds can be read anew from the catalogue at any time.

mod app;
pub mod engine;
mod error;
mod follow;
mod http;
mod replica;
mod source;

pub use app::Searches;
pub use error::Error;
pub use follow::Follower;
pub use http::routes;
pub use source::Sources;

/// Name of the context: of its schema, its service and its metrics.
pub const CONTEXT: &str = "search";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// The context has no tables, but it reads the log under roles of its own.
#[must_use]
pub fn schema() -> store::migrate::Schema {
    store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
