//! Notifications: what people are told of what happens to what is theirs.
//!
//! - [`listen`]: public events become notices of the persons and shops that they concern, each once.
//! - [`Notices`]: they are listed, counted and marked as read here. Their words are made when somebody reads them, in the
//!   reader's language, of what the event said and of what the other contexts call things now.
//! - [`Letters`](contracts::notifications::Letters): mails of other contexts go through here, and out if and when their readers
//!   want them ([`send_mails`]).
//! - [`Reach`](contracts::notifications::Reach): telephones and devices, where text messages and pushes reach people
//!   ([`send_messages`]) through carriers ([`SmsPort`], [`PushPort`]).
//! - [`send_stock_mails`]: a shop's staff get one mail for all that ran low within an hour.
//! - [`sweep`]: what is older than [`KEPT_DAYS`](contracts::notifications::KEPT_DAYS) is forgotten.
//!
//! The rules are in `docs/notifications.md`.

mod app;
mod carry;
mod desk;
mod domain;
mod error;
mod http;
mod mails;
mod messages;
mod react;
mod shops;
mod store;
mod sweep;

pub use app::{Notices, Parts};
pub use carry::{Carried, Push, PushPort, Sandbox, Sms, SmsPort, Twilio, twilio};
pub use error::Error;
pub use http::routes;
pub use mails::send as send_mails;
pub use messages::send as send_messages;
pub use react::listen;
pub use shops::send_stock_mails;
pub use sweep::sweep;

pub const CONTEXT: &str = "notifications";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
