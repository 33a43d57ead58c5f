//! Who works for a shop.

use crate::Error;
use kernel::{Role, Timestamp, UserId};
use uuid::Uuid;

/// A member of the staff, or somebody invited to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: Uuid,
    pub email: String,
    /// Known once they joined.
    pub user: Option<UserId>,
    pub role: Role,
    pub invited_at: Timestamp,
    pub joined_at: Option<Timestamp>,
}

/// Refuses a change after which nobody owns the shop: `member` gets `role`, or leaves.
pub fn check_leaves_owner(staff: &[Member], member: Uuid, role: Option<Role>) -> Result<(), Error> {
    let owns_after = |m: &Member| {
        let role_after = if m.id == member { role } else { Some(m.role) };
        m.user.is_some() && role_after == Some(Role::Owner)
    };
    if staff.iter().any(owns_after) {
        Ok(())
    } else {
        Err(Error::LastOwner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: u128, role: Role, joined: bool) -> Member {
        let at = Timestamp::UNIX_EPOCH;
        Member {
            id: Uuid::from_u128(id),
            email: format!("{id}@example.org"),
            user: joined.then_some(UserId(Uuid::from_u128(id))),
            role,
            invited_at: at,
            joined_at: joined.then_some(at),
        }
    }

    #[test]
    fn a_shop_keeps_an_owner_who_has_joined() {
        let staff = [
            member(1, Role::Owner, true),
            member(2, Role::Manager, true),
            member(3, Role::Owner, false),
        ];
        let change = |id, role| check_leaves_owner(&staff, Uuid::from_u128(id), role).is_ok();
        assert!(!change(1, None), "the only owner who joined leaves");
        assert!(!change(1, Some(Role::Clerk)));
        assert!(change(1, Some(Role::Owner)));
        assert!(change(2, None));
        assert!(change(2, Some(Role::Owner)));
        assert!(change(3, None));
    }
}
