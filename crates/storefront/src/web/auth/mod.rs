//! Signing in and out, registering.

pub mod invitation;
pub mod open_shop;
pub mod recovery;
pub mod second_step;

use super::failure::Failure;
use super::posted::Posted;
use super::private::Private;
use super::visit::{CART_COOKIE, SESSION_COOKIE, Visit, redirect, safe_next};
use super::{Shop, messages, wishes};
use crate::views::auth::{RegisterPage, SignInPage};
use crate::views::common::Field;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::Response;
use contracts::cart::CartOwner;
use contracts::identity::{Audience, BrowserSession, RegisterUser, SECOND_FACTOR_NEEDED, SignIn};
use httpkit::Auth;
use kernel::{Fault, Kind, UserId};
use serde::Deserialize;

const SESSION_DAYS: i64 = 30;

#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

pub async fn sign_in_page(State(shop): State<Shop>, visit: Visit, Query(next): Query<Next>) -> Response {
    // Whoever is signed in already goes on to where they wanted.
    if visit.principal.is_some() {
        return redirect(if next.next.is_empty() {
            "/account"
        } else {
            safe_next(&next.next)
        });
    }
    show_sign_in(&shop, &visit, Field::default(), None, &next.next).await
}

async fn show_sign_in(
    shop: &Shop,
    visit: &Visit,
    email: Field,
    error: Option<String>,
    next: &str,
) -> Response {
    let page = visit.keyed_page(shop, "sign_in.title").await;
    visit.show(
        shop,
        &SignInPage {
            page,
            email,
            error,
            next: next.to_owned(),
        },
    )
}

pub async fn sign_in(State(shop): State<Shop>, _: Private, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let (email, next) = (posted.get("email"), posted.get("next"));
    match open_session(&shop, visit, email, posted.raw("password"), next).await {
        Ok(response) => Ok(response),
        Err(fault) if fault.code == SECOND_FACTOR_NEEDED => {
            Ok(second_step::ask(&shop, visit, &fault, next).await)
        }
        Err(fault) if fault.kind == Kind::Unavailable || fault.kind == Kind::Internal => Err(Failure(fault)),
        Err(fault) => {
            let key = if fault.kind == Kind::TooMany || fault.code.contains("lock") {
                "sign_in.locked"
            } else {
                "sign_in.failed"
            };
            let error = visit.locale.t(key).to_string();
            Ok(show_sign_in(&shop, visit, Field::of(email), Some(error), next).await)
        }
    }
}

/// Signs in, takes the guest's basket along, and goes on: to where they wanted, or to their own page.
async fn open_session(
    shop: &Shop,
    visit: &Visit,
    email: &str,
    password: &str,
    next: &str,
) -> Result<Response, Fault> {
    let request = SignIn {
        email: email.to_owned(),
        password: password.to_owned(),
        device: visit.device.clone(),
        address: visit.address.clone(),
    };
    let session = shop.identity.sign_in(&visit.ctx, request).await?;
    Ok(enter(shop, visit, session, next).await)
}

/// Takes along what a guest had, and goes on as the person of a fresh session.
async fn enter(shop: &Shop, visit: &Visit, session: BrowserSession, next: &str) -> Response {
    let BrowserSession { cookie, principal } = session;
    let guest_cart_emptied = match visit.cart_token.clone() {
        Some(token) => take_cart_along(shop, visit, token, principal.user).await,
        None => true,
    };
    let left = wishes::take_along(shop, visit, principal.user).await;
    let language = messages::language(visit.locale);
    // Mails go on in the language that was kept before: no reason to keep somebody out either.
    if let Err(error) = shop
        .account
        .keep_language(&visit.ctx, principal.user, language)
        .await
    {
        tracing::warn!(%error, "the language of somebody's mails was not kept");
    }
    let home = match principal.audience {
        Audience::Seller => "/seller",
        Audience::Admin => "/operator",
        _ => "/account",
    };
    let mut response = redirect(if next.is_empty() { home } else { safe_next(next) });
    let headers = response.headers_mut();
    headers.append(
        header::SET_COOKIE,
        visit.cookie(shop, SESSION_COOKIE, cookie, SESSION_DAYS),
    );
    headers.append(header::SET_COOKIE, left.wishes_cookie(shop, visit));
    headers.append(header::SET_COOKIE, left.viewed_cookie(shop, visit));
    if guest_cart_emptied {
        headers.append(
            header::SET_COOKIE,
            visit.cookie(shop, CART_COOKIE, String::new(), 0),
        );
    }
    response
}

/// Whether nothing is left in the guest's cart. What did not fit (another currency, too many lines), or could not be
/// moved just now, stays there and is tried again at the next sign-in: it is no reason to keep somebody out.
async fn take_cart_along(shop: &Shop, visit: &Visit, token: String, user: UserId) -> bool {
    let taken = shop.cart.merge(&visit.ctx, token.clone(), user).await;
    let left = match taken {
        Ok(_) => shop.cart.open(&visit.ctx, CartOwner::Guest(token)).await,
        Err(fault) => Err(fault),
    };
    match left {
        Ok(cart) => cart.is_none_or(|cart| cart.lines.is_empty()),
        Err(fault) => {
            tracing::warn!(error = %fault, "a guest's cart stayed behind at sign-in");
            false
        }
    }
}

pub async fn sign_out(
    State(shop): State<Shop>,
    Extension(auth): Extension<Auth>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    if let Some(principal) = &visit.principal {
        shop.identity.sign_out(&visit.ctx, principal.session).await?;
    }
    visit.forget(&auth);
    let mut response = redirect("/");
    response.headers_mut().append(
        header::SET_COOKIE,
        visit.cookie(&shop, SESSION_COOKIE, String::new(), 0),
    );
    Ok(response)
}

pub async fn register_page(State(shop): State<Shop>, visit: Visit, Query(next): Query<Next>) -> Response {
    let page = visit.keyed_page(&shop, "register.title").await;
    let (name, email, password) = (Field::default(), Field::default(), Field::default());
    visit.show(
        &shop,
        &RegisterPage {
            page,
            name,
            email,
            password,
            next: next.next,
        },
    )
}

pub async fn register(State(shop): State<Shop>, _: Private, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let request = registration(&posted);
    let password = request.password.clone();
    let next = posted.get("next");
    let fault = match shop.identity.register(&visit.ctx, request).await {
        Ok(_) => {
            let next = if next.is_empty() { "/verify-email" } else { next };
            return Ok(open_session(&shop, visit, posted.get("email"), &password, next).await?);
        }
        Err(fault) if fault.kind == Kind::Internal || fault.kind == Kind::Unavailable => {
            return Err(Failure(fault));
        }
        Err(fault) => fault,
    };
    let view = RegisterPage {
        page: visit.keyed_page(&shop, "register.title").await,
        name: field(&posted, &fault, "/name"),
        email: field(&posted, &fault, "/email"),
        password: Field {
            value: String::new(),
            ..field(&posted, &fault, "/password")
        },
        next: next.to_owned(),
    };
    Ok(visit.show(&shop, &view))
}

fn registration(posted: &Posted) -> RegisterUser {
    RegisterUser {
        email: posted.get("email").to_owned(),
        name: posted.get("name").to_owned(),
        password: posted.raw("password").to_owned(),
        address: posted.visit.address.clone(),
        language: messages::language(posted.visit.locale),
    }
}

/// Contexts stop at the first field they refuse; a form tells all that were left empty at once.
fn missing(posted: &Posted, input: &str) -> Option<String> {
    posted
        .raw(input)
        .trim()
        .is_empty()
        .then(|| posted.visit.locale.t("form.required").to_string())
}

/// A field as it was sent, with what the refusal says of it. A refusal that names no field stands at the e-mail.
fn field(posted: &Posted, fault: &Fault, pointer: &str) -> Field {
    let own =
        missing(posted, pointer.trim_start_matches('/')).or_else(|| posted.visit.tell_field(fault, pointer));
    let orphan = (pointer == "/email" && fault.fields.is_empty()).then(|| posted.visit.tell(fault));
    Field {
        value: posted.get(pointer.trim_start_matches('/')).to_owned(),
        error: own.or(orphan),
    }
}
