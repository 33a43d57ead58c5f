//! Levels and the rules by which they change. Pure: what is locked and what is written is decided elsewhere.

mod grant;
mod level;
mod movement;

pub use grant::{Line, Pick, Shortage};
pub use level::{Crossing, Level, Shelves};
pub use movement::Reason;

/// Units of one SKU in one warehouse, at most: beyond it a count is a slip of the pen.
pub const ON_HAND_MAX: i64 = 1_000_000_000;
