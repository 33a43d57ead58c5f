//! What becomes of orders. A batch locks its orders, reads how they and their payments stand, decides each command
//! ([`decide`], pure), and writes what was decided about orders, stock, payments, postings and sagas in one transaction.

mod batch;
mod cancel;
pub mod capture;
mod confirm;
mod decide;
mod intervene;
#[cfg(test)]
mod lives;
mod purses;
pub mod refund;
mod returns;
mod saga;
#[cfg(test)]
mod tests;
mod told;
mod unpaid;

pub use batch::{Settle, SettleBatch};
pub use cancel::UnitsAsk;
pub use capture::{CaptureAsk, CaptureMove, Capturing};
pub use decide::{Ask, Case, Decision, LEASE, decide};
pub use intervene::{ByHand, answers};
pub use refund::{RefundAsk, RefundKey, RefundMove, RefundRequest, Refunding, read_provider_key};
pub use returns::{Goods, ReturnAct, ReturnAsk};
pub use saga::{Saga, Told};

/// How a case stands after a command.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Without refunds; with the shares of its payment where the command was about them or began them.
    pub case: Case,
    /// Whether the caller is to go on with the payment: nobody else is at it.
    pub leased: bool,
    /// The refund that the command began or was about.
    pub refund: Option<RefundMove>,
    /// How the shares stand that are captured as shops send, where the command was about them.
    pub capture: Option<CaptureMove>,
}
