//! Who works for the shop.

use askama::Template;

use super::common::{Choice, Field};
use super::page::Page;
use super::work::{Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "seller_staff.html")]
pub struct SellerStaffPage {
    pub page: Page,
    pub work: WorkBar,
    pub error: Option<String>,
    pub members: Vec<MemberRow>,
    /// Those that can still be accepted, or sent again, first.
    pub invitations: Vec<InvitationRow>,
    pub email: Field,
    pub roles: Vec<Choice>,
    /// What each role may do.
    pub powers: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct MemberRow {
    pub id: String,
    /// Empty where it is not known.
    pub name: String,
    pub email: String,
    pub joined: String,
    /// Whether it is who looks at the page.
    pub is_self: bool,
    pub roles: Vec<Choice>,
}

#[derive(Clone, Debug)]
pub struct InvitationRow {
    pub id: String,
    pub email: String,
    pub role: String,
    pub status: Status,
    /// Until when it can be accepted, or when it was sent.
    pub when: String,
    pub may_resend: bool,
    pub may_take_back: bool,
}
