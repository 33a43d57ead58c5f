use kernel::UserId;
use sha2::{Digest, Sha256};

/// By what a buyer's uses are counted: who they are, or, for a guest, the hash of their e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Buyer(String);

impl Buyer {
    /// A signed-in buyer, or a guest by the address to which they want the order's mail.
    #[must_use]
    pub fn of(user: Option<UserId>, email: &str) -> Self {
        match user {
            Some(user) => Self(format!("user/{user}")),
            None => Self(format!("mail/{:x}", Sha256::digest(email.trim().to_lowercase()))),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
