//! The marketplace's own staff, and somebody who was looked for.

use askama::Template;

use super::common::{Choice, Field};
use super::page::Page;
use super::work::WorkBar;

#[derive(Clone, Debug, Template)]
#[template(path = "operator_people.html")]
pub struct OperatorPeoplePage {
    pub page: Page,
    pub work: WorkBar,
    pub staff: Vec<StaffRow>,
    /// Whose address is looked for.
    pub asked: Field,
    pub found: Option<FoundPerson>,
    /// To whom a role is given.
    pub email: Field,
    pub roles: Vec<Choice>,
    /// Who may still accept.
    pub invited: Vec<InvitedRow>,
    /// Who is to be invited.
    pub invite_email: Field,
    pub invite_roles: Vec<Choice>,
    /// What each role may do.
    pub powers: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct StaffRow {
    pub id: String,
    pub name: String,
    pub email: String,
    /// Where they are looked at.
    pub href: String,
    /// Whether it is who looks at the page.
    pub is_self: bool,
    pub has_second_factor: bool,
    pub roles: Vec<Choice>,
    pub action: String,
}

#[derive(Clone, Debug)]
pub struct InvitedRow {
    pub email: String,
    pub role: String,
    /// By whom, and until when it is good.
    pub said: String,
    pub take_back: String,
}

#[derive(Clone, Debug)]
pub struct FoundPerson {
    pub name: String,
    pub email: String,
    /// With the marketplace itself; empty where there is none.
    pub role: String,
    /// Since when they have an account, and whether their address is confirmed.
    pub since: String,
    pub second_factor: Option<String>,
    /// Whether it is who looks at the page.
    pub is_self: bool,
    pub devices: Vec<DeviceLine>,
    /// Where what is done with them is sent.
    pub action: String,
}

#[derive(Clone, Debug)]
pub struct DeviceLine {
    pub device: String,
    pub last_seen: String,
}
