//! The rules of accounts, without IO.

mod base32;
mod device;
mod invitation;
mod lock;
mod password;
pub mod recovery;
pub mod totp;

pub use device::kind as device_kind;
pub use invitation::{INVITATION_TTL, Invitation};
pub use kernel::Email;
pub use lock::lock_after;
pub use password::Password;
pub use totp::TotpSecret;

/// Characters of a person's name.
pub const NAME_CHARS_MAX: usize = 120;
/// Characters kept of what a browser says about itself.
pub const DEVICE_CHARS_MAX: usize = 200;
