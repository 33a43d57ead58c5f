//! Invitations to a shop's staff.

use crate::Error;
use chrono::Duration;
use contracts::tenants::Invitee;
use kernel::{Role, Timestamp, UserId};
use uuid::Uuid;

/// How long the mailed secret is good.
pub const INVITATION_TTL: Duration = Duration::days(7);
/// Between two mails to one address.
const MAIL_PAUSE: Duration = Duration::minutes(1);

pub use contracts::tenants::InvitationState;

/// An invitation of one address to one shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub id: Uuid,
    pub email: String,
    pub role: Role,
    pub invited_at: Timestamp,
    /// When the mail went out last.
    pub sent_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    pub accepted_at: Option<Timestamp>,
    pub accepted_by: Option<UserId>,
}

impl Invitation {
    #[must_use]
    pub fn state(&self, now: Timestamp) -> InvitationState {
        if self.accepted_at.is_some() {
            InvitationState::Accepted
        } else if self.revoked_at.is_some() {
            InvitationState::Revoked
        } else if self.expires_at <= now {
            InvitationState::Expired
        } else {
            InvitationState::Pending
        }
    }

    /// Refuses to invite the same address anew while this one can be accepted, or was mailed a moment ago.
    pub fn check_may_start_over(&self, now: Timestamp) -> Result<(), Error> {
        match self.state(now) {
            InvitationState::Pending => Err(Error::AlreadyInvited),
            // They came and went: no mail is to be spared.
            InvitationState::Accepted => Ok(()),
            InvitationState::Revoked | InvitationState::Expired => self.check_pause(now),
        }
    }

    /// Refuses to mail it again when it is over, or was mailed a moment ago.
    pub fn check_may_resend(&self, now: Timestamp) -> Result<(), Error> {
        match self.state(now) {
            InvitationState::Pending | InvitationState::Expired => self.check_pause(now),
            over @ (InvitationState::Accepted | InvitationState::Revoked) => Err(Error::InvitationOver(over)),
        }
    }

    /// Whether it has to be taken back; taken back before, it needs not.
    pub fn check_may_revoke(&self, now: Timestamp) -> Result<bool, Error> {
        match self.state(now) {
            InvitationState::Pending | InvitationState::Expired => Ok(true),
            InvitationState::Revoked => Ok(false),
            over @ InvitationState::Accepted => Err(Error::InvitationOver(over)),
        }
    }

    /// Refuses whoever it was not mailed to. The secret proves the mailbox; that the account is of the same mailbox, its
    /// verified address.
    pub fn check_meant_for(&self, invitee: &Invitee) -> Result<(), Error> {
        if invitee.email != self.email {
            return Err(Error::InvitedAnother);
        }
        if !invitee.email_verified {
            return Err(Error::EmailUnverified);
        }
        Ok(())
    }

    fn check_pause(&self, now: Timestamp) -> Result<(), Error> {
        let wait = self.sent_at + MAIL_PAUSE - now;
        if wait <= Duration::zero() {
            return Ok(());
        }
        // At least one: "now" is never an answer to "when may I try again".
        let retry_after_s = u32::try_from(wait.num_seconds()).unwrap_or(u32::MAX).max(1);
        Err(Error::MailedJustNow { retry_after_s })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + Duration::minutes(minutes)
    }

    /// Sent at minute 0, good until minute 10.
    fn sent() -> Invitation {
        Invitation {
            id: Uuid::nil(),
            email: "mateo@example.org".to_owned(),
            role: Role::Clerk,
            invited_at: at(0),
            sent_at: at(0),
            expires_at: at(10),
            revoked_at: None,
            accepted_at: None,
            accepted_by: None,
        }
    }

    fn revoked() -> Invitation {
        Invitation {
            revoked_at: Some(at(0)),
            ..sent()
        }
    }

    fn accepted() -> Invitation {
        Invitation {
            accepted_at: Some(at(0)),
            accepted_by: Some(UserId(Uuid::nil())),
            ..sent()
        }
    }

    #[test]
    fn an_invitation_is_pending_until_it_ends() {
        use InvitationState::{Accepted, Expired, Pending, Revoked};
        assert_eq!(sent().state(at(9)), Pending);
        assert_eq!(sent().state(at(10)), Expired);
        assert_eq!(revoked().state(at(10)), Revoked);
        assert_eq!(accepted().state(at(10)), Accepted);
    }

    #[test]
    fn what_can_be_done_follows_from_the_state() {
        // (invitation, minute, start over, resend, revoke)
        let table = [
            (sent(), 0, false, false, true),
            (sent(), 1, false, true, true),
            (sent(), 10, true, true, true),
            (revoked(), 0, false, false, true),
            (revoked(), 1, true, false, true),
            (accepted(), 0, true, false, false),
        ];
        for (invitation, minute, start_over, resend, revoke) in table {
            let now = at(minute);
            let possible = (
                invitation.check_may_start_over(now).is_ok(),
                invitation.check_may_resend(now).is_ok(),
                invitation.check_may_revoke(now).is_ok(),
            );
            assert_eq!(
                possible,
                (start_over, resend, revoke),
                "{invitation:?} at {minute}"
            );
        }
        assert!(!revoked().check_may_revoke(at(1)).expect("twice is once"));
    }

    #[test]
    fn it_is_for_the_verified_holder_of_the_address() {
        let meant_for = |email: &str, email_verified| {
            let email = email.to_owned();
            let invitee = Invitee {
                user: UserId(Uuid::nil()),
                email,
                email_verified,
            };
            sent().check_meant_for(&invitee)
        };
        assert!(meant_for("mateo@example.org", true).is_ok());
        assert!(matches!(
            meant_for("mateo@example.org", false),
            Err(Error::EmailUnverified)
        ));
        assert!(matches!(
            meant_for("lucia@example.org", true),
            Err(Error::InvitedAnother)
        ));
    }
}
