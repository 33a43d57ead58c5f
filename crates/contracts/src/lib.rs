//! The whole conversation between the rooms, in one folder: public events, commands, replies, and for each
//! context a trait that is its client.
//!
//! A client is either the context itself in this process or a [`Transport`] to another process that runs it;
//! callers hold an `Arc<dyn Trait>` and cannot tell. Public events are a promise: they change compatibly or get
//! a new version.

mod address;
pub mod blob;
mod document;
mod event;
mod service;

pub mod audit;
pub mod cart;
pub mod catalog;
pub mod checkout;
pub mod digital;
pub mod identity;
pub mod inventory;
pub mod ledger;
pub mod making;
pub mod messages;
pub mod notifications;
pub mod orders;
pub mod payments;
pub mod people;
pub mod promotions;
pub mod purses;
pub mod reviews;
pub mod saved_views;
pub mod search;
pub mod shipping;
pub mod system;
pub mod taxes;
pub mod template;
pub mod tenants;
pub mod webhooks;
pub mod wishlists;

pub use address::Address;
pub use blob::Blob;
pub use document::{Document, Language};
pub use event::{Envelope, PublicEvent};
pub use service::{Dispatch, Reply, Transport, reply};
