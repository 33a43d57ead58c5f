//! Reviews: what buyers say of what they bought and received.
//!
//! - [`domain`]: what a review may say, and what moderation makes of it: rules, a word list and a small classifier. Pure.
//! - [`Ratings`]: reviews are written, changed, voted for, reported, answered and decided on here; how many stars a product
//!   and a shop have changes in the same transaction, and the log tells.
//! - [`note_purchases`]: who may review what, as orders tell.
//!
//! The rules and the measurements are in `docs/reviews.md`.

mod app;
mod desk;
pub mod domain;
mod error;
mod http;
mod react;
mod store;
mod verify;

pub use app::Ratings;
pub use error::Error;
pub use http::routes;
pub use react::note_purchases;
pub use verify::verify;

pub const CONTEXT: &str = "reviews";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
