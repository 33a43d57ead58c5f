//! Who works for a shop.

use crate::Error;
use kernel::{Role, Timestamp, UserId};
use uuid::Uuid;

/// A member of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: Uuid,
    pub email: String,
    pub user: UserId,
    pub role: Role,
    pub joined_at: Timestamp,
}

/// A role that staff may have.
pub fn staff_role(role: Role) -> Result<Role, Error> {
    if role.is_sellers() {
        Ok(role)
    } else {
        Err(Error::NotStaffRole(role))
    }
}

/// Refuses a change after which nobody owns the shop: `member` gets `role`, or leaves.
pub fn check_leaves_owner(staff: &[Member], member: Uuid, role: Option<Role>) -> Result<(), Error> {
    let owns_after = |m: &Member| {
        let role_after = if m.id == member { role } else { Some(m.role) };
        role_after == Some(Role::Owner)
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

    fn member(id: u128, role: Role) -> Member {
        Member {
            id: Uuid::from_u128(id),
            email: format!("{id}@example.org"),
            user: UserId(Uuid::from_u128(id)),
            role,
            joined_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_shop_keeps_an_owner() {
        let staff = [member(1, Role::Owner), member(2, Role::Manager)];
        let change = |id, role| check_leaves_owner(&staff, Uuid::from_u128(id), role).is_ok();
        assert!(!change(1, None), "the only owner leaves");
        assert!(!change(1, Some(Role::Clerk)));
        assert!(change(1, Some(Role::Owner)));
        assert!(change(2, None));
        assert!(change(2, Some(Role::Owner)));
    }
}
