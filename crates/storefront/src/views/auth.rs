//! Signing in, registering, and getting back in.

use askama::Template;

use super::common::{Choice, Field};
use super::page::Page;

#[derive(Clone, Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    pub page: Page,
    pub email: Field,
    /// About the whole form, never about one of its fields: it must not reveal which accounts exist.
    pub error: Option<String>,
    /// Where to go afterwards, a path of ours.
    pub next: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "register.html")]
pub struct RegisterPage {
    pub page: Page,
    pub name: Field,
    pub email: Field,
    pub password: Field,
    pub next: String,
}

/// A seller opens a shop: the person and the tenant at once.
#[derive(Clone, Debug, Template)]
#[template(path = "open_shop.html")]
pub struct OpenShopPage {
    pub page: Page,
    /// Who opens it, if they are signed in: then the form asks for the shop alone.
    pub signed_in: Option<String>,
    /// About the form as a whole.
    pub error: Option<String>,
    pub shop_name: Field,
    pub slug: Field,
    pub country: Field,
    pub countries: Vec<Choice>,
    pub province: Field,
    pub provinces: Vec<Choice>,
    pub postcode: Field,
    pub town: Field,
    pub about: Field,
    pub name: Field,
    pub email: Field,
    pub password: Field,
    /// Shown before the slug: `stoa.example/shop/`.
    pub slug_prefix: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "forgot_password.html")]
pub struct ForgotPasswordPage {
    pub page: Page,
    pub email: Field,
    /// True after the form was sent; the answer is the same for known and unknown addresses.
    pub sent: bool,
}

#[derive(Clone, Debug, Template)]
#[template(path = "reset_password.html")]
pub struct ResetPasswordPage {
    pub page: Page,
    pub token: String,
    pub password: Field,
    /// False when the link is spent or too old.
    pub valid: bool,
}

/// An invitation to somebody's staff, to be accepted by whoever is signed in.
#[derive(Clone, Debug, Template)]
#[template(path = "invitation.html")]
pub struct InvitationPage {
    pub page: Page,
    pub inviter: Inviter,
    /// What it says; none when the link is spent, taken back or too old.
    pub text: Option<String>,
    pub token: String,
    /// This page, to come back to.
    pub here: String,
    pub error: Option<String>,
}

/// To whose staff an invitation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inviter {
    Shop,
    Market,
}

impl Inviter {
    /// Where the mailed link leads.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Shop => "/invitation",
            Self::Market => "/join",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Shop => "invitation.title",
            Self::Market => "join.title",
        }
    }

    /// Whom to ask for another one.
    pub const fn spent(self) -> &'static str {
        match self {
            Self::Shop => "invitation.spent_text",
            Self::Market => "join.spent_text",
        }
    }
}

#[derive(Clone, Debug, Template)]
#[template(path = "verify_email.html")]
pub struct VerifyEmailPage {
    pub page: Page,
    pub outcome: Verification,
    pub email: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    Verified,
    /// The link is spent or too old.
    Expired,
    /// Registered just now: look into the mailbox.
    Sent,
}
