//! Messages: what one buyer and one shop write each other, about the shop, a product or an order.
//!
//! - [`Conversations`]: threads are begun, written in, read, put away, reported and quoted in here. How many messages each side
//!   has not read changes in the same transaction, and the log tells that somebody wrote, never what.
//! - [`note_purchases`]: who has paid something of whose, as orders tell: from then on nothing is hidden between the two.
//! - [`send_mails`]: the first message that somebody has not read is mailed, and what a moderator decided.
//!
//! The rules are in `docs/messages.md`.

mod app;
mod desk;
mod domain;
mod error;
mod http;
mod mails;
mod react;
mod store;

pub use app::{Conversations, Parts};
pub use error::Error;
pub use http::routes;
pub use mails::send as send_mails;
pub use react::note_purchases;

pub const CONTEXT: &str = "messages";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
