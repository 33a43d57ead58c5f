//! What a visitor sees when something is not there or does not work.

use super::Shop;
use super::visit::{Visit, html};
use crate::views::common::Link;
use crate::views::errors::{ErrorKind, ErrorPage};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use httpkit::Problem;
use kernel::{Fault, Kind};

/// A refusal on its way to a page. It carries the fault in the response; [`as_page`] gives it a body in the
/// visitor's language.
#[derive(Debug)]
pub struct Failure(pub Fault);

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

/// Middleware: turns carried faults into pages.
pub async fn as_page(State(shop): State<Shop>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let seen = (parts.uri.clone(), parts.headers.clone(), parts.extensions.clone());
    let request = Request::from_parts(parts, body);
    let response = next.run(request).await;
    let Some(Carried(fault)) = response.extensions().get::<Carried>().cloned() else {
        return response;
    };
    if fault.kind == Kind::Unauthenticated {
        let next = seen.0.path_and_query().map_or("/", |p| p.as_str());
        return super::visit::redirect(&format!("/sign-in?next={}", super::visit::encode(next)));
    }
    let Ok(fresh) = Request::builder().uri(seen.0).body(()) else {
        return response;
    };
    parts = fresh.into_parts().0;
    parts.headers = seen.1;
    parts.extensions = seen.2;
    let visit = Visit::from_request_parts(&mut parts, &shop).await.ok();
    let Some(visit) = visit else {
        return Problem(fault).into_response();
    };
    render(&shop, &visit, fault).await
}

async fn render(shop: &Shop, visit: &Visit, fault: Fault) -> Response {
    let kind = match fault.kind {
        Kind::NotFound => ErrorKind::NotFound,
        Kind::Forbidden | Kind::Unauthenticated => ErrorKind::Forbidden,
        Kind::TooMany => ErrorKind::TooMany,
        Kind::Unavailable => ErrorKind::Degraded,
        Kind::Internal => ErrorKind::Broken,
        _ => ErrorKind::BadRequest,
    };
    let told = matches!(kind, ErrorKind::BadRequest | ErrorKind::Forbidden);
    let mut page = visit.page(shop, "", "").await;
    page.title = page.t(&kind.title()).to_string();
    page.description = page.t(&kind.text()).to_string();
    let links = vec![
        Link::new(page.t("error.home").to_string(), "/"),
        Link::new(page.t("error.search").to_string(), "/search"),
    ];
    let view = ErrorPage {
        kind,
        correlation_id: (kind == ErrorKind::Broken).then(|| visit.ctx.correlation.to_string()),
        detail: told.then_some(fault.detail),
        links,
        page,
    };
    let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = html(&view);
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
