//! Finding things: an index beside the database that follows the log.
//!
//! [`engine`] is the index itself and the ranking, [`opensearch`] another one that lies elsewhere, both behind `port`;
//! [`Follower`] keeps it up with what happens elsewhere,
//! [`Searches`] answers. What the index holds can be read anew at any time: from the catalogue,
//! and what sells well (`popularity`) from a table of this context. What operators say about searches is kept by [`Desk`].

mod app;
mod desk;
mod embedded;
pub mod engine;
mod error;
mod follow;
mod http;
pub mod opensearch;
mod popularity;
mod port;
mod promoting;
mod record;
mod replica;
mod report;
mod source;
mod store;
mod sums;
mod titles;
mod withheld;

pub use app::Searches;
pub use desk::Desk;
pub use error::Error;
pub use follow::{Follower, Place};
pub use http::{desk_routes, promoting_routes, routes};
pub use popularity::count_sales;
pub use promoting::{Promoter, begin_days};
pub use record::{follow_orders, record};
pub use source::Sources;
pub use sums::{sum_up_days, verify};
pub use titles::keep_titles;

/// Name of the context: of its schema, its service and its metrics.
pub const CONTEXT: &str = "search";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
