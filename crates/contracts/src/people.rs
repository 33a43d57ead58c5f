//! Who has an account, as the marketplace's administrators see them: its own staff, and anybody who needs help.

use crate::identity::Device;
use crate::service::service;
use crate::tenants::InvitationState;
use kernel::{DateTime, Role, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

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

/// Somebody who is, or was, invited to work for the marketplace itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OperatorInvitation {
    pub id: Uuid,
    #[schema(example = "pablo@market.example")]
    pub email: String,
    /// `support`, `moderator`, `finance` or `admin`.
    pub role: Role,
    pub state: InvitationState,
    pub sent_at: DateTime,
    pub expires_at: DateTime,
    /// The name of the administrator who invited them.
    pub by: String,
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
        /// Whom administrators invited, the latest first; at most 200.
        fn invitations() -> Vec<OperatorInvitation>;
        /// Mails a link that is good once, for seven days; whoever accepts it has the role. Answers the same whether the
        /// address has an account or none.
        fn invite(email: String, role: Role) -> OperatorInvitation;
        /// Takes an invitation back.
        fn withdraw(invitation: Uuid) -> ();
        /// The role to which a mailed secret leads, while it can be accepted.
        fn joining(token: String) -> Role;
        /// Accepts it, for the account whose address it was mailed to.
        fn join(user: UserId, token: String) -> Role;
    }
}
