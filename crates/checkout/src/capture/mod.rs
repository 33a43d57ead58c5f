//! Shares of a payment that are captured as shops send their goods, instead of all of it at once.
//!
//! `setting` says whether they are. The saga of a payment then ends with its money set aside, and its order confirmed. `sent`
//! hears which shops send; [`drive`] asks the provider for their shares, one question after the other, whoever dies and whenever.
//! What becomes of shares is decided in the till ([`crate::till::settle::capture`]).

pub mod drive;
mod list;
pub(crate) mod sent;
mod setting;

pub(crate) use setting::Kept;
