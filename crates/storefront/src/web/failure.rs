//! What a visitor sees when something is not there or does not work.

use super::Shop;
use super::visit::Visit;
use crate::views::common::Link;
use crate::views::errors::{ErrorKind, ErrorPage};
use crate::views::page::Page;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use httpkit::{Problem, RequestInfo};
use kernel::{Fault, Kind};
use std::panic::AssertUnwindSafe;

/// A refusal on its way to a page. It carries the fault in the response; [`as_page`] gives it a body in the
/// visitor's language.
#[derive(Debug)]
pub struct Failure(pub Fault);

/// Whether something of ours broke or is down: nothing that a visitor could mend in a form.
pub fn is_ours(fault: &Fault) -> bool {
    matches!(fault.kind, Kind::Internal | Kind::Unavailable)
}

impl<E> From<E> for Failure
where
    Fault: From<E>,
{
    fn from(error: E) -> Self {
        Self(Fault::from(error))
    }
}

#[derive(Clone)]
struct Carried(Fault);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = httpkit::status_of(self.0.kind).into_response();
        response.extensions_mut().insert(Carried(self.0));
        response
    }
}

/// Middleware: turns carried faults, and refusals that no page wrote, into pages.
pub async fn as_page(State(shop): State<Shop>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let seen = Seen {
        method: parts.method.clone(),
        uri: parts.uri.clone(),
        headers: parts.headers.clone(),
        extensions: parts.extensions.clone(),
    };
    let request = Request::from_parts(parts, body);
    // A page that panics is a page that broke: the others go on, and the visitor reads it in their language.
    let Ok(response) = AssertUnwindSafe(next.run(request)).catch_unwind().await else {
        // The route and not the address: addresses have secrets of mails in them.
        let route = seen.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
        tracing::error!(route, "a page panicked");
        return refuse(&shop, seen, Fault::internal()).await;
    };
    let carried = response.extensions().get::<Carried>().cloned();
    let Some(fault) = carried.map(|c| c.0).or_else(|| unwritten(&response)) else {
        return response;
    };
    refuse(&shop, seen, fault).await
}

/// The fault behind a refusal of the framework's own, which has no page: an id that is none, a method that is not taken.
fn unwritten(response: &Response) -> Option<Fault> {
    let status = response.status();
    let written = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|kind| !kind.starts_with("text/plain"));
    if written || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    Some(match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Fault::new(Kind::TooLarge, "form_too_large", "The form is too large.")
        }
        s if s.is_server_error() => Fault::internal(),
        _ => Fault::not_found("page"),
    })
}

/// Of the request that is refused, what its page needs.
struct Seen {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
}

async fn refuse(shop: &Shop, seen: Seen, fault: Fault) -> Response {
    if fault.kind == Kind::Unauthenticated {
        let next = match seen.method {
            Method::POST => super::above::page_above(seen.uri.path()),
            _ => seen.uri.path_and_query().map_or("/", |p| p.as_str()),
        };
        return super::visit::redirect(&format!("/sign-in?next={}", super::visit::encode(next)));
    }
    let Ok(fresh) = Request::builder().method(seen.method).uri(seen.uri).body(()) else {
        return Problem(fault).into_response();
    };
    let mut parts = fresh.into_parts().0;
    parts.headers = seen.headers;
    parts.extensions = seen.extensions;
    // Where something is down, nobody is asked who the visitor is: that may be what does not answer.
    let known = if is_ours(&fault) {
        None
    } else {
        Visit::from_request_parts(&mut parts, shop).await.ok()
    };
    let info = parts.extensions.get::<RequestInfo>().copied();
    match (known, info) {
        (Some(visit), _) => {
            let page = visit.page(shop, "", "").await;
            render(shop, &visit, page, &fault)
        }
        (None, Some(info)) => {
            let visit = Visit::stranger(&parts, info);
            let page = visit.bare_page(shop, "", "");
            render(shop, &visit, page, &fault)
        }
        (None, None) => Problem(fault).into_response(),
    }
}

fn render(shop: &Shop, visit: &Visit, mut page: Page, fault: &Fault) -> Response {
    let kind = match fault.kind {
        Kind::NotFound => ErrorKind::NotFound,
        Kind::Forbidden | Kind::Unauthenticated => ErrorKind::Forbidden,
        Kind::TooMany => ErrorKind::TooMany,
        Kind::Unavailable => ErrorKind::Degraded,
        Kind::Internal => ErrorKind::Broken,
        _ => ErrorKind::BadRequest,
    };
    let told = matches!(kind, ErrorKind::BadRequest | ErrorKind::Forbidden);
    page.notice = None;
    page.title = page.t(&kind.title()).to_string();
    page.description = page.t(&kind.text()).to_string();
    let links = vec![Link::new(page.t("error.search").to_string(), "/search")];
    let view = ErrorPage {
        kind,
        correlation_id: (kind == ErrorKind::Broken).then(|| visit.ctx.correlation.to_string()),
        detail: told.then(|| visit.tell(fault)),
        links,
        page,
    };
    let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = visit.show(shop, &view);
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-store"),
    );
    response
}

/// Whatever no route knows. Programs get a problem document, people a page.
pub async fn not_found(request: Request) -> Response {
    let path = request.uri().path();
    let fault = Fault::not_found("page");
    if path.starts_with("/v1/") || path.starts_with("/media/") {
        return Problem(fault).into_response();
    }
    Failure(fault).into_response()
}
