//! Accepting an invitation to work for the marketplace itself.

use crate::views::auth::JoinPage;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::operator::role_said;
use crate::web::posted::Posted;
use crate::web::private::Private;
use crate::web::visit::{Visit, redirect};
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use httpkit::Auth;
use kernel::{Fault, Kind};
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
    let joined = shop.people.join(&visit.ctx, principal.user, token.clone()).await;
    match joined {
        Ok(_) => {
            // From now on this session works for the marketplace.
            visit.forget(&auth);
            Ok(redirect("/operator"))
        }
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => show(&shop, visit, token, Some(visit.tell(&fault))).await,
    }
}

async fn show(shop: &Shop, visit: &Visit, token: String, error: Option<String>) -> Result<Response, Failure> {
    let role = match shop.people.joining(&visit.ctx, token.clone()).await {
        Ok(role) => Some(role_said(role, visit.locale)),
        Err(fault) if is_ours(&fault) => return Err(Failure(fault)),
        Err(_) => None,
    };
    let view = JoinPage {
        page: visit.keyed_page(shop, "join.title").await,
        role,
        market: host(&shop.public_url).to_owned(),
        here: format!("/join?token={token}"),
        token,
        error,
    };
    Ok(visit.show(shop, &view))
}

/// What the marketplace is called where it has no other name, as its mails call it.
fn host(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, host)| host)
}

fn is_ours(fault: &Fault) -> bool {
    matches!(fault.kind, Kind::Internal | Kind::Unavailable)
}
