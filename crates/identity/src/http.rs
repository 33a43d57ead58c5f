//! The endpoints, one file each.

mod api_keys;
mod jwks;
mod login;
mod logout;
mod mailed_link;
mod me;
mod operator_invitations;
mod partner_keys;
mod people;
mod refresh;
mod register;
mod reset_password;
mod saved_views;
mod second_factor;
mod sessions;
mod verify_email;

use crate::Accounts;
use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use contracts::identity::Principal;
use httpkit::{Anyone, Problem, RequestInfo};
use kernel::{Ctx, Fault, Kind};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes of identity.
pub fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(register::handler))
        .routes(routes!(login::handler))
        .routes(routes!(second_factor::handler))
        .routes(routes!(refresh::handler))
        .routes(routes!(logout::handler))
        .routes(routes!(verify_email::handler))
        .routes(routes!(mailed_link::verification))
        .routes(routes!(mailed_link::reset))
        .routes(routes!(reset_password::handler))
        .routes(routes!(me::handler))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::end))
        .routes(routes!(jwks::handler))
        .routes(routes!(partner_keys::list, partner_keys::make))
        .routes(routes!(partner_keys::rotate))
        .routes(routes!(partner_keys::revoke))
        .routes(routes!(api_keys::list, api_keys::make))
        .routes(routes!(api_keys::rotate))
        .routes(routes!(api_keys::revoke))
        .routes(routes!(people::list))
        .routes(routes!(people::set_role, people::take_role))
        .routes(routes!(people::end_sessions))
        .routes(routes!(people::remove_second_factor))
        .routes(routes!(operator_invitations::list, operator_invitations::invite))
        .routes(routes!(operator_invitations::withdraw))
        .routes(routes!(operator_invitations::accept))
        .routes(routes!(saved_views::list_of_staff, saved_views::save_of_staff))
        .routes(routes!(
            saved_views::rename_of_staff,
            saved_views::delete_of_staff
        ))
        .routes(routes!(
            saved_views::list_of_operator,
            saved_views::save_of_operator
        ))
        .routes(routes!(
            saved_views::rename_of_operator,
            saved_views::delete_of_operator
        ))
        .with_state(accounts)
}

/// Somebody who has not proved anything yet, even if a token came along: what signs in does not look at tokens.
struct Visitor {
    ctx: Ctx,
    /// Where they call from.
    address: String,
    /// What their browser or client calls itself.
    device: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let info = parts
            .extensions
            .get::<RequestInfo>()
            .ok_or_else(|| Problem(Fault::internal()))?;
        let device = parts.headers.get(USER_AGENT).and_then(|v| v.to_str().ok());
        Ok(Self {
            ctx: info.anonymous(),
            address: info.client.to_string(),
            device: device.unwrap_or("unknown").to_owned(),
        })
    }
}

/// Anybody with a good token, of whatever audience.
struct SignedIn {
    ctx: Ctx,
    principal: Principal,
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Anyone { ctx, principal } = Anyone::from_request_parts(parts, state).await?;
        let principal = principal.ok_or_else(|| {
            Fault::new(
                Kind::Unauthenticated,
                "token_missing",
                "Sign in at /v1/auth/login and send the access token as `Authorization: Bearer <token>`.",
            )
        })?;
        Ok(Self { ctx, principal })
    }
}
