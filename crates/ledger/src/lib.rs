//! Double-entry postings in minor units per currency: the truth about who is owed what.
//!
//! An [`Entry`] is a set of postings that sums to zero in each currency. PostgreSQL refuses any other, and any
//! change to one that was made; corrections are entries of their own. Entries of orders are posted by the till, in
//! the transaction that confirms or refunds the order ([`till`]).
//!
//! What a sale owes a shop is held from the moment it is owed, until its goods have been delivered for some days. What
//! is not held is paid out when the shop's period ends; less than nothing, and less than the shop's minimum, is carried.
//! A payout's money leaves `seller_payable` when it is made, and `payout_clearing` when the bank has paid.
//!
//! Days that are over are closed: they take no more entries, and balances are read from their sums and the postings since
//! (`store::days`, [ADR 7](../../../docs/adr/0007-ledger-accounts-without-rows.md)).
//!
//! Gift cards and store credit are what the marketplace owes to whoever may spend them here. What is on each, and what of it
//! orders have set aside, is kept beside the postings, which owe the same in sum ([`Purses`], [`till::purses`]).

mod app;
mod client;
pub mod domain;
mod error;
mod http;
mod lines;
mod papers;
mod provider;
mod replay;
mod store;
pub mod till;
mod verify;
mod work;

pub use app::{
    Asked, HOUSE_RATE, Imported, Ledger, NewListingRule, NewRule, PayoutView, PlaceHold, Purses, Rates,
    Rules, Terms, WantedPurses,
};
pub use domain::{Account, Entry, Posting, refund, sale};
pub use error::Error;
pub use http::{purse_routes, routes};
pub use provider::{PayoutProvider, SandboxBank, Transfer};
pub use replay::{Difference, Replayed, replay};
pub use store::commission::Wanted as WantedRules;
pub use store::holds::Wanted;
pub use store::purses::Found as FoundPurse;
pub use verify::verify;
pub use work::{charge_promoted, note_listings, work};

pub const CONTEXT: &str = "ledger";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
