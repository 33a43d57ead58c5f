//! The endpoints, one file each: what buyers see, what a shop's staff do, what the operator does.

mod accept_invitation;
mod admin_command;
mod admin_features;
mod admin_onboarding;
mod admin_shop;
mod admin_shops;
mod apply;
mod body;
mod invitations;
mod list_shops;
mod onboarding;
mod seller_shop;
mod shop;
mod staff;

pub(crate) use body::masked;

use crate::Shops;
use crate::domain::Item;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Characters of the operator's reason or remark.
pub(crate) const REASON_CHARS_MAX: usize = 500;

/// All routes of tenants.
pub fn routes(shops: Shops) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(apply::handler, list_shops::handler))
        .routes(routes!(shop::handler))
        .routes(routes!(seller_shop::get, seller_shop::patch))
        .routes(routes!(onboarding::list))
        .routes(routes!(onboarding::put))
        .routes(routes!(staff::list))
        .routes(routes!(staff::set_role, staff::dismiss))
        .routes(routes!(invitations::list, invitations::invite))
        .routes(routes!(invitations::resend))
        .routes(routes!(invitations::revoke))
        .routes(routes!(accept_invitation::handler))
        .routes(routes!(admin_shops::handler))
        .routes(routes!(admin_shop::handler))
        .routes(routes!(admin_onboarding::handler))
        .routes(routes!(admin_command::approve))
        .routes(routes!(admin_command::suspend))
        .routes(routes!(admin_command::reinstate))
        .routes(routes!(admin_command::close))
        .routes(routes!(admin_features::list))
        .routes(routes!(admin_features::set))
        .routes(routes!(admin_features::set_own, admin_features::clear_own))
        .with_state(shops)
}

/// The item a path names.
fn item_of(name: &str) -> Result<Item, crate::Error> {
    Item::of_name(name).ok_or(crate::Error::NoSuchItem)
}
