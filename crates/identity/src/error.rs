//! Everything identity refuses, and what callers are told.

use contracts::identity::SECOND_FACTOR_NEEDED;
use contracts::tenants::InvitationState;
use kernel::{Fault, Kind, Timestamp};
use store::constraint_of;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    BadEmail(#[from] kernel::BadEmail),
    #[error("The password is refused: {reason}.")]
    WeakPassword {
        pointer: &'static str,
        reason: &'static str,
    },
    #[error("An account with this e-mail address already exists. Sign in, or reset its password.")]
    EmailTaken,
    /// Unknown account and wrong password alike.
    #[error("E-mail address and password do not belong together. Check both, or reset the password.")]
    BadCredentials,
    /// The password was right, and is not enough.
    #[error(
        "This account has a second factor. Send a code of the app, or a recovery code, with this `challenge` to /v1/auth/second-factor."
    )]
    SecondFactorNeeded {
        challenge: String,
        expires_at: Timestamp,
    },
    #[error("The challenge is unknown, expired, used, or was guessed at too often. Sign in again.")]
    BadChallenge,
    /// While signing in.
    #[error(
        "This is neither the app's present code nor a recovery code that is left. Wait for the app's next code."
    )]
    BadCode,
    /// Of somebody who is signed in.
    #[error(
        "This is neither the app's present code nor a recovery code that is left. Wait for the app's next code."
    )]
    WrongCode,
    #[error("This is not the account's password.")]
    WrongPassword,
    #[error("The account has a second factor already. Turn it off first.")]
    SecondFactorOn,
    #[error("The account has no second factor. Begin to turn it on first.")]
    SecondFactorOff,
    #[error("Too many failed sign-ins in a row. Sign-in is refused until {until}.")]
    Locked { until: Timestamp, now: Timestamp },
    #[error("Too many attempts. Wait {retry_after_s} seconds.")]
    TooManyAttempts { retry_after_s: u32 },
    #[error("The access token is not valid any more. Refresh it or sign in again.")]
    BadToken,
    #[error("The session has ended. Sign in again.")]
    SessionEnded,
    #[error("The refresh token is unknown, expired or was used before. Sign in again.")]
    BadRefreshToken,
    #[error("The link is unknown, expired or was used before. Ask for a new one.")]
    BadMailedToken,
    #[error("This account has no role for audience `{0}`. Ask the shop's owner or the operator for one.")]
    AudienceNotGranted(&'static str),
    #[error("This account is staff of several shops. Name one in `shop`.")]
    ShopAmbiguous { shops: Vec<String> },
    #[error("This account is not staff of the shop `{0}`. Ask its owner for an invitation.")]
    NotStaff(String),
    #[error("There is no such session, or it is not yours to see.")]
    NoSuchSession,
    #[error("The API key is unknown, expired or revoked. Ask the marketplace's operator for a new one.")]
    BadPartnerKey,
    #[error("There is no such API key.")]
    NoSuchPartnerKey,
    #[error("The API key has expired, was revoked or was replaced already. Make a new one.")]
    PartnerKeyOver,
    #[error("This API key is unknown. Send it whole as `Authorization: Bearer stoa_sk_...`.")]
    BadApiKey,
    #[error("This API key expired at {0}. Make a new one.")]
    ApiKeyExpired(Timestamp),
    #[error("This API key was revoked at {0}. Make a new one.")]
    ApiKeyRevoked(Timestamp),
    #[error("Whoever made this API key has left the shop. Make a new one.")]
    ApiKeyOrphaned,
    #[error("The shop of this API key is suspended or closed. Ask the marketplace's operator.")]
    ApiKeyShopInactive,
    #[error("There is no such API key.")]
    NoSuchApiKey,
    #[error("The API key has expired, was revoked or was replaced already. Make a new one.")]
    ApiKeyOver,
    #[error("A shop has at most {0} keys at a time. Revoke one that is not needed any more.")]
    TooManyApiKeys(i64),
    #[error("This is the marketplace's last administrator. Make somebody else one first.")]
    LastAdmin,
    #[error("This account has no second factor that could be removed.")]
    NoSecondFactor,
    #[error("This is your own account. Change its second factor on its own page, with a code.")]
    OwnSecondFactor,
    #[error("Whoever has this address works for the marketplace already. Change their role in the list.")]
    AlreadyOperator,
    #[error("This address is invited already. Take the invitation back first.")]
    AlreadyInvited,
    #[error("At most {0} invitations wait at a time. Take one back that is not needed any more.")]
    TooManyInvitations(i64),
    #[error("There is no such invitation.")]
    NoSuchInvitation,
    #[error("The invitation is {0:?} and cannot be changed any more.")]
    InvitationOver(InvitationState),
    #[error(
        "The invitation went to another address than that of this account. Sign in with the address it was mailed to."
    )]
    InvitedAnother,
    #[error(
        "The address of this account is not confirmed yet. Follow the link that was mailed to it, then accept again."
    )]
    EmailUnverified,
    #[error("There is no such account.")]
    NoSuchAccount,
    #[error("The role {0:?} cannot be held there: sellers' roles need a shop, operators' roles have none.")]
    RoleOutOfPlace(kernel::Role),
    #[error("Sign-in is busy. Please try again.")]
    Busy,
    /// A refusal of another context, or of a field read by httpkit.
    #[error("{0}")]
    Fault(Box<Fault>),
    #[error("the database refused: {0}")]
    Database(sqlx::Error),
    #[error(transparent)]
    Mail(#[from] crate::mail::MailError),
    #[error(transparent)]
    Sealed(#[from] store::seal::SealError),
    #[error("{0}")]
    Internal(String),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match constraint_of(&error) {
            Some("account_email_once") => Self::EmailTaken,
            Some("operator_invitation_open") => Self::AlreadyInvited,
            Some("shop_role_account" | "shop_role_version_account" | "operator_role_account") => {
                Self::NoSuchAccount
            }
            _ => Self::Database(error),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl store::TxError for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        let plain = |kind, code| Self::new(kind, code, detail.clone());
        match error {
            Error::BadEmail(bad) => bad.into(),
            Error::WeakPassword { pointer, .. } => plain(Kind::Invalid, "password_weak").at(pointer),
            Error::EmailTaken => plain(Kind::Conflict, "email_taken").at("/email"),
            Error::BadCredentials => plain(Kind::Unauthenticated, "credentials_invalid"),
            Error::SecondFactorNeeded {
                challenge,
                expires_at,
            } => plain(Kind::Unauthenticated, SECOND_FACTOR_NEEDED)
                .with("challenge", challenge)
                .with("expires_at", expires_at),
            Error::BadChallenge => plain(Kind::Unauthenticated, "challenge_invalid").at("/challenge"),
            Error::BadCode => plain(Kind::Unauthenticated, "one_time_code_invalid").at("/code"),
            Error::WrongCode => plain(Kind::Invalid, "one_time_code_invalid").at("/code"),
            Error::WrongPassword => plain(Kind::Invalid, "password_wrong").at("/password"),
            Error::SecondFactorOn => plain(Kind::Conflict, "second_factor_on"),
            Error::SecondFactorOff => plain(Kind::Conflict, "second_factor_off"),
            Error::Locked { until, now } => {
                let mut fault = plain(Kind::TooMany, "account_locked").with("locked_until", until);
                fault.retry_after_s = Some(seconds_until(until, now));
                fault
            }
            Error::TooManyAttempts { retry_after_s } => {
                let mut fault = plain(Kind::TooMany, "rate_limited");
                fault.retry_after_s = Some(retry_after_s);
                fault
            }
            Error::BadToken => plain(Kind::Unauthenticated, "token_invalid"),
            Error::SessionEnded => plain(Kind::Unauthenticated, "session_ended"),
            Error::BadRefreshToken => {
                plain(Kind::Unauthenticated, "refresh_token_invalid").at("/refresh_token")
            }
            Error::BadMailedToken => plain(Kind::Invalid, "link_invalid").at("/token"),
            Error::AudienceNotGranted(_) => plain(Kind::Forbidden, "audience_not_granted").at("/audience"),
            Error::ShopAmbiguous { shops } => plain(Kind::Unprocessable, "shop_ambiguous")
                .at("/shop")
                .with("shops", shops),
            Error::NotStaff(_) => plain(Kind::Forbidden, "not_staff").at("/shop"),
            Error::NoSuchSession => Self::not_found("session"),
            Error::BadPartnerKey => plain(Kind::Unauthenticated, "api_key_invalid"),
            Error::NoSuchPartnerKey => Self::not_found("API key"),
            Error::PartnerKeyOver => plain(Kind::Conflict, "partner_key_over").allowing(&[]),
            Error::BadApiKey => plain(Kind::Unauthenticated, "api_key_invalid"),
            Error::ApiKeyExpired(_) => plain(Kind::Unauthenticated, "api_key_expired"),
            Error::ApiKeyRevoked(_) => plain(Kind::Unauthenticated, "api_key_revoked"),
            Error::ApiKeyOrphaned => plain(Kind::Unauthenticated, "api_key_orphaned"),
            Error::ApiKeyShopInactive => plain(Kind::Forbidden, "shop_inactive"),
            Error::NoSuchApiKey => Self::not_found("API key"),
            Error::ApiKeyOver => plain(Kind::Conflict, "api_key_over").allowing(&[]),
            Error::TooManyApiKeys(_) => plain(Kind::Conflict, "too_many_keys"),
            Error::LastAdmin => plain(Kind::Conflict, "last_admin"),
            Error::NoSecondFactor => plain(Kind::Conflict, "no_second_factor"),
            Error::OwnSecondFactor => plain(Kind::Conflict, "own_second_factor"),
            Error::AlreadyOperator => plain(Kind::Conflict, "already_operator").at("/email"),
            Error::AlreadyInvited => plain(Kind::Conflict, "already_invited").at("/email"),
            Error::TooManyInvitations(_) => plain(Kind::Conflict, "invitations_too_many"),
            Error::NoSuchInvitation => Self::not_found("invitation"),
            Error::InvitationOver(state) => plain(Kind::Conflict, "invitation_over")
                .with("state", state)
                .allowing(&[]),
            Error::InvitedAnother => plain(Kind::Forbidden, "invited_another"),
            Error::EmailUnverified => plain(Kind::Forbidden, "email_unverified"),
            Error::NoSuchAccount => Self::not_found("account"),
            Error::RoleOutOfPlace(_) => plain(Kind::Unprocessable, "role_out_of_place").at("/role"),
            Error::Busy => Self::busy(),
            Error::Fault(fault) => *fault,
            Error::Mail(_) => {
                tracing::warn!(error = %detail, "a mail was not taken");
                Self::unavailable("mail")
            }
            Error::Database(ref error) if ::store::is_outage(error) => ::store::out_of_reach(error),
            Error::Database(_) | Error::Sealed(_) | Error::Internal(_) => {
                tracing::error!(error = %detail, "identity failed");
                Self::internal()
            }
        }
    }
}

/// At least one: "now" is never an answer to "when may I try again".
fn seconds_until(until: Timestamp, now: Timestamp) -> u32 {
    u32::try_from((until - now).num_seconds().max(0))
        .unwrap_or(u32::MAX)
        .saturating_add(1)
}
