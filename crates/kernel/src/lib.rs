//! The words every room shares: typed ids, money, time, who is asking, how a request is refused.
//!
//! Nothing here does IO. A value that exists is valid: parsing happens once, at the edge.

mod clock;
mod ctx;
mod currency;
mod email;
mod fault;
pub mod geo;
mod hex;
mod id;
pub mod limits;
mod money;
mod page;
pub mod secret;

pub use clock::{Clock, DateTime, FixedClock, SharedClock, SystemClock, Timestamp};
pub use ctx::{Actor, CorrelationId, Ctx, Permission, Role};
pub use currency::{Currency, UnknownCurrency};
pub use email::{BadEmail, Email};
pub use fault::{Fault, FieldError, Kind};
pub use hex::hex;
pub use id::*;
pub use money::{BasisPoints, Money, MoneyError, allocate};
pub use page::{Cursor, Page, PageLimit};
