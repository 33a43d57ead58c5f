//! Who is looking, in which language, with which cart: what every page begins with.

use super::above::page_above;
use super::failure::Failure;
use super::kept::Kept;
use super::outcomes::{DONE, REFUSED};
use super::page_cache::{Marks, Written};
use super::{Shop, notices, rendered};
use crate::i18n::Locale;
use crate::views::page::{Face, NavLink, Notice, Page, Theme, Tone, Viewer};
use askama::Template;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use contracts::cart::CartOwner;
use contracts::identity::{Audience, Credential, Principal};
use httpkit::{Auth, RequestInfo, Transport};
use kernel::{Actor, Ctx, Fault, FieldError, Kind, Permission, TenantId, UserId};
use std::time::Duration;

pub const SESSION_COOKIE: &str = "stoa_session";
pub const CART_COOKIE: &str = "stoa_cart";
/// A guest's secret as their orders know it. It outlives the basket, which signing in takes along.
pub const GUEST_COOKIE: &str = "stoa_guest";
const CSRF_COOKIE: &str = "stoa_csrf";
/// Top categories in the header.
const NAV_MAX: usize = 8;
/// Anything shorter is no secret of a guest's.
const SECRET_CHARS_MIN: usize = 20;
/// Longest wait for what the frame of a page shows: without categories and basket it is still a page.
const FRAME_WAIT: Duration = Duration::from_millis(400);

/// How the form ended that led here: its code is the end of a message's key.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    Done(&'static str),
    Refused(&'static str),
}

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
    /// The secret with which they ordered as a guest, if they did.
    pub guest_token: Option<String>,
    /// What a guest's browser keeps of them.
    pub kept: Kept,
    /// What forms must carry back.
    pub csrf: String,
    /// Path and query.
    pub path: String,
    pub address: String,
    pub device: String,
    /// What the form did that led here, or why it did not.
    outcome: Option<Outcome>,
    nonce: String,
    fresh_csrf: bool,
    /// Whether the request came over TLS, as a trusted proxy says.
    tls: bool,
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
        let mut visit = Self::stranger(parts, info);
        let principal = match &visit.session {
            // A session that ended makes a guest of its holder, not an error page.
            Some(cookie) => match auth
                .principal(&visit.ctx, Credential::Session(cookie.clone()))
                .await
            {
                Ok(principal) => Some(principal),
                Err(fault) if matches!(fault.kind, Kind::Unauthenticated | Kind::NotFound) => None,
                Err(fault) => return Err(Failure(fault)),
            },
            None => None,
        };
        if let Some(principal) = principal {
            visit.ctx.actor = actor_of(&principal);
            if let Some(csrf) = principal.csrf.clone() {
                visit.csrf = csrf;
                visit.fresh_csrf = false;
            }
            visit.principal = Some(principal);
        }
        Ok(visit)
    }
}

impl Visit {
    /// What the request itself tells, whoever sent it: all that an error page needs.
    pub fn stranger(parts: &Parts, info: RequestInfo) -> Self {
        let jar = CookieJar::from_headers(&parts.headers);
        let value = |name: &str| {
            jar.get(name)
                .map(|c| c.value().to_owned())
                .filter(|v| !v.is_empty() && v.len() <= 512)
        };
        let query = parts.uri.query().unwrap_or("");
        let parameter = |name: &str| {
            form_urlencoded::parse(query.as_bytes())
                .find(|(k, _)| k == name)
                .map(|(_, v)| v.into_owned())
        };
        let asked = parameter("lang");
        let known = |codes: &[&'static str], name: &str| {
            let code = parameter(name)?;
            codes.iter().copied().find(|known| *known == code)
        };
        let outcome = known(DONE, "done")
            .map(Outcome::Done)
            .or_else(|| known(REFUSED, "refused").map(Outcome::Refused));
        let chosen = asked.or_else(|| value("lang"));
        let locale = Locale::negotiate(
            chosen.as_deref(),
            text_header(&parts.headers, header::ACCEPT_LANGUAGE.as_str()),
        );
        let carried = value(CSRF_COOKIE);
        let fresh_csrf = carried.is_none();
        Self {
            ctx: info.anonymous(),
            locale,
            theme: value("theme").map_or(Theme::Device, |code| Theme::from_code(&code)),
            principal: None,
            session: value(SESSION_COOKIE),
            cart_token: value(CART_COOKIE).filter(|t| t.len() >= SECRET_CHARS_MIN),
            guest_token: value(GUEST_COOKIE).filter(|t| t.len() >= SECRET_CHARS_MIN),
            kept: Kept::of(&jar),
            csrf: carried.unwrap_or_else(kernel::secret::token),
            path: path_of(parts),
            address: info.client.to_string(),
            device: text_header(&parts.headers, "user-agent")
                .unwrap_or("")
                .chars()
                .take(200)
                .collect(),
            outcome,
            nonce: kernel::secret::token(),
            fresh_csrf,
            tls: info.transport == Transport::Tls,
        }
    }
}

/// Path and query, without what was said once; of a form, the page that it stands on.
fn path_of(parts: &Parts) -> String {
    let path = parts.uri.path();
    if parts.method == Method::POST {
        return page_above(path).to_owned();
    }
    let kept: Vec<String> = form_urlencoded::parse(parts.uri.query().unwrap_or("").as_bytes())
        .filter(|(k, _)| k != "done" && k != "refused")
        .map(|(k, v)| format!("{}={}", encode(&k), encode(&v)))
        .collect();
    if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", kept.join("&"))
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
    /// Whose cart this is, and whose the orders that come of it; none for a guest who has neither yet.
    pub fn owner(&self) -> Option<CartOwner> {
        match &self.principal {
            Some(principal) => Some(CartOwner::User(principal.user)),
            None => self.cart_token.clone().map(CartOwner::Guest),
        }
    }

    /// All as whom the visitor may have ordered: as the one who is signed in, and as a guest before that.
    pub fn owners(&self) -> Vec<CartOwner> {
        let user = self.principal.as_ref().map(|p| CartOwner::User(p.user));
        let secrets = [&self.cart_token, &self.guest_token];
        let guests = secrets.into_iter().flatten().cloned().map(CartOwner::Guest);
        let mut owners: Vec<CartOwner> = user.into_iter().chain(guests).collect();
        owners.dedup();
        owners
    }

    /// The signed-in person, or a way to sign in.
    pub fn user(&self) -> Result<UserId, Failure> {
        self.principal.as_ref().map(|p| p.user).ok_or_else(sign_in_first)
    }

    /// The shop for which the signed-in person works, if their role includes `permission`.
    pub fn seller(&self, permission: Permission) -> Result<TenantId, Failure> {
        let principal = self.principal.as_ref().ok_or_else(sign_in_first)?;
        let tenant = principal
            .tenant
            .filter(|_| principal.audience == Audience::Seller)
            .ok_or_else(|| forbidden("no_shop", self.locale.t("refused.no_shop").to_string()))?;
        self.permit(principal, permission)?;
        Ok(tenant)
    }

    /// Lets the marketplace's own staff in whose role includes `permission`.
    pub fn operator(&self, permission: Permission) -> Result<(), Failure> {
        let principal = self.principal.as_ref().ok_or_else(sign_in_first)?;
        if principal.audience != Audience::Admin {
            return Err(forbidden(
                "no_operator",
                self.locale.t("refused.no_operator").to_string(),
            ));
        }
        self.permit(principal, permission)
    }

    fn permit(&self, principal: &Principal, permission: Permission) -> Result<(), Failure> {
        if principal.role.may(permission) {
            return Ok(());
        }
        Err(forbidden(
            "permission_missing",
            self.locale.t("refused.permission").to_string(),
        ))
    }

    /// Whether the signed-in person's role includes `permission`: for what a page offers.
    pub fn may(&self, permission: Permission) -> bool {
        self.principal.as_ref().is_some_and(|p| p.role.may(permission))
    }

    /// The frame of a page that search engines leave alone.
    pub async fn page(&self, shop: &Shop, title: &str, description: &str) -> Page {
        let bare = self.bare_page(shop, title, description);
        // Workplaces show neither basket nor categories.
        if bare.is_work() {
            let unread = tokio::time::timeout(FRAME_WAIT, notices::unread(shop, self)).await;
            let (unread, news) = unread.unwrap_or_default();
            return Page { unread, news, ..bare };
        }
        let frame = async {
            futures::join!(
                self.nav(shop),
                self.cart_count(shop),
                self.wished(shop),
                notices::unread(shop, self)
            )
        };
        // The header must not take the page down with it, nor keep it waiting.
        let framed = tokio::time::timeout(FRAME_WAIT, frame).await;
        let (nav, cart_count, wished, (unread, news)) = framed.unwrap_or_default();
        Page {
            nav,
            cart_count,
            wished,
            unread,
            news,
            ..bare
        }
    }

    /// The frame of a page that asks nobody anything.
    pub fn bare_page(&self, shop: &Shop, title: &str, description: &str) -> Page {
        Page {
            locale: self.locale,
            theme: self.theme,
            title: title.to_owned(),
            description: description.to_owned(),
            path: self.path.clone(),
            origin: shop.public_url.clone(),
            indexed: false,
            viewer: self.principal.as_ref().map(|p| Viewer {
                name: p.name.clone(),
                email: p.email.clone(),
                face: face_of(p),
            }),
            csrf: self.csrf.clone(),
            notice: self.outcome.map(|outcome| self.notice(outcome)),
            dev_mail: shop.open_inbox,
            off: Vec::new(),
            nonce: self.nonce.clone(),
            ..Page::default()
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
        let description = self.locale.t("home.description").to_string();
        self.page(shop, &title, &description).await
    }

    fn notice(&self, outcome: Outcome) -> Notice {
        let (tone, key) = match outcome {
            Outcome::Done(code) => (Tone::Good, format!("done.{code}")),
            Outcome::Refused(code) => (Tone::Warn, format!("refusal.{code}")),
        };
        Notice {
            tone,
            text: self.locale.t(&key).to_string(),
            link: None,
        }
    }

    /// Lets the next request read anew who the visitor is: their role or address changed.
    pub fn forget(&self, auth: &Auth) {
        if let Some(cookie) = &self.session {
            auth.forget(&Credential::Session(cookie.clone()));
        }
    }

    /// What a refusal says, in the visitor's language where its code has a message there.
    pub fn tell(&self, fault: &Fault) -> String {
        let key = format!("refusal.{}", fault.code);
        match (self.locale.messages().get(&key), fault.fields.as_slice()) {
            (Some(_), _) => self.locale.t(&key).to_string(),
            // Codes that many fields share say less than the field does.
            (None, [field]) => self.tell_of(fault, field),
            (None, _) => spoken(&fault.detail),
        }
    }

    /// What a refusal says of one field, found by the end of its pointer.
    pub fn tell_field(&self, fault: &Fault, pointer_end: &str) -> Option<String> {
        let field = fault.fields.iter().find(|f| f.pointer.ends_with(pointer_end))?;
        Some(self.tell_of(fault, field))
    }

    /// What a refusal says of one of its fields. Where it has one field, its code says all; of one of several, the
    /// field's name does. What neither has a message for keeps its own words.
    pub fn tell_of(&self, fault: &Fault, field: &FieldError) -> String {
        let name = field.pointer.rsplit('/').next().unwrap_or_default();
        let of_field = format!("refusal.at.{name}");
        let of_code = format!("refusal.{}", fault.code);
        let keys = match fault.fields.len() {
            1 => vec![of_code, of_field],
            _ => vec![of_field],
        };
        let known = keys.iter().find(|key| self.locale.messages().get(key).is_some());
        match known {
            Some(key) => self.locale.t(key).to_string(),
            None => spoken(&field.detail),
        }
    }

    async fn nav(&self, shop: &Shop) -> Vec<NavLink> {
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

    async fn wished(&self, shop: &Shop) -> Vec<String> {
        let wished = match self.user() {
            Ok(user) => shop.wishlists.wished(&self.ctx, user).await.unwrap_or_default(),
            Err(_) => self.kept.wishes.clone(),
        };
        wished.iter().map(ToString::to_string).collect()
    }

    async fn cart_count(&self, shop: &Shop) -> u64 {
        let Some(owner) = self.owner() else { return 0 };
        let cart = shop.cart.open(&self.ctx, owner).await.ok().flatten();
        cart.map_or(0, |cart| cart.lines.iter().map(|l| u64::from(l.quantity)).sum())
    }

    /// Whether browsers come over TLS.
    pub fn is_secure(&self, shop: &Shop) -> bool {
        self.tls || shop.public_url.starts_with("https://")
    }

    /// A cookie of ours: unreadable to scripts, sent on our own pages and on links to them.
    pub fn cookie(&self, shop: &Shop, name: &'static str, value: String, days: i64) -> HeaderValue {
        let cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(self.is_secure(shop))
            .same_site(SameSite::Lax)
            .build();
        let text = format!("{cookie}; Max-Age={}", days * 24 * 60 * 60);
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }

    /// Whether nothing is known of the visitor that a page would show: neither who they are nor what they did.
    pub fn is_blank(&self) -> bool {
        let kept = &self.kept;
        let secrets = [&self.session, &self.cart_token, &self.guest_token];
        secrets.into_iter().all(Option::is_none)
            && self.outcome.is_none()
            && kept.wishes.is_empty()
            && kept.viewed.is_empty()
            && kept.near.is_none()
    }

    /// The visit with marks in the place of its secrets, for a page that is kept.
    pub fn marked(&self, marks: &Marks) -> Self {
        Self {
            nonce: marks.nonce.clone(),
            csrf: marks.csrf.clone(),
            ..self.clone()
        }
    }

    /// A page that is kept, with this visit's secrets.
    pub fn answer_kept(&self, shop: &Shop, written: &Written) -> Response {
        self.answer(shop, written.with(&self.nonce, &self.csrf))
    }

    /// Something that is shown this once: no browser keeps the page.
    pub fn show_once(&self, shop: &Shop, view: &impl Template) -> Response {
        let mut response = self.show(shop, view);
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// Renders a page; gives a new guest the cookie that their forms are checked against.
    pub fn show(&self, shop: &Shop, view: &impl Template) -> Response {
        match view.render() {
            Ok(page) => self.answer(shop, page),
            Err(error) => {
                tracing::error!(%error, "a page could not be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }

    /// A page that is written already, by this visit's own secrets.
    pub fn answer(&self, shop: &Shop, page: impl Into<Body>) -> Response {
        let mut response = rendered::html(page.into(), &self.nonce);
        if self.is_secure(shop) {
            let value = HeaderValue::from_static("max-age=31536000; includeSubDomains");
            response
                .headers_mut()
                .insert(header::STRICT_TRANSPORT_SECURITY, value);
        }
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

/// A detail as people read it: what the API sets between backticks stands in quotation marks.
pub fn spoken(detail: &str) -> String {
    let mut text = String::with_capacity(detail.len() + 8);
    let mut is_inside = false;
    for char in detail.chars() {
        match char {
            '`' => {
                text.push(if is_inside { '”' } else { '“' });
                is_inside = !is_inside;
            }
            other => text.push(other),
        }
    }
    text
}

fn forbidden(code: &str, detail: String) -> Failure {
    Failure(Fault::new(Kind::Forbidden, code, detail))
}

/// After a form that did what it should.
pub fn redirect_done(to: &str, code: &str) -> Response {
    redirect_with(to, "done", code)
}

/// After a form that was refused: `to` says why, if the reason is one that pages tell; else the error page does.
pub fn redirect_refused(to: &str, fault: Fault) -> Result<Response, Failure> {
    if REFUSED.contains(&fault.code.as_str()) {
        Ok(redirect_with(to, "refused", &fault.code))
    } else {
        Err(Failure(fault))
    }
}

fn redirect_with(to: &str, name: &str, value: &str) -> Response {
    let joint = if to.contains('?') { '&' } else { '?' };
    redirect(&format!("{to}{joint}{name}={value}"))
}

/// After a form: look at the result with GET.
pub fn redirect(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

pub fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A path of ours to go on to, never somebody else's address. Browsers drop tabs and line ends before they read an
/// address, and take a backslash for a slash.
pub fn safe_next(next: &str) -> &str {
    let is_odd = |c: char| c == '\\' || c.is_control();
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.contains(is_odd);
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
            "/\t/evil.example",
            "\t//evil.example",
            "/\n/evil.example",
            "/\u{0}/evil.example",
            "/\u{7f}/evil.example",
            "/cart\t",
            "javascript:x",
            "",
        ] {
            assert_eq!(safe_next(elsewhere), "/", "{elsewhere}");
        }
    }
}
