//! Getting back in, and proving an e-mail address.

use crate::views::auth::{ForgotPasswordPage, ResetPasswordPage, Verification, VerifyEmailPage};
use crate::views::common::Field;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::private::Private;
use crate::web::visit::{Visit, redirect, redirect_done};
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use httpkit::Auth;
use kernel::Kind;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Token {
    #[serde(default)]
    token: String,
}

pub async fn forgot_page(State(shop): State<Shop>, visit: Visit) -> Response {
    let page = visit.keyed_page(&shop, "forgot.title").await;
    visit.show(
        &shop,
        &ForgotPasswordPage {
            page,
            email: Field::default(),
            sent: false,
        },
    )
}

/// The answer is the same for known and unknown addresses.
pub async fn forgot(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let asked = shop
        .identity
        .request_reset(&visit.ctx, posted.get("email").to_owned(), visit.address.clone())
        .await;
    let error = match asked {
        Ok(()) => None,
        Err(fault) if matches!(fault.kind, Kind::Invalid | Kind::TooMany) => Some(visit.tell(&fault)),
        Err(fault) => return Err(Failure(fault)),
    };
    let page = visit.keyed_page(&shop, "forgot.title").await;
    let sent = error.is_none();
    Ok(visit.show(
        &shop,
        &ForgotPasswordPage {
            page,
            email: Field {
                value: posted.get("email").to_owned(),
                error,
            },
            sent,
        },
    ))
}

pub async fn reset_page(State(shop): State<Shop>, visit: Visit, Query(token): Query<Token>) -> Response {
    let page = visit.keyed_page(&shop, "reset.title").await;
    let valid = !token.token.is_empty();
    visit.show(
        &shop,
        &ResetPasswordPage {
            page,
            token: token.token,
            password: Field::default(),
            valid,
        },
    )
}

pub async fn reset(State(shop): State<Shop>, _: Private, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let token = posted.get("token").to_owned();
    let fault = match shop
        .identity
        .reset_password(
            &visit.ctx,
            token.clone(),
            posted.raw("password").to_owned(),
            visit.address.clone(),
        )
        .await
    {
        Ok(()) => return Ok(redirect_done("/sign-in", "reset")),
        Err(fault) if fault.kind == Kind::Internal || fault.kind == Kind::Unavailable => {
            return Err(Failure(fault));
        }
        Err(fault) => fault,
    };
    let about_password = visit.tell_field(&fault, "/password");
    let view = ResetPasswordPage {
        page: visit.keyed_page(&shop, "reset.title").await,
        token,
        valid: about_password.is_some(),
        password: Field {
            value: String::new(),
            error: about_password,
        },
    };
    Ok(visit.show(&shop, &view))
}

pub async fn verify(
    State(shop): State<Shop>,
    Extension(auth): Extension<Auth>,
    visit: Visit,
    Query(token): Query<Token>,
) -> Result<Response, Failure> {
    let email = visit
        .principal
        .as_ref()
        .map(|p| p.email.clone())
        .unwrap_or_default();
    let outcome = if token.token.is_empty() {
        match &visit.principal {
            None => return Ok(redirect("/sign-in")),
            Some(principal) if principal.email_verified => Verification::Verified,
            Some(_) => Verification::Sent,
        }
    } else {
        match shop.identity.verify_email(&visit.ctx, token.token).await {
            Ok(()) => {
                visit.forget(&auth);
                Verification::Verified
            }
            Err(fault) if fault.kind == Kind::Internal || fault.kind == Kind::Unavailable => {
                return Err(Failure(fault));
            }
            Err(_) => Verification::Expired,
        }
    };
    let title = match outcome {
        Verification::Verified => "verify.done",
        Verification::Expired => "verify.expired",
        Verification::Sent => "verify.sent",
    };
    let page = visit.keyed_page(&shop, title).await;
    Ok(visit.show(&shop, &VerifyEmailPage { page, outcome, email }))
}
