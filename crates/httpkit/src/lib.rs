//! How HTTP is spoken here.
//!
//! A handler's signature says who may call it ([`Buyer`], [`Seller`], [`Admin`], [`Partner`], [`Anyone`]), what it reads
//! ([`Json`], [`Query`], [`Path`]) and what it refuses with ([`Problem`], RFC 9457). Nothing else decides either.

mod auth;
mod conditional;
pub mod contact;
mod document;
mod extract;
mod guess;
mod idempotency;
mod layer;
mod limit;
mod moment;
mod page;
mod problem;
mod replay;
mod shopper;
mod strict;
pub mod text;
mod transport;
pub mod webhook;

pub use auth::{Admin, Anyone, Auth, Buyer, Needs, Opens, Partner, Seller, perm, scope};
pub use conditional::{IfMatch, etag};
pub use document::{Csv, LanguageQuery, Pdf};
pub use extract::{Json, Path, Query};
pub use guess::{Guesses, UNKNOWN_CODES_MAX};
pub use idempotency::IdempotencyKey;
pub use layer::{Instance, Observe, Request as RequestInfo};
pub use limit::RateLimits;
pub use moment::moment;
pub use page::PageQuery;
pub use problem::{Problem, ProblemDocument, method_not_allowed, status_of};
pub use replay::{Answer, Answers, Claim, Claimed, LEASE, Replay, tells_secrets};
pub use shopper::{CartToken, OrderReader, Shopper};
pub use transport::{Confidential, Transport, TrustedProxies};
