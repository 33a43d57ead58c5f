//! Invitations to work for the marketplace itself.

use chrono::Duration;
use contracts::tenants::InvitationState;
use kernel::{Role, Timestamp, UserId};
use uuid::Uuid;

/// How long the mailed secret is good.
pub const INVITATION_TTL: Duration = Duration::days(7);

/// An invitation of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub id: Uuid,
    pub email: String,
    pub role: Role,
    pub invited_by: UserId,
    /// The name of who invited.
    pub inviter: String,
    /// Whether they are still an administrator: without one that stands for it, an invitation opens nothing.
    pub stands: bool,
    pub sent_at: Timestamp,
    pub expires_at: Timestamp,
    pub withdrawn_at: Option<Timestamp>,
    pub accepted_at: Option<Timestamp>,
    pub accepted_by: Option<UserId>,
}

impl Invitation {
    #[must_use]
    pub fn state(&self, now: Timestamp) -> InvitationState {
        if self.accepted_at.is_some() {
            InvitationState::Accepted
        } else if self.withdrawn_at.is_some() || !self.stands {
            InvitationState::Revoked
        } else if self.expires_at <= now {
            InvitationState::Expired
        } else {
            InvitationState::Pending
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent() -> Invitation {
        Invitation {
            id: Uuid::nil(),
            email: "mateo@example.org".to_owned(),
            role: Role::Support,
            invited_by: UserId(Uuid::nil()),
            inviter: "Olga".to_owned(),
            stands: true,
            sent_at: Timestamp::UNIX_EPOCH,
            expires_at: Timestamp::UNIX_EPOCH + INVITATION_TTL,
            withdrawn_at: None,
            accepted_at: None,
            accepted_by: None,
        }
    }

    #[test]
    fn an_invitation_is_good_until_it_ends_is_taken_back_or_nobody_stands_for_it() {
        let (now, end) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH + INVITATION_TTL);
        assert_eq!(sent().state(now), InvitationState::Pending);
        assert_eq!(sent().state(end), InvitationState::Expired);
        let orphaned = Invitation {
            stands: false,
            ..sent()
        };
        assert_eq!(orphaned.state(now), InvitationState::Revoked);
        let withdrawn = Invitation {
            withdrawn_at: Some(now),
            ..sent()
        };
        assert_eq!(withdrawn.state(end), InvitationState::Revoked);
        let accepted = Invitation {
            accepted_at: Some(now),
            ..orphaned
        };
        assert_eq!(accepted.state(end), InvitationState::Accepted);
    }
}
