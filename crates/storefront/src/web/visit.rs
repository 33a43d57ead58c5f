//! Who is looking, in which language, with which cart: what every page begins with.

use super::Shop;
use super::failure::Failure;
use crate::i18n::Locale;
use crate::views::page::{Face, NavLink, Page, Theme, Viewer};
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use contracts::cart::CartOwner;
use contracts::identity::{Audience, Credential, Principal};
use httpkit::{Auth, RequestInfo};
use kernel::{Actor, Ctx, Fault, Kind, TenantId, UserId};

pub const SESSION_COOKIE: &str = "stoa_session";
pub const CART_COOKIE: &str = "stoa_cart";
const CSRF_COOKIE: &str = "stoa_csrf";
/// Nothing from elsewhere, nothing inline: the pages need no more.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Top categories in the header.
const NAV_MAX: usize = 8;

/// One request for a page.
#[derive(Clone, Debug)]
pub struct Visit {
    pub ctx: Ctx,
    pub locale: Locale,
    pub theme: Theme,
    pub principal: Option<Principal>,
    /// The session cookie's value, for signing out.
    pub session: Option<String>,
    /// The guest's secret, if they have one.
    pub cart_token: Option<String>,
    /// What forms must carry back.
    pub csrf: String,
    /// Path and query.
    pub path: String,
    pub address: String,
    pub device: String,
    fresh_csrf: bool,
}

impl FromRequestParts<Shop> for Visit {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _shop: &Shop) -> Result<Self, Failure> {
        let info = *parts
            .extensions
            .get::<RequestInfo>()
            .ok_or_else(Fault::internal)?;
        let auth = parts
            .extensions
            .get::<Auth>()
            .cloned()
            .ok_or_else(Fault::internal)?;
        let mut ctx = Ctx {
            actor: Actor::Anonymous,
            now: info.now,
            correlation: info.correlation,
        };
        let jar = CookieJar::from_headers(&parts.headers);
        let value = |name: &str| {
            jar.get(name)
                .map(|c| c.value().to_owned())
                .filter(|v| !v.is_empty() && v.len() <= 512)
        };
        let session = value(SESSION_COOKIE);
        let principal = match &session {
            // A session that ended makes a guest of its holder, not an error page.
            Some(cookie) => match auth.principal(&ctx, Credential::Session(cookie.clone())).await {
                Ok(principal) => Some(principal),
                Err(fault) if matches!(fault.kind, Kind::Unauthenticated | Kind::NotFound) => None,
                Err(fault) => return Err(Failure(fault)),
            },
            None => None,
        };
        if let Some(principal) = &principal {
            ctx.actor = actor_of(principal);
        }
        let query = parts.uri.query().unwrap_or("");
        let asked = form_urlencoded::parse(query.as_bytes())
            .find(|(k, _)| k == "lang")
            .map(|(_, v)| v.into_owned());
        let chosen = asked.or_else(|| value("lang"));
        let locale = Locale::negotiate(
            chosen.as_deref(),
            text_header(&parts.headers, header::ACCEPT_LANGUAGE.as_str()),
        );
        let carried = principal
            .as_ref()
            .and_then(|p| p.csrf.clone())
            .or_else(|| value(CSRF_COOKIE));
        let fresh_csrf = carried.is_none();
        Ok(Self {
            ctx,
            locale,
            theme: value("theme").map_or(Theme::Device, |code| Theme::from_code(&code)),
            principal,
            session,
            cart_token: value(CART_COOKIE).filter(|t| t.len() >= 20),
            csrf: carried.unwrap_or_else(kernel::secret::token),
            path: parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned(),
            address: info.client.to_string(),
            device: text_header(&parts.headers, "user-agent")
                .unwrap_or("")
                .chars()
                .take(200)
                .collect(),
            fresh_csrf,
        })
    }
}

fn text_header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

fn actor_of(principal: &Principal) -> Actor {
    let user = principal.user;
    match (principal.audience, principal.tenant) {
        (Audience::Seller, Some(tenant)) => Actor::Seller {
            user,
            tenant,
            role: principal.role,
        },
        (Audience::Admin, _) => Actor::Operator {
            user,
            role: principal.role,
        },
        _ => Actor::Buyer { user },
    }
}

impl Visit {
    /// Whose cart and orders these are; none for a guest who has neither yet.
    pub fn owner(&self) -> Option<CartOwner> {
        match &self.principal {
            Some(principal) => Some(CartOwner::User(principal.user)),
            None => self.cart_token.clone().map(CartOwner::Guest),
        }
    }

    /// The signed-in person, or a way to sign in.
    pub fn user(&self) -> Result<UserId, Failure> {
        self.principal.as_ref().map(|p| p.user).ok_or_else(sign_in_first)
    }

    /// The shop for which the signed-in person works.
    pub fn tenant(&self) -> Result<TenantId, Failure> {
        let principal = self.principal.as_ref().ok_or_else(sign_in_first)?;
        principal
            .tenant
            .filter(|_| principal.audience == Audience::Seller)
            .ok_or_else(|| {
                Failure(Fault::new(
                    Kind::Forbidden,
                    "no_shop",
                    "This page belongs to sellers. Sign in with a seller's account.",
                ))
            })
    }

    /// The frame of a page that search engines leave alone.
    pub async fn page(&self, shop: &Shop, title: &str, description: &str) -> Page {
        let (nav, cart_count) = futures::join!(self.nav(shop), self.cart_count(shop));
        Page {
            locale: self.locale,
            theme: self.theme,
            title: title.to_owned(),
            description: description.to_owned(),
            path: self.path.clone(),
            origin: shop.public_url.clone(),
            indexed: false,
            image: None,
            viewer: self.principal.as_ref().map(|p| Viewer {
                name: p.name.clone(),
                email: p.email.clone(),
                face: face_of(p),
            }),
            cart_count,
            csrf: self.csrf.clone(),
            query: String::new(),
            nav,
            notice: None,
            dev_mail: true,
        }
    }

    /// The frame of a page for everyone, at its canonical path.
    pub async fn public_page(&self, shop: &Shop, title: &str, description: &str, path: &str) -> Page {
        Page {
            indexed: true,
            path: path.to_owned(),
            ..self.page(shop, title, description).await
        }
    }

    /// A frame titled by message keys.
    pub async fn keyed_page(&self, shop: &Shop, title_key: &str) -> Page {
        let title = self.locale.t(title_key).to_string();
        self.page(shop, &title, "").await
    }

    async fn nav(&self, shop: &Shop) -> Vec<NavLink> {
        // The header must not take the page down with it.
        let categories = shop.catalog.categories(&self.ctx).await.unwrap_or_default();
        categories
            .iter()
            .filter(|c| c.depth <= 1 && !c.path.contains('/'))
            .take(NAV_MAX)
            .map(|c| NavLink {
                label: category_name(c, self.locale).to_owned(),
                href: format!("/c/{}", c.path),
            })
            .collect()
    }

    async fn cart_count(&self, shop: &Shop) -> u64 {
        let Some(owner) = self.owner() else { return 0 };
        let cart = shop.cart.open(&self.ctx, owner).await.ok().flatten();
        cart.map_or(0, |cart| cart.lines.iter().map(|l| u64::from(l.quantity)).sum())
    }

    /// A cookie of ours: unreadable to scripts, sent on our own pages and on links to them.
    pub fn cookie(&self, shop: &Shop, name: &'static str, value: String, days: i64) -> HeaderValue {
        let secure = shop.public_url.starts_with("https://");
        let cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(secure)
            .same_site(SameSite::Lax)
            .build();
        let text = format!("{cookie}; Max-Age={}", days * 24 * 60 * 60);
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }

    /// Renders a page; gives a new guest the cookie that their forms are checked against.
    pub fn show(&self, shop: &Shop, view: &impl Template) -> Response {
        let mut response = html(view);
        if self.fresh_csrf {
            let cookie = self.cookie(shop, CSRF_COOKIE, self.csrf.clone(), 30);
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

pub fn category_name(category: &contracts::catalog::Category, locale: Locale) -> &str {
    if locale == Locale::Es && !category.name_es.is_empty() {
        &category.name_es
    } else {
        &category.name
    }
}

fn face_of(principal: &Principal) -> Face {
    match principal.audience {
        Audience::Seller => Face::Seller,
        Audience::Admin => Face::Operator,
        _ => Face::Buyer,
    }
}

fn sign_in_first() -> Failure {
    Failure(Fault::new(Kind::Unauthenticated, "sign_in", "Please sign in."))
}

/// A rendered view.
pub fn html(view: &impl Template) -> Response {
    match view.render() {
        Ok(body) => (
            [
                (
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("text/html; charset=utf-8"),
                ),
                (
                    header::CONTENT_SECURITY_POLICY,
                    HeaderValue::from_static(CONTENT_SECURITY_POLICY),
                ),
                (
                    header::CACHE_CONTROL,
                    HeaderValue::from_static("private, no-cache"),
                ),
                (header::VARY, HeaderValue::from_static("Cookie, Accept-Language")),
            ],
            body,
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// After a form: look at the result with GET.
pub fn redirect(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

pub fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A path of ours to go on to, never somebody else's address.
pub fn safe_next(next: &str) -> &str {
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r']);
    if ours { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(safe_next("/checkout"), "/checkout");
        for elsewhere in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:x",
            "",
        ] {
            assert_eq!(safe_next(elsewhere), "/", "{elsewhere}");
        }
    }
}
