//! The order as a history. `decide` says what happens on a command, `evolve` what an event makes of an order; both
//! are pure: ids and time come in.
//!
//! ```text
//! (none) --place--> placed --confirm--> confirmed
//!                   placed --decline payment--> placed        the buyer may try again
//!                   placed --cancel--> cancelled              buyer, seller, or the hold ran out
//!                   cancelled --reopen--> placed              only if the hold ran out, and the payment came after all
//!                                      confirmed --cancel--> cancelled   buyer or seller; the money goes back
//! ```

mod decide;
mod event;
mod number;
mod order;
#[cfg(test)]
mod tests;

pub use decide::name as status_name;
pub use decide::{Command, Refusal, decide};
pub use event::{Delivery, Event, Line, Part, Placed};
pub use number::{of_order, of_sub_order};
pub use order::{Order, evolve, replay, sub_order_status};

/// Sellers in one order: a cart's lines are the limit of them.
pub const PARTS_MAX: usize = kernel::limits::CART_LINES_MAX;
