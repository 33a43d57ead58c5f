//! Real servers, in directories of their own, started, killed, lost and found.

mod crash;
mod lifecycle;
mod place;
mod refusal;
mod scene;
mod shared;
mod sharing;
