//! Wish lists, and what somebody looked at lately.
//!
//! [`Wishes`] keeps them for buyers who are signed in; what a guest's browser keeps is added when they sign in. Nothing here
//! is any shop's business. `docs/wishlists.md` has the rules.

mod app;
mod desk;
mod error;
mod http;
mod store;

pub use app::Wishes;
pub use error::Error;
pub use http::routes;

pub const CONTEXT: &str = "wishlists";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
