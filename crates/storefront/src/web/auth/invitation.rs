//! Accepting an invitation to a shop's staff.

use crate::views::auth::InvitationPage;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::private::Private;
use crate::web::visit::{Visit, redirect};
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use contracts::tenants::{Invitee, Joining};
use httpkit::Auth;
use kernel::{Fault, Kind, Role};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Token {
    #[serde(default)]
    token: String,
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(token): Query<Token>,
) -> Result<Response, Failure> {
    show(&shop, &visit, token.token, None).await
}

pub async fn accept(
    State(shop): State<Shop>,
    Extension(auth): Extension<Auth>,
    _: Private,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let token = posted.get("token").to_owned();
    let Some(principal) = &visit.principal else {
        return show(&shop, visit, token, None).await;
    };
    let invitee = Invitee {
        user: principal.user,
        email: principal.email.clone(),
        email_verified: principal.email_verified,
    };
    let accepted = shop
        .shop_desk
        .accept_invitation(&visit.ctx, invitee, token.clone())
        .await;
    match accepted {
        Ok(_) => {
            // From now on this session works for the shop.
            visit.forget(&auth);
            Ok(redirect("/seller"))
        }
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => show(&shop, visit, token, Some(visit.tell(&fault))).await,
    }
}

async fn show(shop: &Shop, visit: &Visit, token: String, error: Option<String>) -> Result<Response, Failure> {
    let joining: Option<Joining> = match shop.shop_desk.invitation(&visit.ctx, token.clone()).await {
        Ok(joining) => Some(joining),
        Err(fault) if is_ours(&fault) => return Err(Failure(fault)),
        Err(_) => None,
    };
    let role = joining.as_ref().map(|joining| role_key(joining.role));
    let view = InvitationPage {
        page: visit.keyed_page(shop, "invitation.title").await,
        role: role
            .map(|key| visit.locale.t(key).to_string())
            .unwrap_or_default(),
        shop: joining.map(|joining| joining.name),
        here: format!("/invitation?token={token}"),
        token,
        error,
    };
    Ok(visit.show(shop, &view))
}

fn is_ours(fault: &Fault) -> bool {
    matches!(fault.kind, Kind::Internal | Kind::Unavailable)
}

pub fn role_key(role: Role) -> &'static str {
    match role {
        Role::Owner => "role.owner",
        Role::Manager => "role.manager",
        Role::Clerk => "role.clerk",
        // The others are no roles of a shop.
        _ => "role.analyst",
    }
}
