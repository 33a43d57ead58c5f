//! Everything tenants refuses, and what callers are told.

use crate::domain::{InvitationState, Item};
use contracts::tenants::ShopStatus;
use kernel::{Fault, Kind};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "Write the address in 3 to 40 small letters, digits and single hyphens, such as `alfareria-romero`."
    )]
    BadSlug,
    #[error("`{0}` is reserved for the marketplace. Choose another address.")]
    ReservedSlug(String),
    #[error("The address `{0}` is taken. Choose another.")]
    SlugTaken(String),
    #[error("The address of a shop with a database schema of its own cannot change. Ask the operator.")]
    SlugFixed,
    #[error("There is no such shop, or it is not yours to see.")]
    NoSuchShop,
    #[error("The shop is closed. It cannot be changed any more.")]
    Closed,
    #[error("A shop that is {status:?} cannot {command}; possible now: {}.", list(.allowed))]
    IllegalTransition {
        status: ShopStatus,
        command: &'static str,
        allowed: Vec<&'static str>,
    },
    #[error("The shop's check-list is not complete: {}. Wait for the seller, or waive the items.", names(.0))]
    OnboardingIncomplete(Vec<Item>),
    #[error(
        "Somebody changed the shop since you read it (version {current} now). Read it again and repeat your change."
    )]
    VersionChanged { current: i64 },
    #[error("Attest that the statement is true: send `\"attested\": true`.")]
    NotAttested,
    #[error("This is not a valid IBAN. Check its digits; it looks like ES91 2100 0418 4502 0005 1332.")]
    BadIban,
    #[error("There is no such item on the check-list; it has identity, bank_account and legal_documents.")]
    NoSuchItem,
    #[error("There is no such feature. `GET /v1/admin/features` lists those that there are.")]
    NoSuchFeature,
    #[error(
        "The shop has stated nothing about this item yet, so it cannot be judged. Wait for it, or waive it."
    )]
    NothingStated,
    #[error("This address is on the shop's staff already. Change its role instead.")]
    AlreadyStaff,
    #[error("This address is invited already. Send the invitation again, or take it back first.")]
    AlreadyInvited,
    #[error("There is no such invitation, or it is not yours to see.")]
    NoSuchInvitation,
    #[error("The invitation is {0:?} and cannot be changed any more. Invite the address anew.")]
    InvitationOver(InvitationState),
    #[error("This address was mailed a moment ago. Wait {retry_after_s} seconds.")]
    MailedJustNow { retry_after_s: u32 },
    #[error("The invitation is unknown, expired, taken back or was used before. Ask the shop for a new one.")]
    BadInvitation,
    #[error(
        "The invitation went to another address than that of this account. Sign in with the address it was mailed to."
    )]
    InvitedAnother,
    #[error(
        "The address of this account is not confirmed yet. Follow the link that was mailed to it, then accept again."
    )]
    EmailUnverified,
    #[error(transparent)]
    BadEmail(#[from] kernel::BadEmail),
    #[error("There is no such member of the staff, or it is not yours to see.")]
    NoSuchMember,
    #[error("A shop keeps at least one owner. Make somebody else an owner first.")]
    LastOwner,
    #[error("`{0:?}` is no role of a shop's staff; use owner, manager, clerk or analyst.")]
    NotStaffRole(kernel::Role),
    /// A refusal of another context, or of a field read by httpkit.
    #[error("{0}")]
    Fault(Box<Fault>),
    #[error("the database refused: {0}")]
    Database(sqlx::Error),
    #[error("{0}")]
    Internal(String),
}

fn list(names: &[&'static str]) -> String {
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}

fn names(items: &[Item]) -> String {
    list(&items.iter().map(|item| item.name()).collect::<Vec<_>>())
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("JSON: {error}"))
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
            Error::BadSlug => plain(Kind::Invalid, "slug_invalid").at("/slug"),
            Error::ReservedSlug(_) => plain(Kind::Invalid, "slug_reserved").at("/slug"),
            Error::SlugTaken(_) => plain(Kind::Conflict, "slug_taken").at("/slug"),
            Error::SlugFixed => plain(Kind::Conflict, "slug_fixed").at("/slug"),
            Error::NoSuchShop => Self::not_found("shop"),
            Error::Closed => plain(Kind::Conflict, "shop_closed").allowing(&[]),
            Error::IllegalTransition { allowed, .. } => {
                plain(Kind::Conflict, "illegal_transition").with("allowed", allowed)
            }
            Error::OnboardingIncomplete(items) => {
                plain(Kind::Conflict, "onboarding_incomplete").with("missing", items)
            }
            Error::VersionChanged { current } => {
                plain(Kind::PreconditionFailed, "version_changed").with("version", current)
            }
            Error::NotAttested => plain(Kind::Invalid, "not_attested").at("/attested"),
            Error::BadIban => plain(Kind::Invalid, "iban_invalid").at("/reference"),
            Error::NoSuchItem => Self::not_found("item"),
            Error::NoSuchFeature => Self::not_found("feature"),
            Error::NothingStated => plain(Kind::Conflict, "nothing_stated"),
            Error::AlreadyStaff => plain(Kind::Conflict, "already_staff").at("/email"),
            Error::AlreadyInvited => plain(Kind::Conflict, "already_invited").at("/email"),
            Error::NoSuchInvitation => Self::not_found("invitation"),
            Error::InvitationOver(state) => plain(Kind::Conflict, "invitation_over")
                .with("state", state)
                .allowing(&[]),
            Error::MailedJustNow { retry_after_s } => {
                let mut fault = plain(Kind::TooMany, "rate_limited");
                fault.retry_after_s = Some(retry_after_s);
                fault
            }
            Error::BadInvitation => plain(Kind::Invalid, "link_invalid").at("/token"),
            Error::InvitedAnother => plain(Kind::Forbidden, "invited_another"),
            Error::EmailUnverified => plain(Kind::Forbidden, "email_unverified"),
            Error::BadEmail(bad) => bad.into(),
            Error::NoSuchMember => Self::not_found("member of the staff"),
            Error::LastOwner => plain(Kind::Conflict, "last_owner"),
            Error::NotStaffRole(_) => plain(Kind::Invalid, "role_invalid").at("/role"),
            Error::Fault(fault) => *fault,
            Error::Database(ref error) if ::store::is_outage(error) => ::store::out_of_reach(error),
            Error::Database(_) | Error::Internal(_) => {
                tracing::error!(error = %detail, "tenants failed");
                Self::internal()
            }
        }
    }
}
