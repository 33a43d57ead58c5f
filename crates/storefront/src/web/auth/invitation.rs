//! Accepting an invitation: to a shop's staff, or to the marketplace's own.

use crate::views::auth::{InvitationPage, Inviter};
use crate::web::Shop;
use crate::web::failure::{Failure, is_ours};
use crate::web::operator::role_said;
use crate::web::posted::Posted;
use crate::web::private::Private;
use crate::web::visit::{Visit, redirect};
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use contracts::identity::Principal;
use contracts::tenants::Invitee;
use httpkit::Auth;
use kernel::Fault;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Token {
    #[serde(default)]
    token: String,
}

/// `GET /invitation`
pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(token): Query<Token>,
) -> Result<Response, Failure> {
    show(Inviter::Shop, &shop, &visit, token.token, None).await
}

/// `POST /invitation`
pub async fn accept(
    State(shop): State<Shop>,
    Extension(auth): Extension<Auth>,
    _: Private,
    posted: Posted,
) -> Result<Response, Failure> {
    submit(Inviter::Shop, &shop, &auth, &posted).await
}

/// `GET /join`
pub async fn join_page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(token): Query<Token>,
) -> Result<Response, Failure> {
    show(Inviter::Market, &shop, &visit, token.token, None).await
}

/// `POST /join`
pub async fn join(
    State(shop): State<Shop>,
    Extension(auth): Extension<Auth>,
    _: Private,
    posted: Posted,
) -> Result<Response, Failure> {
    submit(Inviter::Market, &shop, &auth, &posted).await
}

async fn submit(inviter: Inviter, shop: &Shop, auth: &Auth, posted: &Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let token = posted.get("token").to_owned();
    let Some(principal) = &visit.principal else {
        return show(inviter, shop, visit, token, None).await;
    };
    match accepted(inviter, shop, visit, principal, token.clone()).await {
        Ok(()) => {
            // From now on this session works there.
            visit.forget(auth);
            Ok(redirect(match inviter {
                Inviter::Shop => "/seller",
                Inviter::Market => "/operator",
            }))
        }
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => show(inviter, shop, visit, token, Some(visit.tell(&fault))).await,
    }
}

async fn accepted(
    inviter: Inviter,
    shop: &Shop,
    visit: &Visit,
    principal: &Principal,
    token: String,
) -> Result<(), Fault> {
    match inviter {
        Inviter::Shop => {
            let invitee = Invitee {
                user: principal.user,
                email: principal.email.clone(),
                email_verified: principal.email_verified,
            };
            shop.shop_desk
                .accept_invitation(&visit.ctx, invitee, token)
                .await?;
        }
        Inviter::Market => {
            shop.people.join(&visit.ctx, principal.user, token).await?;
        }
    }
    Ok(())
}

async fn show(
    inviter: Inviter,
    shop: &Shop,
    visit: &Visit,
    token: String,
    error: Option<String>,
) -> Result<Response, Failure> {
    let text = match said(inviter, shop, visit, token.clone()).await {
        Ok(text) => Some(text),
        Err(fault) if is_ours(&fault) => return Err(Failure(fault)),
        Err(_) => None,
    };
    let view = InvitationPage {
        page: visit.keyed_page(shop, inviter.title()).await,
        inviter,
        text,
        here: format!("{}?token={token}", inviter.path()),
        token,
        error,
    };
    Ok(visit.show(shop, &view))
}

/// What an invitation says, while it can be accepted.
async fn said(inviter: Inviter, shop: &Shop, visit: &Visit, token: String) -> Result<String, Fault> {
    let locale = visit.locale;
    let text = match inviter {
        Inviter::Shop => {
            let joining = shop.shop_desk.invitation(&visit.ctx, token).await?;
            let text = locale.t("invitation.text").arg("shop", joining.name);
            text.arg("role", role_said(joining.role, locale))
        }
        Inviter::Market => {
            let role = shop.people.joining(&visit.ctx, token).await?;
            let text = locale.t("join.text").arg("market", host(&shop.public_url));
            text.arg("role", role_said(role, locale))
        }
    };
    Ok(text.to_string())
}

/// What the marketplace is called where it has no other name, as its mails call it.
fn host(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, host)| host)
}
