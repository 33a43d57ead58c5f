//! The order as a history. `decide` says what happens on a command, `evolve` what an event makes of an order; both
//! are pure: ids and time come in.
//!
//! ```text
//! (none) --place--> placed --confirm--> confirmed
//!                   placed --decline payment--> placed        the buyer may try again
//!                   placed --cancel--> cancelled              buyer, or the hold ran out
//!                   cancelled --reopen--> placed              only if the hold ran out, and the payment came after all
//!                                      confirmed --cancel--> cancelled   buyer, before anything is packed; staff, before it is sent
//! ```
//!
//! Until something of it is packed, an order that is not cancelled can be sent elsewhere (`readdress`).
//!
//! Once the order is confirmed, each sub-order has a way of its own:
//!
//! ```text
//! confirmed --pack--> packed --ship--> partly shipped --ship--> shipped --deliver--> delivered --refund--> refunded
//! confirmed --cancel--> cancelled         buyer, seller or staff; with the last sub-order the order is cancelled too
//! packed --cancel--> cancelled            seller or staff
//! ```
//!
//! A return of units that were delivered has a way of its own as well ([`returns`]); while one is open its sub-order is
//! `return_requested`, and `returned` once all of its units came back.
//!
//! ```text
//! (none) --request--> requested --authorise--> authorised --send back--> sent back --receive--> received
//! requested --nobody answers for some days--> authorised
//!                     requested --refuse--> refused            authorised --receive--> received
//!                     requested, authorised --withdraw--> withdrawn
//! authorised, sent back --refund--> refunded --receive--> closed          the money first
//! received --refund--> closed
//! received --exchange--> exchanged --the same goods arrive--> closed
//! authorised, sent back, received, refunded, exchanged --close--> closed  the shop, who says why; what was not sent again stays
//! ```
//!
//! Parcels are any number, units that were not sent can be cancelled, and money can be given back at any point, never
//! more than was paid for the line, the delivery or the sub-order. What follows from what happened (the status, what is
//! left to be sent or given back) is computed, by [`SubOrder`], and kept nowhere.

mod decide;
mod decide_part;
mod decide_return;
mod downloads;
mod event;
mod giving_back;
pub(crate) mod link;
mod number;
mod order;
mod progress;
mod returns;
mod tax;
mod tender;
#[cfg(test)]
mod tests;
mod undone;
mod view;
mod view_return;

pub use decide::name as status_name;
pub use decide::{Command, Refusal, confirmation, decide};
pub use decide_part::name as sub_order_status_name;
pub use decide_return::name as return_status_name;
pub use downloads::Available;
pub(crate) use event::discount;
pub use event::{
    Deduction, Delivery, Discount, Event, Line, Parcel, Part, Placed, Received, Refund, RefundLine,
    ReturnRequest, ReturnStep, Units,
};
pub use number::{of_order, of_sub_order};
pub use order::{Order, evolve, replay};
pub use progress::{Cancellation, CancelledUnits, Given, Progress, Sent, SubOrder};
pub use returns::{ANSWER_DAYS, Return, ReturnTerms, is_open as is_return_open};
pub use tax::{Tax, added, by_rate};
pub use tender::Tender;
pub use undone::Undone;
pub(crate) use view::units;
pub use view::{Dates, deduction, discounts, timeline};

/// Sellers in one order: a cart's lines are the limit of them.
pub const PARTS_MAX: usize = kernel::limits::CART_LINES_MAX;
