//! Who has an account, as the marketplace's administrators see them: its own staff, and anybody who needs help.

use crate::identity::Device;
use crate::service::service;
use kernel::{DateTime, Role, UserId};
use serde::{Deserialize, Serialize};

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub user: UserId,
    pub email: String,
    pub name: String,
    pub email_verified: bool,
    pub registered_at: DateTime,
    /// With the marketplace itself, if any.
    pub role: Option<Role>,
    /// Since when a code is asked for after the password; absent where none is.
    pub second_factor_since: Option<DateTime>,
}

/// Somebody, and where they are signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonCard {
    pub person: Person,
    /// The latest used first; at most 100.
    pub devices: Vec<Device>,
}

service! {
    /// People, for administrators.
    People as "people", remote RemotePeople, served ServedPeople {
        /// The marketplace's own staff, by name.
        fn staff() -> Vec<Person>;
        /// Who has this address; nobody where it is none.
        fn find(email: String) -> Option<PersonCard>;
        /// Gives somebody a role with the marketplace, another, or none. The last administrator stays one.
        fn set_role(user: UserId, role: Option<Role>) -> PersonCard;
        /// Signs somebody out everywhere.
        fn end_sessions(user: UserId) -> PersonCard;
        /// Takes the second factor of somebody who has lost app and codes. The reason stays in the audit trail.
        fn remove_second_factor(user: UserId, reason: String) -> PersonCard;
    }
}
