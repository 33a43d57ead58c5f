//! Levels and the rules by which they change. Pure: what is locked and what is written is decided elsewhere.

mod feed;
mod grant;
mod inbound;
mod level;
mod movement;
mod route;

pub use feed::{
    BrokenFeed, FEED_BYTES_MAX, FEED_ERRORS_KEPT, FEED_ROWS_MAX, FeedError, FeedFile, FeedReader, FeedRow,
};
pub use grant::{Line, Pick, Shortage};
pub use inbound::{Inbound, InboundKind, InboundLine, InboundRefusal, InboundState, Receipt};
pub use level::{Crossed, Crossing, Level, Shelves, Units, default_warehouse, low_below};
pub use movement::Reason;
pub use route::{Destination, Route, Rule, Site};

/// Units of one SKU in one warehouse, at most: beyond it a count is a slip of the pen.
pub const ON_HAND_MAX: i64 = 1_000_000_000;
