//! Where tax is owed, how much of it, and by whom.
#![deny(clippy::float_arithmetic)]

mod amount;
mod book;

pub use amount::{in_price, on_price};
pub use book::{Assessed, Book, Category, Liability, Place, Rate, Region};

/// The millionths of a whole: a rate of 210,000 is 21 %.
pub const WHOLE: u32 = 1_000_000;

pub use contracts::taxes::STANDARD;
/// The category of what shops ask for delivery.
pub const DELIVERY: &str = "delivery";
