//! The rules of shops, without IO.

mod configuration;
mod delivery;
mod feature;
mod invitation;
mod onboarding;
mod slug;
mod staff;
mod transition;

pub use configuration::Configuration;
pub use delivery::default_delivery;
pub use feature::stands;
pub use invitation::{INVITATION_TTL, Invitation, InvitationState};
pub use onboarding::{Item, ItemState, Statement, missing_items};
pub use slug::{Slug, slug_of_name};
pub use staff::{Member, check_leaves_owner, staff_role};
pub use transition::{Command, decide};
