//! Finding things: an index beside the database that follows the log.
//!
//! [`engine`] is the index itself and the ranking, [`Follower`] keeps it up with what happens elsewhere,
//! [`Searches`] answers. What the index holds can be read anew at any time: from the catalogue,
//! and what sells well (`popularity`) from the one table of this context.

mod app;
pub mod engine;
mod error;
mod follow;
mod http;
mod popularity;
mod replica;
mod source;

pub use app::Searches;
pub use error::Error;
pub use follow::Follower;
pub use http::routes;
pub use popularity::count_sales;
pub use source::Sources;

/// Name of the context: of its schema, its service and its metrics.
pub const CONTEXT: &str = "search";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> store::migrate::Schema {
    store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
