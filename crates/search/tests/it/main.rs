#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod contract;
mod corpus;
mod currencies;
mod electronics;
mod exact;
mod facets;
mod follow;
mod http;
mod kill;
mod meant;
mod merchandise;
mod not_offered;
mod opensearch;
mod paging;
mod popularity;
mod promoting;
mod quality;
mod ranking;
mod record;
mod signals;
mod sums;
mod swap;
mod tuning;
mod world;
